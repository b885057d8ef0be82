import { expect, test } from 'vitest';
import {
  check,
  play,
  program,
  rollback,
  run,
  SmallWorld,
  sets,
  sharedValue,
  task,
  value,
} from '../support/small-world.ts';

const changed = task('tasks', value, { name: 'x', value: 2 });
const failsOn = (...hosts: string[]) =>
  task(
    'tasks',
    check,
    { name: 'ok' },
    { resolve: (host) => ({ steps: [{ host, on: host, args: { name: 'ok', value: !hosts.includes(host) } }] }) },
  );

test('a run that went on without a host is rolled back on those where it stands; the one that is back is left alone', async () => {
  const world = new SmallWorld({ a: { x: 1, ok: true }, b: { x: 1, ok: true } });
  const first = await run(world, [play(['a', 'b'], [changed, failsOn('a')], { maxFailPercentage: 50 })]);
  expect(first).toMatchObject({ ending: 'kept', exit: 3 });
  // Somebody has gone on with it, or it is away: neither concerns this run any more.
  world.values.get('a')?.set('x', 7);
  world.down.add('a');
  expect(await rollback(world, first.events)).toMatchObject({ ending: 'undone', exit: 0 });
  expect(world.snapshot()).toMatchObject({ a: { x: 7 }, b: { x: 1 } });
});

test('where others share what stands, its programs are stopped before that comes back, and started after', async () => {
  const world = new SmallWorld({ a: { p: 'runs', ok: true }, b: { p: 'runs', ok: true, key: 'old' } });
  const tasks = [
    task('tasks', program, { name: 'p', value: 'rests' }),
    task('tasks', sharedValue, { name: 'key', value: 'new' }, { runOnce: true }),
    failsOn('a'),
  ];
  const first = await run(world, [play(['b', 'a'], tasks, { maxFailPercentage: 50 })]);
  expect(first).toMatchObject({ ending: 'kept', exit: 3 });
  expect(world.snapshot()).toMatchObject({ a: { p: 'runs' }, b: { p: 'rests', key: 'new' } });
  world.log.length = 0;
  expect(await rollback(world, first.events)).toMatchObject({ ending: 'undone', exit: 0 });
  expect(sets(world).slice(0, 2)).toEqual(['a: set p "rests"', 'b: set key "old"']);
  expect(sets(world).slice(2).toSorted()).toEqual(['a: set p "runs"', 'b: set p "runs"']);
});

test('a run that left all as it is, after a host had dropped out, is rolled back', async () => {
  const world = new SmallWorld({ a: { x: 1, ok: true }, b: { x: 1, ok: true } });
  const tasks = [changed, failsOn('a'), failsOn('b')];
  const first = await run(world, [play(['a', 'b'], tasks, { maxFailPercentage: 50, rollback: 'never' })]);
  expect(first).toMatchObject({ ending: 'unsure', doubts: [{ host: 'all' }] });
  expect(world.snapshot()).toMatchObject({ a: { x: 1 }, b: { x: 2 } });
  expect(await rollback(world, first.events)).toMatchObject({ ending: 'undone', exit: 0 });
  expect(world.snapshot()).toMatchObject({ a: { x: 1 }, b: { x: 1 } });
});
