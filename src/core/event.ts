import type { Manner } from './command.ts';
import type { Json, JsonObject } from './json.ts';
import type { Outcome } from './outcome.ts';
import type { Section } from './play.ts';

/** How a run ended. `unsure`: not proven restored; a person is needed, and is told what to look at. */
export type Ending = 'unchanged' | 'kept' | 'undone' | 'unsure';

export type Mode = 'play' | 'check' | 'audit' | 'rollback';
export type Phase = Section | 'plan' | 'undo' | 'prove';

/** Why a command is run; only `change` and `undo` may alter a host, `guard` and `lock` what this run keeps there for itself. */
export type Purpose = 'probe' | 'check' | 'change' | 'undo' | 'guard' | 'lock';

/**
 * ok: as wanted (or the check holds); changed; failed; unmet: an assertion or check does not hold;
 * skipped (also by `check_mode: true`, whatever it would do); protected: its state is noted for the undo; lost: the host went away.
 * Only in a plan: change, depends (rests on an earlier change that has not been made).
 */
export type StepStatus =
  | 'ok'
  | 'changed'
  | 'failed'
  | 'unmet'
  | 'skipped'
  | 'protected'
  | 'lost'
  | 'change'
  | 'depends';

export type UndoStatus = 'restored' | 'untouched' | 'irreversible' | 'conflict' | 'failed' | 'lost';

/** Names one step of the run, everywhere in the stream. */
export interface StepRef {
  readonly task: string;
  readonly host: string;
  readonly on: string;
  readonly item?: string;
}

/** A command as recorded: secrets are masked already. */
export interface CommandText extends Manner {
  readonly argv: readonly string[];
  readonly stdin?: string;
  readonly onlyWhile?: string;
  readonly timeoutMs?: number;
}

/** What an undo needs to know of one step; journaled and fsynced before the step's first command. */
export interface UndoEntry extends StepRef, Manner {
  /** Counts up over the run: undo goes by task, backwards. */
  readonly entry: number;
  readonly name: string;
  readonly module: string;
  readonly key: string;
  readonly args: JsonObject;
  readonly before: Json;
  /** What this run meant to write; equal to `before` for a protected state. */
  readonly after: Json;
  readonly protect: boolean;
  /** Its task says `secret`: a journal has none of its key, arguments and states. */
  readonly secret?: boolean;
  readonly bootId: string;
  /** Seconds without contact after which the host's guard restores it by itself. Absent: it is not under a guard. */
  readonly guardSeconds?: number;
  /** From 1, in a play that goes batch by batch: an undo goes back through them. */
  readonly batch?: number;
  /** For a rollback: an undo has been at work on its machine already, or may have been, and did not prove that all is as it was. */
  readonly undoBegun?: boolean;
  /** For a rollback: an earlier undo has come to a good end with it. All that can be known where it has no state to read. */
  readonly undone?: boolean;
  /** In a journal: secrets were taken out of it, so it cannot be restored from there alone. */
  readonly masked?: boolean;
  /** In a journal: what was taken out, encrypted to the recipients of the project's secrets. */
  readonly sealed?: string;
}

/** What became of the undo on the host. kept: nothing, the change stands; released: the controller has done it; fired: it acted by itself; gone: the host has restarted. */
export type GuardEnding = 'kept' | 'released' | 'fired' | 'gone';

/** Who plays on a host, or holds a named lock. */
export interface LockHolder {
  readonly run: string;
  readonly operator: string;
  readonly playbook: string;
  /** ISO 8601, the controller's clock. */
  readonly since: string;
  /** Seconds until it ends by itself, unless it is renewed. */
  readonly leftSeconds: number;
}

/** What a host has still to be brought to, once it is back. */
export interface PendingStep {
  readonly task: string;
  readonly name: string;
  readonly module: string;
}

/** Something that is not proven to be as it was. */
export interface Doubt {
  readonly host: string;
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** Something that is no longer as the plan says. `planned` and `found` are absent where there is nothing to compare. */
export interface PlanDifference {
  /** The step that it is about, or the machine, or neither. */
  readonly step?: StepRef;
  readonly host?: string;
  /** One line: what differs. */
  readonly because: string;
  readonly planned?: Json;
  readonly found?: Json;
}

export type EventBody =
  | {
      readonly type: 'run_started';
      /** Version of this format: 2 is written, both are read. */
      readonly format: 1 | 2;
      readonly run: string;
      readonly tool: string;
      readonly mode: Mode;
      readonly playbook: string;
      readonly operator: string;
      readonly hosts: readonly string[];
      /** The run that this one rolls back; in a play, the one that it goes on with. */
      readonly of?: string;
      /** The digest of the saved plan that it keeps to. */
      readonly plan?: string;
      /** The tags that chose its tasks, as a command line has them: `--tags a,b`. */
      readonly chosen?: string;
    }
  | {
      readonly type: 'play_started';
      readonly name: string;
      readonly hosts: readonly string[];
      /** Of a play that goes batch by batch: which one begins. `hosts` are those of the batch. */
      readonly batch?: { readonly number: number; readonly of: number };
    }
  | {
      readonly type: 'host_opened';
      readonly host: string;
      readonly bootId: string;
      readonly address: string;
      readonly ssh?: { readonly peer: string; readonly own: string };
      readonly fresh: boolean;
    }
  | { readonly type: 'host_lost'; readonly host: string; readonly because: string }
  /** It takes part no more; what the run had changed on it is proven to be as before. */
  | { readonly type: 'host_dropped'; readonly host: string; readonly because: string }
  /** It takes part no more; how it is is not known, or nothing was begun there. The run goes on without it. */
  | {
      readonly type: 'host_pending';
      readonly host: string;
      readonly because: string;
      readonly steps: readonly PendingStep[];
    }
  | { readonly type: 'phase_started'; readonly phase: Phase; readonly because?: string }
  | {
      readonly type: 'task_started';
      readonly phase: Phase;
      readonly task: string;
      readonly name: string;
      readonly module: string;
      readonly hosts: readonly string[];
    }
  | ({ readonly type: 'command_started'; readonly id: number; readonly purpose: Purpose } & StepRef & CommandText)
  | ({ readonly type: 'command_ended'; readonly id: number; readonly on: string } & Outcome)
  | ({ readonly type: 'undo_noted' } & UndoEntry)
  | ({
      readonly type: 'step_ended';
      readonly phase: Phase;
      readonly status: StepStatus;
      /** What is registered and notified, where the status does not say it: `changed_when`, `check_mode: true`. */
      readonly changed?: boolean;
      readonly module: string;
      readonly key?: string;
      readonly because?: string;
      readonly before?: Json;
      readonly after?: Json;
      /** In a plan, of a step that depends: what it will be decided by. */
      readonly args?: JsonObject;
      /** In a plan: exactly what would be run. */
      readonly commands?: readonly CommandText[];
      /** In a plan: why it cannot be undone. */
      readonly never?: string;
      /** In a plan that is saved: states and arguments that are masked here, encrypted to the recipients of the project's secrets. */
      readonly sealed?: string;
      readonly tries: number;
    } & StepRef)
  | { readonly type: 'task_ended'; readonly phase: Phase; readonly task: string }
  | ({
      readonly type: 'undo_ended';
      readonly entry: number;
      readonly status: UndoStatus;
      readonly module: string;
      readonly key: string;
      readonly because?: string;
      readonly expected: Json;
      readonly found: Json;
    } & StepRef)
  | {
      readonly type: 'guard_ended';
      readonly host: string;
      readonly become?: string;
      readonly status: GuardEnding;
      /** Of one that fired: what it could not put back, with why. */
      readonly failed: readonly { readonly entry: number; readonly because: string }[];
    }
  | {
      readonly type: 'lock_refused';
      readonly host: string;
      readonly name?: string;
      readonly because: string;
      readonly holder?: LockHolder;
    }
  | { readonly type: 'interrupted'; readonly signal: string }
  /** The run keeps to a saved plan, and this is no longer as it says. */
  | ({ readonly type: 'plan_differed' } & PlanDifference)
  | { readonly type: 'warned'; readonly message: string; readonly host?: string }
  | {
      readonly type: 'run_ended';
      readonly ending: Ending;
      /** The run did what was asked: false also when everything was put back. */
      readonly ok: boolean;
      readonly exit: number;
      readonly because?: string;
      readonly doubts: readonly Doubt[];
    };

/** One line of the journal, one thing on the screen, one source of undo. */
export type Event = EventBody & {
  /** From 1, without gaps. */
  readonly seq: number;
  /** ISO 8601, the controller's clock. */
  readonly at: string;
};
