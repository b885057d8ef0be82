import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/core/event.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { Task } from '../../../src/core/play.ts';
import { earlierOf } from '../../../src/history/earlier.ts';
import type { Clock } from '../../../src/run/clock.ts';
import { check, play, run, SmallWorld, sets, stillClock, task, value } from '../../support/small-world.ts';

const holder = (id: string) =>
  `busy\nleft=42\nuntil=99\nrun=${id}\noperator=ann@desk\nsince=2026-01-01\nplaybook=other.yml\n`;
const world = () => new SmallWorld({ a: { x: 1 }, b: { x: 1 } });
const change = play(['a', 'b'], [task('tasks', value, { name: 'x', value: 2 })]);
const releases = (it: SmallWorld) => it.log.filter((line) => line.includes('lock-release'));

/** A clock whose beats are done when a test says so. */
function beating() {
  let work = async () => {};
  const clock: Clock = {
    ...stillClock(),
    every: (_, next) => {
      work = next;
      return async () => {};
    },
  };
  return { clock, beat: () => work() };
}

describe('locks of a run', () => {
  test('are taken on every host before anything is asked or changed, and released in the end', async () => {
    const it = world();
    expect(await run(it, [change])).toMatchObject({ ending: 'kept' });
    const first = it.log.findIndex((line) => line.includes(': get'));
    expect(it.log.slice(0, first).filter((line) => line.includes(': lock '))).toHaveLength(2);
    expect(releases(it)).toHaveLength(2);
  });

  test('that another run has refuse the run: who has it is said, and nothing is touched', async () => {
    const it = world();
    it.lockAnswer = (host) => (host === 'b' ? holder('01OLDER') : 'taken');
    const result = await run(it, [change]);
    expect(result).toMatchObject({ ending: 'unchanged', ok: false, exit: 2 });
    expect(result.because).toMatch(/b: locked by the run 01OLDER of ann@desk \(other.yml, since 2026-01-01/);
    expect(sets(it)).toEqual([]);
    expect(releases(it)).toEqual(['a: lock-release 01TEST ']);
    expect(result.events).toContainEqual(
      expect.objectContaining({ type: 'lock_refused', host: 'b', holder: expect.objectContaining({ run: '01OLDER' }) }),
    );
  });

  test('that another run has on the hosts of a later play do not tell that nothing was touched', async () => {
    const it = world();
    it.lockAnswer = (host) => (host === 'b' ? holder('01OLDER') : 'taken');
    const before = it.snapshot();
    const own = (host: string) => play([host], [task('tasks', value, { name: 'x', value: 2 })]);
    const result = await run(it, [own('a'), own('b')]);
    expect(result).toMatchObject({ ending: 'undone', exit: 3 });
    expect(result.because).toMatch(/locked by the run 01OLDER.*`runbook unlock RUN`$/s);
    expect(result.because).not.toMatch(/touched/);
    expect(it.snapshot()).toEqual(before);
  });

  test('that a younger run has just now are waited for: of two that meet, it is the younger that lets go', async () => {
    const it = world();
    let asked = 0;
    it.lockAnswer = (host) => {
      if (host !== 'b') return 'taken';
      asked += 1;
      return asked < 3 ? holder('02YOUNGER') : 'taken';
    };
    expect(await run(it, [change])).toMatchObject({ ending: 'kept' });
  });

  test('that a younger run does not let go of refuse the run in the end', async () => {
    const it = world();
    it.lockAnswer = () => holder('02YOUNGER');
    expect(await run(it, [change])).toMatchObject({ ending: 'unchanged', exit: 2 });
  });

  test('that are lost on the way turn the run around at the next step', async () => {
    const it = world();
    it.lockAnswer = (_, { argv }) => (argv[3] === 'lock-renew' ? 'lost ' : 'taken');
    const { clock, beat } = beating();
    const second = play(
      ['a', 'b'],
      [task('tasks', value, { name: 'x', value: 2 }), task('tasks', value, { name: 'y', value: 2 })],
    );
    const before = it.snapshot();
    let done: Promise<void> = Promise.resolve();
    it.after = (_, { argv }) => {
      if (argv[0] === 'set' && argv[1] === 'x') done = done.then(() => beat());
    };
    const sink = async () => void (await done);
    const result = await run(it, [second], { clock, sink });
    expect(result).toMatchObject({
      ending: 'undone',
      exit: 3,
      because: expect.stringMatching(/the lock of . is lost/),
    });
    expect(it.snapshot()).toEqual(before);
    expect(sets(it).some((line) => line.includes('set y'))).toBe(false);
  });

  test.each([
    ['before the next step', 'set x 2', [task('tasks', value, { name: 'y', value: 2 })]],
    ['before the change is kept', 'set x 2', []],
  ])('that are lost while the controller sleeps, and no beat comes, are noticed %s', async (_, at, more) => {
    const it = world();
    let asleepMs = 0;
    const still = stillClock();
    const clock: Clock = { ...still, now: () => new Date(still.now().getTime() + asleepMs) };
    it.lockAnswer = (_host, { argv }) => (argv[3] === 'lock-renew' && asleepMs > 0 ? 'lost ' : 'taken');
    it.after = (host, { argv }) => {
      if (host === 'b' && argv.join(' ') === at) asleepMs = 3_600_000;
    };
    const before = it.snapshot();
    const slept = play(['a', 'b'], [task('tasks', value, { name: 'x', value: 2 }, { throttle: 1 }), ...more]);
    const result = await run(it, [slept], { clock });
    expect(result).toMatchObject({ ending: 'undone', because: expect.stringMatching(/the lock of . is lost/) });
    expect(it.snapshot()).toEqual(before);
    expect(sets(it).some((line) => line.includes('set y'))).toBe(false);
  });

  test.each([
    ['has taken meanwhile', holder('00OTHER'), /00OTHER/],
    ['has taken and let go of', 'passed', /a: another run has had the lock meanwhile, and has ended/],
  ])('that another run %s keep the undo from overwriting what it does', async (_, answer, told) => {
    const it = world();
    const { clock, beat } = beating();
    let lost = false;
    it.lockAnswer = (host, { argv }) => {
      const renews = argv[3] === 'lock-renew';
      if (!lost || host !== 'a') return renews ? 'held' : 'taken b00t';
      if (renews) return 'lost ';
      if (argv[3] === 'lock') expect(argv.at(-1), 'asked with the start in which it was had').toBe('b00t');
      return answer;
    };
    let done: Promise<void> = Promise.resolve();
    it.after = (host, { argv }) => {
      if (host !== 'a' || argv.join(' ') !== 'set x 2') return;
      it.values.get('a')?.set('x', 7); // as the other run would have it
      lost = true;
      done = done.then(() => beat());
    };
    const result = await run(it, [change], { clock, sink: async () => void (await done) });
    expect(result).toMatchObject({ ending: 'unsure', exit: 4, doubts: [{ found: expect.stringMatching(told) }] });
    expect(it.snapshot().a?.x).toBe(7);
  });

  test('are let go of where the journal fails just as they are taken', async () => {
    const it = world();
    const sink = async () => {
      if (it.log.some((line) => line.includes(': lock '))) throw new Failure('unwritable', 'no space left on device');
    };
    expect(await run(it, [change], { sink })).toMatchObject({ ending: 'unchanged', exit: 1 });
    expect(releases(it).toSorted()).toEqual(['a: lock-release 01TEST ', 'b: lock-release 01TEST ']);
  });

  test('whose host answers with nonsense when contact is kept turn the run around, and nothing is thrown', async () => {
    const it = world();
    const { clock, beat } = beating();
    const connect: SmallWorld['connect'] = (name) => ({
      ...it.connect(name),
      aside: async () => {
        throw new Failure('unreadable', 'it answered: nonsense');
      },
    });
    let done: Promise<void> = Promise.resolve();
    it.after = (_, { argv }) => {
      if (argv[0] === 'set') done = done.then(() => beat());
    };
    const result = await run(it, [change], { clock, connect, sink: async () => void (await done) });
    expect(result).toMatchObject({ ending: 'undone' });
    expect(result.because).toMatch(/^[ab]: contact cannot be kept: it answered: nonsense$/);
  });

  describe('that cannot be renewed', () => {
    const gap = 15_000;
    /** A run with `beats` of them once b is changed; what it warned of. */
    async function warnings(it: SmallWorld, beats: number, connect = it.connect, end = () => {}) {
      const beater = beating();
      let passedMs = 0;
      it.lockAnswer = (_, { argv }) => (argv[3] === 'lock-renew' ? 'held' : 'taken');
      const clock = { ...beater.clock, now: () => new Date(beater.clock.now().getTime() + passedMs) };
      let done: Promise<void> = Promise.resolve();
      it.after = (host, { argv }) => {
        if (host !== 'b' || argv[0] !== 'set') return;
        done = (async () => {
          const beating: Promise<void>[] = [];
          for (let beat = 0; beat < beats; beat += 1) {
            passedMs += gap;
            beating.push(beater.beat());
            await setImmediate(); // all that can be answered is
          }
          end();
          await Promise.all(beating);
        })();
      };
      const warned: Event[] = [];
      const sink = async (event: Event) => {
        if (event.type === 'warned') warned.push(event);
        else await done;
      };
      const result = await run(it, [change], { clock, connect, sink });
      expect(result, result.because).toMatchObject({ ending: 'kept' });
      return warned;
    }
    const told = {
      type: 'warned',
      host: 'b',
      message: expect.stringMatching(/^what this run holds there could not be renewed for 30 s; /),
    };

    test('are warned of, once, when half their time is over', async () => {
      const silent = () => {
        const it = world();
        it.fault = (host, { argv }) => (host === 'b' && argv[3] === 'lock-renew' ? 'lost' : undefined);
        return it;
      };
      expect(await warnings(silent(), 2)).toEqual([]);
      expect(await warnings(silent(), 5)).toEqual([expect.objectContaining(told)]);
    });

    test('and are after all are not warned of', async () => {
      const it = world();
      let asked = 0;
      it.fault = (host, { argv }) => {
        if (host !== 'b' || argv[3] !== 'lock-renew') return undefined;
        asked += 1;
        return asked % 2 === 1 ? 'lost' : undefined;
      };
      expect(await warnings(it, 6)).toEqual([]);
    });

    test('are warned of while the host still keeps its answer back', async () => {
      const it = world();
      let answer = () => {};
      const kept = new Promise<void>((resolve) => {
        answer = resolve;
      });
      const connect: SmallWorld['connect'] = (name) => {
        const host = it.connect(name);
        const aside: typeof host.aside = async (...asked) => {
          if (name === 'b') await kept;
          return host.aside(...asked);
        };
        return { ...host, aside };
      };
      expect(await warnings(it, 4, connect, answer)).toEqual([expect.objectContaining(told)]);
    });
  });

  test('are not taken by a check or an audit', async () => {
    const it = world();
    await run(it, [change], { mode: 'check' });
    expect(it.log.filter((line) => line.includes('lock'))).toEqual([]);
  });

  test('with a name are taken on the host that keeps them', async () => {
    const it = new SmallWorld({ a: { x: 1 }, keeper: {} });
    const named = play(['a'], [task('tasks', value, { name: 'x', value: 2 })], {
      locks: [{ name: 'flannel', on: 'keeper' }],
    });
    expect(await run(it, [named])).toMatchObject({ ending: 'kept' });
    expect(it.log.filter((line) => line.startsWith('keeper: lock '))).toHaveLength(2);
  });
});

describe('the lock of a machine that is delegated to', () => {
  const three = () => new SmallWorld({ a: { x: 1 }, b: { x: 1 }, store: { y: 1 } });
  const first = task('tasks', value, { name: 'x', value: 2 }, { register: 'r' });
  const second = task('tasks', value, { name: 'y', value: 2 }, { runOnce: true, reads: ['r'] });
  /** On `store`, as the result of the first says, or of a question that a plan asks too. */
  const told: Task = {
    ...second,
    resolve: (host, registered) => {
      if (registered.get(host)?.r === undefined) throw new Failure('invalid', 'r is not there yet');
      return { steps: [{ host, on: 'store', args: { name: 'y', value: 2 } }] };
    },
  };
  const known: Task = { ...told, machines: () => ['store'] };
  const asked = task('require', check, { name: 'x', value: 1 }, { register: 'r' });
  const places = (it: SmallWorld, what: string) => it.log.findIndex((line) => line.startsWith(`store: ${what}`));
  const heldBy = (it: SmallWorld, id: string) => {
    it.lockAnswer = (host) => (host === 'store' ? holder(id) : 'taken');
  };

  test.each<[string, Task[]]>([
    ['whatever a condition comes to, is known ahead', [first, known]],
    ['which a requirement tells is known by the plan', [asked, task('tasks', value, { name: 'x', value: 2 }), told]],
  ])('%s: before anything is changed', async (_, tasks) => {
    const it = three();
    expect(await run(it, [play(['a', 'b'], tasks)])).toMatchObject({ ending: 'kept' });
    expect(places(it, 'lock ')).toBeLessThan(it.log.findIndex((line) => line.includes(': set ')));
    expect(places(it, 'lock-release')).toBeGreaterThan(places(it, 'set y'));
    const taken = three();
    heldBy(taken, '00OTHER');
    expect(await run(taken, [play(['a', 'b'], tasks)])).toMatchObject({ ending: 'unchanged', exit: 2 });
    expect(sets(taken)).toEqual([]);
  });

  test('that only a result of the run tells is taken when a step first comes to it, and released in the end', async () => {
    const it = three();
    const again = { ...told, id: `${told.id}1`, runOnce: false };
    expect(await run(it, [play(['a', 'b'], [first, again, told])])).toMatchObject({ ending: 'kept' });
    expect(it.log.filter((line) => line.startsWith('store: lock '))).toHaveLength(1);
    expect(places(it, 'lock ')).toBeGreaterThan(it.log.findIndex((line) => line.includes(': set x')));
    expect(places(it, 'lock ')).toBeLessThan(places(it, 'get y'));
    expect(places(it, 'lock-release')).toBeGreaterThan(places(it, 'set y'));
  });

  test('and that another run has then undoes this one, which has left the machine alone', async () => {
    const it = three();
    heldBy(it, '00OTHER');
    const result = await run(it, [play(['a', 'b'], [first, told])]);
    expect(result).toMatchObject({ ending: 'undone', exit: 3 });
    expect(result.because).toMatch(/store: locked by the run 00OTHER .* This step has touched nothing/);
    expect(it.log.filter((line) => /^store: (get|set)/.test(line))).toEqual([]);
    expect(it.snapshot()).toEqual(three().snapshot());
  });

  test('is taken before a run that has changed something there is gone on with', async () => {
    const it = three();
    const plays = [play(['a', 'b'], [first, told])];
    const { events } = await run(it, plays);
    const resume = earlierOf(['01TEST'], [events.filter(({ type }) => type !== 'run_ended')]);
    it.log.length = 0;
    expect(await run(it, plays, { run: '02TEST', resume })).toMatchObject({ ending: 'kept' });
    expect(places(it, 'lock ')).toBeLessThan(places(it, 'get y'));
    heldBy(it, '00OTHER');
    expect(await run(it, plays, { run: '03TEST', resume })).toMatchObject({ ending: 'unchanged', exit: 2 });
  });
});
