import type { Doubt, UndoEntry } from '../core/event.ts';
import { asStep, doubtOf, type ModuleNamed, notRecorded, refOf, resourceOf, toldStates, whatOf } from './noted.ts';
import type { PatientReader } from './patient-reader.ts';
import type { Session } from './session.ts';

/**
 * Reads the first state noted for each thing again: it says what the run found, and all of them must hold now, together.
 * Returns what does not; things that are in doubt already are not asked again.
 */
export async function proveAll(
  session: Session,
  notes: readonly UndoEntry[],
  moduleNamed: ModuleNamed,
  doubts: readonly Doubt[],
  reader: PatientReader,
): Promise<readonly Doubt[]> {
  await session.emit({ type: 'phase_started', phase: 'prove' });
  const doubted = new Set(doubts.map(({ host, what }) => `${host}|${what}`));
  const open = oldestOf(notes, moduleNamed).filter(
    (entry) => isProvable(entry, moduleNamed) && !doubted.has(`${entry.on}|${whatOf(entry)}`),
  );
  const machines = [...new Set(open.map(({ on }) => on))];
  const found = await Promise.all(
    machines.map(async (on) => {
      const mine: (Doubt | undefined)[] = [];
      for (const entry of open) if (entry.on === on) mine.push(await prove(session, moduleNamed, entry, reader));
      return mine;
    }),
  );
  return found.flat().filter((doubt) => doubt !== undefined);
}

/**
 * Does a machine read as the run found it? Asked where somebody may have put everything back. `isPutBack`: whether that is known of what
 * has an undo and no state to read, a plain command.
 */
export async function isAsBefore(
  session: Session,
  notes: readonly UndoEntry[],
  moduleNamed: ModuleNamed,
  machine: string,
  reader: PatientReader,
  isPutBack: (entry: UndoEntry) => boolean,
): Promise<boolean> {
  const mine = notes.filter(({ on }) => on === machine);
  if (mine.some((entry) => isUnreadable(entry, moduleNamed) && !isPutBack(entry))) return false;
  const entries = oldestOf(mine, moduleNamed).filter((entry) => isProvable(entry, moduleNamed));
  for (const entry of entries) if (await prove(session, moduleNamed, entry, reader)) return false;
  return true;
}

/** A later note of a thing may tell what the run itself had made of it by then. */
function oldestOf(notes: readonly UndoEntry[], moduleNamed: ModuleNamed): UndoEntry[] {
  const oldest = new Map<string, UndoEntry>();
  for (const entry of notes) {
    const owned = entry.masked === true ? undefined : resourceOf(entry, moduleNamed).owns?.(entry.args);
    const thing = owned ?? `${entry.module} ${entry.key}`;
    const place = `${entry.on}|${thing}`;
    if (!oldest.has(place)) oldest.set(place, entry);
  }
  return [...oldest.values()];
}

/** What cannot be brought back is not promised to be as it was: processes that were ended, a command without an undo. */
function isProvable(entry: UndoEntry, moduleNamed: ModuleNamed): boolean {
  if (entry.masked === true) return true; // not by reading: see `prove`
  const resource = resourceOf(entry, moduleNamed);
  return resource.reversible(entry.args) === true && resource.probe(entry.args) !== null;
}

/** It has an undo, and no reading can tell whether that has been run. */
function isUnreadable(entry: UndoEntry, moduleNamed: ModuleNamed): boolean {
  if (entry.masked === true) return false;
  const resource = resourceOf(entry, moduleNamed);
  return resource.reversible(entry.args) === true && resource.probe(entry.args) === null;
}

async function prove(
  session: Session,
  moduleNamed: ModuleNamed,
  entry: UndoEntry,
  reader: PatientReader,
): Promise<Doubt | undefined> {
  if (entry.masked === true) return doubtOf(entry, null, notRecorded);
  const resource = resourceOf(entry, moduleNamed);
  const { task, step } = asStep(entry, resource);
  const { reading, tries, holds, isLost } = await reader.settled(task, step, resource, entry.before);
  const state = reading !== undefined && 'state' in reading ? reading.state : null;
  const because = reading !== undefined && 'because' in reading ? reading.because : undefined;
  const { expected, found, ...told } = toldStates(entry, state, because);
  await session.emit({
    type: 'step_ended',
    phase: 'prove',
    status: holds ? 'ok' : isLost ? 'lost' : 'unmet',
    module: entry.module,
    ...refOf(entry),
    ...told,
    before: expected,
    after: found,
    tries,
  });
  return holds ? undefined : doubtOf(entry, state, because);
}
