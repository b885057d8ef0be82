import type { Memory } from './barrier.ts';
import type { Locks } from './lock/locks.ts';
import type { RunInput } from './run-input.ts';
import type { Session } from './session.ts';

/** What was counted so far. */
export interface RunCounts {
  changes: number;
  depends: number;
  drift: readonly string[];
  /** From the saved plan that the run is held to. */
  differences: number;
}

/** What all plays of a run that is under way share. */
export interface RunContext {
  readonly session: Session;
  readonly input: RunInput;
  readonly locks: Locks;
  readonly memory: Memory;
  readonly counts: RunCounts;
}
