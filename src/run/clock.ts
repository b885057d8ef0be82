/** Time, handed in: a replay has none to lose. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds, or at once when `abort` fires. */
  sleep(ms: number, abort: AbortSignal): Promise<void>;
  /** Does the work every `ms` milliseconds, whether the last is through or not, until the function that comes back is called; that resolves when none is under way. */
  every(ms: number, work: () => Promise<void>): () => Promise<void>;
}
