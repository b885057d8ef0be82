import { describe, expect, test } from 'vitest';
import type { Task } from '../../src/core/play.ts';
import { check, play, program, run, SmallWorld, sets, sharedValue, task, value } from '../support/small-world.ts';

const stop = () => task('tasks', program, { name: 'p', value: 'rests' });
const start = () => task('tasks', program, { name: 'p', value: 'runs' });
const never = () => task('verify', check, { name: 'x', value: 'never' });
const key = (more: Partial<Task> & { on: string }) => task('tasks', sharedValue, { name: 'key', value: 2 }, more);

/** What a program runs on: what was there when it was last started. */
function reading(world: SmallWorld, read: () => unknown): () => unknown {
  let runsOn: unknown;
  world.after = (host, { argv }) => {
    if (host === 'a' && argv.join(' ') === 'set p "runs"') runsOn = read();
  };
  return () => runsOn;
}

describe('a program that was restarted on what was changed before', () => {
  test('is started when that is back', async () => {
    const world = new SmallWorld({ a: { x: 1, p: 'runs' } });
    const runsOn = reading(world, () => world.values.get('a')?.get('x'));
    const tasks = [task('tasks', value, { name: 'x', value: 2 }), stop(), start(), never()];
    expect(await run(world, [play(['a'], tasks)])).toMatchObject({ ending: 'undone' });
    expect(sets(world).slice(-3)).toEqual(['a: set p "rests"', 'a: set x 1', 'a: set p "runs"']);
    expect(runsOn()).toBe(1);
  });

  test('also where it could not start on it', async () => {
    const world = new SmallWorld({ a: { x: 1, p: 'runs' } });
    world.fault = (_, { argv }) =>
      argv.join(' ') === 'set p "runs"' && world.values.get('a')?.get('x') === 2 ? 'fail' : undefined;
    const tasks = [task('tasks', value, { name: 'x', value: 2 }), stop(), start()];
    expect(await run(world, [play(['a'], tasks)])).toMatchObject({ ending: 'undone', exit: 3 });
    expect(world.snapshot()).toEqual({ a: { x: 1, p: 'runs' } });
  });

  test('is started when a shared value is back, in an earlier play too', async () => {
    const world = new SmallWorld({ a: { p: 'runs' }, k: { key: 1 } });
    const runsOn = reading(world, () => world.values.get('k')?.get('key'));
    const plays = [play(['a'], [key({ on: 'k', runOnce: true })]), play(['a'], [stop(), start(), never()])];
    expect(await run(world, plays)).toMatchObject({ ending: 'undone' });
    expect(sets(world).slice(-3)).toEqual(['a: set p "rests"', 'k: set key 1', 'a: set p "runs"']);
    expect(runsOn()).toBe(1);
  });

  test('is started at once where that cannot be put back without it, and once more at the end', async () => {
    const world = new SmallWorld({ a: { key: 1, x: 1, p: 'runs' } });
    const runsOn = reading(world, () => world.values.get('a')?.get('x'));
    world.fault = (_, { argv }) =>
      argv[1] === 'key' && world.values.get('a')?.get('p') !== 'runs' ? 'fail' : undefined;
    const tasks = [task('tasks', value, { name: 'x', value: 2 }), key({ on: 'a' }), stop(), start(), never()];
    expect(await run(world, [play(['a'], tasks)])).toMatchObject({ ending: 'undone' });
    expect(sets(world).slice(5)).toEqual([
      ...['a: set p "runs"', 'a: set key 1', 'a: set x 1'],
      ...['a: set p "rests"', 'a: set p "runs"'],
    ]);
    expect(runsOn()).toBe(1);
  });
});

test('a program that was stopped before the change is started in its turn, whatever was protected before', async () => {
  const world = new SmallWorld({ a: { x: 1, link: 0, p: 'runs' } });
  const tasks = [
    task('tasks', value, { name: 'link' }, { protect: true }),
    stop(),
    task('tasks', value, { name: 'x', value: 2 }),
    start(),
    never(),
  ];
  world.after = (_, { argv }) => {
    if (argv.join(' ') === 'set p "runs"') world.values.get('a')?.set('link', 1); // as flanneld makes its device
  };
  expect(await run(world, [play(['a'], tasks)])).toMatchObject({ ending: 'undone' });
  expect(sets(world).slice(3)).toEqual(['a: set p "rests"', 'a: set x 1', 'a: set p "runs"', 'a: set link 0']);
});
