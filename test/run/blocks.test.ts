import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import type { Json } from '../../src/core/json.ts';
import type { Task } from '../../src/core/play.ts';
import { earlierOf } from '../../src/history/earlier.ts';
import { Contract } from '../../src/run/contract.ts';
import { block } from '../support/blocks.ts';
import { savedPlan } from '../support/saved-plan.ts';
import { check, play, type Ran, run, SmallWorld, sets, sharedValue, task, value } from '../support/small-world.ts';

const hosts = ['a', 'b'] as const;
const state = { x: 1, y: 1, z: 1 };
const two = () => new SmallWorld({ a: state, b: state, store: { k: 'old' } });
const set = (name: string, to: Json, more: Partial<Task> & { on?: string } = {}) =>
  task('tasks', value, { name, value: to }, more);
/** Whoever is asked to set this fails. */
function failing(world: SmallWorld, ...lines: readonly string[]): SmallWorld {
  world.fault = (host, { argv }) => (lines.includes(`${host}: ${argv.join(' ')}`) ? 'fail' : undefined);
  return world;
}
/** What was run on the way there. */
function forth(world: SmallWorld, { events }: Ran): readonly string[] {
  const undo = events.findIndex((event) => event.type === 'phase_started' && event.phase === 'undo');
  const changes = (undo === -1 ? events : events.slice(0, undo)).filter(
    (event) => event.type === 'command_started' && event.purpose === 'change',
  );
  expect(world.log.length).toBeGreaterThan(0);
  return changes.map((event) => (event.type === 'command_started' ? `${event.on}: ${event.argv.join(' ')}` : ''));
}

describe('a block', () => {
  const tasks = () => [
    ...block('the change', {
      block: [set('x', 2), set('y', 2)],
      rescue: [set('x', 3), set('y', 3)],
      always: [set('z', 2)],
    }),
    set('after', 1),
  ];

  test('that goes well takes no rescue, and always its last part', async () => {
    const world = two();
    const ran = await run(world, [play(hosts, tasks())]);
    expect(ran).toMatchObject({ ending: 'kept', exit: 0 });
    expect(world.snapshot()).toMatchObject({ a: { x: 2, y: 2, z: 2 }, b: { x: 2, y: 2, z: 2 } });
    expect(ran.events.filter((event) => event.type === 'task_started' && event.phase === 'tasks')).toHaveLength(4);
  });

  test('that fails on a host goes on without it; it alone is rescued, and the run goes on with both', async () => {
    const world = failing(two(), 'a: set x 2');
    const ran = await run(world, [play(hosts, tasks())]);
    expect(ran).toMatchObject({ ending: 'kept', exit: 0, ok: true });
    expect(forth(world, ran)).toEqual([
      ...['a: set x 2', 'b: set x 2', 'b: set y 2'],
      ...['a: set x 3', 'a: set y 3'],
      ...['a: set z 2', 'b: set z 2', 'a: set after 1', 'b: set after 1'],
    ]);
    expect(world.snapshot()).toMatchObject({ a: { x: 3, y: 3 }, b: { x: 2, y: 2 } });
  });

  test('whose rescue fails too is a failure of the run: always is done, then all is put back', async () => {
    const world = failing(two(), 'a: set x 2', 'a: set y 3');
    const ran = await run(world, [play(hosts, tasks())]);
    expect(ran).toMatchObject({ ending: 'undone', exit: 3, because: expect.stringContaining('a: value y') });
    expect(forth(world, ran).slice(-3)).toEqual(['a: set y 3', 'a: set z 2', 'b: set z 2']);
    expect(world.snapshot()).toMatchObject({ a: state, b: state });
  });

  test('without a rescue fails the run at once, save for what is always done', async () => {
    const world = failing(two(), 'a: set x 2');
    const own = [...block('it', { block: [set('x', 2), set('y', 2)], always: [set('z', 2)] }), set('after', 1)];
    const ran = await run(world, [play(hosts, own)]);
    expect(ran).toMatchObject({ ending: 'undone', exit: 3 });
    expect(forth(world, ran)).toEqual(['a: set x 2', 'b: set x 2', 'a: set z 2', 'b: set z 2']);
    expect(world.snapshot()).toMatchObject({ a: state, b: state });
  });

  test('in a block hands on what it does not rescue; each is left by its always', async () => {
    const world = failing(two(), 'a: set x 2');
    const inner = block('inner', { block: [set('x', 2), set('y', 2)], always: [set('inner', 1)] });
    const own = block('outer', {
      block: [...inner, set('z', 2)],
      rescue: [set('saved', 1)],
      always: [set('outer', 1)],
    });
    const ran = await run(world, [play(hosts, own)]);
    expect(ran).toMatchObject({ ending: 'kept' });
    expect(forth(world, ran)).toEqual([
      ...['a: set x 2', 'b: set x 2', 'b: set y 2', 'a: set inner 1', 'b: set inner 1'],
      ...['b: set z 2', 'a: set saved 1', 'a: set outer 1', 'b: set outer 1'],
    ]);
  });

  test('in a rescue: a failure there can be rescued in its turn', async () => {
    const world = failing(two(), 'a: set x 2', 'a: set y 2');
    const inner = block('inner', { block: [set('y', 2)], rescue: [set('y', 3)] });
    const ran = await run(world, [play(hosts, block('outer', { block: [set('x', 2)], rescue: inner }))]);
    expect(ran).toMatchObject({ ending: 'kept' });
    expect(world.snapshot()).toMatchObject({ a: { x: 1, y: 3 }, b: { x: 2, y: 1 } });
  });

  test('always is done to its end on every host, also where it fails on one', async () => {
    const world = failing(two(), 'a: set y 2');
    const own = block('it', { block: [set('x', 2)], always: [set('y', 2), set('z', 2)] });
    const ran = await run(world, [play(hosts, own)]);
    expect(ran).toMatchObject({ ending: 'undone', because: expect.stringContaining('a: value y') });
    expect(forth(world, ran)).toContain('b: set z 2');
    expect(world.snapshot()).toMatchObject({ a: state, b: state });
  });

  test('what a rescued host had changed is put back too when the run fails later', async () => {
    const world = failing(two(), 'a: set y 2', 'b: set z 9');
    const own = [...block('it', { block: [set('x', 2), set('y', 2)], rescue: [set('new', 1)] }), set('z', 9)];
    const ran = await run(world, [play(hosts, own)]);
    expect(ran).toMatchObject({ ending: 'undone', exit: 3 });
    expect(forth(world, ran)).toContain('a: set new 1');
    expect(world.snapshot()).toMatchObject({ a: state, b: state });
  });

  test('a task that is done once fails for all: all are rescued', async () => {
    const world = failing(two(), 'store: set k "new"');
    const once = task('tasks', sharedValue, { name: 'k', value: 'new' }, { runOnce: true, on: 'store' });
    const ran = await run(world, [play(hosts, block('it', { block: [once, set('x', 2)], rescue: [set('x', 3)] }))]);
    expect(ran).toMatchObject({ ending: 'kept' });
    expect(world.snapshot()).toMatchObject({ a: { x: 3 }, b: { x: 3 } });
  });

  test('an ignored failure is none', async () => {
    const world = failing(two(), 'a: set x 2');
    const own = block('it', { block: [set('x', 2, { ignoreErrors: true }), set('y', 2)], rescue: [set('x', 3)] });
    await run(world, [play(hosts, own)]);
    expect(world.snapshot()).toMatchObject({ a: { x: 1, y: 2 }, b: { x: 2, y: 2 } });
  });

  test('after Ctrl-C nothing more of it is done, not even always', async () => {
    const world = two();
    const stop = new AbortController();
    world.after = (host, { argv }) => {
      if (host === 'b' && argv[1] === 'x' && argv[0] === 'set') stop.abort('SIGINT');
    };
    const ran = await run(world, [play(hosts, tasks())], { interrupt: stop.signal });
    expect(ran).toMatchObject({ ending: 'undone', because: 'interrupted (SIGINT)' });
    expect(forth(world, ran)).toEqual(['a: set x 2', 'b: set x 2']);
  });
});

describe('what failed is told', () => {
  /** Writes down what it is told. */
  const telling = (name: string, over: Partial<Task> = {}) => {
    const own = set(name, null, over);
    return {
      ...own,
      reads: ['failed_task', 'failed_result'],
      resolve: (host, registered) => {
        const { failed_task: by, failed_result: result } = registered.get(host) ?? {};
        const { stderr, failed } = (result ?? {}) as { stderr?: string; failed?: boolean };
        return { steps: [{ host, on: host, args: { name, value: `${by} ${failed} ${stderr}` } }] };
      },
    } satisfies Task;
  };

  test('to rescue on the host itself, to always on each', async () => {
    const world = failing(two(), 'a: set x 2');
    const own = block('it', { block: [set('x', 2)], rescue: [telling('why')], always: [telling('end')] });
    expect(await run(world, [play(hosts, own)])).toMatchObject({ ending: 'kept' });
    expect(world.snapshot().a).toMatchObject({ why: 'value x true it broke', end: 'value x true it broke' });
    expect(world.snapshot().b).toMatchObject({ end: ' false ' });
  });

  test('of the block around, not of one that was left', async () => {
    const world = failing(two(), 'a: set x 2', 'a: set y 2');
    const inner = block('inner', { block: [set('y', 2)], rescue: [set('y', 3)] });
    const own = block('outer', { block: [set('x', 2)], rescue: [...inner, telling('why')] });
    await run(world, [play(['a'], own)]);
    expect(world.snapshot().a).toMatchObject({ why: 'value x true it broke' });
  });

  test('a name that only a rescue registers is there: skipped', async () => {
    const world = two();
    const later: Task = {
      ...set('seen', null),
      resolve: (host, registered) => {
        const { skipped } = (registered.get(host)?.saved ?? {}) as { skipped?: boolean };
        return { steps: [{ host, on: host, args: { name: 'seen', value: skipped ?? null } }] };
      },
    };
    const rescue = [set('y', 3, { register: 'saved' })];
    await run(world, [play(hosts, [...block('it', { block: [set('x', 2)], rescue }), later])]);
    expect(world.snapshot().a).toMatchObject({ seen: true });
  });
});

describe('a host that is lost in a block', () => {
  const far = (name: string): Task => ({
    ...task('tasks', sharedValue, { name }),
    resolve: (host) => ({ steps: [{ host, on: 'store', args: { name: `${name}-${host}`, value: 1 } }] }),
  });

  test('what is delegated of rescue and always is done for it, the rest of the block for nobody; it stays lost', async () => {
    const world = two();
    world.fault = (host, { argv }) => (host === 'a' && argv.join(' ') === 'set x 2' ? 'lost' : undefined);
    const own = block('it', {
      block: [set('x', 2), set('y', 2)],
      rescue: [set('own', 1), far('rescued')],
      always: [set('end', 1), far('always')],
    });
    const ran = await run(world, [play(hosts, [...own, set('after', 1)])]);
    expect(forth(world, ran)).toEqual([
      ...['a: set x 2', 'b: set x 2', 'store: set rescued-a 1'],
      ...['b: set end 1', 'store: set always-a 1', 'store: set always-b 1'],
    ]);
    expect(ran).toMatchObject({ ok: false, exit: 3, because: expect.stringContaining('a: value x') });
    expect(ran.events.filter((event) => event.type === 'step_ended' && event.status === 'skipped')).toMatchObject([
      { host: 'a', because: 'a cannot be reached' },
      { host: 'a', because: 'a cannot be reached' },
    ]);
    expect(world.snapshot()).toEqual(two().snapshot());
  });

  test('what is done once falls to another', async () => {
    const world = two();
    world.fault = (host, { argv }) => (host === 'a' && argv.join(' ') === 'set x 2' ? 'lost' : undefined);
    const own = block('it', { block: [set('x', 2)], always: [set('end', 1, { runOnce: true })] });
    const ran = await run(world, [play(hosts, own)]);
    expect(forth(world, ran)).toContain('b: set end 1');
  });
});

describe('in a plan', () => {
  const told = ({ events }: Ran) =>
    events.flatMap((event) =>
      event.type === 'step_ended' && event.phase === 'plan' && event.host === 'a'
        ? [`${event.status}${event.because === undefined ? '' : `: ${event.because}`}`]
        : [],
    );
  const tasks = (x: number) => [
    ...block('the change', { block: [set('x', x)], rescue: [set('y', 2)], always: [set('z', 1)] }),
    set('z', 1),
  ];

  test('a rescue depends on whether its block fails; what comes after does not', async () => {
    const ran = await run(two(), [play(hosts, tasks(2))], { mode: 'check' });
    expect(told(ran)).toEqual(['change', 'depends: only where "the change" fails', 'ok', 'ok']);
    expect(ran.exit).toBe(5);
  });

  test('where nothing of the block is to be done, nothing is', async () => {
    const ran = await run(two(), [play(hosts, tasks(1))], { mode: 'check' });
    expect(told(ran)).toEqual(['ok', 'skipped: only where "the change" fails', 'ok', 'ok']);
    expect(ran.exit).toBe(0);
  });

  test('a check that does not hold needs the rescue: the rest of its block depends, and what comes after', async () => {
    const world = two();
    const own = [
      ...block('it', { block: [task('tasks', check, { name: 'x', value: 2 }), set('y', 2)], rescue: [set('x', 2)] }),
      set('z', 2),
    ];
    const ran = await run(world, [play(['a'], own)], { mode: 'check' });
    expect(told(ran)).toEqual([
      'unmet: it is 1',
      'depends: only where "check x" does well',
      'depends: only where "it" fails',
      'depends: rests on "value x"',
    ]);
    const contract = new Contract(savedPlan(ran.events), []);
    expect(await run(world, [play(['a'], own)], { contract })).toMatchObject({ ending: 'kept' });
    expect(world.snapshot().a).toEqual({ x: 2, y: 1, z: 2 });
  });

  test('a saved plan admits its rescues, and holds the rest to what it says', async () => {
    const plays = [play(hosts, tasks(2))];
    const plan = savedPlan((await run(two(), plays, { mode: 'check' })).events);
    const world = failing(two(), 'a: set x 2');
    const contract = () => new Contract(plan, []);
    expect(await run(world, plays, { contract: contract() })).toMatchObject({ ending: 'kept', exit: 0 });
    expect(world.snapshot()).toMatchObject({ a: { x: 1, y: 2 }, b: { x: 2, y: 1 } });
    const other = [play(hosts, [...tasks(2), set('new', 1)])];
    expect(await run(two(), other, { contract: contract() })).toMatchObject({ exit: 2 });
  });
});

test('a run that died in a rescue is gone on with there: what failed is not tried again', async () => {
  const plays = [play(hosts, block('it', { block: [set('x', 2), set('y', 2)], rescue: [set('y', 3), set('z', 3)] }))];
  const world = failing(two(), 'a: set x 2');
  const { events } = await run(world, plays);
  const isEnd = (event: Event) => event.type === 'step_ended' && event.phase === 'tasks' && event.status === 'changed';
  const died = events.slice(
    0,
    events.findLastIndex((event) => event.type === 'undo_noted' && event.key === 'z'),
  );
  expect(died.filter(isEnd)).toHaveLength(3);
  world.values.get('a')?.set('z', 1);
  world.fault = () => undefined;
  world.log.length = 0;
  const resumed = await run(world, plays, { run: '02TEST', resume: earlierOf(['01TEST'], [died]) });
  expect(resumed).toMatchObject({ ending: 'kept', exit: 0 });
  expect(sets(world)).toEqual(['a: set z 3']);
  expect(resumed.events.find((event) => event.type === 'step_ended' && event.status === 'failed')).toMatchObject({
    because: expect.stringContaining('(in the run 01TEST)'),
  });
});
