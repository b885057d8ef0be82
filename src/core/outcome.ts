/**
 * What became of a command: one shape for success and failure.
 * `exit` is null when the command did not end by itself; `cut` then says why. `lost` means that the
 * connection went away: the command may have run to its end, or not at all.
 */
export interface Outcome {
  readonly exit: number | null;
  readonly cut?: 'timeout' | 'lost' | 'aborted';
  readonly stdout: string;
  readonly stderr: string;
  /** Output beyond the limit was dropped. */
  readonly truncated?: boolean;
  /** ISO 8601, the controller's clock. */
  readonly startedAt: string;
  readonly ms: number;
}

/** One line for people: why this outcome is not a success. */
export function explain(outcome: Outcome): string {
  if (outcome.cut === 'timeout') return `did not end within ${outcome.ms} ms and was stopped`;
  if (outcome.cut === 'lost') return 'connection lost; whether it ran is not known';
  if (outcome.cut === 'aborted') return 'interrupted';
  const text = (outcome.stderr.trim() || outcome.stdout.trim()).split('\n').slice(-3).join(' | ');
  return text === '' ? `exit ${outcome.exit}` : `exit ${outcome.exit}: ${text}`;
}
