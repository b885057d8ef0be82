import { expect, test } from 'vitest';
import { act, check, play, type Ran, rollback, run, SmallWorld, sets, task, value } from '../support/small-world.ts';

/** A plain command with an undo: nothing tells whether it was done, or undone. */
const acted = task('tasks', act, { name: 'made', value: 1 });
const changed = task('tasks', value, { name: 'x', value: 2 });

/** As `kill -9` leaves a journal. */
const withoutEnd = ({ events }: Ran) => events.filter(({ type }) => type !== 'run_ended');

/** Of the undo of the command, its status. */
const undoOf = ({ events }: Ran) =>
  events.flatMap((event) => (event.type === 'undo_ended' && event.module === 'act' ? [event.status] : []));

test('a rollback of a run that was killed runs the undo of a plain command', async () => {
  const world = new SmallWorld({ a: { x: 1 } });
  const killed = withoutEnd(await run(world, [play(['a'], [acted])]));
  expect(world.snapshot()).toEqual({ a: { x: 1, made: 1 } });
  expect(await rollback(world, killed)).toMatchObject({ ending: 'undone', exit: 0 });
  expect(world.snapshot()).toEqual({ a: { x: 1 } });
});

test('an undo of a plain command that has failed is tried by each rollback, until it does well', async () => {
  const world = new SmallWorld({ a: {} });
  world.fault = (_, { argv }) => (argv.join(' ') === 'set made null' ? 'fail' : undefined);
  const failing = task('verify', value, { name: 'x', value: 2 });
  const first = await run(world, [play(['a'], [acted, failing])]);
  expect(first).toMatchObject({ ending: 'unsure', exit: 4 });
  const second = await rollback(world, first.events);
  expect(second).toMatchObject({ ending: 'unsure', exit: 4 });
  world.fault = () => undefined;
  expect(await rollback(world, first.events, { tried: [second.events] })).toMatchObject({ ending: 'undone' });
  expect(world.snapshot()).toEqual({ a: {} });
});

test('one that has done well is not run a second time, where the rest of the undo had failed', async () => {
  const world = new SmallWorld({ a: { x: 1 } });
  world.fault = (_, { argv }) => (argv.join(' ') === 'set x 1' ? 'fail' : undefined);
  const failing = task('verify', value, { name: 'x', value: 3 });
  const first = await run(world, [play(['a'], [changed, acted, failing])]);
  expect(first).toMatchObject({ ending: 'unsure', exit: 4 });
  expect(undoOf(first)).toEqual(['restored']);
  world.log.length = 0;
  const second = await rollback(world, first.events);
  expect(undoOf(second)).toEqual(['untouched']);
  world.fault = () => undefined;
  const third = await rollback(world, first.events, { tried: [second.events] });
  expect(third).toMatchObject({ ending: 'undone', exit: 0 });
  expect(undoOf(third)).toEqual(['untouched']);
  expect(sets(world)).toEqual(['a: set x 1']);
});

test('nor where its host had dropped out before all of the run turns around', async () => {
  const world = new SmallWorld({ a: {}, b: {}, c: {} });
  const failsOn = (...hosts: string[]) =>
    task(
      'tasks',
      check,
      { name: 'ok' },
      {
        resolve: (host) => ({ steps: [{ host, on: host, args: { name: 'ok', value: hosts.includes(host) || null } }] }),
      },
    );
  const tasks = [acted, failsOn('a'), failsOn('b', 'c')];
  const result = await run(world, [play(['a', 'b', 'c'], tasks, { maxFailPercentage: 34 })]);
  expect(result).toMatchObject({ ending: 'undone', exit: 3 });
  expect(sets(world).filter((line) => line.startsWith('a: '))).toEqual(['a: set made 1', 'a: set made null']);
});
