import type { Manner } from './command.ts';
import type { Json, JsonObject } from './json.ts';
import type { Asserted, Module } from './module.ts';

export const sections = ['require', 'tasks', 'verify', 'cleanup'] as const;
export type Section = (typeof sections)[number];

/** Where the user wrote it; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A playbook's play, resolved as far as is possible before a host has answered anything. */
export interface Play {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly rollback: 'on_failure' | 'never';
  readonly skipIfVerified: boolean;
  /** Seconds without contact after which each host undoes by itself. Absent: hosts have no guard. */
  readonly guardSeconds?: number;
  /** Names that only one run may hold at a time, each with the host that keeps it. */
  readonly locks: readonly NamedLock[];
  /** Sizes of its batches, in order; the last one is for all that are left. Absent: all hosts at once. */
  readonly serial?: readonly BatchSize[];
  /** So many in a hundred hosts of a batch may drop out. Absent: none may. */
  readonly maxFailPercentage?: number;
  /** Hosts that are lost drop out and are not counted. */
  readonly ignoreUnreachable?: boolean;
  readonly tasks: readonly Task[];
}

/** Hosts of a batch: so many, or so many in a hundred of the play's. */
export type BatchSize = number | { readonly percent: number };

export interface NamedLock {
  readonly name: string;
  readonly on: string;
}

export const blockParts = ['block', 'rescue', 'always'] as const;
export type BlockPart = (typeof blockParts)[number];

/** A block that a task stands in, and which part of it. */
export interface Within {
  /** As a task's id: `0.tasks.3`. */
  readonly block: string;
  /** As people read it. */
  readonly name: string;
  readonly part: BlockPart;
}

/** In the rescue and always parts of a block: the name of the task that failed, and its result. */
export const failedNames = ['failed_task', 'failed_result'] as const;

/** What registered names hold: host name -> registered name -> result. */
export type Registered = ReadonlyMap<string, Readonly<Record<string, Json>>>;

export interface Task {
  /**
   * Unique in the run and the same in every run of the same text: `0.tasks.3` (play, section, place), in a block `0.tasks.3.rescue.0`. A
   * handler is a task at each place where it may be done: `0.tasks.handlers.1`.
   */
  readonly id: string;
  readonly section: Section;
  /** The blocks around it, outermost first. Absent: it stands in its section itself. Tasks of a part stand together, parts in their order. */
  readonly within?: readonly Within[];
  /** The handlers that its change calls for. */
  readonly notifies?: readonly string[];
  /** It is this handler: done for those hosts that a task has called for it on since it was last done. */
  readonly handler?: string;
  readonly name: string;
  /** Its own, and those of all that is around it. */
  readonly tags?: readonly string[];
  readonly at: Position;
  readonly module: Module;
  readonly protect: boolean;
  readonly runOnce: boolean;
  readonly ignoreErrors: boolean;
  /** Nothing of what it does or finds is recorded or shown. */
  readonly secret?: boolean;
  /** `changed_when: false` on a command of the user's own: it only reads, so it is asked as a check is. */
  readonly onlyAsks?: boolean;
  /** `check_mode`: true changes nothing and says what it would; false, of what only asks, asks it in a plan too. */
  readonly checkMode?: boolean;
  /** Hosts that are lost at it drop out and are not counted. */
  readonly ignoreUnreachable?: boolean;
  /** Hosts at a time, where that is fewer than those of the run. */
  readonly throttle?: number;
  readonly register?: string;
  /** Registered names that its expressions read: until they are known its steps cannot be planned. */
  readonly reads: readonly string[];
  readonly retries: number;
  readonly delayMs: number;
  /** For one command of this task. */
  readonly timeoutMs?: number;
  /** Pure. Throws Failure `invalid` (with the position in its message) when an expression fails at run time. */
  resolve(host: string, registered: Registered): Resolution;
  /**
   * The machines that its steps for a host may be on, as far as that can be told while there are no results, whatever its conditions and arguments
   * come to with them. Absent: only what `resolve` tells.
   */
  machines?(host: string): readonly string[];
  /** `until`: asked after each try, with the result under its registered name. Absent: until ok. */
  until?: Judging;
  /** What of a result that would be good is a failure; of a user's own command, in place of its exit code. */
  failedWhen?: Judging;
  /** Whether the step is told, registered and notified as a change. What an undo needs is noted all the same. */
  changedWhen?: Judging;
}

/**
 * `around`: it is a block around the task that is skipped. `known`: what it registers all the same. `turns`: all those of its loop, in order,
 * where a task registers its result and some are left out.
 */
export type Resolution = (
  | { readonly skip: string; readonly around?: true; readonly known?: Json }
  | { readonly steps: readonly Step[] }
) & {
  readonly turns?: readonly Turn[];
};

export interface Turn {
  readonly loop: LoopItem;
  /** Why it has no step. */
  readonly skip?: string;
}

/** Pure. Throws Failure `invalid` (with the position in its message) when the expression fails at run time. */
export type Judging = (step: Step, registered: Registered, result: Json) => boolean;

/** One task resolved for one host (and one loop item). */
export interface Step extends Manner {
  /** The host that the task is for. */
  readonly host: string;
  /** The host that its commands run on: another one with `delegate_to`. */
  readonly on: string;
  /** The loop item, as text that no other of the loop has; absent without a loop. */
  readonly item?: string;
  readonly loop?: LoopItem;
  readonly args: JsonObject;
  /** Of an assertion. */
  readonly asserted?: Asserted;
}

/** One turn of a loop. */
export interface LoopItem {
  readonly value: Json;
  /** Its names in expressions: `item`, `loop`, or what `loop_control` calls them. */
  readonly names: JsonObject;
}
