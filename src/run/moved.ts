import type { UndoEntry } from '../core/event.ts';
import { allThrough } from './barrier.ts';
import { machinesOf } from './noted.ts';
import type { Session } from './session.ts';

const whatToDo =
  'What the run changed is not put back on what may be another machine: nothing has been touched. Lead the inventory to the one it was, or, where it is the same, roll back with --allow-moved';

/**
 * Machines of these notes that may be others than the run has changed, in words: the inventory leads to another address by now, and what is
 * reached there was not up when the run was made. Undefined: none. `addresses`: where the run reached each.
 */
export async function whatMoved(
  session: Session,
  notes: readonly UndoEntry[],
  addresses: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  const suspected = machinesOf(notes).filter((on) => !session.isLost(on) && session.hasRestarted(on));
  const lines = await allThrough(
    suspected.map(async (on) => {
      const { address: now } = await session.open(on);
      const then = addresses.get(on) ?? now;
      return now === then ? undefined : `${on} was ${then} in that run and is ${now} now, with another boot id`;
    }),
  );
  const moved = lines.filter((line) => line !== undefined);
  return moved.length === 0 ? undefined : `${moved.join('; ')}. ${whatToDo}`;
}
