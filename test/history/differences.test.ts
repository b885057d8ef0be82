import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { firstDifference } from '../../src/history/differences.ts';
import { check, play, run, SmallWorld, task, value } from '../support/small-world.ts';

const played = async (wanted: number) => {
  const world = new SmallWorld({ a: { x: 1 }, b: { x: 1 } });
  return (
    await run(world, [
      play(
        ['a', 'b'],
        [
          { ...task('tasks', value, { name: 'x', value: wanted }), id: 't' },
          { ...task('verify', check, { name: 'x', value: wanted }), id: 'v' },
        ],
      ),
    ])
  ).events;
};

test('the same run differs in nothing, whatever its clocks and numbers say', async () => {
  const one = await played(2);
  const later = one.map((event) => ({ ...event, at: '2030-01-01T00:00:00.000Z', seq: event.seq + 100 }));
  expect(firstDifference(one, later)).toBeUndefined();
});

test('hosts may answer in another order', async () => {
  const one = await played(2);
  const swapped = one.toSorted((a, b) => Number('host' in a && a.host === 'a') - Number('host' in b && b.host === 'a'));
  expect(swapped).not.toEqual(one);
  expect(firstDifference(one, swapped)).toBeUndefined();
});

test('another state, a missing or an additional event is told with its place', async () => {
  const one = await played(2);
  expect(firstDifference(one, await played(3))).toMatch(/^t a a/);
  const withoutLast = one.slice(0, -1);
  expect(firstDifference(one, withoutLast)).toContain('replayed nothing');
  const more: Event = { type: 'warned', message: 'new', seq: 1, at: '' };
  expect(firstDifference(one, [...one, more])).toContain('recorded nothing');
});
