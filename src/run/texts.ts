import { type Command, mannerOf } from '../core/command.ts';
import type { CommandText, StepRef } from '../core/event.ts';
import type { Json } from '../core/json.ts';
import { maskSecrets } from '../core/mask.ts';
import type { Step, Task } from '../core/play.ts';
import { concealedCommand } from './conceal.ts';

export function stepRef(task: Pick<Task, 'id'>, step: Step): StepRef {
  return { task: task.id, host: step.host, on: step.on, ...(step.item === undefined ? {} : { item: step.item }) };
}

/** A command as events carry it, its own secrets masked. `isOurs`: its script is this program's, only its data is the user's. */
export function commandText(command: Command, isOurs = false): CommandText {
  const { argv, stdin, onlyWhile, timeoutMs } = command;
  const text: CommandText = {
    argv,
    ...(stdin === undefined ? {} : { stdin }),
    ...mannerOf(command),
    ...(onlyWhile === undefined ? {} : { onlyWhile }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  return command.secret === true ? concealedCommand(text, isOurs) : masked(text, command.secrets ?? []);
}

/** It is JSON, though its type says more. */
function masked(text: CommandText, secrets: readonly string[]): CommandText {
  return maskSecrets(text as unknown as Json, secrets) as unknown as CommandText;
}
