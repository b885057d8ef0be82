import { expect, test } from 'vitest';
import type { Command } from '../../../src/core/command.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { Module, Resource } from '../../../src/core/module.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import { check, play, run, SmallWorld, stillClock, task, value } from '../../support/small-world.ts';

const guarded: Module = { ...(value as Resource), restore: () => ({ argv: ['true'] }) };

/**
 * A world whose hosts have guards; `cuts` says when the connection is cut before one is told to act no more, `acts` whether one was
 * quicker.
 */
function withGuards(world: SmallWorld, cuts: () => boolean, acts = () => false): SmallWorld['connect'] {
  let [has, isThrough] = [false, false];
  const says = (verb: string): string => {
    if (verb === 'guard-end' && !has) has = acts();
    if (!has) return verb === 'guard-end' ? 'kept\n' : 'armed 60\n';
    if (isThrough) return 'done\nentry 1 0\n';
    isThrough = verb === 'guard-renew';
    return 'fired\n';
  };
  const answered = async (command: Command, run: (command: Command) => Promise<Outcome>) => {
    const [verb] = /^guard-\w+$/.exec(command.argv[3] ?? '') ?? [];
    if (verb === undefined) return run(command);
    const outcome = await run({ argv: ['get', verb] });
    if (verb === 'guard-end' && cuts()) return { ...outcome, exit: null, cut: 'lost' as const };
    return { ...outcome, stdout: says(verb) };
  };
  return (name) => {
    const host = world.connect(name);
    return { ...host, run: (command, abort) => answered(command, (one) => host.run(one, abort)) };
  };
}

test('a guard that could not be released because the connection was cut just then is released over a new one', async () => {
  const world = new SmallWorld({ a: { x: 1 } });
  let ends = 0;
  const connect = withGuards(world, () => {
    ends += 1;
    return ends === 1;
  });
  const tasks = [task('tasks', guarded, { name: 'x', value: 2 }), task('verify', check, { name: 'x', value: 'never' })];
  const result = await run(world, [play(['a'], tasks, { guardSeconds: 60 })], { connect });
  expect(result).toMatchObject({ ending: 'undone' });
  expect(result.events.filter(({ type }) => type === 'guard_ended')).toMatchObject([{ host: 'a', status: 'released' }]);
  expect(ends).toBe(2);
});

test('a guard that acts while the undo is at work is waited for, and all is put back and proven once more', async () => {
  const world = new SmallWorld({ a: { x: 1 } });
  const acts = () => {
    world.values.get('a')?.set('x', 3);
    return true;
  };
  const connect = withGuards(world, () => false, acts);
  const tasks = [task('tasks', guarded, { name: 'x', value: 2 }), task('verify', check, { name: 'x', value: 'never' })];
  const result = await run(world, [play(['a'], tasks, { guardSeconds: 60 })], { connect });
  expect(result).toMatchObject({ ending: 'undone' });
  expect(world.snapshot()).toEqual({ a: { x: 1 } });
  expect(result.events.filter(({ type }) => type === 'guard_ended')).toMatchObject([{ host: 'a', status: 'fired' }]);
});

test('a change is not kept over a connection that has made it: where no new one comes about, it does not stand', async () => {
  const world = new SmallWorld({ a: { x: 1 } });
  const told: string[] = [];
  let isChanged = false;
  world.after = (_, { argv }) => {
    told.push(argv.join(' '));
    if (argv[0] === 'set') isChanged = true;
  };
  const guards = withGuards(world, () => false);
  const connect: SmallWorld['connect'] = (name) => {
    const host = guards(name);
    const open: typeof host.open = async (abort) => {
      if (isChanged) throw new Failure('unreachable', `${name}: no way in any more`);
      return host.open(abort);
    };
    return { ...host, open };
  };
  const plays = [play(['a'], [task('tasks', guarded, { name: 'x', value: 2 })], { guardSeconds: 60 })];
  const result = await run(world, plays, { connect });
  expect(result.ending).not.toBe('kept');
  expect(told).not.toContain('get guard-end');
});

test('a guard whose answer is not understood ends nothing: all is put back and proven, and it is said that it may still act', async () => {
  const world = new SmallWorld({ a: { x: 1 }, b: { x: 1 } });
  const connect: SmallWorld['connect'] = (name) => {
    const host = world.connect(name);
    return {
      ...host,
      run: async (command, abort) => {
        const outcome = await host.run(command, abort);
        return command.argv[3]?.startsWith('guard') === true ? { ...outcome, stdout: 'nonsense\n' } : outcome;
      },
    };
  };
  const tasks = [task('tasks', guarded, { name: 'x', value: 2 }), task('verify', check, { name: 'x', value: 'never' })];
  const result = await run(world, [play(['a', 'b'], tasks, { guardSeconds: 60 })], { connect });
  expect(result).toMatchObject({ ending: 'undone' });
  expect(world.snapshot()).toEqual({ a: { x: 1 }, b: { x: 1 } });
  const warnings = result.events.flatMap((event) => (event.type === 'warned' ? [event.message] : []));
  expect(warnings.filter((message) => message.includes('guard'))).toMatchObject([
    expect.stringMatching(/^a: its guard /),
    expect.stringMatching(/^b: its guard /),
  ]);
});

test('one that acts and never comes to an end is asked with pauses, also after another Ctrl-C, and given up', async () => {
  const world = new SmallWorld({ a: { x: 1 } });
  const connect: SmallWorld['connect'] = (name) => {
    const host = world.connect(name);
    const run: typeof host.run = async (command, abort) => {
      const outcome = await host.run(command, abort);
      return /^guard-(renew|end)$/.test(command.argv[3] ?? '') ? { ...outcome, stdout: 'fired\n' } : outcome;
    };
    return { ...host, run };
  };
  const clock = stillClock();
  let hurried = 0;
  const sleep: typeof clock.sleep = async (ms, abort) => {
    if (abort?.aborted) hurried += 1;
    await clock.sleep(ms, abort);
  };
  const tasks = [task('tasks', guarded, { name: 'x', value: 2 }), task('verify', check, { name: 'x', value: 'never' })];
  const hurry = AbortSignal.abort('SIGINT');
  const plays = [play(['a'], tasks, { guardSeconds: 60 })];
  const result = await run(world, plays, { connect, hurry, clock: { ...clock, sleep } });
  expect(result.events.at(-1)).toMatchObject({ type: 'run_ended' });
  expect(world.snapshot()).toEqual({ a: { x: 1 } });
  expect(hurried).toBe(0);
});
