import type { KindName } from './kinds.ts';

/** One fault: what, and at which position (see keyOf). */
export interface Fault {
  readonly kind: KindName;
  readonly at: string;
}

/** One run with its faults. */
export interface Trial {
  /** `rollback`: an undisturbed play is kept first, and the faults strike the rollback of it. */
  readonly command: 'play' | 'rollback';
  readonly faults: readonly Fault[];
}

export function nameOf({ command, faults }: Trial): string {
  return `${command}: ${faults.map(({ kind, at }) => `${kind} at ${at}`).join(', then ')}`;
}
