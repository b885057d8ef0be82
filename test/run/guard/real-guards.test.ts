import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Command } from '../../../src/core/command.ts';
import type { Module, Resource } from '../../../src/core/module.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import { makeOwnRun, type OwnRun } from '../../support/own-run.ts';
import { check, play, run, SmallWorld, task, value } from '../../support/small-world.ts';

/** What its guard puts back can be seen in a file of the machine. */
const guarded: Module = {
  ...(value as Resource),
  restore: (_before, _after, { name }) => ({ argv: ['sh', '-c', `echo ${String(name)} >>/tmp/restored`] }),
};
const guardSeconds = 60;
let machine: OwnRun;

beforeEach(async () => {
  machine = await makeOwnRun();
});
afterEach(() => machine.remove());

/** Values in memory, and guards that are real: those of all hosts on one machine. */
function withRealGuards(world: SmallWorld): SmallWorld['connect'] {
  const ran = async (command: Command, inWorld: (command: Command) => Promise<Outcome>) => {
    if (command.argv[3]?.startsWith('guard') !== true) return inWorld(command);
    const outcome = await inWorld({ argv: ['get', command.argv[3]] });
    const { argv, stdin } = command;
    return outcome.cut === undefined ? machine.run({ argv, ...(stdin === undefined ? {} : { stdin }) }) : outcome;
  };
  return (name) => {
    const host = world.connect(name);
    return { ...host, run: (command, abort) => ran(command, (one) => host.run(one, abort)) };
  };
}

const guardsLeft = () => machine.sh('ls /run/runbook 2>/dev/null || :');

describe('guards of a run', () => {
  test('are one for each user of a host, also where both are the same in the end', async () => {
    const world = new SmallWorld({ a: { x: 1, y: 1 } });
    const asRoot = task('tasks', guarded, { name: 'y', value: 2 });
    const tasks = [
      task('tasks', guarded, { name: 'x', value: 2 }),
      {
        ...asRoot,
        resolve: (on: string) => ({ steps: [{ host: on, on, args: { name: 'y', value: 2 }, become: 'root' }] }),
      },
    ];
    const result = await run(world, [play(['a'], tasks, { guardSeconds })], { connect: withRealGuards(world) });
    expect(result).toMatchObject({ ending: 'kept', exit: 0 });
    const kept = result.events.flatMap((event) =>
      event.type === 'guard_ended' ? [`${event.become ?? 'ann'} ${event.status}`] : [],
    );
    expect(kept.toSorted()).toEqual(['ann kept', 'root kept']);
    expect(await guardsLeft()).toBe('');
  });

  test('that are armed again where they have been released are renewed and kept like any other', async () => {
    const world = new SmallWorld({ a: { x: 1, k: 1 }, b: { x: 1 }, c: { x: 1 } });
    const failsOnA = task('tasks', check, { name: 'x' });
    const tasks = [
      task('tasks', guarded, { name: 'x', value: 2 }),
      {
        ...failsOnA,
        resolve: (on: string) => ({ steps: [{ host: on, on, args: { name: 'x', value: on === 'a' ? 9 : 2 } }] }),
      },
      task('tasks', guarded, { name: 'k', value: 2 }, { runOnce: true, on: 'a' }),
      task('tasks', value, { name: 'l', value: 2 }, { runOnce: true, on: 'a' }),
    ];
    const dropping = play(['a', 'b', 'c'], tasks, { guardSeconds, maxFailPercentage: 50 });
    const result = await run(world, [dropping], { connect: withRealGuards(world) });
    expect(result).toMatchObject({ ending: 'kept', because: expect.stringMatching(/^a dropped out/) });
    expect(world.snapshot().a).toEqual({ x: 1, k: 2, l: 2 });
    expect(await guardsLeft()).toBe('');
  });

  test.each([
    ['is released', false, []],
    ['cannot be told so where contact is lost, and that is said', true, ['a']],
  ])('of an earlier play than one with "rollback: never" %s', async (_, lost, doubted) => {
    const world = new SmallWorld({ a: { x: 1 }, b: { x: 1 } });
    world.after = (host, { argv }) => {
      if (host === 'b' && argv[0] === 'ask' && lost) world.down.add('a');
    };
    const first = play(['a'], [task('tasks', guarded, { name: 'x', value: 2 })], { guardSeconds });
    const never = play(['b'], [task('tasks', check, { name: 'y', value: 'never' })], { rollback: 'never' });
    const result = await run(world, [first, never], { connect: withRealGuards(world) });
    expect(result).toMatchObject({ ending: 'unsure', exit: 4 });
    expect(world.snapshot().a).toEqual({ x: 2 });
    expect(result.doubts.map(({ host }) => host)).toEqual(['all', ...doubted]);
    expect(await guardsLeft()).toBe(lost ? '01TEST.a\n' : '');
  });
});
