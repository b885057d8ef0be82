import type { Event, UndoEntry, UndoStatus } from '../core/event.ts';

const goodEnds: readonly UndoStatus[] = ['restored', 'untouched'];

/** What an undo of this run would restore, oldest first. */
export function undoNotes(events: readonly Event[]): UndoEntry[] {
  return events.flatMap((event) => {
    if (event.type !== 'undo_noted') return [];
    const { type: _type, seq: _seq, at: _at, ...entry } = event;
    return [entry];
  });
}

/**
 * Of a run's notes those that are not proven restored yet, each with whether an undo may have begun on its machine, and whether one has put
 * it back. `attempts`: the run's own events, then those of the rollbacks of it, oldest first. `isShared`: others may rest on what it is about.
 */
export function openNotes(
  attempts: readonly (readonly Event[])[],
  isShared: (note: UndoEntry) => boolean,
  notes: readonly UndoEntry[] = undoNotes(attempts[0] ?? []),
): UndoEntry[] {
  const shared = notes.filter((note) => note.host !== note.on || isShared(note));
  const open = attempts.reduce((left, events) => leftOpen(events, left, shared), notes);
  const begun = new Set(attempts.flat().flatMap((event) => (event.type === 'undo_ended' ? [event.on] : [])));
  // A journal without an end may lack an undo as well: the disk was full, or the controller was killed.
  const isCutShort = attempts.some((events) => !events.some(({ type }) => type === 'run_ended'));
  const undone = undoneIn(attempts.flat());
  return open.map((note) => ({
    ...note,
    ...(isCutShort || begun.has(note.on) ? { undoBegun: true } : {}),
    ...(undone.has(note.entry) ? { undone: true } : {}),
  }));
}

/**
 * A machine without a doubt after a proof is done with: to undo it again would stop what runs well. Not so where something that others may
 * rest on is in doubt, or stands: what they started again may have read it.
 */
function leftOpen(
  events: readonly Event[],
  notes: readonly UndoEntry[],
  shared: readonly UndoEntry[],
): readonly UndoEntry[] {
  const doubted = doubtedByUndo(events);
  if (doubted !== undefined)
    return shared.some(({ on }) => doubted.has(on)) ? notes : notes.filter(({ on }) => doubted.has(on));
  const alone = shared.length > 0 ? new Set() : undoneAlone(events);
  return notes.filter(({ entry }) => !alone.has(entry));
}

/** The machines in doubt after an undo of the whole run. Undefined: there was none, or it did not come to its proof. */
function doubtedByUndo(events: readonly Event[]): ReadonlySet<string> | undefined {
  const end = events.findLast((event) => event.type === 'run_ended');
  const isProven = events.some((event) => event.type === 'phase_started' && event.phase === 'prove');
  if (end === undefined || !isProven || (end.ending !== 'undone' && end.ending !== 'unsure')) return undefined;
  const doubted = new Set(end.doubts.map(({ host }) => host));
  // The proof was that of a host which had dropped out, and the rest was left as it is.
  return doubted.has('all') || doubted.has('controller') ? undefined : doubted;
}

/** What was put back for hosts alone that dropped out, and is proven. */
function undoneAlone(events: readonly Event[]): ReadonlySet<number> {
  const dropped = events.flatMap((event, i) => (event.type === 'host_dropped' ? [{ host: event.host, i }] : []));
  const entries = dropped.flatMap(({ host, i }) =>
    events.slice(0, i).flatMap((event) => (event.type === 'undo_ended' && event.host === host ? [event.entry] : [])),
  );
  return new Set(entries);
}

/** The notes that the last undo which came to them has put back, or has found to be as before. */
function undoneIn(events: readonly Event[]): ReadonlySet<number> {
  const last = new Map(events.flatMap((event) => (event.type === 'undo_ended' ? [[event.entry, event.status]] : [])));
  return new Set([...last].flatMap(([entry, status]) => (goodEnds.includes(status) ? [entry] : [])));
}
