import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../run/clock.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (ms, abort) => delay(ms, undefined, { signal: abort }).catch(() => undefined),
};

/** For a replay: nothing is waited for, because nothing is going to change. */
export const replayClock: Clock = { ...systemClock, sleep: async () => undefined };
