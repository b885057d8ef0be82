import type { CommandText, UndoEntry } from '../core/event.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { maskText } from '../core/mask.ts';
import type { Outcome } from '../core/outcome.ts';
import type { StepResult } from './result.ts';

/** What events carry of a task that says `secret`: that something was done, and how it ended; nothing of what was in it. */

/** The program's name stays; of a script of ours its text and title too, since no data is in them. As many words as before. */
export function concealedCommand(text: CommandText, isOurs: boolean): CommandText {
  const { argv, stdin, env } = text;
  const kept = isOurs ? 4 : 1;
  return {
    ...text,
    argv: argv.map((word, i) => (i < kept ? word : maskText)),
    ...(stdin === undefined ? {} : { stdin: maskText }),
    ...(env === undefined ? {} : { env: Object.fromEntries(Object.keys(env).map((name) => [name, maskText])) }),
  };
}

export function concealedOutcome(outcome: Outcome): Outcome {
  const { stdout, stderr } = outcome;
  return { ...outcome, stdout: stdout === '' ? '' : maskText, stderr: stderr === '' ? '' : maskText };
}

/** `outcome` stays as it is: no event has it, and expressions may use it. */
export function concealedResult(result: StepResult): StepResult {
  const { key, because, before, after, args, ...rest } = result;
  return {
    ...rest,
    ...(key === undefined ? {} : { key: maskText }),
    ...(because === undefined ? {} : { because: isOurs(result) ? because : endOf(result) }),
    ...(before === undefined ? {} : { before: concealed(before) }),
    ...(after === undefined ? {} : { after: concealed(after) }),
    ...(args === undefined ? {} : { args: concealed(args) as JsonObject }),
  };
}

/** Words about the task, with nothing of what was found in them. */
function isOurs({ status, changed }: StepResult): boolean {
  return status === 'change' || status === 'depends' || (status === 'skipped' && changed === undefined);
}

function endOf({ outcome }: StepResult): string {
  const end = outcome === undefined ? '' : outcome.cut === undefined ? `exit ${outcome.exit}; ` : `${outcome.cut}; `;
  return `${end}more is not told of a secret task`;
}

/** As a journal has it. Its key tells it from other secret things, and nothing else. */
export function concealedEntry(entry: UndoEntry): UndoEntry {
  const { task, item, env, args, before, after } = entry;
  return {
    ...entry,
    key: concealedKey(task, item),
    args: concealed(args) as JsonObject,
    ...(env === undefined ? {} : { env: concealed(env) as Record<string, string> }),
    before: concealed(before),
    after: concealed(after),
    masked: true,
  };
}

export function concealedKey(task: string, item: string | undefined): string {
  return item === undefined ? `secret of ${task}` : `secret of ${task}, ${item}`;
}

/** The same shape, so that what reads it finds lists and maps where there were some. That a thing is absent is no secret. */
export function concealed(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => concealed(item as Json));
  if (isJsonObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, item], i) => [/^\w+$/.test(key) ? key : `${maskText}${i}`, concealed(item)]),
    );
  return value === null || typeof value === 'boolean' ? value : maskText;
}
