import type { Earlier, EarlierStep } from '../core/earlier.ts';
import type { Doubt, Ending, Mode, UndoEntry } from '../core/event.ts';
import type { Module } from '../core/module.ts';
import type { Play } from '../core/play.ts';
import type { Patience } from './reconnect.ts';
import type { SessionInput } from './session-input.ts';

/** A run that went on without the hosts that this one completes. */
export interface Completes {
  readonly run: string;
  /** The run whose id its guards bear. */
  readonly guardsOf: string;
  /** What it had noted on those hosts, oldest first. */
  readonly notes: readonly UndoEntry[];
  /** Host -> what was done beside it, on machines that have not dropped out: what is done once for all of them is among it. */
  readonly beside: ReadonlyMap<string, readonly EarlierStep[]>;
}

export interface RunInput extends SessionInput {
  readonly tool: string;
  /** The tags that chose its tasks, as a command line has them. */
  readonly chosen?: string;
  readonly mode: Mode;
  readonly playbook: string;
  readonly operator: string;
  /** ISO 8601. For whoever meets a lock of this run. */
  readonly since: string;
  readonly plays: readonly Play[];
  readonly moduleNamed: (name: string) => Module | undefined;
  readonly requireReversible: boolean;
  readonly patience: Patience;
  /** The run that had no end and that this one goes on with. */
  readonly resume?: Earlier;
  /** The run that has ended without hosts which this one completes; the plays are for these alone. */
  readonly completes?: Completes;
}

export interface RunResult {
  readonly ending: Ending;
  readonly ok: boolean;
  /** As documented: 0 kept or unchanged, 1 failed with nothing to undo, 2 rejected, 3 undone, 4 unsure, 5 would change or drifted. */
  readonly exit: number;
  readonly because?: string;
  readonly doubts: readonly Doubt[];
}
