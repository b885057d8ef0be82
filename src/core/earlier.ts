import type { Phase, StepRef, StepStatus, UndoEntry } from './event.ts';
import type { Json } from './json.ts';
import type { Outcome } from './outcome.ts';

/** A step that an earlier run has done. `outcome`: of the command that decided it. */
export interface EarlierStep extends StepRef {
  readonly phase: Phase;
  readonly status: StepStatus;
  readonly changed?: boolean;
  readonly key?: string;
  readonly because?: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly outcome?: Outcome;
}

/** What a run that had no end has left to the one that goes on with it. */
export interface Earlier {
  /** Its id; where it went on with another itself, those before it first: the guards bear the first one's id. */
  readonly runs: readonly string[];
  /** Oldest first. */
  readonly notes: readonly UndoEntry[];
  /** Of `tasks` and `cleanup`, those that ended well. */
  readonly steps: readonly EarlierStep[];
  /** Of `tasks` and `cleanup`, those that did not: in a block they decided what was done next, on which hosts. */
  readonly failed: readonly EarlierStep[];
  /** Play by play, and in each batch by batch: `begun` on its tasks, or `passed` with nothing to do. Shorter than the plays where it did not come to all. */
  readonly plays: readonly ('begun' | 'passed')[];
}
