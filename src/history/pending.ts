import type { PendingHost, RunSummary } from './run-summary.ts';

/** A run that went on without hosts which nobody has completed since. */
export interface PendingRun {
  readonly run: RunSummary;
  readonly hosts: readonly PendingHost[];
}

/**
 * Hosts that are pending still, oldest run first. No more so is a host that a later run of the same playbook, with the same choice of tags, did
 * well on, or that a rollback of the run has put back; where a later run of it left the host pending as well, that one counts.
 */
export function pendingRuns(summaries: readonly RunSummary[]): readonly PendingRun[] {
  return summaries.flatMap((run, i) => {
    if (run.mode !== 'play' || run.pending === undefined || !isKept(run)) return [];
    const later = summaries.slice(i + 1);
    const hosts = run.pending.filter(({ host }) => !later.some((next) => settles(next, run, host)));
    return hosts.length === 0 ? [] : [{ run, hosts }];
  });
}

function isKept({ ended }: RunSummary): boolean {
  return ended?.ending === 'kept' || (ended?.ending === 'unchanged' && (ended.ok || ended.exit > 2));
}

function settles(next: RunSummary, { run, playbook, chosen }: RunSummary, host: string): boolean {
  if (next.mode === 'rollback') return next.of === run && next.ended?.ending === 'undone';
  const isSame = next.mode === 'play' && (next.of === run || (next.playbook === playbook && next.chosen === chosen));
  return isSame && next.hosts.includes(host) && isKept(next) && next.dropped?.includes(host) !== true;
}
