import { expect, test } from 'vitest';
import type { EventBody } from '../../src/core/event.ts';
import { pendingRuns } from '../../src/history/pending.ts';
import type { RunSummary } from '../../src/history/run-summary.ts';

type Ended = Extract<EventBody, { type: 'run_ended' }>;
const end = (ending: Ended['ending'], exit: number): Ended => ({
  type: 'run_ended',
  ending,
  ok: exit === 0,
  exit,
  doubts: [],
});
const summary = (run: string, more: Partial<RunSummary> = {}): RunSummary => ({
  run,
  started: '2026-01-01T00:00:00.000Z',
  mode: 'play',
  playbook: 'switch.yml',
  operator: 'someone',
  hosts: ['a', 'b'],
  ended: end('kept', 0),
  touched: ['a'],
  ...more,
});
const first = summary('1', {
  ended: end('kept', 4),
  pending: [{ host: 'b', since: '2026-01-01T00:00:00.000Z', because: 'the connection was lost', steps: [] }],
});

test.each<[string, RunSummary[], string[]]>([
  ['nothing since', [], ['1']],
  ['completed', [summary('2', { of: '1', hosts: ['b'] })], []],
  ['found to be in force', [summary('2', { of: '1', hosts: ['b'], ended: end('unchanged', 0) })], []],
  ['a try that was refused', [summary('2', { of: '1', hosts: ['b'], ended: end('unchanged', 2) })], ['1']],
  ['a try that was undone', [summary('2', { of: '1', hosts: ['b'], ended: end('undone', 3) })], ['1']],
  ['the same playbook on it', [summary('2')], []],
  ['the same playbook, of which it dropped out', [summary('2', { ended: end('kept', 3), dropped: ['b'] })], ['1']],
  ['the same playbook elsewhere', [summary('2', { hosts: ['a'] })], ['1']],
  ['a part of the same playbook on it', [summary('2', { chosen: '--tags monitoring' })], ['1']],
  ['that part of it completed', [summary('2', { of: '1', hosts: ['b'], chosen: '--tags monitoring' })], []],
  ['another playbook', [summary('2', { playbook: 'other.yml' })], ['1']],
  ['pending again', [summary('2', { ended: end('kept', 4), pending: first.pending ?? [] })], ['2']],
  ['rolled back', [summary('2', { mode: 'rollback', of: '1', ended: end('undone', 0) })], []],
])('pending still, with %s', (_, later, runs) => {
  expect(pendingRuns([first, ...later]).map(({ run }) => run.run)).toEqual(runs);
});

test('a run that was undone has left nothing to complete', () => {
  expect(pendingRuns([{ ...first, ended: end('undone', 3) }])).toEqual([]);
});
