import { Failure } from '../../core/failure.ts';
import type { PendingRun } from '../../history/pending.ts';
import type { RunSummary } from '../../history/run-summary.ts';
import { connecting } from '../connecting.ts';
import { completesOf } from '../earlier-runs.ts';
import { execute } from '../execute.ts';
import { recordedFleet } from '../load.ts';
import { refuseMasked, withoutMasks } from '../refuse-masked.ts';
import { refuseUnfinished } from '../refuse-unfinished.ts';
import { sealing } from '../sealing.ts';
import type { Terminal } from '../terminal.ts';
import { viewFor } from '../views.ts';
import { loadAgain, type PastRunOptions, type PastRuns } from './past-run.ts';
import { accepted, conclude } from './play.ts';

/** Plays a run that has ended again, on the hosts alone that it went on without. */
export async function completePending(
  { run: { run, playbook }, hosts }: PendingRun,
  { project, opener, store, past }: PastRuns & { readonly past: readonly RunSummary[] },
  options: PastRunOptions,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const inputs = await store.inputs(run);
  const names = hosts.map(({ host }) => host);
  if (inputs.plan !== undefined)
    throw new Failure(
      'refused',
      `${run} was held to a plan, which does not foresee that its pending hosts are played alone`,
      {
        hint: `Make a plan for them: \`runbook plan ${playbook} --limit ${names.join(',')}\`. Nothing has been touched.`,
      },
    );
  const loaded = await loadAgain(inputs, { hosts: names }, terminal, opener);
  if (!accepted(loaded, terminal)) return 2;
  refuseMasked(loaded.plays);
  await refuseUnfinished(store, loaded.plays, terminal.operator);
  const { fleet } = await recordedFleet(options.inventory, inputs, project, terminal, opener);
  const execution = {
    mode: 'play' as const,
    playbook,
    plays: withoutMasks(loaded.plays),
    fleet,
    secrets: opener.secrets,
    ...(await sealing(project)),
    inputs,
    connecting: await connecting(options, project, terminal),
    completes: await completesOf(run, names, store, past),
  };
  const executed = await execute(execution, store, await viewFor(options.output, terminal), terminal, version);
  return conclude(executed, 'play', options, project, terminal);
}
