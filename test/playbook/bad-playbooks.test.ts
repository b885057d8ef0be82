import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { badBlocks } from './bad-blocks.ts';
import { badPlaybooks } from './bad-playbooks.ts';
import { load } from './load.ts';

describe('what is wrong with a playbook is said, with its place', () => {
  test.each([...badPlaybooks, ...badBlocks].map((row) => [row.name, row] as const))('%s', (_, { text, errors }) => {
    const { plays, problems } = load(text);
    const found = problems.filter(({ severity }) => severity === 'error');
    expect(
      found.map(({ at, width, code, message, hint }) => ({
        at: `${at.line}:${at.column}`,
        width,
        code,
        message,
        ...(hint === undefined ? {} : { hint }),
      })),
    ).toEqual(errors);
    expect(plays).toEqual([]);
    for (const { at, source } of found) {
      expect(source).toBe(text.split('\n')[at.line - 1]);
      expect(at.column).toBeLessThanOrEqual(source.length + 1);
    }
  });

  test('each row has something to find', () => {
    expect(badPlaybooks.length).toBeGreaterThan(80);
    for (const { errors } of badPlaybooks) expect(errors.length).toBeGreaterThan(0);
  });

  test('all problems at once, in reading order', () => {
    const { problems } = load(
      '- hosts: flannel\n  tsks: []\n  tasks:\n    - supervisr: {}\n    - verify_ping: { target: "{{ x }}", count: 0 }\n',
    );
    expect(problems.map(({ at, code }) => [at.line, code])).toEqual([
      [1, 'no-verify'],
      [2, 'unknown-key'],
      [4, 'unknown-module'],
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
});
