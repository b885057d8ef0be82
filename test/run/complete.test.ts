import { expect, test } from 'vitest';
import type { Event, UndoEntry } from '../../src/core/event.ts';
import { maskText } from '../../src/core/mask.ts';
import type { Play } from '../../src/core/play.ts';
import { doneBeside } from '../../src/history/earlier.ts';
import { act, play, program, type Ran, run, SmallWorld, sets, task, value } from '../support/small-world.ts';

const hosts = ['a', 'b', 'c'];
const state = { x: 1, prog: 'up' };
const plays = [
  play(
    hosts,
    [
      task('tasks', program, { name: 'prog', value: 'down' }),
      task('tasks', value, { name: 'x', value: 2 }),
      task('tasks', program, { name: 'prog', value: 'up' }),
      task('verify', value, { name: 'x', value: 2 }),
    ],
    { maxFailPercentage: 34 },
  ),
];
const limited = plays.map((one) => ({ ...one, hosts: ['c'] }));

/** A run that has lost `c` in mid-change. */
async function kept(): Promise<{ world: SmallWorld; notes: UndoEntry[] }> {
  const world = new SmallWorld({ a: state, b: state, c: state });
  world.fault = (host, { argv }) => {
    if (host === 'c' && argv[0] === 'set' && argv[1] === 'x') world.down.add('c');
    return undefined;
  };
  const first = await run(world, plays);
  expect(first).toMatchObject({ ending: 'kept', ok: false });
  world.fault = () => undefined;
  world.log.length = 0;
  const notes = first.events.flatMap((event) => (event.type === 'undo_noted' && event.on === 'c' ? [event] : []));
  return { world, notes };
}

const complete = (world: SmallWorld, notes: readonly UndoEntry[]): Promise<Ran> =>
  run(world, limited, { run: '02TEST', completes: { run: '01TEST', guardsOf: '01TEST', notes, beside: new Map() } });

test('a pending host that is still away is refused, and nothing is touched', async () => {
  const { world, notes } = await kept();
  expect(await complete(world, notes)).toMatchObject({
    ending: 'unchanged',
    exit: 2,
    because: expect.stringContaining('Still pending since the run 01TEST'),
  });
  expect(world.log).toEqual([]);
});

test('one that is back is played on alone, from wherever it is', async () => {
  const { world, notes } = await kept();
  world.down.clear();
  const result = await complete(world, notes);
  expect(result).toMatchObject({ ending: 'kept', ok: true, exit: 0 });
  expect(result.events[0]).toMatchObject({ mode: 'play', of: '01TEST', hosts: ['c'] });
  expect(world.snapshot()).toEqual({ a: { ...state, x: 2 }, b: { ...state, x: 2 }, c: { ...state, x: 2 } });
  expect(sets(world).every((line) => line.startsWith('c: '))).toBe(true);
});

test('where its guard has put all back, that is found by reading', async () => {
  const back = await kept();
  back.world.down.clear();
  for (const [name, was] of Object.entries(state)) back.world.values.get('c')?.set(name, was);
  await complete(back.world, back.notes);
  expect(sets(back.world)).toEqual(['c: set prog "down"', 'c: set x 2', 'c: set prog "up"']);
});

test('a restart is no reason against it', async () => {
  const { world, notes } = await kept();
  world.down.clear();
  world.restarted.add('c');
  expect(await complete(world, notes)).toMatchObject({ ending: 'kept', ok: true });
});

test('that fails puts back what it changed itself', async () => {
  const { world, notes } = await kept();
  world.down.clear();
  for (const [name, was] of Object.entries(state)) world.values.get('c')?.set(name, was);
  world.fault = (_, { argv }) => (argv[0] === 'set' && argv[1] === 'x' && argv[2] === '2' ? 'fail' : undefined);
  expect(await complete(world, notes)).toMatchObject({ ending: 'undone', exit: 3 });
  expect(world.snapshot().c).toEqual(state);
});

/** What `c` finds under `m`, which a task that is done once registers. */
const told = task(
  'tasks',
  value,
  { name: 'told' },
  {
    reads: ['m'],
    resolve: (host, registered) => {
      const m = registered.get(host)?.m as { stdout: string } | undefined;
      return { steps: [{ host, on: host, args: { name: 'told', value: m?.stdout ?? null } }] };
    },
  },
);
const once = task('tasks', act, { name: 'once', value: 5 }, { runOnce: true, register: 'm' });

/** A run without `c`, which is away from the beginning; then `c` is completed. */
async function completedLater(
  first: readonly Play[],
  change: (events: readonly Event[]) => readonly Event[] = (events) => events,
) {
  const world = new SmallWorld({ a: {}, b: {}, c: {} });
  world.down.add('c');
  const { ending, events } = await run(world, first);
  expect(ending).toBe('kept');
  world.down.clear();
  world.log.length = 0;
  const beside = doneBeside(['c'], [change(events)]);
  const completes = { run: '01TEST', guardsOf: '01TEST', notes: [], beside };
  return {
    world,
    result: await run(
      world,
      first.map((one) => ({ ...one, hosts: ['c'] })),
      { run: '02TEST', completes },
    ),
  };
}

test('what was done once is not done again, and what it registered is known', async () => {
  const { world, result } = await completedLater([play(hosts, [once, told], { maxFailPercentage: 34 })]);
  expect(result).toMatchObject({ ending: 'kept', exit: 0 });
  expect(sets(world)).toEqual(['c: set told "5"']);
  const ends = result.events.filter((event) => event.type === 'step_ended' && event.task === once.id);
  expect(ends).toMatchObject([
    { phase: 'plan', status: 'skipped' },
    { phase: 'tasks', status: 'skipped', because: 'dealt with once, by the run 01TEST' },
  ]);
});

test('it is done where the batch had nobody else to do it for', async () => {
  const { world, result } = await completedLater([
    play(hosts, [], { maxFailPercentage: 34 }),
    play(hosts, [once], { serial: [1] }),
  ]);
  expect(result).toMatchObject({ ending: 'kept', exit: 0 });
  expect(sets(world)).toEqual(['c: set once 5']);
});

test.each<[string, (events: readonly Event[]) => readonly Event[]]>([
  [
    'a secret',
    (events) => JSON.parse(JSON.stringify(events).replaceAll('"stdout":"5"', `"stdout":"${maskText}"`)) as Event[],
  ],
  ['a loop', (events) => events.map((event) => (event.type === 'step_ended' ? { ...event, item: 'x' } : event))],
])('where what it registered is asked for and was that of %s, nothing is touched', async (_, change) => {
  const { world, result } = await completedLater([play(hosts, [once, told], { maxFailPercentage: 34 })], change);
  expect(result).toMatchObject({ ending: 'unchanged', exit: 2, because: expect.stringContaining('not in the record') });
  expect(world.log).toEqual([]);
});
