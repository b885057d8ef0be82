import type { CommandText, StepStatus } from '../core/event.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Outcome } from '../core/outcome.ts';
import type { LoopItem, Step, Turn } from '../core/play.ts';

/** What came of one step. */
export interface StepResult {
  readonly status: StepStatus;
  /** What is registered and notified, where the status does not say it. */
  readonly changed?: boolean;
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
  /** In a plan that is saved: what is masked of it, encrypted. */
  readonly sealed?: string;
}

export function isBad(result: Pick<StepResult, 'status'>): boolean {
  return result.status === 'failed' || result.status === 'unmet' || result.status === 'lost';
}

/** Is it a change to whoever rests on the result? */
export function isChanged({ status, changed }: Pick<StepResult, 'status' | 'changed'>): boolean {
  return changed ?? status === 'changed';
}

/** A result as expressions see it under its registered name. */
export function registeredValue({ earlier, ...own }: StepResult): JsonObject {
  const result = earlier ?? own;
  return {
    ok: !isBad(result),
    changed: isChanged(result),
    failed: isBad(result),
    skipped: result.status === 'skipped' && result.changed !== true,
    because: result.because ?? '',
    exit: result.outcome?.exit ?? null,
    stdout: result.outcome?.stdout ?? '',
    stderr: result.outcome?.stderr ?? '',
    before: result.before ?? null,
    after: result.after ?? null,
    results: [],
  };
}

/** What came of which step. */
export interface StepEnd {
  readonly step: Step;
  readonly result: StepResult;
}

/**
 * A task's result on one host: its only step's, or with a loop the sum of all, each with its `item`. `turns`: of the loop, in order, with
 * those that were skipped; absent: none was.
 */
export function combinedValue(ends: readonly StepEnd[], looped: boolean, turns?: readonly Turn[]): Json {
  const results = ends.map(({ result }) => result);
  const only = results[0];
  if (!looped && only !== undefined) return { ...registeredValue(only), results: resultsOf([], turns) };
  return {
    ...registeredValue({ status: 'ok' }),
    ok: !results.some(isBad),
    failed: results.some(isBad),
    changed: results.some((result) => isChanged(result.earlier ?? result)),
    skipped: results.length === 0,
    results: resultsOf(ends, turns),
  };
}

function resultsOf(ends: readonly StepEnd[], turns: readonly Turn[] | undefined): Json {
  const own = (loop: LoopItem | undefined, result: StepResult) => ({
    ...registeredValue(result),
    item: loop?.value ?? null,
  });
  if (turns === undefined) return ends.map(({ step, result }) => own(step.loop, result));
  const done = new Map(ends.map(({ step, result }) => [step.loop, result]));
  return turns.flatMap(({ loop, skip }) => {
    const result = skip === undefined ? done.get(loop) : { status: 'skipped' as const, because: skip };
    return result === undefined ? [] : [own(loop, result)];
  });
}
