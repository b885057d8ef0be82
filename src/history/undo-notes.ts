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
 * Of a run's notes those whose machines are not proven restored yet, each with whether an undo may have begun there, and whether one has put it back. `attempts`: the run's
 * own events, then those of the rollbacks of it, oldest first. A machine without a doubt after a proof is done with: to undo it again would
 * stop what runs well. Not so where there is doubt about a machine that a task of other hosts was delegated to: what they started again may
 * have rested on it.
 */
export function openNotes(
  attempts: readonly (readonly Event[])[],
  notes: readonly UndoEntry[] = undoNotes(attempts[0] ?? []),
): UndoEntry[] {
  const open = attempts.reduce(
    (machines, events) => {
      const end = events.findLast((event) => event.type === 'run_ended');
      const proven = events.some((event) => event.type === 'phase_started' && event.phase === 'prove');
      if (end === undefined || !proven) return machines;
      const doubted = new Set(end.doubts.map(({ host }) => host));
      if (notes.some(({ host, on }) => host !== on && doubted.has(on))) return machines;
      return machines.filter((machine) => doubted.has(machine));
    },
    [...new Set(notes.map(({ on }) => on))],
  );
  const begun = new Set(attempts.flat().flatMap((event) => (event.type === 'undo_ended' ? [event.on] : [])));
  // A journal without an end may lack an undo as well: the disk was full, or the controller was killed.
  const isCutShort = attempts.some((events) => !events.some(({ type }) => type === 'run_ended'));
  const undone = undoneIn(attempts.flat());
  return notes
    .filter(({ on }) => open.includes(on))
    .map((note) => ({
      ...note,
      ...(isCutShort || begun.has(note.on) ? { undoBegun: true } : {}),
      ...(undone.has(note.entry) ? { undone: true } : {}),
    }));
}

/** The notes that the last undo which came to them has put back, or has found to be as before. */
function undoneIn(events: readonly Event[]): ReadonlySet<number> {
  const last = new Map(events.flatMap((event) => (event.type === 'undo_ended' ? [[event.entry, event.status]] : [])));
  return new Set([...last].flatMap(([entry, status]) => (goodEnds.includes(status) ? [entry] : [])));
}
