import { expect, test } from 'vitest';
import { play, program, rollback, run, SmallWorld, sets, sharedValue, task } from '../support/small-world.ts';

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

test('a key that is as before needs no program to be stopped', async () => {
  const { world, first } = await keyHostLost();
  world.values.get('k')?.set('key', 'old');
  expect(await rollback(world, first.events)).toMatchObject({ ending: 'undone' });
  expect(sets(world)).toEqual([]);
});
