import type { Earlier, EarlierStep } from '../core/earlier.ts';
import type { Event, UndoEntry } from '../core/event.ts';
import type { Outcome } from '../core/outcome.ts';
import type { RunSummary } from './run-summary.ts';
import { undoNotes } from './undo-notes.ts';

const donePhases: readonly string[] = ['tasks', 'cleanup'];
const doneStatuses: readonly string[] = ['ok', 'changed', 'skipped', 'protected'];

/** A run and the runs that it goes on with, oldest first. What a rollback left, or a run that ended, is not gone on with. */
export function lineOf(run: string, past: readonly RunSummary[]): readonly string[] {
  const parent = past.find((summary) => summary.run === run && summary.mode === 'play')?.of;
  const before = past.find((summary) => summary.run === parent && summary.ended === undefined);
  return before === undefined ? [run] : [...lineOf(before.run, past), run];
}

/** The run that goes on with this one, and so on to the newest; the run itself where there is none. One that was refused does not count. */
export function newestOf(run: string, past: readonly RunSummary[]): string {
  const next = past.findLast(
    ({ run: id, mode, touched }) =>
      mode === 'play' && touched.length > 0 && id !== run && lineOf(id, past).at(-2) === run,
  );
  return next === undefined ? run : newestOf(next.run, past);
}

/** The notes of a line of runs: each takes over those of the one before, as far as it came. */
export function notesOfLine(journals: readonly (readonly Event[])[]): UndoEntry[] {
  const byEntry = new Map<number, UndoEntry>();
  for (const note of journals.flatMap(undoNotes)) if (!byEntry.has(note.entry)) byEntry.set(note.entry, note);
  return [...byEntry.values()].toSorted((a, b) => a.entry - b.entry);
}

/** What the runs of a line have left. `journals`: theirs, in the order of `runs`. `ahead`: plays that were planned before the first was begun. */
export function earlierOf(runs: readonly string[], journals: readonly (readonly Event[])[], ahead = 0): Earlier {
  const plays: ('begun' | 'passed')[] = [];
  for (const [i, events] of journals.entries())
    for (const [index, reached] of reachedPlays(events, i === 0 ? ahead : 0).entries())
      if (plays[index] !== 'begun') plays[index] = reached;
  const ended = journals.flatMap(endedSteps);
  const isDone = ({ status }: EarlierStep) => doneStatuses.includes(status);
  const [steps, failed] = [ended.filter(isDone), ended.filter((step) => !isDone(step))];
  return { runs, notes: notesOfLine(journals), steps, failed, plays };
}

function reachedPlays(events: readonly Event[], ahead: number): ('begun' | 'passed')[] {
  const starts = events.flatMap((event, i) => (event.type === 'play_started' ? [i] : [])).slice(ahead);
  return starts.flatMap((start, i) => {
    const own = events.slice(start, starts[i + 1]);
    if (own.some((event) => event.type === 'phase_started' && donePhases.includes(event.phase)))
      return ['begun' as const];
    return i + 1 < starts.length ? ['passed' as const] : [];
  });
}

function endedSteps(events: readonly Event[]): EarlierStep[] {
  const steps: EarlierStep[] = [];
  const places = new Map<number, string>();
  const answers = new Map<string, { purpose: string; outcome: Outcome }[]>();
  const purposes = new Map<number, string>();
  for (const event of events) {
    if (event.type === 'command_started') {
      places.set(event.id, placeOf(event));
      purposes.set(event.id, event.purpose);
    }
    if (event.type === 'command_ended') {
      const place = places.get(event.id) ?? '';
      const { type: _type, id, on: _on, seq: _seq, at: _at, ...outcome } = event;
      answers.set(place, [...(answers.get(place) ?? []), { purpose: purposes.get(id) ?? '', outcome }]);
    }
    if (event.type !== 'step_ended') continue;
    const place = placeOf(event);
    if (donePhases.includes(event.phase)) {
      const { type: _type, seq: _seq, at: _at, tries: _tries, module: _module, ...step } = event;
      const deciding = event.status === 'changed' ? 'change' : undefined;
      const outcome = answers
        .get(place)
        ?.findLast(({ purpose }) => purpose !== 'guard' && (deciding === undefined || purpose === deciding))?.outcome;
      steps.push({ ...step, ...(outcome === undefined ? {} : { outcome }) });
    }
    answers.delete(place);
  }
  return steps;
}

/** Host -> what was done while it was in the batch that was on, on machines that stay as they are: neither these hosts nor any that was put back. */
export function doneBeside(
  hosts: readonly string[],
  journals: readonly (readonly Event[])[],
): ReadonlyMap<string, readonly EarlierStep[]> {
  const dropped = journals.flat().flatMap((event) => (event.type === 'host_dropped' ? [event.host] : []));
  const isLeft = ({ on }: EarlierStep) => !hosts.includes(on) && !dropped.includes(on);
  const batches = journals.flatMap((events) => {
    const starts = events.flatMap((event, i) => (event.type === 'play_started' ? [{ hosts: event.hosts, i }] : []));
    return starts.map(({ hosts, i }, k) => ({
      hosts,
      steps: endedSteps(events.slice(i, starts[k + 1]?.i)).filter(isLeft),
    }));
  });
  const beside = (host: string) => batches.flatMap((batch) => (batch.hosts.includes(host) ? batch.steps : []));
  return new Map(hosts.map((host) => [host, beside(host)]));
}

function placeOf({ task, host, on, item }: { task: string; host: string; on: string; item?: string }): string {
  return JSON.stringify([task, host, on, item ?? null]);
}
