import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { Failure } from '../../src/core/failure.ts';
import type { Json } from '../../src/core/json.ts';
import type { Module } from '../../src/core/module.ts';
import type { LoopItem, Registered, Resolution, Step, Task } from '../../src/core/play.ts';
import { act, check, play, type Ran, rollback, run, SmallWorld, sets, task, value } from '../support/small-world.ts';

const hosts = ['a'] as const;
const world = () => new SmallWorld({ a: { x: 1 } });
const ends = ({ events }: { events: readonly Event[] }, ...phases: string[]) =>
  events.flatMap((event) =>
    event.type === 'step_ended' && (phases.length === 0 || phases.includes(event.phase)) ? [event] : [],
  );
const field = (name: string) => (_: Step, __: Registered, result: Json) => (result as Record<string, Json>)[name];
const holds = (of: (result: Record<string, Json>) => boolean) => (_: Step, __: Registered, result: Json) =>
  of(result as Record<string, Json>);

/** A task that keeps what another has registered as `r`. */
function watch(seen: Json[], section: 'tasks' | 'verify' = 'tasks'): Task {
  const watching = task(section, check, { name: 'x', value: 1 }, { reads: ['r'] });
  return {
    ...watching,
    resolve: (host, registered) => {
      const { r } = registered.get(host) ?? {};
      if (r === undefined) throw new Failure('invalid', 'nothing is registered yet');
      seen.push(r);
      return { skip: 'it only looks' };
    },
  };
}

describe('failed_when', () => {
  test('makes a failure of a change that went well, and all is put back', async () => {
    const small = world();
    const failing = task('tasks', value, { name: 'x', value: 2 }, { failedWhen: holds(({ after }) => after === 2) });
    const result = await run(small, [play(hosts, [failing])]);
    expect(result).toMatchObject({ ending: 'undone', exit: 3 });
    expect(result.because).toContain('"failed_when" holds');
    expect(small.snapshot()).toEqual({ a: { x: 1 } });
  });

  test('makes nothing good of a check that does not hold, and something unmet of one that does', async () => {
    const one = (expected: Json, fails: boolean) =>
      run(
        world(),
        [play(hosts, [task('verify', check, { name: 'x', value: expected }, { failedWhen: () => fails })])],
        {
          mode: 'audit',
        },
      );
    expect(ends(await one(2, false))).toMatchObject([{ status: 'unmet' }]);
    expect(ends(await one(1, true))).toMatchObject([
      { status: 'unmet', because: expect.stringContaining('failed_when') },
    ]);
    expect(ends(await one(1, false))).toMatchObject([{ status: 'ok' }]);
  });

  test('of a command it decides in place of the exit code, unless that did not come to its end', async () => {
    const broken = (fault: 'fail' | 'lost', failedWhen?: Task['failedWhen']) => {
      const small = world();
      small.fault = (_, { argv }) => (argv[0] === 'set' ? fault : undefined);
      const doing = task('tasks', act, { name: 'y', value: 1 }, failedWhen === undefined ? {} : { failedWhen });
      return run(small, [play(hosts, [doing])]);
    };
    expect(await broken('fail')).toMatchObject({ ending: 'unsure' });
    expect(
      await broken(
        'fail',
        holds(({ exit }) => exit !== 1),
      ),
    ).toMatchObject({ ending: 'kept', exit: 0 });
    expect(await broken('lost', () => false)).not.toMatchObject({ exit: 0 });
  });

  test('one that cannot be evaluated is a failure', async () => {
    const failedWhen = () => {
      throw new Failure('invalid', 'play.yml:1:1: there is no "exti" here');
    };
    const result = await run(world(), [play(hosts, [task('tasks', value, { name: 'x', value: 2 }, { failedWhen })])]);
    expect(result).toMatchObject({ ending: 'undone', because: expect.stringContaining('exti') });
  });
});

describe('changed_when', () => {
  test('alters what is registered, not what is noted, undone and told of a state', async () => {
    const small = world();
    const seen: Json[] = [];
    const quiet = task('tasks', value, { name: 'x', value: 2 }, { register: 'r', changedWhen: () => false });
    const failing = task('verify', check, { name: 'x', value: 3 });
    const result = await run(small, [play(hosts, [quiet, watch(seen), failing])]);
    expect(result.ending).toBe('undone');
    expect(small.snapshot()).toEqual({ a: { x: 1 } });
    expect(ends(result, 'tasks')[0]).toMatchObject({ status: 'changed', changed: false });
    expect(seen.at(-1)).toMatchObject({ changed: false, ok: true });
  });

  test('of a command it says whether it was a change', async () => {
    const result = await run(world(), [
      play(hosts, [
        task('tasks', act, { name: 'y', value: 1 }, { changedWhen: () => false }),
        task('tasks', check, { name: 'x', value: 1 }, { changedWhen: () => true }),
      ]),
    ]);
    expect(result.ending).toBe('kept');
    expect(ends(result, 'tasks')).toMatchObject([{ status: 'ok' }, { status: 'ok', changed: true }]);
  });

  test('what cleanup has changed is verified again, whatever changed_when says', async () => {
    const result = await run(world(), [
      play(hosts, [
        task('tasks', value, { name: 'x', value: 2 }),
        task('cleanup', value, { name: 'y', value: 1 }, { changedWhen: () => false }),
        task('verify', check, { name: 'x', value: 2 }),
      ]),
    ]);
    expect(ends(result, 'verify')).toHaveLength(2);
  });
});

describe('a command that only reads', () => {
  const question = (section: 'tasks' | 'verify' | 'require', more: Partial<Task> = {}) =>
    task(section, act, { name: 'y', value: 1 }, { onlyAsks: true, ...more });

  test('is no change: nothing is noted, nothing is to be undone', async () => {
    const small = world();
    const seen: Json[] = [];
    const result = await run(small, [play(hosts, [question('tasks', { register: 'r' }), watch(seen)])]);
    expect(result).toMatchObject({ ending: 'unchanged', exit: 0 });
    expect(result.events.some(({ type }) => type === 'undo_noted')).toBe(false);
    expect(result.events.find((event) => event.type === 'command_started' && event.argv[0] === 'set')).toMatchObject({
      purpose: 'check',
    });
    expect(seen.at(-1)).toMatchObject({ ok: true, changed: false, exit: 0, stdout: '1' });
  });

  test('in a plan it is not asked, and what rests on it is open; with check_mode: false it is', async () => {
    const seen: Json[] = [];
    const planned = (more: Partial<Task>) => {
      const small = world();
      const tasks = [question('tasks', { register: 'r', ...more }), watch(seen)];
      return run(small, [play(hosts, tasks)], { mode: 'check' }).then((result) => ({ result, small }));
    };
    const later = await planned({});
    expect(ends(later.result, 'plan')).toMatchObject([{ status: 'skipped' }, { status: 'depends' }]);
    expect(sets(later.small)).toEqual([]);
    expect(seen).toEqual([]);
    const now = await planned({ checkMode: false });
    expect(ends(now.result, 'plan')).toMatchObject([{ status: 'ok' }, { status: 'skipped' }]);
    expect(seen).toMatchObject([{ exit: 0 }]);
    expect(now.result.exit).toBe(0);
  });

  test('in a plan it is not asked after a change that is not made', async () => {
    const tasks = [task('tasks', value, { name: 'x', value: 2 }), question('tasks', { checkMode: false })];
    const result = await run(world(), [play(hosts, tasks)], { mode: 'check' });
    expect(ends(result, 'plan')).toMatchObject([{ status: 'change' }, { status: 'depends' }]);
  });

  test('may be required and verified', async () => {
    const asked = async (exit: number, more: Partial<Task> = {}) => {
      const small = world();
      small.fault = (_, { argv }) => (argv[0] === 'set' && exit !== 0 ? 'fail' : undefined);
      return run(small, [play(hosts, [question('verify', more)])], { mode: 'audit' });
    };
    expect(await asked(0)).toMatchObject({ exit: 0 });
    expect(await asked(1)).toMatchObject({ exit: 5 });
    expect(await asked(1, { failedWhen: holds(({ exit }) => exit !== 1) })).toMatchObject({ exit: 0 });
    expect(await asked(0, { failedWhen: holds(({ stdout }) => stdout === '1') })).toMatchObject({ exit: 5 });
  });
});

describe('check_mode: true', () => {
  test('changes nothing, and says and registers what would be', async () => {
    const small = world();
    const seen: Json[] = [];
    const would = (wanted: Json) =>
      task('tasks', value, { name: 'x', value: wanted }, { checkMode: true, register: 'r' });
    const result = await run(small, [play(hosts, [would(2), watch(seen), would(1), watch(seen)])]);
    expect(result).toMatchObject({ ending: 'unchanged', exit: 0 });
    expect(sets(small)).toEqual([]);
    const [first, , third] = ends(result, 'tasks');
    expect(first).toMatchObject({ status: 'skipped', changed: true, before: 1, after: 2 });
    expect(first?.because).toBe('"check_mode: true": would change 1 to 2');
    expect(third).toMatchObject({ status: 'ok' });
    expect(seen.slice(-2)).toMatchObject([
      { changed: true, skipped: false },
      { changed: false, skipped: false },
    ]);
  });

  test('a plan shows it the same way, and knows what it registers', async () => {
    const seen: Json[] = [];
    const tasks = [
      task('tasks', value, { name: 'x', value: 2 }, { checkMode: true, register: 'r' }),
      watch(seen),
      task('tasks', value, { name: 'x', value: 1 }),
      task('tasks', act, { name: 'y', value: 1 }, { checkMode: true }),
    ];
    const result = await run(world(), [play(hosts, tasks)], { mode: 'check' });
    expect(ends(result, 'plan')).toMatchObject([
      { status: 'skipped', changed: true },
      { status: 'skipped', because: 'it only looks' },
      { status: 'ok' },
      { status: 'skipped' },
    ]);
    expect(seen).toMatchObject([{ changed: true }]);
    expect(result.exit).toBe(0);
  });
});

describe('manner', () => {
  const manner = { env: { A: 'b' }, become: 'op', becomeMethod: 'su' } as const;
  const withManner = (module: Module, more: Partial<Task> = {}): Task => {
    const made = task('tasks', module, { name: 'x', value: 2 }, more);
    return { ...made, resolve: (host) => ({ steps: [{ host, on: host, args: { name: 'x', value: 2 }, ...manner }] }) };
  };
  const commands = ({ events }: { events: readonly Event[] }, ...purposes: string[]) =>
    events.flatMap((event) => (event.type === 'command_started' && purposes.includes(event.purpose) ? [event] : []));

  test('the way there, the way back and a rollback run their commands alike', async () => {
    const small = world();
    const failing = task('verify', check, { name: 'x', value: 3 });
    const undone = await run(small, [play(hosts, [withManner(value), failing])]);
    expect(undone.ending).toBe('undone');
    for (const command of commands(undone, 'probe', 'change', 'undo')) expect(command).toMatchObject(manner);
    const kept = await run(small, [play(hosts, [withManner(value)])]);
    const back = await rollback(small, kept.events);
    expect(back.ending).toBe('undone');
    expect(commands(back, 'undo')).toMatchObject([manner]);
  });
});

describe('secret', () => {
  const secret = 'hunter-2-hunter';
  const told = (ran: Ran) => JSON.stringify(ran.events) + JSON.stringify([ran.because, ran.doubts]);
  const setting = (more: Partial<Task> = {}) =>
    task('tasks', value, { name: 'x', value: secret }, { secret: true, ...more });

  test.each([
    ['kept', secret],
    ['undone', 'another'],
  ])('nothing of it is in an event of a run that is %s', async (ending, verified) => {
    const small = new SmallWorld({ a: { x: `old-${secret}` } });
    const asking = task('verify', check, { name: 'x', value: verified }, { secret: true });
    const result = await run(small, [play(hosts, [setting(), asking])]);
    expect(result.ending).toBe(ending);
    expect(told(result)).not.toContain(secret);
    expect(small.snapshot()).toEqual({ a: { x: ending === 'kept' ? secret : `old-${secret}` } });
    const noted = result.events.find((event) => event.type === 'undo_noted');
    expect(noted).toMatchObject({ masked: true, secret: true, args: { name: '********' }, before: '********' });
  });

  test('nor of one that fails, is planned, or cannot be put back', async () => {
    const small = new SmallWorld({ a: { x: `old-${secret}` } });
    small.fault = (_, { argv }) => (argv[0] === 'set' && argv[2]?.includes('old') ? 'fail' : undefined);
    const failing = setting({ failedWhen: () => true });
    const unsure = await run(small, [play(hosts, [failing])]);
    expect(unsure.ending).toBe('unsure');
    expect(told(unsure)).not.toContain(secret);
    expect(unsure.doubts).toMatchObject([{ what: 'value of the secret task "value x"', expected: 'a secret' }]);
    const planned = await run(world(), [play(hosts, [setting()])], { mode: 'check' });
    expect(told(planned)).not.toContain(secret);
    expect(ends(planned, 'plan')[0]?.because).toContain('a rollback from the record cannot');
  });

  test('what it registers can be used, and is secret wherever it turns up', async () => {
    const small = new SmallWorld({ a: { x: secret, y: 'nothing' } });
    const asking = task('tasks', check, { name: 'x', value: secret }, { secret: true, register: 'r' });
    const using = task('tasks', value, { name: 'y' });
    const result = await run(small, [
      play(hosts, [
        asking,
        {
          ...using,
          resolve: (host, registered) => {
            const { r } = registered.get(host) ?? {};
            if (r === undefined) throw new Failure('invalid', 'nothing is registered yet');
            const { stdout } = r as { stdout: string };
            return { steps: [{ host, on: host, args: { name: 'y', value: `<${JSON.parse(stdout)}>` } }] };
          },
        },
      ]),
    ]);
    expect(result.ending).toBe('kept');
    expect(small.snapshot().a?.y).toBe(`<${secret}>`);
    expect(told(result)).not.toContain(secret);
  });

  test('a rollback from the journal leaves it, and says so', async () => {
    const small = new SmallWorld({ a: { x: 1 } });
    const kept = await run(small, [play(hosts, [setting()])]);
    const back = await rollback(small, kept.events);
    expect(back).toMatchObject({ ending: 'unsure', exit: 4 });
    expect(back.doubts).toMatchObject([{ found: 'it holds a secret, which is not recorded; look yourself' }]);
    expect(small.snapshot()).toEqual({ a: { x: secret } });
  });
});

test('each result of a loop says of which item it is', async () => {
  const seen: Json[] = [];
  const looped = task('tasks', value, { name: 'x', value: 1 }, { register: 'r' });
  const turn = (item: Json): Step => ({
    ...{ host: 'a', on: 'a', args: { name: 'x', value: 1 } },
    ...{ item: String(item), loop: { value: item, names: { item } } },
  });
  await run(world(), [play(hosts, [{ ...looped, resolve: () => ({ steps: [turn(7), turn('b')] }) }, watch(seen)])]);
  expect(field('results')(turn(1), new Map(), seen.at(-1) ?? null)).toMatchObject([{ item: 7 }, { item: 'b' }]);
});

describe('what a condition leaves out of a loop is among its results', () => {
  const turn = (item: Json): Step & { readonly loop: LoopItem } => ({
    ...{ host: 'a', on: 'a', args: { name: 'x', value: item } },
    ...{ item: String(item), loop: { value: item, names: { item } } },
  });
  const [one, two, three] = [turn(1), turn(2), turn(3)];
  const left = (item: Json) => ({ loop: turn(item).loop, skip: `when: ${item}` });
  const skipped = (item: Json) => ({ item, ok: true, skipped: true, changed: false, because: `when: ${item}` });
  const within = (part: 'block' | 'rescue') => ({ within: [{ block: '0.tasks.0', name: 'b', part }] });

  /** What is registered; setting x to 2 fails, which a rescue looks at. */
  async function registered(resolution: Resolution): Promise<Json | undefined> {
    const seen: Json[] = [];
    const small = world();
    small.fault = (_, { argv }) => (argv[0] === 'set' && argv[2] === '2' ? 'fail' : undefined);
    const looped = task('tasks', value, { name: 'x', value: 1 }, { register: 'r', ...within('block') });
    const doing = { ...looped, resolve: () => resolution };
    const looking = watch(seen);
    await run(small, [play(hosts, [doing, { ...looking, id: 'rescuing', ...within('rescue') }, looking])]);
    return seen.at(-1);
  }

  test('at its place', async () => {
    const turns = [left(0), { loop: one.loop }, left(5), { loop: three.loop }, left(6)];
    expect(await registered({ steps: [one, three], turns })).toMatchObject({
      ...{ skipped: false, changed: true },
      results: [skipped(0), { item: 1, skipped: false }, skipped(5), { item: 3 }, skipped(6)],
    });
  });

  test('up to where the loop failed', async () => {
    const turns = [left(0), { loop: two.loop }, left(5), { loop: three.loop }, left(6)];
    expect(await registered({ steps: [two, three], turns })).toMatchObject({
      ...{ failed: true, results: [skipped(0), { item: 2, failed: true }, skipped(5)] },
    });
  });

  test('also where nothing is done', async () => {
    expect(await registered({ skip: 'when: no', turns: [left(4), left(5)] })).toMatchObject({
      ...{ skipped: true, because: 'when: no', results: [skipped(4), skipped(5)] },
    });
  });
});
