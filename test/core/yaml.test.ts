import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readYaml } from '../../src/core/yaml.ts';

describe('readYaml', () => {
  test('knows where each part stands, through anchors too', () => {
    const yaml = readYaml('a: &x\n  b: [1, two]\nc: *x\n');
    expect(yaml.value).toEqual({ a: { b: [1, 'two'] }, c: { b: [1, 'two'] } });
    const place = (range: readonly [number, number]) => yaml.place(range[0]);
    expect(place(yaml.valueRange(['a', 'b', 1]))).toEqual({ line: 2, column: 10 });
    expect(place(yaml.valueRange(['c', 'b', 1]))).toEqual({ line: 2, column: 10 });
    expect(place(yaml.keyRange(['a', 'b']))).toEqual({ line: 2, column: 3 });
    expect(place(yaml.valueRange(['a', 'b', 'nothing', 'there']))).toEqual({ line: 2, column: 6 });
    expect(yaml.line(2)).toBe('  b: [1, two]');
  });

  test.each(['strict', 'ansible'] as const)('passes over a mark of byte order: %s', (dialect) => {
    const yaml = readYaml('\ufeff- a: 1\n- b: 2\n', { dialect });
    expect(yaml.faults).toEqual([]);
    expect(yaml.value).toEqual([{ a: 1 }, { b: 2 }]);
    expect(yaml.place(yaml.keyRange([0, 'a'])[0])).toEqual({ line: 1, column: 3 });
    expect(yaml.line(1)).toBe('- a: 1');
  });

  test('reads what YAML 1.2 says: yes is text, 0755 is 755', () => {
    expect(readYaml('[yes, 0755, 1.10, null, ~, 0x10]').value).toEqual(['yes', 755, 1.1, null, null, 16]);
  });

  test.each<[string, string, RegExp]>([
    ['brackets that would exhaust the stack', '['.repeat(100_000), /levels of nesting/],
    ['dashes that would', '- '.repeat(100_000), /levels of nesting/],
    ['maps that would', '{a: '.repeat(50_000), /levels of nesting/],
    ['indentation that would', Array.from({ length: 1_400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), /./],
    [
      'an alias bomb',
      `a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [${Array(10).fill('*a')}]\nc: &c [${Array(10).fill('*b')}]\nd: [${Array(10).fill('*c')}]`,
      /alias/i,
    ],
    ['a file without end', `a: ${'x'.repeat(5_000_000)}`, /4 MiB/],
    ['a NUL', 'a: "\\0"', /NUL/],
    ['a key named __proto__', '{ "__proto__": { "x": 1 } }', /__proto__/],
    ['what is not a number', 'a: .nan', /not a number/],
    ['a number that would be rounded', 'a: 9007199254740993', /too large/],
    ['two documents', 'a: 1\n---\nb: 1', /more than one document/],
  ])('refuses %s', (_, text, says) => {
    const started = performance.now();
    const { faults, value } = readYaml(text);
    expect(faults.map(({ message }) => message).join()).toMatch(says);
    expect(value).toBeNull();
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('goes on as if a template without quotes had them', () => {
    const text =
      'a: {{ x }}\nb: [{{ y[\'k\'] }}, 1]\nc: {{ x }}:80\nd: { e: {{ {"k": 1} }} }\nf: "{{ \\"quoted\\" }}"\ng: {{ a\n  + b }}\n';
    const { faults, value, mended } = readYaml(text);
    expect(faults.map(({ code, start, end }) => [code, text.slice(start, end)])).toEqual(
      ['{{ x }}', "{{ y['k'] }}", '{{ x }}', '{{ {"k": 1} }}', '{{ a\n  + b }}'].map((one) => [
        'unquoted-template',
        one,
      ]),
    );
    expect(value).toBeNull();
    expect(mended).toEqual({
      ...{ a: '{{ x }}', b: ["{{ y['k'] }}", 1], c: '{{ x }}:80', d: { e: '{{ {"k": 1} }}' } },
      ...{ f: '{{ "quoted" }}', g: '{{ a + b }}' },
    });
  });

  test('whatever stands in such a template, it is read as it is written', () => {
    const part = fc.constantFrom(
      ...['a', ' b', '.c', '["d"]', " | e('f')", ' + 1', ' ? x : y', ' && !z', '{"k": 1}', ', 3', '#x', ' # y'],
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const template = `{{ ${parts.join('')} }}`;
        const { mended } = readYaml(`- a: ${template}\n  b: [${template}, 1]\n- c: { d: ${template} }\n`);
        expect(mended).toEqual([{ a: template, b: [template, 1] }, { c: { d: template } }]);
      }),
      { numRuns: 300 },
    );
  });

  test('goes on with the first of two same keys, and not where nobody can know', () => {
    expect(readYaml('a: 1\nb: {{ x }}\na: 2\n').mended).toEqual({ a: 1, b: '{{ x }}' });
    expect(readYaml('a: 1\nb: "\\0"\na: 2\n').mended).toBeNull();
    expect(readYaml('a: {{ x }}\nb: \ue000\n').mended).toBeNull();
    expect(readYaml('a: 1\n').mended).toBeNull();
  });

  test.each([
    ['templates', '- {{ a }}\n'],
    ['maps that are none', '- {{a: 1}: 2}\n'],
    ['templates without end', '- {{ a }\n'],
  ])('many %s do not take long', (_, line) => {
    const started = performance.now();
    expect(readYaml(line.repeat(20_000)).faults).not.toEqual([]);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('many brackets that do not nest are fine', () => {
    expect(readYaml(Array(500).fill('- [a, {b: c}]').join('\n')).faults).toEqual([]);
    expect(readYaml(`a: "${'['.repeat(500)}"`).faults).toEqual([]);
  });
});
