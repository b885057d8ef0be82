import { Failure } from '../core/failure.ts';
import { maskText } from '../core/mask.ts';
import type { Play } from '../core/play.ts';

/** A mask must not be written to a host in place of a password. Throws Failure `refused`. */
export function refuseMasked(plays: readonly Play[]): void {
  for (const task of plays.flatMap((play) => play.tasks.map((one) => ({ task: one, hosts: play.hosts })))) {
    const masked = task.hosts.find((host) => {
      try {
        return JSON.stringify(task.task.resolve(host, new Map())).includes(maskText);
      } catch (thrown) {
        if (thrown instanceof Failure) return false; // reads a result that is not there yet: looked at when it is reached
        throw thrown;
      }
    });
    if (masked !== undefined)
      throw new Failure('refused', `the task "${task.task.name}" holds a password, which the run's record does not`, {
        hint: '`runbook rollback` puts back what the run changed; then play again.',
      });
  }
}
