import { expect, test } from 'vitest';
import type { UndoEntry } from '../../src/core/event.ts';
import { play, program, type Ran, run, SmallWorld, sets, task, value } from '../support/small-world.ts';

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
  run(world, limited, { run: '02TEST', completes: { run: '01TEST', guardsOf: '01TEST', notes } });

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
