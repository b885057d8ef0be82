import { expect, test } from 'vitest';
import { memory, play, run, SmallWorld, sets, task, value } from '../support/small-world.ts';

const change = play(
  ['a'],
  [task('tasks', value, { name: 'file', value: 2 }), task('tasks', memory, { name: 'route', value: 2 })],
);

test('a host that has restarted while the change was made: what is on its disk is put back, what was in its memory is not', async () => {
  const it = new SmallWorld({ a: { file: 1, route: 1 } });
  it.after = (_, { argv }) => {
    if (argv[0] !== 'set' || argv[1] !== 'route') return;
    it.restarted.add('a');
    it.values.get('a')?.delete('route');
  };
  it.fault = (_, { argv }) => (argv[0] === 'set' && argv[1] === 'route' ? 'lost-after' : undefined);
  const result = await run(it, [change]);
  expect(it.snapshot()).toEqual({ a: { file: 1 } });
  expect(sets(it)).toEqual(['a: set file 2', 'a: set route 2', 'a: set file 1']);
  expect(result).toMatchObject({ ending: 'unsure', exit: 4, doubts: [{ host: 'a', what: 'memory route' }] });
});

test('a restart is seen by the boot id before a change is kept; where the host itself has made things as they were, there is no doubt', async () => {
  const it = new SmallWorld({ a: { file: 1, route: 1 } });
  it.after = (_, { argv }) => {
    if (argv[0] === 'set' && argv[1] === 'route') it.restarted.add('a');
    if (argv.join(' ') === 'set file 1') it.values.get('a')?.set('route', 1);
  };
  const result = await run(it, [change]);
  expect(result).toMatchObject({ ending: 'undone', because: 'restarted while the change was made: a' });
  expect(sets(it)).not.toContain('a: set route 1');
});

test('what was not there before the run goes again, though the host has restarted: it came of what the run had changed', async () => {
  const it = new SmallWorld({ a: { file: 1 } });
  it.after = (_, { argv }) => {
    if (argv[0] === 'set' && argv[1] === 'route' && argv[2] === '2') it.restarted.add('a');
  };
  const result = await run(it, [change]);
  expect(it.snapshot()).toEqual({ a: { file: 1 } });
  expect(result).toMatchObject({ ending: 'undone' });
});
