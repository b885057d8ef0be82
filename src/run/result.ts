import type { CommandText, StepStatus } from '../core/event.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Outcome } from '../core/outcome.ts';

/** What came of one step. */
export interface StepResult {
  readonly status: StepStatus;
  readonly because?: string;
  readonly key?: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly outcome?: Outcome;
  /** It was done by the run that this one goes on with: what expressions see. */
  readonly earlier?: StepResult;
  /** In a plan, of a step that depends: its arguments. */
  readonly args?: JsonObject;
  /** In a plan: what would be run. */
  readonly commands?: readonly CommandText[];
  /** In a plan: why it cannot be undone. */
  readonly never?: string;
}

export function isBad(result: Pick<StepResult, 'status'>): boolean {
  return result.status === 'failed' || result.status === 'unmet' || result.status === 'lost';
}

/** A result as expressions see it under its registered name. */
export function registeredValue({ earlier, ...own }: StepResult): Json {
  const result = earlier ?? own;
  return {
    ok: !isBad(result),
    changed: result.status === 'changed',
    failed: isBad(result),
    skipped: result.status === 'skipped',
    because: result.because ?? '',
    exit: result.outcome?.exit ?? null,
    stdout: result.outcome?.stdout ?? '',
    stderr: result.outcome?.stderr ?? '',
    before: result.before ?? null,
    after: result.after ?? null,
    results: [],
  };
}

/** A task's result on one host: its only step's, or with a loop the sum of all. */
export function combinedValue(results: readonly StepResult[], looped: boolean): Json {
  const only = results[0];
  if (!looped && only !== undefined) return registeredValue(only);
  return {
    ...(registeredValue({ status: 'ok' }) as { [key: string]: Json }),
    ok: !results.some(isBad),
    failed: results.some(isBad),
    changed: results.some(({ status, earlier }) => (earlier?.status ?? status) === 'changed'),
    skipped: results.length === 0,
    results: results.map(registeredValue),
  };
}
