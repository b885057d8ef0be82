import { describe, expect, test } from 'vitest';
import type { Play, Task } from '../../src/core/play.ts';
import { batchesOf } from '../../src/run/batches.ts';
import {
  check,
  play,
  program,
  type Ran,
  run,
  SmallWorld,
  sets,
  sharedValue,
  task,
  value,
} from '../support/small-world.ts';

const four = ['a', 'b', 'c', 'd'];
const worldOf = (hosts: readonly string[] = four) =>
  new SmallWorld(
    Object.fromEntries([...hosts.map((host) => [host, { x: 1, prog: 'up' }] as const), ['store', { k: 1 }]]),
  );

describe('batches', () => {
  test.each<[Play['serial'], string[]]>([
    [undefined, ['abcd']],
    [[1], ['a', 'b', 'c', 'd']],
    [[3], ['abc', 'd']],
    [[9], ['abcd']],
    [[{ percent: 50 }], ['ab', 'cd']],
    [[{ percent: 30 }], ['a', 'b', 'c', 'd']],
    [
      [1, { percent: 50 }],
      ['a', 'bc', 'd'],
    ],
    [
      [1, 3],
      ['a', 'bcd'],
    ],
  ])('serial %j', (serial, expected) => {
    expect(batchesOf({ hosts: four, ...(serial && { serial }) }).map((hosts) => hosts.join(''))).toEqual(expected);
  });
});

const change = (more: Partial<Task> = {}) => task('tasks', value, { name: 'x', value: 2 }, more);
const proof = () => task('verify', value, { name: 'x', value: 2 });

describe('serial', () => {
  const inTwos = (tasks: readonly Task[], more: Partial<Play> = {}) => [play(four, tasks, { serial: [2], ...more })];

  test('goes through all of the play batch by batch; run_once is once for each', async () => {
    const world = worldOf();
    const once = task('tasks', value, { name: 'seen', value: 1 }, { runOnce: true });
    const { ending, events } = await run(world, inTwos([change(), once, proof()]));
    expect(ending).toBe('kept');
    expect(sets(world).map((line) => line.slice(0, 8))).toEqual([
      ...['a: set x', 'b: set x', 'a: set s'],
      ...['c: set x', 'd: set x', 'c: set s'],
    ]);
    const plays = events.flatMap((event) =>
      event.type === 'play_started' ? [[event.batch?.number, event.hosts]] : [],
    );
    expect(plays).toEqual([
      [1, ['a', 'b']],
      [2, ['c', 'd']],
    ]);
  });

  test('a failure in a later batch undoes it, then the earlier ones', async () => {
    const world = worldOf();
    const before = world.snapshot();
    world.fault = (host, { argv }) => (host === 'd' && argv[1] === 'y' && argv[0] === 'set' ? 'fail' : undefined);
    const result = await run(world, inTwos([change(), task('tasks', value, { name: 'y', value: 1 })]));
    expect(result).toMatchObject({ ending: 'undone', exit: 3 });
    expect(world.snapshot()).toEqual(before);
    const back = result.events.flatMap((event) =>
      event.type === 'undo_ended' && event.status === 'restored' ? [`${event.host} ${event.key}`] : [],
    );
    const isLater = back.map((line) => line[0] === 'c' || line[0] === 'd');
    expect(isLater).toEqual([...isLater].toSorted((a, b) => Number(b) - Number(a)));
    expect(new Set(back.map((line) => line[0]))).toEqual(new Set(four));
  });

  test('skip_if_verified is asked for each batch', async () => {
    const world = worldOf();
    for (const host of ['a', 'b']) world.values.get(host)?.set('x', 2);
    const result = await run(world, inTwos([change(), proof()], { skipIfVerified: true }));
    expect(result.ending).toBe('kept');
    expect(sets(world)).toEqual(['c: set x 2', 'd: set x 2']);
  });

  test('a plan covers all batches and changes nothing', async () => {
    const world = worldOf();
    const { events, exit } = await run(world, inTwos([change()]), { mode: 'check' });
    const planned = events.flatMap((event) => (event.type === 'step_ended' ? [`${event.host} ${event.status}`] : []));
    expect({ planned, exit, sets: sets(world) }).toEqual({
      planned: ['a change', 'b change', 'c change', 'd change'],
      exit: 5,
      sets: [],
    });
  });

  test('what runs in a later batch is started anew once the shared value of the first is back', async () => {
    const world = worldOf();
    world.fault = (host, { argv }) => (host === 'd' && argv[0] === 'ask' ? 'fail' : undefined);
    const result = await run(
      world,
      inTwos([
        task('tasks', program, { name: 'prog', value: 'down' }),
        task('tasks', sharedValue, { name: 'k', value: 2 }, { runOnce: true, on: 'store' }),
        task('tasks', program, { name: 'prog', value: 'up' }),
        task('verify', check, { name: 'x', value: 1 }),
      ]),
    );
    expect(result.ending).toBe('undone');
    const log = sets(world);
    const restored = log.lastIndexOf('store: set k 1');
    expect(log.slice(0, restored).findLast((line) => line.startsWith('d: '))).toBe('d: set prog "down"');
    expect(log.slice(restored).findLast((line) => line.startsWith('d: '))).toBe('d: set prog "up"');
  });
});

describe('hosts that drop out', () => {
  const tolerant = (most: number, tasks: readonly Task[] = [change(), proof()], more: Partial<Play> = {}) => [
    play(four, tasks, { maxFailPercentage: most, guardSeconds: 60, ...more }),
  ];
  const outOf = ({ events }: Ran) =>
    events.flatMap((event) =>
      event.type === 'host_pending' || event.type === 'host_dropped' ? [`${event.type} ${event.host}`] : [],
    );
  const failing = (world: SmallWorld, ...hosts: string[]) => {
    world.fault = (host, { argv }) =>
      hosts.includes(host) && argv[0] === 'set' && argv[2] === '2' ? 'fail' : undefined;
  };

  test('a failed one is put back, proven, and the others are kept', async () => {
    const world = worldOf();
    world.fault = (host, { argv }) => (host === 'b' && argv[0] === 'set' && argv[1] === 'y' ? 'fail' : undefined);
    const result = await run(world, tolerant(25, [change(), task('tasks', value, { name: 'y', value: 1 }), proof()]));
    expect(result).toMatchObject({
      ending: 'kept',
      ok: false,
      exit: 3,
      because: expect.stringContaining('b dropped out'),
    });
    expect(outOf(result)).toEqual(['host_dropped b']);
    expect(world.snapshot().b).toEqual({ x: 1, prog: 'up' });
    expect(world.snapshot().a).toEqual({ x: 2, y: 1, prog: 'up' });
  });

  test.each([
    [49, 'undone'],
    [50, 'kept'],
  ])('two of four with max_fail_percentage %i: %s', async (most, ending) => {
    const world = worldOf();
    failing(world, 'b', 'c');
    expect(await run(world, tolerant(most))).toMatchObject({ ending });
  });

  test('a failure counts in its batch', async () => {
    const world = worldOf();
    failing(world, 'c');
    expect(await run(world, tolerant(30, undefined, { serial: [2] }))).toMatchObject({
      ending: 'undone',
      because: expect.stringContaining('1 of 2 hosts have dropped out, and at most 30 percent may'),
    });
  });

  test('a lost one is pending with what is left to do, and the ending says that it is not known', async () => {
    const world = worldOf();
    world.fault = (host, { argv }) => (host === 'b' && argv[0] === 'set' ? 'lost-after' : undefined);
    const result = await run(world, tolerant(25));
    expect(result).toMatchObject({ ending: 'kept', ok: false, exit: 4 });
    expect(result.events.find((event) => event.type === 'host_pending')).toMatchObject({
      host: 'b',
      steps: [{ name: 'value x', module: 'value' }],
    });
    expect(world.log.filter((line) => line === 'b: get x')).toHaveLength(2); // by the plan and before the change
  });

  test('one that cannot be reached at the start is left out, untouched', async () => {
    const world = worldOf();
    world.down.add('d');
    const result = await run(world, tolerant(25));
    expect(result).toMatchObject({ ending: 'kept', ok: false, exit: 3 });
    expect(outOf(result)).toEqual(['host_pending d']);
  });

  test('ignore_unreachable does not count lost ones, failed ones it does', async () => {
    const lost = worldOf();
    lost.fault = (host, { argv }) => ('bc'.includes(host) && argv[0] === 'set' ? 'lost' : undefined);
    const letting = [play(four, [change({ ignoreUnreachable: true }), proof()], { guardSeconds: 60 })];
    expect(await run(lost, letting)).toMatchObject({ ending: 'kept', exit: 4 });
    const failed = worldOf();
    failing(failed, 'b');
    expect(await run(failed, letting)).toMatchObject({ ending: 'undone' });
  });

  test('a verify that one does not pass is asked again of the others', async () => {
    const world = worldOf();
    const result = await run(world, tolerant(25, [change(), task('verify', check, { name: 'x', value: 2 })]), {
      connect: (name) => {
        const host = world.connect(name);
        const lying = async (...[command, abort]: Parameters<typeof host.run>) =>
          name === 'b' && command.argv[0] === 'ask'
            ? { ...(await host.run(command, abort)), stdout: '0' }
            : host.run(command, abort);
        return { ...host, run: lying };
      },
    });
    expect(result).toMatchObject({ ending: 'kept', exit: 3 });
    expect(world.log.filter((line) => line === 'a: ask x')).toHaveLength(2);
    expect(world.snapshot().b).toEqual({ x: 1, prog: 'up' });
  });

  test('a task that is done once fails for all, and one that holds what others rest on may not get lost', async () => {
    const world = worldOf();
    failing(world, 'a');
    expect(await run(world, tolerant(75, [change({ runOnce: true })]))).toMatchObject({ exit: 3, ending: 'undone' });
    const holding = worldOf();
    holding.fault = (host, { argv }) => (host === 'a' && argv[1] === 'x' && argv[0] === 'set' ? 'lost' : undefined);
    const result = await run(
      holding,
      tolerant(75, [task('tasks', sharedValue, { name: 'k', value: 2 }, { runOnce: true }), change()]),
    );
    expect(result.because).toContain('a holds what other hosts rest on: shared k');
  });

  test.each<[string, Partial<Play>]>([
    ['where nothing is tolerated', {}],
    ['whatever the play tolerates of its own hosts', { maxFailPercentage: 50 }],
  ])('a host of an earlier play that gets lost turns the run around, %s', async (_, tolerance) => {
    const world = worldOf();
    world.after = (host, { argv }) => {
      if (host === 'c' && argv[0] === 'set') world.down.add('a');
    };
    const plays = [play(['a', 'b'], [change(), proof()]), play(['c', 'd'], [change(), proof()], tolerance)];
    const result = await run(world, plays);
    expect(result).toMatchObject({
      ending: 'unsure',
      exit: 4,
      because: expect.stringContaining('a: no route to host'),
    });
    expect(outOf(result)).toEqual([]);
    expect(world.snapshot()).toMatchObject({ b: { x: 1 }, c: { x: 1 }, d: { x: 1 } });
  });

  test('so does a machine that is only delegated to', async () => {
    const world = worldOf();
    world.after = (host, { argv }) => {
      if (host === 'a' && argv[0] === 'set') world.down.add('store');
    };
    const asked = task('require', check, { name: 'k', value: 1 }, { on: 'store' });
    const result = await run(world, [play(['a', 'b'], [asked, change(), proof()])]);
    expect(result).toMatchObject({ ending: 'undone', exit: 3 });
    expect(outOf(result)).toEqual([]);
  });

  test('a host of an earlier batch may drop out of its play later', async () => {
    const world = worldOf();
    world.after = (host, { argv }) => {
      if (host === 'c' && argv[0] === 'set') world.down.add('a');
    };
    const result = await run(world, tolerant(50, undefined, { serial: [2] }));
    expect(result).toMatchObject({ ending: 'kept', exit: 4 });
    expect(outOf(result)).toEqual(['host_pending a']);
  });

  test('when no host is left the run is undone', async () => {
    const world = worldOf();
    failing(world, ...four);
    expect(await run(world, tolerant(100))).toMatchObject({
      ending: 'undone',
      because: expect.stringContaining('no host'),
    });
  });
});

test('throttle: at most so many hosts at a time', async () => {
  const world = worldOf();
  let now = 0;
  let most = 0;
  await run(world, [play(four, [change({ throttle: 2 })])], {
    connect: (name) => {
      const host = world.connect(name);
      return {
        ...host,
        run: async (command, abort) => {
          if (command.argv[0] !== 'set') return host.run(command, abort);
          now += 1;
          most = Math.max(most, now);
          await new Promise((done) => setImmediate(done));
          now -= 1;
          return host.run(command, abort);
        },
      };
    },
  });
  expect(most).toBe(2);
});

test('in a block, the others go on to its end before it is reckoned who drops out', async () => {
  const world = worldOf();
  world.fault = (host, { argv }) => (host === 'b' && argv[0] === 'set' && argv[2] === '2' ? 'fail' : undefined);
  const within = [{ block: '0.tasks.0', name: 'a block', part: 'block' as const }];
  const tasks = [change({ within }), task('tasks', value, { name: 'y', value: 1 }, { within }), proof()];
  const result = await run(world, [play(four, tasks, { maxFailPercentage: 25, guardSeconds: 60 })]);
  expect(result).toMatchObject({ ending: 'kept', exit: 3 });
  expect(world.snapshot()).toMatchObject({ a: { x: 2, y: 1 }, b: { x: 1 }, c: { x: 2, y: 1 }, d: { x: 2, y: 1 } });
});
