import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import type { Connect } from '../../src/core/host.ts';
import { firstDifference } from '../../src/history/differences.ts';
import { check, play, run, SmallWorld, task, value } from '../support/small-world.ts';

const played = async (wanted: number, slow?: string) => {
  const world = new SmallWorld({ a: { x: 1 }, b: { x: 1 } });
  const tasks = [
    { ...task('tasks', value, { name: 'x', value: wanted }), id: 't' },
    { ...task('verify', check, { name: 'x', value: wanted }), id: 'v' },
  ];
  const connect: Connect = (name) => {
    const host = world.connect(name);
    const late = async (...asked: Parameters<typeof host.run>) => {
      await new Promise(setImmediate);
      return host.run(...asked);
    };
    return name === slow ? { ...host, run: late } : host;
  };
  return (await run(world, [play(['a', 'b'], tasks)], { connect })).events;
};

test('the same run differs in nothing, whatever its clocks and numbers say', async () => {
  const one = await played(2);
  const later = one.map((event) => ({ ...event, at: '2030-01-01T00:00:00.000Z', seq: event.seq + 100 }));
  expect(firstDifference(one, later)).toBeUndefined();
});

test('hosts may answer in another order', async () => {
  const one = await played(2);
  const other = await played(2, 'a');
  const hosts = (events: typeof one) => events.flatMap((event) => (event.type === 'step_ended' ? [event.host] : []));
  expect([hosts(one), hosts(other)].map(([first]) => first)).toEqual(['a', 'b']);
  expect(firstDifference(one, other)).toBeUndefined();
});

test('another state, a missing or an additional event is told with its place', async () => {
  const one = await played(2);
  expect(firstDifference(one, await played(3))).toMatch(/^t a a/);
  const withoutLast = one.slice(0, -1);
  expect(firstDifference(one, withoutLast)).toContain('replayed nothing');
  const more: Event = { type: 'warned', message: 'new', seq: 1, at: '' };
  expect(firstDifference(one, [...one, more])).toContain('recorded nothing');
});
