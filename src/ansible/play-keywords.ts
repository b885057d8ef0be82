import type { Pair } from 'yaml';
import { entryOf } from '../core/entry-of.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { flagOf, given } from './arguments.ts';
import type { TaskContext } from './context.ts';
import { LeaveOut } from './findings.ts';
import { taskKeywords } from './keywords.ts';

/** Said of a play and of a task alike. */
const asOfTasks = ['name', 'become', 'become_user', 'become_method', 'environment', 'tags', 'ignore_unreachable'];
/** Not of a play here: each of its tasks gets it. */
const handedDown: Readonly<Record<string, string>> = {
  no_log: 'secret',
  ignore_errors: 'ignore_errors',
  run_once: 'run_once',
};
const silent: ReadonlySet<string> = new Set([
  ...['collections', 'debugger', 'diff', 'gather_subset', 'gather_timeout', 'fact_path'],
]);
const hints: Readonly<Record<string, string>> = {
  roles: 'A role is a file of tasks with inputs: import its tasks/main.yml, then "include_tasks" it.',
  remote_user: 'Say in the inventory, with "ansible_user", as whom to connect.',
  connection: 'Say it in the inventory, with "ansible_connection".',
  port: 'Say it in the inventory, with "ansible_port".',
  module_defaults: 'Write the arguments at each task.',
  force_handlers:
    'After a failure everything is undone; what is to be done in any case stands under "always" of a block.',
};

/** What a keyword of a play comes to, its lists of tasks and variables apart. Throws LeaveOut. */
export function playKeyword(key: string, value: Json, pair: Pair, context: TaskContext): JsonObject | null {
  const node = pair.value;
  const { findings, scope } = context;
  const note = (message: string, hint?: string) => findings.note(pair.key, message, hint);
  if (asOfTasks.includes(key)) return taskKeywords[key]?.({ value, node, scope, note }) ?? null;
  if (silent.has(key) || isHandedDown(key)) return null;
  switch (key) {
    case 'gather_facts':
      if (flagOf(value) !== false) note('nothing is gathered from hosts');
      return flagOf(value) === false ? { gather_facts: false } : null;
    case 'any_errors_fatal':
      return flagOf(value) === true ? { any_errors_fatal: true } : null;
    case 'strategy':
      if (/^(?:ansible\.builtin\.)?linear$/.test(String(value))) return null;
      throw new LeaveOut(`"strategy: ${value}" has no equal here: tasks have a barrier over the hosts`, pair.key);
    case 'serial':
    case 'max_fail_percentage':
    case 'order':
      return { [key]: plain(key, value, pair) };
    default:
      throw new LeaveOut(`"${key}" of a play has no equal here`, pair.key, entryOf(hints, key));
  }
}

function plain(key: string, value: Json, pair: Pair): Json {
  if (JSON.stringify(value).includes('{{')) throw new LeaveOut(`"${key}" takes no template here`, pair.value);
  const number = (one: Json) => (typeof one === 'string' && /^\d+$/.test(one) ? Number(one) : one);
  return Array.isArray(value) ? value.map(number) : number(value);
}

function isHandedDown(key: string): boolean {
  return Object.hasOwn(handedDown, key);
}

/** What each task of the play gets. */
export function inheritedOf(play: JsonObject): Readonly<Record<string, boolean>> {
  const said = Object.entries(handedDown).filter(([key]) => flagOf(play[key] as Json | undefined) === true);
  return Object.fromEntries(said.map(([, name]) => [name, true]));
}

/** Names and values that a play asks for: those of `vars_prompt` that are no secrets. */
export function promptsOf(value: Json, pair: Pair, context: TaskContext, waiting: string[]): JsonObject {
  const inputs: Record<string, Json> = {};
  for (const one of Array.isArray(value) ? (value as readonly Json[]) : []) {
    if (!isJsonObject(one) || typeof one.name !== 'string') throw new LeaveOut('a prompt needs a "name"', pair.value);
    const { name, prompt } = one;
    if (flagOf((one.private as Json | undefined) ?? true) !== false) {
      const hint =
        'An input is recorded. Encrypt the value in a file, and give it with -e @FILE; or say "private: false".';
      const message = `the prompt for "${name}" is private`;
      context.findings.leftOut(pair.value, message, hint);
      waiting.push(` not imported: line ${context.source.spot(pair.value).at.line}: ${message}`);
      continue;
    }
    const description = typeof prompt === 'string' && prompt !== '' ? prompt : String(name);
    inputs[name] = given({
      type: 'string',
      description,
      default: one.default === undefined ? undefined : String(one.default),
    });
  }
  return inputs;
}
