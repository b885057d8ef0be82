import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { Failure } from '../../src/core/failure.ts';
import { Contacts } from '../../src/run/contacts.ts';
import { guarded, withGuards } from '../support/guarded-world.ts';
import { play, rollback, run, SmallWorld, task } from '../support/small-world.ts';

const plays = () => [play(['a', 'b'], [task('tasks', guarded, { name: 'x', value: 2 })], { guardSeconds: 60 })];

/** The world, with its connections counted. */
function counted(world: SmallWorld): { connect: SmallWorld['connect']; count: { made: number; closed: number } } {
  const count = { made: 0, closed: 0 };
  const there = withGuards(world);
  const connect: SmallWorld['connect'] = (name) => {
    const host = there(name);
    const open: typeof host.open = async (abort) => {
      const facts = await host.open(abort);
      count.made += 1;
      return facts;
    };
    const close = async () => {
      count.closed += 1;
    };
    return { ...host, open, close };
  };
  return { connect, count };
}

test('a host that has left the inventory is lost, and the others are rolled back', async () => {
  const world = new SmallWorld({ a: { x: 1 }, b: { x: 1 } });
  const there = withGuards(world);
  const first = await run(world, plays(), { connect: there });
  expect(first).toMatchObject({ ending: 'kept' });
  const connect: SmallWorld['connect'] = (name) => {
    if (name === 'b') throw new Failure('invalid', 'there is no host "b" in the inventory');
    return there(name);
  };
  const result = await rollback(world, first.events, { connect });
  expect(result).toMatchObject({ ending: 'unsure', exit: 4, doubts: [{ host: 'b' }] });
  expect(result.events.find(({ type }) => type === 'host_lost')).toMatchObject({
    host: 'b',
    because: 'there is no host "b" in the inventory',
  });
  expect(world.snapshot()).toEqual({ a: { x: 1 }, b: { x: 2 } });
});

test('a host whose connection is no longer understood is lost, and the run turns around', async () => {
  const world = new SmallWorld({ a: { x: 1 }, b: { x: 1 } });
  const broken = new Failure('invalid', 'ssh does not understand ~/.ssh/config');
  const connect: SmallWorld['connect'] = (name) => {
    const host = withGuards(world)(name);
    const isBroken = () => name === 'b' && world.values.get('b')?.get('x') !== 1;
    return { ...host, open: (abort) => (isBroken() ? Promise.reject(broken) : host.open(abort)) };
  };
  const result = await run(world, plays(), { connect });
  expect(result).toMatchObject({ ending: 'unsure', exit: 4, because: expect.stringContaining('~/.ssh/config') });
  expect(result.events.at(-1)).toMatchObject({ type: 'run_ended' });
  expect(world.snapshot()).toEqual({ a: { x: 1 }, b: { x: 2 } });
});

test('every connection that is made is closed, also one that the journal has no room for', async () => {
  const world = new SmallWorld({ a: { x: 1 }, b: { x: 1 } });
  const { connect, count } = counted(world);
  const sink = async (event: Event) => {
    // Told at what is next: the new connections that prove the hosts can still be reached.
    if (event.type === 'task_ended' && event.phase === 'tasks')
      throw new Failure('unwritable', 'no space left on device');
  };
  expect(await run(world, plays(), { connect, sink })).toMatchObject({ ending: 'undone' });
  expect(count.made).toBeGreaterThan(2);
  expect(count.closed).toBe(count.made);
});

test('what is still at work after the end gets no connection, which would keep the controller from ending', async () => {
  const world = new SmallWorld({ a: { x: 1 } });
  const { connect, count } = counted(world);
  const contacts = new Contacts(connect, async () => undefined);
  const { signal } = new AbortController();
  const underWay = contacts.open('a', signal);
  await contacts.close();
  expect(await underWay).toMatchObject({ bootId: expect.any(String) });
  await expect(contacts.open('a', signal, true)).rejects.toMatchObject({ code: 'unreachable' });
  expect(count).toEqual({ made: 1, closed: 1 });
});
