import { expect, test } from 'vitest';
import { refuseUnfinished } from '../../../src/cli/refuse-unfinished.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { Task } from '../../../src/core/play.ts';
import type { RunSummary } from '../../../src/history/run-summary.ts';
import { play, task, value } from '../../support/small-world.ts';

const left: RunSummary = {
  ...{ run: '01LEFT', started: '2026-01-01T00:00:00.000Z', mode: 'play', playbook: 'other.yml', operator: 'ann' },
  ...{ hosts: ['a'], touched: ['a', 'etcd'] },
};
const onIt = task('tasks', value, { name: 'x', value: 2 });
const delegated = task('tasks', value, { name: 'x', value: 2 }, { on: 'etcd' });
const later: Task = {
  ...onIt,
  resolve: () => {
    throw new Failure('invalid', 'asked is not there yet');
  },
};
const ifAsked: Task = { ...later, machines: () => ['etcd'] };

test.each<[string, string, readonly Task[], readonly string[], RegExp | undefined]>([
  ['its host', 'a', [onIt], [], /01LEFT \(other.yml, begun .*, no end in its journal\)/],
  ['a machine that it was delegated to', 'etcd', [onIt], [], /01LEFT/],
  ['a machine that both are delegated to', 'b', [onIt, later, delegated], [], /01LEFT/],
  ['a machine that is delegated to under a condition', 'b', [onIt, ifAsked], [], /01LEFT/],
  ['another host', 'b', [onIt, later], [], undefined],
  ['its host, for that very run', 'a', [onIt], ['01LEFT'], undefined],
])('after a run without an end, on %s', async (_, host, tasks, but, told) => {
  const asked = refuseUnfinished({ summaries: async () => [left] }, [play([host], [...tasks])], 'ann', but);
  if (told === undefined) await expect(asked).resolves.toBeUndefined();
  else await expect(asked).rejects.toThrow(told);
});
