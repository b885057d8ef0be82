import { Failure } from '../core/failure.ts';
import type { Registered, Task } from '../core/play.ts';
import { isChanged, type StepEnd } from './result.ts';

/** Which handlers have been notified, and on which hosts, since they were last done. */
export class Calls {
  readonly #hosts = new Map<string, Set<string>>();

  /** What a task has changed, as `changed_when` has it, calls for its handlers; also what an earlier run changed with it. */
  note(task: Task, steps: readonly StepEnd[]): void {
    for (const { step, result } of steps) {
      const done = result.earlier ?? result;
      if (!isChanged(done) || done.status === 'skipped') continue;
      for (const handler of task.notifies ?? []) {
        this.#hosts.set(handler, (this.#hosts.get(handler) ?? new Set()).add(step.host));
      }
    }
  }

  /** The hosts that a task is to be done for: a handler where it was notified and is come to, and then is dealt with. */
  take(task: Task, hosts: readonly string[], registered: Registered): readonly string[] {
    const { handler } = task;
    if (handler === undefined) return hosts;
    const notified = hosts.filter((host) => this.#hosts.get(handler)?.has(host));
    const called = notified.filter((host) => isComeTo(task, host, registered));
    for (const host of called) this.#hosts.get(handler)?.delete(host);
    return called;
  }
}

/** A block around it that is skipped leaves a handler for the next place where it may be done. */
export function isComeTo(task: Task, host: string, registered: Registered): boolean {
  try {
    const resolution = task.resolve(host, registered);
    return 'steps' in resolution || resolution.around !== true;
  } catch (thrown) {
    if (thrown instanceof Failure) return true; // told when it is done
    throw thrown;
  }
}
