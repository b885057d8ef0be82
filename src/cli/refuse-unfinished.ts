import { Failure } from '../core/failure.ts';
import type { Play } from '../core/play.ts';
import type { RunStore } from '../history/run-store.ts';
import { type RunSummary, unfinished } from '../history/run-summary.ts';
import { machinesAhead } from '../run/ahead.ts';

/**
 * Refuses to begin on machines where an earlier run of this operator has not come to a proven end; `but`: those that are about to.
 * Throws Failure `busy`.
 */
export async function refuseUnfinished(
  store: Pick<RunStore, 'summaries'>,
  plays: readonly Play[],
  operator: string,
  but: readonly string[] = [],
): Promise<void> {
  const others = unfinished(await store.summaries()).filter(
    (run) => run.operator === operator && !but.includes(run.run),
  );
  if (others.length === 0) return;
  const machines = machinesOf(plays);
  const open = others.filter(({ hosts, touched }) => [...hosts, ...touched].some((machine) => machines.has(machine)));
  const [first] = open;
  if (first === undefined) return;
  throw new Failure(
    'busy',
    `an earlier run on these hosts has not come to a proven end: ${open.map(inWords).join('; ')}. Nothing has been touched`,
    {
      hint: `If it is still running, wait. If not, \`runbook rollback ${first.run}\` puts back what it changed, \`runbook resume ${first.run}\` goes on with it.`,
    },
  );
}

/** The hosts of the plays, and the machines that tasks are delegated to as far as they are known before anything has run. */
function machinesOf(plays: readonly Play[]): ReadonlySet<string> {
  const delegated = plays.flatMap(({ tasks, hosts }) =>
    tasks.flatMap((task) => hosts.flatMap((host) => machinesAhead(task, host))),
  );
  return new Set([...plays.flatMap(({ hosts }) => hosts), ...delegated]);
}

function inWords(run: RunSummary): string {
  return `${run.run} (${run.playbook}, begun ${run.started}, ${run.ended === undefined ? 'no end in its journal' : 'unsure'})`;
}
