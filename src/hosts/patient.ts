import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../core/failure.ts';
import { connectFailure, isDropped } from './ssh-failure.ts';
import type { SshTarget } from './ssh-target.ts';

/** sshd drops connections at random while too many are not logged in yet (MaxStartups): another try is in order. */
const tries = 8;

/** Connects, and again where sshd dropped the connection under load. Throws Failure `unreachable`, or the Failure that `attempt` throws. */
export async function patiently<T>(target: SshTarget, attempt: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (thrown) {
      if (thrown instanceof Failure) throw thrown;
      if (count === tries || !isDropped(thrown)) throw connectFailure(target, thrown, count);
      await sleep((0.5 + Math.random()) * 50 * 2 ** count);
    }
  }
}
