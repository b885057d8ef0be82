/** Time, handed in: a replay has none to lose. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds, or at once when `abort` fires. */
  sleep(ms: number, abort: AbortSignal): Promise<void>;
}
