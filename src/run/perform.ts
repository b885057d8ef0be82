import type { Command } from '../core/command.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Step, Task } from '../core/play.ts';
import { asTask } from './probe.ts';
import type { Session } from './session.ts';
import { stepRef } from './texts.ts';

/** Runs a move's commands in order, up to the first that does not end well. */
export async function performAll(
  session: Session,
  task: Pick<Task, 'id' | 'timeoutMs' | 'secret'>,
  step: Step,
  commands: readonly Command[],
  purpose: 'change' | 'undo' | 'check' = 'change',
): Promise<Outcome | undefined> {
  let last: Outcome | undefined;
  for (const command of commands) {
    last = await session.perform(purpose, stepRef(task, step), asTask(command, task, step));
    if (last.exit !== 0) return last;
  }
  return last;
}
