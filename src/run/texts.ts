import type { Command } from '../core/command.ts';
import type { CommandText, StepRef } from '../core/event.ts';
import { maskSecrets } from '../core/mask.ts';
import type { Step, Task } from '../core/play.ts';

export function stepRef(task: Pick<Task, 'id'>, step: Step): StepRef {
  return { task: task.id, host: step.host, on: step.on, ...(step.item === undefined ? {} : { item: step.item }) };
}

/** A command as events carry it, its own secrets masked. */
export function commandText(command: Command): CommandText {
  const { argv, stdin, env, become, onlyWhile, timeoutMs } = command;
  const text = {
    argv,
    ...(stdin === undefined ? {} : { stdin }),
    ...(env === undefined ? {} : { env }),
    ...(become === undefined ? {} : { become }),
    ...(onlyWhile === undefined ? {} : { onlyWhile }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  return maskSecrets(text, command.secrets ?? []);
}
