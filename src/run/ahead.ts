import { Failure } from '../core/failure.ts';
import type { Resolution, Task } from '../core/play.ts';

/** What a task is for a host, before anything has run. Undefined: it rests on a result that is not there yet. */
export function resolvedAhead(task: Task, host: string): Resolution | undefined {
  try {
    return task.resolve(host, new Map());
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
}

/** The machines that a task may do its work for a host on, as far as they are known ahead. */
export function machinesAhead(task: Task, host: string): readonly string[] {
  const resolution = resolvedAhead(task, host);
  if (resolution === undefined) return task.machines?.(host) ?? [];
  return 'steps' in resolution ? resolution.steps.map(({ on }) => on) : [];
}
