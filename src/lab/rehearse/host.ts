import type { Command } from '../../core/command.ts';
import { defaultTimeoutMs } from '../../core/command.ts';
import type { Host } from '../../core/host.ts';
import type { LabHost, LabPlan } from '../plan.ts';
import { insideHost } from '../power.ts';
import { run } from '../shell.ts';

/** A lab's host from within, as something that commands can be run on. */
export function hostInLab(plan: LabPlan, host: LabHost): Host {
  const inside = async (command: Command) => {
    const startedAt = new Date().toISOString();
    const started = performance.now();
    const { stdin, timeoutMs = defaultTimeoutMs } = command;
    const argv = await insideHost(plan, host, command.argv);
    const ran = await run(argv, { timeoutMs, ...(stdin === undefined ? {} : { stdin }) });
    return { ...ran, startedAt, ms: performance.now() - started };
  };
  return {
    name: host.name,
    open: async () => ({ bootId: '', address: host.address }),
    run: inside,
    aside: inside,
    close: async () => undefined,
  };
}
