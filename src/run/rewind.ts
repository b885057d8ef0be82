import type { UndoEntry } from '../core/event.ts';
import type { Resource } from '../core/module.ts';
import { performAll } from './apply.ts';
import { allThrough } from './barrier.ts';
import { asStep, type ModuleNamed, resourceOf, whatOf } from './noted.ts';
import { type Reading, readState, restored, same } from './probe.ts';
import type { Session } from './session.ts';

/**
 * Brings programs to where they were when the run changed something shared, before that is put back. They may run again by now: started by
 * a guard, or by an undo that could not reach what is shared; and they go on using what they have read of it. Their own turn to be put back
 * comes later. Returns what could not be brought there, in words; a machine that is lost is in doubt by itself.
 */
export async function rewind(
  session: Session,
  moduleNamed: ModuleNamed,
  shared: UndoEntry,
): Promise<readonly string[]> {
  const programs = latestBefore(session.notes, shared).filter(
    (entry) => entry.masked !== true && resourceOf(entry, moduleNamed).program === true,
  );
  const stuck = await allThrough(programs.map((entry) => rewindOne(session, resourceOf(entry, moduleNamed), entry)));
  return stuck.filter((line) => line !== undefined);
}

/** Of each thing the last note that is older than this one. */
function latestBefore(notes: readonly UndoEntry[], shared: UndoEntry): UndoEntry[] {
  const older = notes.filter((entry) => entry.entry < shared.entry && entry.task !== shared.task && !entry.protect);
  return [...new Map(older.map((entry) => [`${entry.on}|${whatOf(entry)}`, entry])).values()];
}

async function rewindOne(session: Session, resource: Resource, entry: UndoEntry): Promise<string | undefined> {
  const { task, step } = asStep(entry, resource);
  const isThere = (reading: Reading | undefined) =>
    reading !== undefined && 'state' in reading && same(resource, reading.state, entry.after, step);
  const now = await readState(session, task, step, resource);
  if (now === undefined || !('state' in now) || isThere(now)) return undefined;
  if (!restored(resource, entry.before, now.state, step)) return undefined;
  await performAll(session, task, step, resource.move(now.state, entry.after, entry.args), 'undo');
  const then = await readState(session, task, step, resource);
  return isThere(then) ? undefined : `${entry.on}: ${whatOf(entry)} runs on what is to be put back`;
}
