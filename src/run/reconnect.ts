import { Failure } from '../core/failure.ts';
import type { Session } from './session.ts';

/**
 * How often an undo tries to reach a host that was lost, and reads a restored state again until it has settled. Counted,
 * not timed, so that a replay comes to the same events.
 */
export interface Patience {
  readonly reconnectTries: number;
  readonly settleTries: number;
}

const reconnectDelayMs = 3_000;

/** Tries to reach every noted host that was lost. One that does not come back stays lost. */
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
      if (tries >= patience.reconnectTries) return;
      await session.clock.sleep(reconnectDelayMs, new AbortController().signal);
    }
  }
}
