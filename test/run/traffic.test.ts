import { expect, test } from 'vitest';
import { guarded, withGuards } from '../support/guarded-world.ts';
import { play, run, SmallWorld, sets, stillClock, task, value, way } from '../support/small-world.ts';

/** A value is written on two hosts, then a way is made on one of them; the other one goes away. `mended`: by its guard, when it is waited for. */
async function awayFrom(guardSeconds: number | undefined, mended: boolean) {
  const world = new SmallWorld({ a: {}, b: {} });
  world.after = (host, { argv }) => {
    if (host === 'a' && argv.join(' ') === 'set w 1') world.down.add('b');
  };
  const clock = stillClock();
  const sleep: typeof clock.sleep = async (ms, abort) => {
    if (mended && world.down.delete('b')) world.values.get('b')?.delete('x');
    await clock.sleep(ms, abort);
  };
  const tasks = [
    task('tasks', guarded, { name: 'x', value: 2 }),
    task('tasks', way, { name: 'w', value: 1 }, { runOnce: true }),
    task('tasks', value, { name: 'y', value: 1 }),
  ];
  const plays = [play(['a', 'b'], tasks, guardSeconds === undefined ? {} : { guardSeconds })];
  return { world, result: await run(world, plays, { connect: withGuards(world), clock: { ...clock, sleep } }) };
}

test.each([
  ['without a guard', undefined],
  ['whose guard has not been heard of', 60],
])('a way is left while another host is away %s, although nothing there is in doubt yet', async (_, guardSeconds) => {
  const { world, result } = await awayFrom(guardSeconds, false);
  expect(result.ending).toBe('unsure');
  expect(result.doubts.map(({ host, what }) => `${host} ${what}`).toSorted()).toEqual(['a way w', 'b value x']);
  expect(world.snapshot().a).toEqual({ w: 1 });
});

test('once its guard has put that host back, the way goes, last of all', async () => {
  const { world, result } = await awayFrom(60, true);
  expect(result.ending).toBe('undone');
  expect(sets(world).at(-1)).toBe('a: set w null');
  expect(world.snapshot()).toEqual({ a: {}, b: {} });
});
