import type { UndoEntry } from '../core/event.ts';
import type { Resource } from '../core/module.ts';
import { allThrough } from './barrier.ts';
import { asStep, type ModuleNamed, resourceOf, whatOf } from './noted.ts';
import type { PatientReader } from './patient-reader.ts';
import { performAll } from './perform.ts';
import { type Reading, same } from './probe.ts';
import type { Session } from './session.ts';

/**
 * Brings the programs among these notes to where the run had left them: each to what its last note wanted. They may run again by now, started by
 * a guard, by a restart, or by an undo that could not reach what is shared; and they go on using what they have read of it. Their own turn to be
 * put back comes after. Only programs: to make another change again could cut the host off again. Returns what could not be brought
 * there, in words; a machine that is lost is in doubt by itself.
 */
export async function rewind(
  session: Session,
  moduleNamed: ModuleNamed,
  notes: readonly UndoEntry[],
  reader: PatientReader,
): Promise<readonly string[]> {
  const programs = programsOf(notes, moduleNamed);
  const latest = new Map(programs.map((entry) => [`${entry.on}|${whatOf(entry)}`, entry]));
  const stuck = await allThrough(
    [...latest.values()].map((entry) => rewindOne(session, resourceOf(entry, moduleNamed), entry, reader)),
  );
  return stuck.filter((line) => line !== undefined);
}

/**
 * What was first noted of each thing in the batches after the one that changed this shared thing: all of that is undone by now, and what runs there
 * has read what is about to be put back.
 */
export function notedInLaterBatches(notes: readonly UndoEntry[], { task, batch }: UndoEntry): readonly UndoEntry[] {
  if (batch === undefined) return [];
  const play = playOf(task);
  const first = new Map<string, UndoEntry>();
  for (const entry of notes) {
    const place = `${entry.on}|${whatOf(entry)}`;
    if ((entry.batch ?? 0) > batch && playOf(entry.task) === play && !first.has(place)) first.set(place, entry);
  }
  return [...first.values()];
}

function playOf(task: string): string {
  return task.slice(0, task.indexOf('.'));
}

/** The programs among these that were put where the run had left them go to where it had found them. What comes of it is proven with the rest. */
export async function startAgain(
  session: Session,
  moduleNamed: ModuleNamed,
  notes: readonly UndoEntry[],
  reader: PatientReader,
): Promise<void> {
  await allThrough(
    programsOf(notes, moduleNamed).map(async (entry) => {
      const resource = resourceOf(entry, moduleNamed);
      const { task, step } = asStep(entry, resource);
      const now = await reader.read(task, step, resource);
      if (now === undefined || !('state' in now) || same(resource, now.state, entry.before, step)) return;
      await performAll(session, task, step, resource.move(now.state, entry.before, entry.args), 'undo');
    }),
  );
}

function programsOf(notes: readonly UndoEntry[], moduleNamed: ModuleNamed): readonly UndoEntry[] {
  return notes.filter(
    (entry) => !entry.protect && entry.masked !== true && resourceOf(entry, moduleNamed).program === true,
  );
}

/** What had been noted when the run changed this shared thing. */
export function notedBefore(notes: readonly UndoEntry[], shared: UndoEntry): readonly UndoEntry[] {
  return notes.filter((entry) => entry.entry < shared.entry && entry.task !== shared.task);
}

async function rewindOne(
  session: Session,
  resource: Resource,
  entry: UndoEntry,
  reader: PatientReader,
): Promise<string | undefined> {
  const { task, step } = asStep(entry, resource);
  const isThere = (reading: Reading | undefined) =>
    reading !== undefined && 'state' in reading && same(resource, reading.state, entry.after, step);
  const now = await reader.read(task, step, resource);
  if (now === undefined || !('state' in now) || isThere(now)) return undefined;
  await performAll(session, task, step, resource.move(now.state, entry.after, entry.args), 'undo');
  const then = await reader.read(task, step, resource);
  return isThere(then) ? undefined : `${entry.on}: ${whatOf(entry)} runs on what is to be put back`;
}
