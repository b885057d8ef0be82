import { describe, expect, test } from 'vitest';
import { guarded, withGuards } from '../support/guarded-world.ts';
import {
  final,
  memory,
  play,
  program,
  rollback,
  run,
  SmallWorld,
  sets,
  stillClock,
  task,
  value,
  way,
} from '../support/small-world.ts';

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

describe('a program that had been stopped, and that a restart has started', () => {
  const stop = task('tasks', program, { name: 'p', value: 'rests' });
  const start = task('tasks', program, { name: 'p', value: 'runs' });

  /** The host restarts as it is asked for the second time how the program is, which runs from then on. */
  function restarting(it: SmallWorld, then = () => {}): void {
    let asked = 0;
    it.fault = (host, { argv }) => {
      if (host !== 'a' || argv.join(' ') !== 'get p') return undefined;
      asked += 1;
      if (asked !== 4) return undefined; // the plan has asked twice, and the first task before and after
      it.restarted.add('a');
      it.values.get('a')?.set('p', 'runs');
      then();
      return 'lost';
    };
  }

  test('is stopped before what it brings about is to go', async () => {
    const it = new SmallWorld({ a: { p: 'runs', x: 'in use' } });
    const use = (text: string | undefined) => void it.values.get('a')?.set('x', text === '"runs"' ? 'in use' : null);
    it.after = (_, { argv }) => {
      if (argv[0] === 'set' && argv[1] === 'p') use(argv[2]);
    };
    restarting(it, () => use('"runs"'));
    const protectedX = task('tasks', final, { name: 'x' }, { protect: true });
    const result = await run(it, [play(['a'], [stop, protectedX, start])]);
    expect(result).toMatchObject({ ending: 'undone', exit: 3 });
    expect(sets(it)).toEqual(['p "rests"', 'p "rests"', 'x null', 'p "runs"'].map((what) => `a: set ${what}`));
  });

  test('is started again on what it may have read, when that is back', async () => {
    const it = new SmallWorld({ a: { p: 'runs', x: 1 } });
    restarting(it);
    const result = await run(it, [play(['a'], [stop, task('tasks', value, { name: 'x', value: 2 }), start])]);
    expect(result).toMatchObject({ ending: 'undone', exit: 3 });
    expect(sets(it).slice(2)).toEqual(['p "rests"', 'x 1', 'p "runs"'].map((what) => `a: set ${what}`));
  });

  test('and has been put back since, is left alone by what is put back last of all', async () => {
    const it = new SmallWorld({ a: { p: 'runs' }, b: {} });
    it.after = (host, { argv }) => {
      if (host === 'a' && argv.join(' ') === 'set w 1') it.down.add('b');
    };
    restarting(it);
    const clock = stillClock();
    const sleep: typeof clock.sleep = async (ms, abort) => {
      if (it.down.delete('b')) it.values.get('b')?.delete('x'); // by its guard, which is waited for
      await clock.sleep(ms, abort);
    };
    const tasks = [
      { ...stop, runOnce: true },
      task('tasks', guarded, { name: 'x', value: 2 }),
      task('tasks', way, { name: 'w', value: 1 }, { runOnce: true }),
      { ...start, runOnce: true },
    ];
    const plays = [play(['a', 'b'], tasks, { guardSeconds: 60 })];
    const result = await run(it, plays, { connect: withGuards(it), clock: { ...clock, sleep } });
    expect(sets(it).at(-1)).toBe('a: set w null');
    expect(it.snapshot()).toEqual({ a: { p: 'runs' }, b: {} });
    expect(result.ending).toBe('undone');
  });
});

describe('a rollback on a host that has another boot id than in the run', () => {
  const world = async (then: (it: SmallWorld) => void) => {
    const it = new SmallWorld({ a: { file: 1, route: 1 }, b: { file: 1, route: 1 } });
    const both = { ...change, hosts: ['a', 'b'] };
    const { events } = await run(it, [both]);
    it.log.length = 0;
    it.restarted.add('a');
    it.values.get('a')?.delete('route');
    then(it);
    return { it, events };
  };

  test('puts back what is on its disk, and not what was in its memory', async () => {
    const { it, events } = await world(() => {});
    const result = await rollback(it, events);
    expect(it.snapshot()).toEqual({ a: { file: 1 }, b: { file: 1, route: 1 } });
    expect(result).toMatchObject({ ending: 'unsure', exit: 4, doubts: [{ host: 'a', what: 'memory route' }] });
  });

  test('touches nothing where its address is another too: the name may be that of another machine by now', async () => {
    const { it, events } = await world(({ moved }) => moved.add('a'));
    const result = await rollback(it, events);
    expect(result).toMatchObject({ ending: 'unchanged', ok: false, exit: 2 });
    expect(result.because).toContain('a was root@a:22 in that run and is root@elsewhere:22 now, with another boot id');
    expect(it.log).toEqual([]);
  });

  test('is made there where that is allowed', async () => {
    const { it, events } = await world(({ moved }) => moved.add('a'));
    await rollback(it, events, { allowMoved: true });
    expect(it.snapshot()).toEqual({ a: { file: 1 }, b: { file: 1, route: 1 } });
  });

  test('is made at another address by itself, where the host is still up as it was', async () => {
    const { it, events } = await world(({ moved, restarted, values }) => {
      moved.add('a');
      restarted.delete('a');
      values.get('a')?.set('route', 2);
    });
    expect(await rollback(it, events)).toMatchObject({ ending: 'undone', exit: 0 });
  });
});
