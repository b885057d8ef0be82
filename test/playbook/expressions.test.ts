import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { ExpressionFault, Language } from '../../src/playbook/expressions.ts';

const values: JsonObject = {
  host: { name: 'web1', net: '172.7.21.0/24', list: [1, 2, 3] },
  loop: { index: 2 },
  text: 'flannel.1',
  n: 4,
  part: 1.5,
};
const language = Language.create({ HOME: '/root' }).with(Object.keys(values));

function evaluate(text: string): Json {
  return language.compile(text).evaluate((name) => values[name] ?? null);
}

function fault(text: string): ExpressionFault {
  try {
    evaluate(text);
  } catch (thrown) {
    if (thrown instanceof ExpressionFault) return thrown;
    throw thrown;
  }
  throw new Error(`${text} is not wrong`);
}

describe('values cross the border unchanged', () => {
  test.each<[string, Json]>([
    ['n + 1', 5],
    ['part * 2.0', 3],
    ['n / 3', 1],
    ['[n, part, text, null, true, {"a": n}]', [4, 1.5, 'flannel.1', null, true, { a: 4 }]],
    ['host', values.host as Json],
    ['host.list.map(i, i * 10)', [10, 20, 30]],
    ['json("{\\"a\\": [1, 2.5]}").a', [1, 2.5]],
    ['to_json(host.list)', '[1,2,3]'],
    ['duration("90s")', '90s'],
    ['"loop " + string(loop.index)', 'loop 2'],
    ['text.re_match("^flannel[.]\\\\d$")', true],
    ['text.re_match("vxlan")', false],
    ['env("HOME") + env("NOT_SET", "-")', '/root-'],
    ['cidr("fd00::/64").host(-1)', 'fd00::ffff:ffff:ffff:ffff'],
    ['[cidr(host.net).network(), string(cidr("172.7.21.9/24"))]', ['172.7.21.0', '172.7.21.0/24']],
    ['cidr(host.net).prefix() + 1', 25],
    ['cidr(host.net).contains(cidr("172.7.21.128/25"))', true],
    ['host.?missing.orValue("none")', 'none'],
  ])('%s', (text, expected) => {
    expect(evaluate(text)).toEqual(expected);
  });

  test.each(['9007199254740993', 'optional.none()', 'b"abc"', 'type(n)', '1.0 / 0.0'])('%s is refused', (text) => {
    expect(fault(text).code).toBe('expression-failed');
  });
});

describe('what is wrong is said with its place', () => {
  test.each<[string, string, number, RegExp]>([
    ['1 + hots.name', 'unknown-name', 4, /"host"/],
    ['host.nam', 'no-such-key', 5, /"name"/],
    ['loop.indx', 'no-such-key', 5, /"index"/],
    ['sise(text)', 'unknown-function', 0, /"size"/],
    ['cidr(host.net).host(1).foo()', 'unknown-function', 0, /./],
    ['n + part', 'expression-failed', 0, /double\(\.\.\.\)/],
    ['text.matches("(a+)+$")', 'unsafe-function', 5, /re_match/],
    ['[1].map(a, [1].map(b, [1].map(c, c)))', 'too-deep', 0, /variables/],
    ['n == 1 and n == 2', 'expression', 7, /&&/],
    ['n == 1 or n == 2', 'expression', 7, /\|\|/],
    ['not n', 'expression', 4, /!/],
    ['text is defined', 'expression', 5, /has\(/],
    ['text | default("x")', 'expression', 5, /orValue/],
    ['1 if n else 2', 'expression', 2, /\? one : other/],
    ['True', 'unknown-name', 0, /true, false/],
    ['.Names', 'expression', 0, /two braces/],
    ['', 'expression', 0, /./],
  ])('%s', (text, code, offset, hint) => {
    const found = fault(text);
    expect(found).toMatchObject({ code, offset });
    expect(found.hint ?? found.message).toMatch(hint);
  });

  test('a hostile pattern or a hostile depth ends quickly', () => {
    const started = performance.now();
    expect(evaluate(`"${'a'.repeat(5_000)}!".re_match("^(a+)+$")`)).toBe(false);
    expect(fault('('.repeat(50_000)).code).toBe('expression');
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('no name reaches into the controller', () => {
    for (const text of ['host.constructor', 'host.__proto__', 'text.constructor', 'constructor', 'process', 'this']) {
      expect(fault(text).code).toMatch(/^(no-such-key|unknown-name|expression.*|wrong-type)$/);
    }
  });
});

test('the names that an expression reads leave out those that it binds itself', () => {
  const { names, fields } = language.compile('host.list.exists(n, n == loop.index) && cel.bind(text, 1, text > 0)');
  expect(new Set(names.keys())).toEqual(new Set(['host', 'loop']));
  expect(fields).toEqual(expect.arrayContaining([{ name: 'loop', field: 'index', offset: 30 }]));
});
