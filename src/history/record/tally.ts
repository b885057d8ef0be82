import type { Event, StepStatus } from '../../core/event.ts';

/** How the steps of one host went; each step counts once, as it went last. */
export interface Tally {
  readonly host: string;
  ok: number;
  changed: number;
  failed: number;
  skipped: number;
  /** States that were brought back. */
  undone: number;
  lost: boolean;
}

type Count = 'ok' | 'changed' | 'failed' | 'skipped';

/** Under which heading a status counts. `change` and `depends` are of a plan: nothing was done. */
const countOf: Readonly<Record<StepStatus, Count | undefined>> = {
  ok: 'ok',
  protected: 'ok',
  changed: 'changed',
  failed: 'failed',
  unmet: 'failed',
  lost: 'failed',
  skipped: 'skipped',
  change: undefined,
  depends: undefined,
};

/**
 * Counts over the hosts, in the run's order. Left out: the plan, and the question before it whether there is anything
 * to do, where "no" is no failure.
 */
export function tally(events: readonly Event[]): readonly Tally[] {
  const rows = new Map<string, Tally>();
  const row = (host: string): Tally => {
    const known = rows.get(host) ?? { host, ok: 0, changed: 0, failed: 0, skipped: 0, undone: 0, lost: false };
    rows.set(host, known);
    return known;
  };
  for (const event of events) if (event.type === 'run_started') event.hosts.forEach(row);
  for (const { host, status } of lastSteps(events).values()) {
    const count = countOf[status];
    if (count !== undefined) row(host)[count] += 1;
  }
  for (const event of events) {
    if (event.type === 'undo_ended' && event.status === 'restored') row(event.host).undone += 1;
    if (event.type === 'host_lost') row(event.host).lost = true;
    if (event.type === 'host_opened') {
      const known = rows.get(event.host);
      if (known !== undefined) known.lost = false;
    }
  }
  return [...rows.values()];
}

/** Is the section that begins here only asking whether there is anything to do, before a play has changed anything? */
export function asksBefore(phases: readonly string[], mode: string): boolean {
  return phases.at(-1) === 'verify' && mode !== 'audit' && !phases.includes('tasks') && !phases.includes('cleanup');
}

type StepEnded = Extract<Event, { type: 'step_ended' }>;

function lastSteps(events: readonly Event[]): ReadonlyMap<string, StepEnded> {
  const asked = new Map<string, StepEnded>();
  const steps = new Map<string, StepEnded>();
  let phases: string[] = [];
  let mode = '';
  for (const event of events) {
    if (event.type === 'run_started') mode = event.mode;
    if (event.type === 'play_started') phases = [];
    if (event.type === 'phase_started') phases.push(event.phase);
    if (event.type !== 'step_ended' || event.phase === 'plan') continue;
    (asksBefore(phases, mode) ? asked : steps).set(stepId(event), event);
  }
  const unchanged = steps.size === 0 && [...asked.values()].every(({ status }) => countOf[status] !== 'failed');
  return unchanged ? asked : steps;
}

function stepId({ phase, task, host, item }: StepEnded): string {
  return JSON.stringify([phase, task, host, item ?? null]);
}
