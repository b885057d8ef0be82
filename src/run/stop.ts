import { Failure } from '../core/failure.ts';
import type { Session } from './session.ts';

/** Ends the way forward; what has been changed is then put back. */
export class Stop extends Error {}

/** What is asked for cannot be begun, or somebody has asked to go no further: where nothing has been changed yet, the run is refused. */
export class Rejected extends Stop {}

/** Throws Stop when somebody or something has asked to go no further. */
export function stopIfTold(session: Session): void {
  if (session.interrupt.aborted) throw new Rejected(`interrupted (${String(session.interrupt.reason)})`);
  const halted = session.halt();
  if (halted !== undefined) throw new Rejected(halted);
}

/** The Failures among them, once all have come to an end. Anything else that was thrown is our own fault and goes on up. */
export async function settle(works: readonly Promise<unknown>[]): Promise<readonly Failure[]> {
  const settled = await Promise.allSettled(works);
  return settled.flatMap((result) => {
    if (result.status === 'fulfilled') return [];
    if (result.reason instanceof Failure) return [result.reason];
    throw result.reason;
  });
}

/** What happened and what to do, in a line. */
export function withHint(failure: Failure): string {
  return failure.hint === undefined ? failure.message : `${failure.message}. ${failure.hint}`;
}
