import { expect, test } from 'vitest';
import type { Play, Resolution, Task } from '../../src/core/play.ts';
import {
  check,
  type Fault,
  play,
  type Ran,
  run,
  SmallWorld,
  sharedValue,
  task,
  value,
} from '../support/small-world.ts';

const worldOf = () => new SmallWorld({ a: { x: 1, y: 1 }, b: { x: 1, y: 1 }, store: { lb: 1 } });

/** A change that one host alone makes, on another machine where that is said. */
function only(host: string, name: string, on = host, module = value): Task {
  const steps = [{ host, on, args: { name, value: 2 } }];
  const resolve = (asked: string): Resolution => (asked === host ? { steps } : { skip: 'not this one' });
  return task('tasks', module, { name, value: 2 }, { resolve });
}

const tolerant = (tasks: readonly Task[], more: Partial<Play> = {}) => [
  play(['a', 'b'], tasks, { maxFailPercentage: 50, guardSeconds: 60, ...more }),
];
const notOnA = () =>
  task(
    'tasks',
    check,
    { name: 'x', value: 1 },
    {
      resolve: (host) =>
        host === 'a' ? { steps: [{ host, on: host, args: { name: 'x', value: 1 } }] } : { skip: 'b holds' },
    },
  );
const outOf = ({ events }: Ran) =>
  events.flatMap((event) =>
    event.type === 'host_pending' || event.type === 'host_dropped' ? [`${event.type} ${event.host}`] : [],
  );

/** What `a` has for itself cannot be put back: it asks for no other value than the new one. */
const stuck: Fault = (host, { argv }) => (host === 'a' && argv[1] === 'x' && argv[2] === '1' ? 'fail' : undefined);

test.each<[string, Task, string]>([
  ['what was delegated to it', only('b', 'y', 'a'), 'a holds what other hosts rest on: value y'],
  ['what all of them share', only('a', 'k', 'a', sharedValue), 'a holds what other hosts rest on: shared k'],
])('a host whose undo is in doubt keeps its guard: with %s the run turns around', async (_, theirs, because) => {
  const world = worldOf();
  world.fault = stuck;
  const result = await run(world, tolerant([theirs, only('a', 'x'), notOnA()]));
  expect(result).toMatchObject({ ending: 'unsure', exit: 4, because: expect.stringContaining(because) });
  expect(result.doubts).toMatchObject([{ host: 'a', what: 'value x' }]);
  expect(outOf(result)).toEqual([]);
  expect(world.snapshot()).toMatchObject({ a: { x: 2, y: 1 }, b: { x: 1, y: 1 } });
});

test('the same, where it was delegated to that host only after it had become pending', async () => {
  const world = worldOf();
  world.fault = stuck;
  const result = await run(world, tolerant([only('a', 'x'), notOnA(), only('b', 'y', 'a')]));
  expect(outOf(result)).toEqual(['host_pending a']);
  expect(result).toMatchObject({ ending: 'unsure', exit: 4, because: expect.stringContaining('a holds what') });
  expect(world.snapshot()).toMatchObject({ a: { x: 2, y: 1 } });
});

test('a pending host that was touched is no run that changed nothing', async () => {
  const world = worldOf();
  world.fault = stuck;
  const result = await run(world, tolerant([only('a', 'x'), notOnA()]));
  expect(outOf(result)).toEqual(['host_pending a']);
  expect(result).toMatchObject({ ending: 'kept', ok: false, exit: 4, doubts: [{ host: 'a', what: 'value x' }] });
});

test('nor is what was delegated to a host that is put back for itself', async () => {
  const world = worldOf();
  const result = await run(world, tolerant([only('b', 'y', 'a'), only('a', 'x'), notOnA()]));
  expect(outOf(result)).toEqual(['host_dropped a']);
  expect(result).toMatchObject({ ending: 'kept', ok: false, exit: 3 });
  expect(world.snapshot()).toMatchObject({ a: { x: 1, y: 2 } });
});

test('nothing is changed where all that was is put back with its host', async () => {
  const result = await run(worldOf(), tolerant([only('a', 'x'), notOnA()]));
  expect(outOf(result)).toEqual(['host_dropped a']);
  expect(result).toMatchObject({ ending: 'unchanged', ok: false, exit: 3, doubts: [] });
});

test.each<[string, ReturnType<Fault>]>([
  ['is lost after it has worked', 'lost-after'],
  ['is lost before', 'lost'],
  ['fails', 'fail'],
])('a step on another machine that %s is looked at: the run turns around', async (_, fault) => {
  const world = worldOf();
  let struck = false;
  world.fault = (host, { argv }) => {
    if (struck || host !== 'store' || argv[0] !== 'set') return undefined;
    struck = true;
    return fault;
  };
  const result = await run(world, tolerant([only('a', 'x'), only('a', 'lb', 'store')]));
  expect(result.because).toContain('what became of value lb on store is not known');
  expect(result).toMatchObject({ ending: 'undone', exit: 3, doubts: [] });
  expect(outOf(result)).toEqual([]);
  expect(world.snapshot()).toEqual(worldOf().snapshot());
});

test('one that was never begun there lets its host drop out', async () => {
  const world = worldOf();
  world.fault = (host, { argv }) => {
    const isSecond = world.log.filter((line) => line === 'store: get lb').length > 0;
    return host === 'store' && argv[0] === 'get' && isSecond ? 'fail' : undefined;
  };
  const result = await run(world, tolerant([task('tasks', value, { name: 'x', value: 2 }), only('a', 'lb', 'store')]));
  expect(outOf(result)).toEqual(['host_dropped a']);
  expect(result).toMatchObject({ ending: 'kept', exit: 3 });
  expect(world.snapshot()).toMatchObject({ a: { x: 1 }, b: { x: 2 }, store: { lb: 1 } });
});
