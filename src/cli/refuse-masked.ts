import { Failure } from '../core/failure.ts';
import { maskText } from '../core/mask.ts';
import type { Play, Resolution, Task } from '../core/play.ts';
import { resolvedAhead } from '../run/ahead.ts';

/** A mask must not be written to a host in place of a password. Throws Failure `refused`. */
export function refuseMasked(plays: readonly Play[]): void {
  for (const { task, hosts } of plays.flatMap((play) => play.tasks.map((one) => ({ task: one, hosts: play.hosts })))) {
    const masked = hosts.find((host) => {
      const resolution = resolvedAhead(task, host); // what is not known yet is looked at when it is reached
      return resolution !== undefined && holdsMask(resolution);
    });
    if (masked !== undefined)
      throw new Failure(
        'refused',
        `the task "${task.name}" holds a password, which the run's record does not. Nothing has been touched`,
        { hint: 'What the run changed, `runbook rollback` puts back; then play again: that reads the password anew.' },
      );
  }
}

/** The same plays; a task that turns out to hold a mask when it is reached fails. */
export function withoutMasks(plays: readonly Play[]): readonly Play[] {
  return plays.map((play) => ({ ...play, tasks: play.tasks.map(withoutMask) }));
}

function withoutMask(task: Task): Task {
  return {
    ...task,
    resolve: (host, registered) => {
      const resolution = task.resolve(host, registered);
      if (!holdsMask(resolution)) return resolution;
      throw new Failure('refused', 'an argument holds a password, which the record does not');
    },
  };
}

function holdsMask(resolution: Resolution): boolean {
  return 'steps' in resolution && JSON.stringify(resolution.steps).includes(maskText);
}
