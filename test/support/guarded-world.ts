import type { Connect } from '../../src/core/host.ts';
import type { Module, Resource } from '../../src/core/module.ts';
import { type SmallWorld, value } from './small-world.ts';

/** A value that a guard can bring back. */
export const guarded: Module = { ...(value as Resource), restore: () => ({ argv: ['true'] }) };

/** A small world whose hosts have guards that do as they are told, and never act by themselves. */
export function withGuards(world: SmallWorld): Connect {
  return (name) => {
    const host = world.connect(name);
    return {
      ...host,
      run: async (command, abort) => {
        const outcome = await host.run(command, abort);
        const verb = /^guard-\w+$/.exec(command.argv[3] ?? '')?.[0];
        if (verb === undefined || outcome.exit !== 0) return outcome;
        return { ...outcome, stdout: verb === 'guard-end' ? 'kept\n' : 'armed 60\n' };
      },
    };
  };
}
