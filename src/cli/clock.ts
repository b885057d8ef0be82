import { setTimeout as delay } from 'node:timers/promises';
import { decodeTime } from 'ulid';
import type { Clock } from '../run/clock.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (ms, abort) => delay(ms, undefined, { signal: abort }).catch(() => undefined),
  every(ms, work) {
    const under = new Set<Promise<void>>();
    const timer = setInterval(() => {
      const one = work().finally(() => under.delete(one));
      under.add(one);
    }, ms);
    return async () => {
      clearInterval(timer);
      await Promise.all(under);
    };
  },
};

/** For a replay: nothing is waited for, because nothing is going to change, and there is no host to keep contact with. */
export const replayClock: Clock = { ...systemClock, sleep: async () => undefined, every: () => async () => undefined };

/** When a run began, from its id, so that a replay of it says the same. */
export function begunAt(run: string): string {
  return new Date(decodeTime(run)).toISOString();
}
