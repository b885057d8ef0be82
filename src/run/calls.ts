import type { Task } from '../core/play.ts';
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

  /** The hosts that a task is to be done for: a handler where it was notified, which then is dealt with. */
  take({ handler }: Task, hosts: readonly string[]): readonly string[] {
    if (handler === undefined) return hosts;
    const called = hosts.filter((host) => this.#hosts.get(handler)?.has(host));
    for (const host of called) this.#hosts.get(handler)?.delete(host);
    return called;
  }
}
