import { expect, test } from 'vitest';
import {
  check,
  final,
  play,
  program,
  rollback,
  run,
  SmallWorld,
  sets,
  sharedValue,
  task,
  value,
} from '../support/small-world.ts';

/** A program is stopped on two nodes, then a shared key is written, on a host that goes away when it has been. */
async function keyHostLost() {
  const world = new SmallWorld({ a: { p: 'runs' }, b: { p: 'runs' }, k: { key: 'old' } });
  world.after = (host, { argv }) => {
    if (host === 'k' && argv[0] === 'set') world.down.add('k');
  };
  const tasks = [
    task('tasks', program, { name: 'p', value: 'rests' }),
    task('tasks', sharedValue, { name: 'key', value: 'new' }, { on: 'k', runOnce: true }),
  ];
  const first = await run(world, [play(['a', 'b'], tasks)]);
  world.down.clear();
  world.after = () => undefined;
  world.log.length = 0;
  return { world, first };
}

test('programs that run again on a key that was not put back are stopped before it is, and started after', async () => {
  const { world, first } = await keyHostLost();
  expect(first).toMatchObject({ ending: 'unsure', exit: 4 });
  expect(world.snapshot()).toEqual({ a: { p: 'runs' }, b: { p: 'runs' }, k: { key: 'new' } });

  expect(await rollback(world, first.events)).toMatchObject({ ending: 'undone', exit: 0 });
  const done = sets(world);
  expect(done.slice(0, 2).toSorted()).toEqual(['a: set p "rests"', 'b: set p "rests"']);
  expect(done[2]).toBe('k: set key "old"');
  expect(done.slice(3).toSorted()).toEqual(['a: set p "runs"', 'b: set p "runs"']);
});

test('one that cannot be stopped keeps the key from being put back under it', async () => {
  const { world, first } = await keyHostLost();
  world.fault = (host, { argv }) => (host === 'b' && argv[0] === 'set' ? 'fail' : undefined);
  const result = await rollback(world, first.events);
  expect(result).toMatchObject({ ending: 'unsure', exit: 4 });
  expect(result.doubts.map(({ host, found }) => `${host}: ${found}`)).toEqual([
    'k: "new" (b: program p runs on what is to be put back)',
  ]);
  expect(world.snapshot().k).toEqual({ key: 'new' });
});

test('one that is neither as the run left it nor as before is stopped as well: it may be starting just now', async () => {
  const { world, first } = await keyHostLost();
  world.values.get('a')?.set('p', 'starts');
  expect(await rollback(world, first.events)).toMatchObject({ ending: 'undone', exit: 0 });
  expect(sets(world).slice(0, 2).toSorted()).toEqual(['a: set p "rests"', 'b: set p "rests"']);
});

test.each([
  ['and all is as before: nothing is done again', true, []],
  ['and it is not: the programs go where the run had left them, and back', false, ['p "rests"', 'y 1', 'p "runs"']],
])('an undo that broke off in its proof, %s', async (_, mended, done) => {
  const world = new SmallWorld({ a: { p: 'runs', x: 'in use', y: 1 } });
  let [undone, broken] = [false, false];
  world.fault = (_, { argv }) => {
    if (!undone || broken || argv[0] !== 'get') return undefined;
    broken = argv[1] === 'y';
    return broken ? 'lost' : undefined;
  };
  world.after = (_, { argv }) => {
    undone ||= argv.join(' ') === 'set p "runs"';
    // Like a process: there as long as its program runs.
    if (argv[0] === 'set' && argv[1] === 'p') world.values.get('a')?.set('x', argv[2] === '"runs"' ? 'in use' : 'free');
  };
  const first = await run(world, [
    play(
      ['a'],
      [
        task('tasks', program, { name: 'p', value: 'rests' }),
        task('tasks', final, { name: 'x' }, { protect: true }),
        task('tasks', value, { name: 'y' }, { protect: true }),
        task('verify', check, { name: 'y', value: 'never' }),
      ],
    ),
  ]);
  expect(first).toMatchObject({ ending: 'unsure' });
  if (!mended) world.values.get('a')?.set('y', 2);
  world.log.length = 0;
  expect(await rollback(world, first.events)).toMatchObject({ ending: 'undone', exit: 0 });
  expect(sets(world)).toEqual(done.map((what) => `a: set ${what}`));
});

test('a key that is as before needs no program to be stopped', async () => {
  const { world, first } = await keyHostLost();
  world.values.get('k')?.set('key', 'old');
  expect(await rollback(world, first.events)).toMatchObject({ ending: 'undone' });
  expect(sets(world)).toEqual([]);
});
