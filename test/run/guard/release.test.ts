import { expect, test } from 'vitest';
import type { Command } from '../../../src/core/command.ts';
import type { Module, Resource } from '../../../src/core/module.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import { check, play, run, SmallWorld, task, value } from '../../support/small-world.ts';

const guarded: Module = { ...(value as Resource), restore: () => ({ argv: ['true'] }) };

/** A world whose hosts have guards; `cuts` says when the connection is cut before one is told to act no more. */
function withGuards(world: SmallWorld, cuts: () => boolean): SmallWorld['connect'] {
  const answered = async (command: Command, run: (command: Command) => Promise<Outcome>) => {
    const [verb] = /^guard-\w+$/.exec(command.argv[3] ?? '') ?? [];
    if (verb === undefined) return run(command);
    const outcome = await run({ argv: ['get', verb] });
    if (verb === 'guard-end' && cuts()) return { ...outcome, exit: null, cut: 'lost' as const };
    return { ...outcome, stdout: verb === 'guard-end' ? 'kept\n' : 'armed 60\n' };
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
