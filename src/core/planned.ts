import type { CommandText, StepRef, StepStatus } from './event.ts';
import type { Json, JsonObject } from './json.ts';

/** What a plan masks of a step, as it is. */
export interface Exact {
  readonly before?: Json;
  readonly after?: Json;
  readonly args?: JsonObject;
}

/** One step as a plan foresaw it. Secrets are masked in all of it. */
export interface PlannedStep extends StepRef {
  /** The task's name. */
  readonly name: string;
  readonly module: string;
  readonly status: StepStatus;
  readonly key?: string;
  readonly because?: string;
  /** What `depends` will be decided by; absent where not even the arguments are known yet. */
  readonly args?: JsonObject;
  readonly before?: Json;
  readonly after?: Json;
  /** Exactly what will be run, in order. */
  readonly commands?: readonly CommandText[];
  /** Why it cannot be undone. */
  readonly never?: string;
  /** What is masked here, encrypted. */
  readonly sealed?: string;
  /** The same, decrypted: what is found is compared with this. */
  readonly exact?: Exact;
}

/** A play as a plan foresaw it: its steps in order. */
export interface PlannedPlay {
  readonly name: string;
  readonly hosts: readonly string[];
  /** What it verifies held already: it has nothing to do, and no steps. */
  readonly verified: boolean;
  readonly steps: readonly PlannedStep[];
}

/** What a run may do, and on which machines: what a saved plan says. */
export interface SavedPlan {
  /** Of the plan's text: names it in the journal. */
  readonly digest: string;
  /** Boot id of every machine that was read. */
  readonly bootIds: ReadonlyMap<string, string>;
  readonly plays: readonly PlannedPlay[];
}
