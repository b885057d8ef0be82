import { expect, test } from 'vitest';
import type { Module, Resource } from '../../../src/core/module.ts';
import type { Task } from '../../../src/core/play.ts';
import { guarded, withGuards } from '../../support/guarded-world.ts';
import { play, program, run, SmallWorld, task } from '../../support/small-world.ts';

const guardedProgram: Module = { ...(program as Resource), restore: () => ({ argv: ['true'] }) };
const change = () => task('tasks', guarded, { name: 'x', value: 2 });
const kept = () => task('tasks', guarded, { name: 'y' }, { protect: true });
const stop = () => task('tasks', guardedProgram, { name: 'p', value: 'rests' });
const start = () => task('tasks', guardedProgram, { name: 'p', value: 'runs' });

test.each<[string, Task[], string[]]>([
  [
    'a program that was restarted after a change is started after it is back',
    [change(), stop(), start()],
    ['p', 'x', 'p'],
  ],
  ['one that was stopped before the change too', [kept(), stop(), change(), start()], ['p', 'x', 'p', 'y']],
])('%s', async (_, tasks, order) => {
  const world = new SmallWorld({ a: { x: 1, p: 'runs' } });
  const result = await run(world, [play(['a'], tasks, { guardSeconds: 60 })], { connect: withGuards(world) });
  expect(result.ending).toBe('kept');
  const laid = world.log.flatMap((line) => / guard-put \S+ \d+ \d+ (\d+) /.exec(line)?.[1] ?? []);
  const keys = result.events.flatMap((event) => (event.type === 'undo_noted' ? [event.key] : []));
  const numbered = laid.map((number, i) => [number, keys[i]] as const);
  expect(numbered.toSorted(([a], [b]) => (a < b ? 1 : -1)).map(([, key]) => key)).toEqual(order);
});
