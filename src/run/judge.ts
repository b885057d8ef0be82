import type { Registered, Step, Task } from '../core/play.ts';
import { failureText } from './probe.ts';
import { combinedValue, isBad, isChanged, type StepResult } from './result.ts';

/** A result as the task's own conditions see it; `good`: it need not be tried again. */
interface Judged {
  readonly good: boolean;
  readonly result: StepResult;
}

/**
 * `changed_when`, then `failed_when`, then `until`, over the result of one try. State decides before them: they make a failure of a
 * good result and never the reverse, and what was noted for an undo stays noted.
 */
export function judged(task: Task, step: Step, registered: Registered, result: StepResult): Judged {
  if (result.status === 'lost') return { good: false, result };
  try {
    const said = failing(task, step, registered, changing(task, step, registered, result));
    if (task.until === undefined) return { good: !isBad(said), result: said };
    if (task.until(step, registered, asRegistered(step, said))) return { good: true, result: said };
    return { good: false, result: failed(said, '"until" does not hold') };
  } catch (thrown) {
    return { good: true, result: { ...result, status: 'failed', because: failureText(thrown) } };
  }
}

/** Of a user's own command nobody knows better; of a state that was read, the status stays what it was. */
function changing(task: Task, step: Step, registered: Registered, result: StepResult): StepResult {
  if (task.changedWhen === undefined || !isAnswered(result)) return result;
  const changed = task.changedWhen(step, registered, asRegistered(step, result));
  if (changed === isChanged(result)) return result;
  const isOwn = task.module.kind === 'resource' && task.module.exitDecides === true;
  return isOwn ? { ...result, status: changed ? 'changed' : 'ok' } : { ...result, changed };
}

function failing(task: Task, step: Step, registered: Registered, result: StepResult): StepResult {
  if (task.failedWhen === undefined || !isAnswered(result)) return result;
  if (!task.failedWhen(step, registered, asRegistered(step, result))) return result;
  const asserts = task.section === 'require' || task.section === 'verify';
  return { ...failed(result, '"failed_when" holds'), status: asserts ? 'unmet' : 'failed' };
}

/** Is it the result of something that was asked or done, and went well so far? Not what a plan foresees. */
function isAnswered({ status, outcome }: StepResult): boolean {
  return status === 'changed' || ((status === 'ok' || status === 'protected') && outcome !== undefined);
}

function failed(result: StepResult, why: string): StepResult {
  return {
    ...result,
    status: 'failed',
    because: result.because === undefined ? why : `${why}; ${result.because}`,
  };
}

function asRegistered(step: Step, result: StepResult) {
  return combinedValue([{ step, result }], false);
}
