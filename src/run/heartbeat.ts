import { reason } from '../core/failure.ts';
import type { Guards } from './guard/guards.ts';
import type { Locks } from './lock/locks.ts';
import type { Session } from './session.ts';

/** A lock ends by itself this many seconds after its run was last heard of. */
export const lockSeconds = 60;

const shortestMs = 500;

/** Four times in the shortest lease: three may get lost. Milliseconds. */
export function beatMs(guardSeconds: readonly number[]): number {
  return Math.max(shortestMs, (Math.min(lockSeconds, ...guardSeconds) * 1000) / 4);
}

/**
 * Renews what this run holds on its hosts, beside whatever they are doing. One that does not answer keeps none of the others waiting: it is
 * asked again once it has. What is lost is told to the session, which then turns the run around.
 */
export function heartbeat(session: Session, guards: Guards, locks: Locks): () => Promise<void> {
  const asked = new Set<string>();
  return async () => {
    const machines = new Set([...locks.held, ...guards.posts].map(({ on }) => on).filter((on) => !asked.has(on)));
    const ask = async (on: string) => {
      asked.add(on);
      await onMachine(session, guards, locks, on)
        .catch((thrown: unknown) => session.turnAround(`${on}: contact cannot be kept: ${reason(thrown)}`))
        .finally(() => asked.delete(on));
    };
    await Promise.all([...machines].map(ask));
  };
}

async function onMachine(session: Session, guards: Guards, locks: Locks, on: string): Promise<void> {
  for (const { name } of await locks.renew(on)) {
    session.turnAround(name === '' ? `the lock of ${on} is lost` : `the lock "${name}" on ${on} is lost`);
  }
  for (const post of guards.posts.filter((post) => post.on === on)) {
    const state = await guards.renew(post);
    if (state?.is === 'fired') session.turnAround(`the guard of ${on} was without contact and has put everything back`);
  }
}
