import type { Event, EventBody, PendingStep } from '../core/event.ts';
import { undoNotes } from './undo-notes.ts';

/** A past run in a line. */
export interface RunSummary {
  readonly run: string;
  readonly started: string;
  readonly mode: string;
  readonly playbook: string;
  readonly operator: string;
  readonly hosts: readonly string[];
  /** Absent: the run has not ended, or its controller was killed. */
  readonly ended?: Extract<EventBody, { type: 'run_ended' }>;
  readonly of?: string;
  /** Digest of the saved plan that it was held to. */
  readonly plan?: string;
  /** The tags that chose its tasks, as a command line has them. */
  readonly chosen?: string;
  /** Machines that have something to be undone. */
  readonly touched: readonly string[];
  /** Hosts that it went on without, which are to be completed. Absent: none. */
  readonly pending?: readonly PendingHost[];
  /** Hosts that dropped out, and are as before. Absent: none. */
  readonly dropped?: readonly string[];
  /** The hash of the journal's last line; format 1 has none. */
  readonly head?: string;
}

export interface PendingHost {
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
  readonly because: string;
  readonly steps: readonly PendingStep[];
}

/** Undefined without a run's start. */
export function summarize(events: readonly Event[], head?: string): RunSummary | undefined {
  const started = events[0];
  if (started?.type !== 'run_started') return undefined;
  const ended = events.findLast((event) => event.type === 'run_ended');
  return {
    run: started.run,
    started: started.at,
    mode: started.mode,
    playbook: started.playbook,
    operator: started.operator,
    hosts: started.hosts,
    ...(started.of === undefined ? {} : { of: started.of }),
    ...(started.plan === undefined ? {} : { plan: started.plan }),
    ...(started.chosen === undefined ? {} : { chosen: started.chosen }),
    ...(ended === undefined ? {} : { ended }),
    touched: [
      ...new Set(
        undoNotes(events)
          .filter(({ protect }) => !protect)
          .map(({ on }) => on),
      ),
    ],
    ...outOf(events),
    ...(head === undefined ? {} : { head }),
  };
}

function outOf(events: readonly Event[]): Pick<RunSummary, 'pending' | 'dropped'> {
  const pending = events.flatMap((event) =>
    event.type === 'host_pending'
      ? [{ host: event.host, since: event.at, because: event.because, steps: event.steps }]
      : [],
  );
  const dropped = events.flatMap((event) => (event.type === 'host_dropped' ? [event.host] : []));
  return { ...(pending.length === 0 ? {} : { pending }), ...(dropped.length === 0 ? {} : { dropped }) };
}

/**
 * Runs that changed something and did not come to a proven end: no end in the journal, or `unsure`;
 * and no later rollback of them was proven, nor a run that went on with them.
 */
export function unfinished(summaries: readonly RunSummary[]): RunSummary[] {
  const settled = new Set<string>();
  const settle = (run: string | undefined): void => {
    if (run === undefined || settled.has(run)) return;
    settled.add(run);
    settle(summaries.find((summary) => summary.run === run && summary.mode === 'play')?.of);
  };
  for (const { of, mode, ended } of summaries)
    if (ended?.ending === 'undone' || (mode === 'play' && ended?.ending === 'kept')) settle(of);
  return summaries.filter(
    ({ run, mode, touched, ended }) =>
      mode === 'play' && touched.length > 0 && !settled.has(run) && (ended === undefined || ended.ending === 'unsure'),
  );
}
