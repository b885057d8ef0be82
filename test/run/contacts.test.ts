import { expect, test } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import type { Module, Resource } from '../../src/core/module.ts';
import { play, rollback, run, SmallWorld, task, value } from '../support/small-world.ts';

const guarded: Module = { ...(value as Resource), restore: () => ({ argv: ['true'] }) };
const plays = () => [play(['a', 'b'], [task('tasks', guarded, { name: 'x', value: 2 })], { guardSeconds: 60 })];

/** Its hosts have guards that do as they are told. `broken`: why nobody can be connected to b any more. */
function connecting(world: SmallWorld, broken: () => Failure | undefined): SmallWorld['connect'] {
  return (name) => {
    const host = world.connect(name);
    return {
      ...host,
      open: (abort) => {
        const because = name === 'b' ? broken() : undefined;
        return because === undefined ? host.open(abort) : Promise.reject(because);
      },
      run: async (command, abort) => {
        const outcome = await host.run(command, abort);
        const verb = /^guard-\w+$/.exec(command.argv[3] ?? '')?.[0];
        return verb === undefined ? outcome : { ...outcome, stdout: verb === 'guard-renew' ? 'none\n' : 'kept\n' };
      },
    };
  };
}

test('a host that has left the inventory is lost, and the others are rolled back', async () => {
  const world = new SmallWorld({ a: { x: 1 }, b: { x: 1 } });
  const there = connecting(world, () => undefined);
  const first = await run(world, plays(), { connect: there });
  expect(first).toMatchObject({ ending: 'kept' });
  const connect: SmallWorld['connect'] = (name) => {
    if (name === 'b') throw new Failure('invalid', 'there is no host "b" in the inventory');
    return there(name);
  };
  const result = await rollback(world, first.events, { connect });
  expect(result).toMatchObject({ ending: 'unsure', exit: 4, doubts: [{ host: 'b' }] });
  expect(result.events.find(({ type }) => type === 'host_lost')).toMatchObject({
    host: 'b',
    because: 'there is no host "b" in the inventory',
  });
  expect(world.snapshot()).toEqual({ a: { x: 1 }, b: { x: 2 } });
});

test('a host whose connection is no longer understood is lost, and the run turns around', async () => {
  const world = new SmallWorld({ a: { x: 1 }, b: { x: 1 } });
  const broken = new Failure('invalid', 'ssh does not understand ~/.ssh/config');
  const connect = connecting(world, () => (world.values.get('b')?.get('x') === 1 ? undefined : broken));
  const result = await run(world, plays(), { connect });
  expect(result).toMatchObject({ ending: 'unsure', exit: 4, because: expect.stringContaining('~/.ssh/config') });
  expect(result.events.at(-1)).toMatchObject({ type: 'run_ended' });
  expect(world.snapshot()).toEqual({ a: { x: 1 }, b: { x: 2 } });
});
