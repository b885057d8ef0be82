import type { UndoEntry } from '../../core/event.ts';
import type { Module } from '../../core/module.ts';

/** Added to the numbers of what is put back before programs that may have read it. */
const beforePrograms = 100_000;

/**
 * The number of a note among those of its guard, which puts back the highest first: a program's first note comes after all that was changed before,
 * as in the controller's undo (see `startedLast`). `notes`: those of the guard so far, oldest first.
 */
export function numberIn(notes: readonly UndoEntry[], entry: UndoEntry, module: Module): number {
  const changed = notes.slice(0, notes.indexOf(entry)).filter(({ protect }) => !protect);
  const isProgram = module.kind === 'resource' && module.program === true && !entry.protect;
  const isFirst = !changed.some((older) => older.module === entry.module && older.key === entry.key);
  const mayHaveRead = changed.some((older) => older.module !== entry.module);
  return notes.indexOf(entry) + 1 + (isProgram && isFirst && mayHaveRead ? 0 : beforePrograms);
}

/** The note that has a number. */
export function numbered(notes: readonly UndoEntry[], number: number): UndoEntry | undefined {
  return notes[(number % beforePrograms) - 1];
}
