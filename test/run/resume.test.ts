import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import type { Task } from '../../src/core/play.ts';
import { earlierOf, notesOfLine } from '../../src/history/earlier.ts';
import {
  act,
  check,
  moduleNamed,
  play,
  program,
  type Ran,
  run,
  SmallWorld,
  sets,
  sharedValue,
  task,
  value,
  way,
} from '../support/small-world.ts';

const hosts = ['h1', 'h2'];
const tasks: readonly Task[] = [
  task('require', check, { name: 'a', value: 1 }),
  task('tasks', value, { name: 'a', value: 2 }),
  task('tasks', value, { name: 'b', value: 2 }, { register: 'b' }),
  task('tasks', value, { name: 'c', value: 2 }),
  task('cleanup', way, { name: 'old' }),
  task('verify', check, { name: 'c', value: 2 }),
];
const plays = [play(hosts, tasks)];
const state = { a: 1, b: 1, c: 1, old: 1 };
const switched = { a: 2, b: 2, c: 2 };
const worldOf = () => new SmallWorld({ h1: state, h2: state });

/** A run up to the event that `last` picks: there its controller died. What hosts did afterwards is undone by hand. */
async function died(world: SmallWorld, last: (event: Event) => boolean): Promise<Event[]> {
  const events: Event[] = [];
  const dead = new Error('kill -9');
  let died = false;
  await run(world, plays, {
    sink: async (event) => {
      if (died) throw dead;
      events.push(event);
      died = last(event);
    },
    connect: (name) => {
      const host = world.connect(name);
      return {
        ...host,
        run: async (command, abort) => {
          if (died) throw dead;
          return host.run(command, abort);
        },
      };
    },
  }).catch((thrown: unknown) => {
    if (thrown !== dead) throw thrown;
  });
  return events;
}

const resume = (world: SmallWorld, ...journals: (readonly Event[])[]): Promise<Ran> =>
  run(world, plays, {
    run: `0${journals.length + 1}TEST`,
    resume: earlierOf(
      journals.map((_, i) => `0${i + 1}TEST`),
      journals,
    ),
  });

const noted = (key: string, host: string) => (event: Event) =>
  event.type === 'undo_noted' && event.key === key && event.host === host;
const endedStep = (key: string, host: string) => (event: Event) =>
  event.type === 'step_ended' && event.phase === 'tasks' && event.key === key && event.host === host;

describe('a run that goes on with one whose controller died', () => {
  test('comes to where the first would have come, and does nothing twice', async () => {
    const moments: ((event: Event) => boolean)[] = [
      ...['a', 'b', 'c'].flatMap((key) => hosts.flatMap((host) => [noted(key, host), endedStep(key, host)])),
      (event) => event.type === 'command_started' && event.purpose === 'change' && event.argv[1] === 'b',
      (event) => event.type === 'command_ended' && event.id === 14,
      (event) => event.type === 'phase_started' && event.phase === 'verify',
      (event) => event.type === 'phase_started' && event.phase === 'cleanup',
      noted('old', 'h2'),
    ];
    for (const [i, moment] of moments.entries()) {
      const world = worldOf();
      const events = await died(world, moment);
      expect(events.length, `moment ${i}`).toBeGreaterThan(0);
      const { ending, exit, because } = await resume(world, events);
      expect({ i, ending, exit, because }).toEqual({ i, ending: 'kept', exit: 0, because: undefined });
      expect(world.snapshot()).toEqual({ h1: switched, h2: switched });
      expect(sets(world).toSorted()).toEqual([...new Set(sets(world))].toSorted());
    }
  });

  test('tells what it did not do again, and asks the requirement no more', async () => {
    const world = worldOf();
    const { events } = await resume(world, await died(world, noted('c', 'h1')));
    const done = events.filter((event) => event.type === 'step_ended' && event.because === 'done by the run 01TEST');
    expect(done.map((event) => (event.type === 'step_ended' ? [event.key, event.host, event.status] : []))).toEqual([
      ['a', 'h1', 'ok'],
      ['a', 'h2', 'ok'],
      ['b', 'h1', 'ok'],
      ['b', 'h2', 'ok'],
    ]);
    expect(world.log.filter((line) => line.endsWith(': ask a'))).toHaveLength(2);
    expect(events[0]).toMatchObject({ type: 'run_started', mode: 'play', of: '01TEST' });
  });

  test('what was registered is known: a task that rests on it is not skipped', async () => {
    const world = new SmallWorld({ h1: { a: 1, b: 1 } });
    const change = task('tasks', value, { name: 'a', value: 2 }, { register: 'first' });
    const crash = task('tasks', value, { name: 'b', value: 2 });
    const after = task('tasks', value, { name: 'd', value: 1 });
    const resting: Task = {
      ...after,
      reads: ['first'],
      resolve: (host, registered) => {
        const first = registered.get(host)?.first as { changed?: boolean } | undefined;
        return first?.changed === true ? after.resolve(host, registered) : { skip: 'not changed' };
      },
    };
    const own = [play(['h1'], [change, crash, resting])];
    const events: Event[] = [];
    await run(world, own, { sink: async (event) => void events.push(event) });
    const cut = events.slice(0, events.findIndex(noted('b', 'h1')) + 1);
    world.values.set('h1', new Map<string, number>(Object.entries({ a: 2, b: 1 })));
    expect(await run(world, own, { run: '02TEST', resume: earlierOf(['01TEST'], [cut]) })).toMatchObject({
      ending: 'kept',
    });
    expect(world.snapshot()).toEqual({ h1: { a: 2, b: 2, d: 1 } });
  });

  test.each([
    ['a command that nothing can be asked about', act],
    ['a state', value],
  ])('a failure that is ignored stays one, and what rests on it is not turned around: %s', async (_, module) => {
    const world = new SmallWorld({ h1: { a: 1, b: 1, flag: 1 } });
    world.fault = (_host, { argv }) => (argv[0] === 'set' && argv[1] === 'a' ? 'fail' : undefined);
    const ignored = task('tasks', module, { name: 'a', value: 2 }, { ignoreErrors: true, register: 'first' });
    const flag = task('tasks', value, { name: 'flag', value: 2 });
    const resting: Task = {
      ...flag,
      reads: ['first'],
      resolve: (host, registered) => {
        const first = registered.get(host)?.first as { failed?: boolean } | undefined;
        return first?.failed === true ? flag.resolve(host, registered) : { skip: 'it did not fail' };
      },
    };
    const own = [play(['h1'], [ignored, resting, task('tasks', value, { name: 'b', value: 2 })])];
    const { events } = await run(world, own);
    const cut = events.slice(0, events.findIndex(noted('b', 'h1')) + 1);
    world.values.get('h1')?.set('b', 1);
    world.fault = () => undefined;
    const resumed = await run(world, own, { run: '02TEST', resume: earlierOf(['01TEST'], [cut]) });
    expect(resumed).toMatchObject({ ending: 'kept', exit: 0 });
    // One that fails leaves no line here.
    expect(sets(world).filter((line) => line.includes('set a'))).toEqual([]);
    expect(resumed.events).toContainEqual(
      expect.objectContaining({ type: 'step_ended', task: flag.id, because: 'done by the run 01TEST' }),
    );
  });

  test.each([
    ['once for all of them, whichever host did it', {}, 1],
    ['once for each batch', { serial: [1] }, 2],
  ])('what is done once is done %s', async (_, serial, times) => {
    const world = worldOf();
    const once = task('tasks', value, { name: 'a', value: 2 }, { runOnce: true });
    const own = [once, task('tasks', value, { name: 'b', value: 2 })];
    const { events } = await run(world, [play(['h2', 'h1'], own, serial)]);
    const cut = events.slice(0, events.findIndex(noted('b', 'h2')) + 1);
    for (const host of hosts) world.values.set(host, new Map<string, number>(Object.entries(state)));
    world.values.get('h2')?.set('a', 2);
    const going = 'serial' in serial ? ['h2', 'h1'] : ['h1', 'h2'];
    const sure = { run: '02TEST', resume: earlierOf(['01TEST'], [cut]) };
    const before = sets(world).filter((line) => line.includes('set a')).length;
    expect(await run(world, [play(going, own, serial)], sure)).toMatchObject({ ending: 'kept' });
    const after = sets(world).filter((line) => line.includes('set a')).length;
    expect(1 + after - before).toBe(times);
  });

  test('that fails puts back what both have changed', async () => {
    const world = worldOf();
    const events = await died(world, noted('b', 'h2'));
    world.fault = (_, { argv }) => (argv[0] === 'set' && argv[1] === 'c' && argv[2] === '2' ? 'fail' : undefined);
    const resumed = await resume(world, events);
    expect(resumed).toMatchObject({ ending: 'undone', exit: 3 });
    expect(world.snapshot()).toEqual({ h1: state, h2: state });
    const entries = resumed.events.flatMap((event) => (event.type === 'undo_noted' ? [event.entry] : []));
    expect(entries).toEqual(entries.map((_, i) => i + 1));
  });

  test('can die in its turn and be gone on with', async () => {
    const world = worldOf();
    const first = await died(world, noted('b', 'h1'));
    const events: Event[] = [];
    const whole = await resume(world, first);
    const second = whole.events.slice(0, whole.events.findIndex(endedStep('b', 'h2')) + 1);
    for (const host of hosts) world.values.set(host, new Map<string, number>(Object.entries({ ...state, a: 2, b: 2 })));
    expect(notesOfLine([first, second]).map(({ entry }) => entry)).toEqual(
      [1, 2, 3, 4, 5].slice(0, notesOfLine([first, second]).length),
    );
    expect(await resume(world, first, second)).toMatchObject({ ending: 'kept' });
    expect(world.snapshot()).toEqual({ h1: switched, h2: switched });
    expect(events).toEqual([]);
  });
});

describe('is refused, and nothing is touched, when', () => {
  async function expectRefusal(world: SmallWorld, events: readonly Event[], because: RegExp): Promise<void> {
    const before = sets(world).length;
    const resumed = await resume(world, events);
    expect(resumed).toMatchObject({ ending: 'unchanged', exit: 2 });
    expect(resumed.because).toMatch(because);
    expect(resumed.because).toContain('`runbook rollback 01TEST`');
    expect(sets(world)).toHaveLength(before);
    expect(resumed.events.some(({ type }) => type === 'undo_noted')).toBe(false);
  }

  test('a state is no longer as the run left it: each is named', async () => {
    const world = worldOf();
    const events = await died(world, noted('c', 'h1'));
    for (const host of hosts) world.values.get(host)?.set('a', 7);
    await expectRefusal(world, events, /h1: value a: left as 2, found 7; h2: value a: left as 2, found 7/);
  });

  test('a host has restarted', async () => {
    const world = worldOf();
    const events = await died(world, noted('c', 'h1'));
    world.restarted.add('h2');
    await expectRefusal(world, events, /h2 has restarted since/);
  });

  test('a host cannot be reached', async () => {
    const world = worldOf();
    const events = await died(world, noted('c', 'h1'));
    world.down.add('h2');
    const resumed = await resume(world, events);
    expect(resumed).toMatchObject({ ending: 'unchanged', exit: 2 });
  });

  test('a command was under way and nothing tells whether it ran', async () => {
    const world = new SmallWorld({ h1: {} });
    const own = [play(['h1'], [task('tasks', act, { name: 'x', value: 1 })])];
    const { events } = await run(world, own);
    const cut = events.slice(0, events.findIndex((event) => event.type === 'undo_noted') + 1);
    expect(await run(world, own, { run: '02TEST', resume: earlierOf(['01TEST'], [cut]) })).toMatchObject({
      exit: 2,
      because: expect.stringContaining('nothing tells whether it was done'),
    });
  });
});

test('what a later change may have changed too is no difference', async () => {
  const world = new SmallWorld({ h1: { route: 1, other: 1 } });
  const own = [
    play(
      ['h1'],
      [
        task('tasks', value, { name: 'route', value: 2 }),
        task('tasks', program, { name: 'daemon', value: 1 }),
        task('tasks', sharedValue, { name: 'other', value: 2 }),
      ],
    ),
  ];
  const { events } = await run(world, own);
  const cut = events.slice(0, events.findIndex(noted('other', 'h1')) + 1);
  world.values.set('h1', new Map<string, number>(Object.entries({ route: 9, daemon: 1, other: 1 })));
  expect(await run(world, own, { run: '02TEST', resume: earlierOf(['01TEST'], [cut]) })).toMatchObject({
    ending: 'kept',
  });
  expect(moduleNamed('value')).toBe(value);
});
