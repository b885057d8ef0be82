import type { Event } from '../core/event.ts';
import type { Connect } from '../core/host.ts';
import type { Clock } from './clock.ts';
import type { Contract } from './contract.ts';
import type { Sealer } from './sealed.ts';

/** What a run is given; everything effectful comes from outside. */
export interface SessionInput {
  readonly run: string;
  readonly connect: Connect;
  /** Resolves when the event is safe. */
  readonly sink: (event: Event) => Promise<void>;
  readonly clock: Clock;
  /** Fires on Ctrl-C, SIGTERM: no new change is begun, probes and waits end. */
  readonly interrupt: AbortSignal;
  /** Fires on the second Ctrl-C: a change in flight is ended too. */
  readonly hurry: AbortSignal;
  /** Hosts at a time. */
  readonly forks: number;
  readonly secrets: readonly string[];
  /** Asked at each barrier: why to go no further. A replay that met another answer has a reason. */
  readonly halt?: () => string | undefined;
  /** A saved plan that the run is held to. */
  readonly contract?: Contract;
  /** Ways to the hosts may be cut: their guards mend that. */
  readonly allowCutoff?: boolean;
  /** Absent: the project names nobody who may read its secrets, and what is masked is gone. */
  readonly seal?: Sealer;
  /** What a plan masks is kept so, too: it is to be saved. */
  readonly sealsPlan?: boolean;
}
