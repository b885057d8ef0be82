import { expect, test } from 'vitest';
import { formatProblem } from '../../src/playbook/format-problem.ts';
import type { Problem } from '../../src/playbook/problem.ts';

const problem: Problem = {
  code: 'unknown-name',
  severity: 'error',
  message: '"netwrk" is not known here',
  at: { file: 'play.yml', line: 12, column: 18 },
  source: '      target: "{{ netwrk }}"',
  width: 6,
  hint: 'Did you mean "network"?',
};

test('place, line, caret and hint', () => {
  expect(formatProblem(problem).split('\n')).toEqual([
    'play.yml:12:18: error unknown-name: "netwrk" is not known here',
    '   12 |       target: "{{ netwrk }}"',
    '      |                  ^^^^^^',
    '      = Did you mean "network"?',
  ]);
});

test('nothing of the source can move the cursor', () => {
  const text = formatProblem({ ...problem, source: '\u001b[2J\ttarget: \u202e"x"', message: 'a\u001b]0;b\u0007' });
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
});

test('a very long line is shown around the place', () => {
  const lines = formatProblem({
    ...problem,
    source: `${'x'.repeat(5_000)}HERE${'y'.repeat(5_000)}`,
    at: { ...problem.at, column: 5_001 },
    width: 4,
  }).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(200);
  expect((lines[1] ?? '').indexOf('HERE')).toBe((lines[2] ?? '').indexOf('^^^^'));
});

test('of a line that is shown otherwise than it stands in the file, the caret is below what is shown', () => {
  const masked = { ...problem, source: '  a: ********, target: "{{ netwrk }}"', shownAt: 28 };
  const [place, line, caret] = formatProblem(masked).split('\n');
  expect(place).toMatch(/^play\.yml:12:18: /);
  expect(line?.indexOf('netwrk')).toBe(caret?.indexOf('^^^^^^'));
});
