import { jsonText } from '../../core/json.ts';
import type { Play } from '../../core/play.ts';
import { pendingRuns } from '../../history/pending.ts';
import { RunStore } from '../../history/run-store.ts';
import { renderPending } from '../../ui/pending.ts';
import { findProject } from '../project.ts';
import type { Terminal } from '../terminal.ts';
import { lookOf } from '../views.ts';

/** Lists the hosts that runs went on without. No host is contacted. */
export async function pendingCommand(options: { readonly json?: boolean }, terminal: Terminal): Promise<number> {
  const runs = pendingRuns(await new RunStore(findProject(terminal.cwd).home).summaries());
  const told = runs.map(({ run: { run, playbook, operator }, hosts }) => ({ run, playbook, operator, hosts }));
  terminal.out(options.json ? `${jsonText(told)}\n` : renderPending(runs, lookOf(terminal)));
  return 0;
}

/** A run that plays on a pending host says so: what that one has still to be brought to may be in the way. */
export async function warnOfPending(store: RunStore, plays: readonly Play[], terminal: Terminal): Promise<void> {
  const played = new Set(plays.flatMap(({ hosts }) => hosts));
  for (const { run, hosts } of pendingRuns(await store.summaries())) {
    const both = hosts.filter(({ host }) => played.has(host)).map(({ host }) => host);
    if (both.length === 0) continue;
    terminal.err(
      `warning: ${both.join(', ')}: still pending since the run ${run.run} (${run.playbook}); see \`runbook pending\`\n`,
    );
  }
}
