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
 * The first note of each program that something it may have read had been changed before: on its machine, or shared. It tells how the run found the
 * program, and is put back when all of that is, however long before the program it was changed: else it would start on what has failed, or
 * would not start at all. What is only protected is no such thing: that is what programs change themselves.
 */
export function startedLast(notes: readonly UndoEntry[], moduleNamed: ModuleNamed): readonly UndoEntry[] {
  const first = new Map<string, UndoEntry>();
  for (const entry of programsOf(notes, moduleNamed)) {
    const place = `${entry.on}|${entry.module} ${entry.key}`;
    if (!first.has(place)) first.set(place, entry);
  }
  return [...first.values()].filter((program) => notes.some((entry) => mayRead(program, entry, moduleNamed)));
}

/** May a program of this note have read what this older note is about? */
export function mayRead(program: UndoEntry, entry: UndoEntry, moduleNamed: ModuleNamed): boolean {
  if (entry.protect || entry.masked === true || !isAfter(program, entry)) return false;
  const resource = resourceOf(entry, moduleNamed);
  if (resource.program === true || resource.reversible(entry.args) !== true) return false;
  return resource.shared === true || entry.on === program.on;
}

function isAfter(later: UndoEntry, entry: UndoEntry): boolean {
  return later.entry > entry.entry && later.task !== entry.task;
}

/** The programs among these go to where the run had found them. What comes of it is proven with the rest. */
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
  return notes.filter((entry) => isAfter(shared, entry));
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
