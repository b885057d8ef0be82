import type { Doubt, Ending } from '../../src/core/event.ts';
import { kinds } from './kinds.ts';
import type { Trial } from './trial.ts';

/** What is known of a trial when its run is over and every fault has been taken back, but nobody has done anything yet. */
export interface Evidence {
  readonly exit: number | null;
  readonly signal: string | null;
  readonly endless: boolean;
  readonly ended: { readonly ending: Ending; readonly exit: number; readonly doubts: readonly Doubt[] } | undefined;
  readonly isBefore: boolean;
  readonly isAfter: boolean;
}

const exits: Record<Trial['command'], Record<Ending, readonly number[]>> = {
  play: { kept: [0], undone: [3], unsure: [4], unchanged: [0, 1, 2] },
  rollback: { kept: [], undone: [0], unsure: [4], unchanged: [0, 1, 2] },
};

/** What is not true about how the run says it ended; empty when all of it is. */
export function untruths(trial: Trial, found: Evidence): string[] {
  if (found.endless) return ['the run came to no end'];
  if (trial.faults.some(({ kind }) => kinds[kind].kills)) {
    return found.signal === 'SIGKILL' ? [] : [`the controller was to be killed, and ended with ${found.exit}`];
  }
  // Rejected before anything was touched: no run has begun that could end.
  const ended = found.ended ?? { ending: 'unchanged' as const, exit: 2, doubts: [] };
  const { ending } = ended;
  const told: string[] = [];
  if (found.exit !== ended.exit) told.push(`it ended with exit code ${found.exit} and told ${ended.exit}`);
  if (!exits[trial.command][ending].includes(ended.exit)) told.push(`it says ${ending} with exit code ${ended.exit}`);
  const isUntouched = trial.command === 'play' ? found.isBefore : found.isAfter;
  if (ending === 'kept' && !found.isAfter) told.push('it says kept, and the state is not the one after');
  if (ending === 'undone' && !found.isBefore) told.push('it says undone, and the state is not the one before');
  if (ending === 'unchanged' && !isUntouched) told.push('it says unchanged, and the state has changed');
  if (ending === 'unsure' && ended.doubts.length === 0) told.push('it says unsure, and of nothing');
  if (ending === 'unsure' && !mayDoubt(trial)) told.push('it is unsure, though everything was there to be read');
  return told;
}

/**
 * One fault that passes on the way forward leaves nothing in doubt; one that lasts, or one on the way back, may. Nor can a history be whole
 * whose disk is full when there are only guards and locks to be let go of.
 */
function mayDoubt({ command, faults }: Trial): boolean {
  return (
    command === 'rollback' ||
    faults.length > 1 ||
    faults.some(({ kind, at }) => kinds[kind].lasts || (kind === 'journal-full' && / (lock|guard) /.test(at)))
  );
}
