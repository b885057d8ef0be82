import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { fakeFleet } from '../support/fake-fleet.ts';
import { load } from './load.ts';

const rowOf = (count: number): JsonObject =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `a${i}`,
      i === count - 1 ? 'end' : `{{ a${i + 1}${i % 2 ? ' + ""' : ''} }}`,
    ]),
  );
const json = (value: JsonObject) => JSON.stringify(value);
const ping = 'verify_ping: { target: "{{ a0 }}" }';

const rows: readonly (readonly [place: string, load: (row: JsonObject) => ReturnType<typeof load>])[] = [
  ['a play', (row) => load(`- hosts: flannel\n  vars: ${json(row)}\n  verify:\n    - ${ping}\n`)],
  ['a task', (row) => load(`- hosts: flannel\n  verify:\n    - vars: ${json(row)}\n      ${ping}\n`)],
  [
    'a loop',
    (row) => load(`- hosts: flannel\n  verify:\n    - vars: ${json(row)}\n      loop: [1, 2]\n      ${ping}\n`),
  ],
  ['-e', (row) => load(`- hosts: flannel\n  verify:\n    - ${ping}\n`, { extraVars: row })],
  [
    'the inventory',
    (row) => load(`- hosts: flannel\n  verify:\n    - ${ping}\n`, { fleet: fakeFleet({ h: row }, { flannel: ['h'] }) }),
  ],
  [
    'what a file is named by',
    (row) =>
      load(`- hosts: flannel\n  vars: ${json(row)}\n  verify:\n    - include_tasks: "{{ a0 }}"\n`, {
        read: () => '- verify_ping: { target: a }\n',
      }),
  ],
];

test.each(rows)('a row of variables that rest on each other has an end: %s', (_, of) => {
  expect(of(rowOf(100)).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { problems } = of(rowOf(1500));
  const [error] = problems.filter(({ severity }) => severity === 'error');
  expect(error).toMatchObject({ code: 'too-deep', message: expect.stringMatching(/^more than 100 variables/) });
});

test('a row of variables that ends where it begins is told as that', () => {
  const row = { ...rowOf(1500), a1499: '{{ a0 }}' };
  const { problems } = load(`- hosts: flannel\n  vars: ${json(row)}\n  verify:\n    - verify_ping: { target: a }\n`);
  expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['cycle']));
});

describe('an expression of many operations', () => {
  const when = (expression: string) =>
    load(`- hosts: flannel\n  verify:\n    - when: '${expression}'\n      verify_ping: { target: a }\n`);

  test.each([
    ['&&', (count: number) => Array(count).fill('true').join(' && ')],
    ['+', (count: number) => `${Array(count).fill('1').join(' + ')} > 0`],
    ['!', (count: number) => `${'!'.repeat(count)}true`],
    ['in turns', (count: number) => `${Array(count).fill('true == ').join('')}true`],
  ])('%s', (_, of) => {
    expect(when(of(200)).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    for (const many of [400, 4_000, 200_000]) {
      expect(when(of(many)).problems).toMatchObject([{ code: expect.stringMatching(/^(too-deep|expression)$/) }]);
    }
  });
});
