import type { Command } from '../core/command.ts';
import type { CommandText, EventBody, StepRef } from '../core/event.ts';
import type { Json } from '../core/json.ts';
import { maskSecrets } from '../core/mask.ts';
import type { Step, Task } from '../core/play.ts';

export function stepRef(task: Pick<Task, 'id'>, step: Step): StepRef {
  return { task: task.id, host: step.host, on: step.on, ...(step.item === undefined ? {} : { item: step.item }) };
}

/** A command as events carry it. */
export function commandText(command: Command): CommandText {
  const { argv, stdin, env, become, onlyWhile, timeoutMs } = command;
  return {
    argv,
    ...(stdin === undefined ? {} : { stdin }),
    ...(env === undefined ? {} : { env }),
    ...(become === undefined ? {} : { become }),
    ...(onlyWhile === undefined ? {} : { onlyWhile }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

/** Events are JSON, though their type says more. */
export function withoutSecrets(body: EventBody, secrets: readonly string[]): EventBody {
  return maskSecrets(body as unknown as Json, secrets) as unknown as EventBody;
}
