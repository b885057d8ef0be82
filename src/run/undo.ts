import type { Doubt, UndoEntry } from '../core/event.ts';
import { type ModuleNamed, machinesOf } from './noted.ts';
import { PatientReader } from './patient-reader.ts';
import { type Patience, reconnect } from './reconnect.ts';
import type { Session } from './session.ts';
import { UndoRound } from './undo-round.ts';

/**
 * Brings every noted state back to what it was, newest task first, with a barrier over the hosts after each task; then
 * reads the first state noted for each thing again, to prove it. Returns what could not be proven; empty means undone.
 */
export async function undoAll(
  session: Session,
  moduleNamed: ModuleNamed,
  patience: Patience,
): Promise<readonly Doubt[]> {
  session.seeThrough();
  await session.emit({ type: 'phase_started', phase: 'undo' });
  await reconnect(session, patience);
  const reader = new PatientReader(session, patience);
  return untilGuardsRest(session, {
    undo: async () => {
      const undo = new UndoRound(session, moduleNamed, reader, session);
      await undo.meet(machinesOf(session.notes));
      await undo.mended.meetEarlierUndo();
      await undo.tasks();
      await undo.late();
      return undo.prove();
    },
    release: () => session.guards.release(),
  });
}

/** `release` lets the guards go, and returns the machines where they were quicker. */
interface Round {
  readonly undo: () => Promise<readonly Doubt[]>;
  readonly release: (doubts: readonly Doubt[]) => Promise<readonly string[]>;
}

/** A guard whose time ran out while the undo was at work has acted in between: what it left is undone, and proven, once more. */
async function untilGuardsRest(session: Session, { undo, release }: Round): Promise<readonly Doubt[]> {
  for (;;) {
    const doubts = await undo();
    const acted = await release(doubts);
    if (acted.length === 0) return doubts;
    const message = `${acted.join(', ')}: the guard has acted while everything was put back; it is looked through once more`;
    await session.emit({ type: 'warned', message });
    await session.emit({ type: 'phase_started', phase: 'undo', because: 'a guard has acted meanwhile' });
  }
}

/**
 * Brings back what was noted for one host that can be reached, and proves it, while the run goes on with the others. Its guard is released
 * with it. Returns what could not be proven; should the host get lost meanwhile, its guard goes on.
 */
export async function undoHost(
  session: Session,
  { moduleNamed, patience }: { readonly moduleNamed: ModuleNamed; readonly patience: Patience },
  host: string,
  notes: readonly UndoEntry[],
): Promise<readonly Doubt[]> {
  const { guards } = session;
  if (notes.length === 0) return [];
  session.seeThrough();
  await session.emit({ type: 'phase_started', phase: 'undo', because: `${host} alone` });
  const reader = new PatientReader(session, patience);
  const doubts = await untilGuardsRest(session, {
    undo: async () => {
      const undo = new UndoRound(session, moduleNamed, reader, { notes, guards });
      await undo.meet([host]);
      await undo.tasks();
      return session.isLost(host) ? [] : undo.prove();
    },
    release: async (found) => (found.length === 0 && !session.isLost(host) ? guards.releaseFor(host, notes) : []),
  });
  session.goOn();
  return doubts;
}
