import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modules } from '../../src/modules/list.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
import { badPlaybooks, corpus } from './bad/corpus.ts';
import { corpusInventory } from './bad/inventory.ts';
import { presenceInCel } from './bad/presence.ts';
import type { BadPlaybook } from './bad/row.ts';
import { load } from './load.ts';

const fleet = corpusInventory();
const here = '/p/';

/** Errors of a bad playbook that lies in `/p`, as its row tells of them. */
function told({ text, files = {}, extraVars = {} }: Omit<BadPlaybook, 'error'>) {
  const texts: Readonly<Record<string, string>> = { 'p.yml': text, ...files };
  const names = (folder: string) => Object.keys(texts).filter((name) => `${here}${name}`.startsWith(`${folder}/`));
  const { plays, problems } = loadPlaybook({
    ...{ file: `${here}p.yml`, text, fleet, modules, extraVars, env: {} },
    read: (path) => texts[path.slice(here.length)],
    list: (folder) => names(folder).map((name) => `${here}${name}`.slice(folder.length + 1)),
  });
  const errors = problems
    .filter(({ severity }) => severity === 'error')
    .map(({ at: { file, line, column }, width, code, message, hint }) => ({
      ...(file === `${here}p.yml` ? {} : { file: file.slice(here.length) }),
      at: `${line}:${column}`,
      ...{ width, code, message: message.replaceAll(here, '') },
      ...(hint === undefined ? {} : { hint: hint.replaceAll(here, '') }),
    }));
  return { plays, problems, errors, texts };
}

describe.each(Object.entries(corpus))('what is wrong is said, with its place: %s', (_, rows) => {
  test.each(rows.map((row) => [row.name, row] as const))('%s', (__, row) => {
    const { plays, problems, errors, texts } = told(row);
    expect(errors).toEqual([row.error]);
    expect(plays).toEqual([]);
    for (const { at, source } of problems) {
      expect(source).toBe(texts[at.file.slice(here.length)]?.split('\n')[at.line - 1]);
      expect(at.column).toBeLessThanOrEqual(source.length + 1);
    }
  });
});

test.each(presenceInCel.map((row) => [row.name, row] as const))('its hint is CEL that works: %s', (_, row) => {
  expect(told(row).errors).toEqual([]);
});

test('the spread is wide: many mistakes of many kinds, each once', () => {
  const names = badPlaybooks.map(({ name }) => name);
  const codes = new Set(badPlaybooks.map(({ error }) => error.code));
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(300);
  expect(codes.size).toBeGreaterThan(45);
});

test('a password that is set where it cannot be is told without its value', () => {
  const { problems } = load(
    '- hosts: flannel\n  vars: { ansible_become_pass: hunter22 }\n  verify:\n    - verify_ping: { target: a }\n',
  );
  expect(problems).toMatchObject([{ code: 'connection-variable', source: '  vars: { ansible_become_pass' }]);
  expect(JSON.stringify(problems)).not.toContain('hunter22');
});

test('all problems at once, in reading order', () => {
  const { problems } = load(
    '- hosts: flannel\n  tsks: []\n  tasks:\n    - supervisr: {}\n    - verify_ping: { target: "{{ x }}", count: 0 }\n',
  );
  expect(problems.map(({ at, code }) => [at.line, code])).toEqual([
    [1, 'no-verify'],
    [2, 'unknown-key'],
    [4, 'unknown-module'],
    [5, 'unknown-name'],
    [5, 'bad-value'],
  ]);
});

test('nothing that can be typed makes it throw', () => {
  const bits = [
    '- ',
    'hosts: flannel',
    '\n',
    '  ',
    'tasks:',
    'verify_ping: ',
    '{ target: ',
    '"{{ ',
    'item',
    ' }}"',
    '}',
    '[',
    ']',
    'when: ',
    'loop: ',
    'vars:',
    ' a: ',
    '&a',
    '*a',
    '1',
    "'",
    '|',
    '__proto__',
    '\0',
    '\u001b[2J',
    'é',
  ];
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...bits), fc.string({ maxLength: 5 })), { maxLength: 30 }),
      (parts) => {
        const { plays, problems } = load(parts.join(''));
        expect(plays.length > 0 || problems.some(({ severity }) => severity === 'error')).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('hostile texts are refused quickly', () => {
  const started = performance.now();
  for (const text of [
    '['.repeat(100_000),
    '- '.repeat(50_000),
    `- hosts: "${'{{'.repeat(5_000)}"`,
    `- hosts: flannel\n  vars: { a: "{{ ${'('.repeat(9_000)} }}" }`,
  ]) {
    expect(load(text).plays).toEqual([]);
  }
  expect(performance.now() - started).toBeLessThan(3_000);
});
