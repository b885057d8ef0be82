import { expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { pythonValue } from '../../src/inventory/literal.ts';

test.each<[string, Json]>([
  ['5', 5],
  ['-3', -3],
  ['1_000', 1000],
  ['1.50', 1.5],
  ['1e3', 1000],
  ['0x1F', 31],
  ['0755', '0755'],
  ['00', 0],
  ['12345678901234567890', '12345678901234567890'],
  ['True', true],
  ['False', false],
  ['None', null],
  ['true', 'true'],
  ['yes', 'yes'],
  ['"a b"', 'a b'],
  ["'it\\'s'", "it's"],
  ['"a" "b"', '"a" "b"'],
  ['[1, "a", [True]]', [1, 'a', [true]]],
  ['(1, 2)', [1, 2]],
  ['(1)', 1],
  ['(1,)', [1]],
  ["{'a': 1, 'b': {'c': []}}", { a: 1, b: { c: [] } }],
  ["{'__proto__': 1}", "{'__proto__': 1}"],
  ['[1, 2', '[1, 2'],
  ['[1 2]', '[1 2]'],
  ['10.4.7.12', '10.4.7.12'],
  ['172.7.0.0/16', '172.7.0.0/16'],
  ['5 # five', 5],
  ['a # b', 'a # b'],
  ['', ''],
  ['"open', '"open'],
  ['['.repeat(1_000), '['.repeat(1_000)],
])('%s', (text, expected) => {
  expect(pythonValue(text)).toEqual(expected);
});
