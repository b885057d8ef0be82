import { describe, expect, test } from 'vitest';
import { type Names, NoForm } from '../../src/playbook/jinja/node.ts';
import { conditionInCel, textInCel } from '../../src/playbook/jinja/texts.ts';

const names: Names = { root: () => undefined, field: () => undefined, isThere: (name) => name === 'here' };

describe('a condition of Jinja is true or false in CEL', () => {
  test.each([
    ['a', 'a'],
    ['{{ a }}', 'a'],
    ['r.stdout_lines', 'size(r.stdout.lines()) > 0'],
    ['not "x"', '!("x" != "")'],
    ['a | length', 'size(a) != 0'],
    ['a | length > 0 and b | lower', 'size(a) > 0 && b.lowerAscii() != ""'],
    ['(a | int) > 5 or [b]', 'int(a) > 5 || size([b]) > 0'],
    ['a | regex_search("x")', 'a.re_find("x").orValue("") != ""'],
    ['a if b | trim else c', 'b.trim() != "" ? a : c'],
    ['here is defined', 'true'],
    ['here is not defined', 'false'],
    ['here is defined and a > 1', 'a > 1'],
    ['here is not defined or a', 'a'],
    ['there is defined', 'has(host.there)'],
    ['here | default(1) == 1', 'here == 1'],
    ['there | default(1) == 1', 'host.?there.orValue(1) == 1'],
    ['a / 2 > 1', 'double(a) / double(2) > 1'],
    ['a // 2 > 1', 'a / 2 > 1'],
  ])('%s', (jinja, cel) => {
    expect(conditionInCel(jinja, names)).toBe(cel);
  });
});

describe('a text', () => {
  test.each([
    ['no template', 'no template'],
    ['a {{x}} b', 'a {{ x }} b'],
    ['{{ {"a": {"b": 1}} }}', '{{ {"a": {"b": 1}} }}'],
    ['{{ "}}" ~ x }}', '{{ "}}" + string(x) }}'],
    ['{% raw %}{{.Names}}{% endraw %}{{ x }}', '{{ "{{" }}.Names}}{{ x }}'],
  ])('%s', (jinja, cel) => {
    expect(textInCel(jinja, names)).toBe(cel);
  });

  test.each([
    ['{% if a %}x{% endif %}', /no statements/],
    ['{# x #}', /no comments/],
    ['{{- x }}', /leave the dash out/],
    ['{{ x', /not closed/],
    ['{{ a or "b" }}', /come to true or false/],
    ['{{ a | default("x", true) }}', /not for what is empty/],
    ['{{ a | unknown }}', /no function does what "unknown" does/],
    ['{{ lookup("file", "/x") }}', /Of lookups there is env/],
  ])('%s has no form', (jinja, why) => {
    expect(() => textInCel(jinja, names)).toThrow(NoForm);
    expect(() => textInCel(jinja, names)).toThrow(why);
  });
});
