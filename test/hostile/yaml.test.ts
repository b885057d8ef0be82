import { describe, expect, test } from 'vitest';
import { readYaml } from '../../src/core/yaml.ts';

describe('YAML', () => {
  const deep = (unit: (i: number) => string, count: number) =>
    Array.from({ length: count }, (_, i) => unit(i)).join('');
  const bomb = [
    'a: &a [x, x]',
    ...'bcdefghijklmnopqrstuvw'
      .split('')
      .map((name, i) => `${name}: &${name} [${`*${String.fromCharCode(97 + i)}, `.repeat(9)}]`),
  ];

  test.each<readonly [string, string, RegExp]>([
    ['an alias bomb', bomb.join('\n'), /excessive alias count/],
    ['an anchor inside itself', 'a: &a [*a]\n', /inside of what it repeats/],
    ['a map inside itself', 'a: &a { b: { c: *a } }\n', /inside of what it repeats/],
    ['brackets', '['.repeat(100_000), /levels of nesting/],
    ['brackets in lines', '[\n'.repeat(100_000), /levels of nesting/],
    ['dashes in a line', '- '.repeat(100_000), /levels of nesting/],
    ['question marks', '? '.repeat(100_000), /levels of nesting/],
    ['maps by indentation', deep((i) => `${' '.repeat(i)}a:\n`, 2_000), /levels of nesting/],
    ['lists by indentation', deep((i) => `${' '.repeat(i)}-\n`, 2_000), /levels of nesting/],
    [
      'lists in lines and by indentation',
      deep((i) => `${' '.repeat(20 * i)}${'- '.repeat(9)}\n`, 100),
      /levels of nesting/,
    ],
    ['__proto__', '{ "__proto__": { polluted: 1 } }\n', /"__proto__" cannot be a key/],
    ['__proto__ by an escape', '"__pr\\u006fto__": 1\n', /"__proto__" cannot be a key/],
    ['__proto__ by an alias', 'a: &k __proto__\n*k : { polluted: 1 }\n', /a key must be text/],
    ['a number beyond all', 'a: 1e400\n', /not a number that JSON knows/],
    ['2^64', 'a: 18446744073709551616\n', /too large to be kept exactly/],
    ['hexadecimal', 'a: 0xffffffffffffffffff\n', /too large to be kept exactly/],
    ['infinity', 'a: .inf\nb: .nan\n', /not a number that JSON knows/],
    ['a NUL', 'a: "\\0"\n', /NUL character/],
    ['half a character', 'a: "\\ud800"\n', /surrogate/],
    ['a key twice', 'a: 1\nb: 2\na: 3\n', /stands here twice/],
    ['a function', 'a: !!js/function "() => 1"\n', /tag/],
    ['bytes', 'a: !!binary aGk=\n', /tag/],
    ['a set', 'a: !!set { x, y }\n', /tag/],
    ['a date', 'a: !!timestamp 2001-12-14\n', /tag/],
    ['an ordered map', 'a: !!omap [ { x: 1 } ]\n', /tag/],
    ['two documents', '--- 1\n--- 2\n', /more than one document/],
    ['YAML 1.1', '%YAML 1.1\n---\na: yes\n', /only YAML 1.2/],
    ['a vault', 'a: !vault |\n  $ANSIBLE_VAULT;1.1\n', /tag/],
  ])('%s', (_, text, says) => {
    const { value, faults, place } = readYaml(text);
    expect(value).toBeNull();
    expect(faults[0]?.message).toMatch(says);
    for (const { start } of faults) expect(place(start).line).toBeGreaterThan(0);
    expect(faults.length).toBeLessThanOrEqual(50);
  });

  test('a merge key is told, in quotes it is a key, and a large map is no reason to wait', () => {
    const merging = (key: string) => readYaml(`a: &a { x: 1 }\nb: { ${key}: *a }\n`);
    expect(merging('<<').faults).toMatchObject([{ message: 'there are no merge keys ("<<") in YAML 1.2' }]);
    expect(merging('"<<"').value).toEqual({ a: { x: 1 }, b: { '<<': { x: 1 } } });
    const many = Array.from({ length: 60_000 }, (_, i) => `key${i}: 1\n`).join('');
    expect(readYaml(`${many}key7: 1\n`).faults[0]?.message).toBe('the same key stands here twice');
  });

  test('the text of a block may be indented as it likes, and names of JavaScript are names', () => {
    expect(readYaml(`a: |\n${deep((i) => `  ${' '.repeat(i)}x\n`, 40)}`).faults).toEqual([]);
    expect(readYaml('constructor: 1\ntoString: 2\nhasOwnProperty: 3\n').value).toEqual({
      constructor: 1,
      toString: 2,
      hasOwnProperty: 3,
    });
  });
});
