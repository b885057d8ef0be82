import { Failure } from '../core/failure.ts';
import type { Session } from './session.ts';

/**
 * How often an undo tries to reach a host that was lost, asks again for a state that could not be told, and reads a restored state again
 * until it has settled. Counted, not timed, so that a replay comes to the same events.
 */
export interface Patience {
  readonly reconnectTries: number;
  readonly answerTries: number;
  readonly settleTries: number;
}

const reconnectDelayMs = 3_000;

const returnTryMs = 5_000;
/** For a guard to put everything back once it acts. */
const restoringMs = 20_000;

/**
 * Waits for a lost host that has a guard: when contact ends because of the change itself, the guard mends it. Given up once the guard
 * must have acted, or with another Ctrl-C. Each try takes the same time, whether it is refused at once or there is no answer at all.
 */
export async function awaitReturn(session: Session, host: string): Promise<void> {
  const tries = Math.ceil((session.guards.secondsOf(host) * 1000 + restoringMs) / returnTryMs);
  for (let i = 0; i < tries && !session.hurry.aborted; i += 1) {
    const pause = session.clock.sleep(returnTryMs, session.hurry);
    try {
      await session.reopen(host, AbortSignal.timeout(returnTryMs));
      return;
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      await pause;
    }
  }
}

/** Tries to reach every noted host that was lost. One that does not come back stays lost; one with a guard is not waited for yet. */
export async function reconnect(session: Session, patience: Patience): Promise<void> {
  const hosts = new Set(session.notes.map(({ on }) => on));
  await Promise.all([...hosts].filter((host) => session.isLost(host)).map((host) => comeBack(session, host, patience)));
}

async function comeBack(session: Session, host: string, patience: Patience): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await session.reopen(host);
      return;
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      if (tries >= patience.reconnectTries || session.guards.secondsOf(host) > 0) return;
      await session.pause(reconnectDelayMs);
    }
  }
}
