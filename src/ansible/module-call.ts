import { isMap, isNode, type Pair, type YAMLMap } from 'yaml';
import { isJsonObject, type Json } from '../core/json.ts';
import type { Given } from './arguments.ts';
import type { TaskContext } from './context.ts';
import { LeaveOut } from './findings.ts';
import { keyValues, wordsOf } from './key-values.ts';
import { otherKeywords, taskKeywords } from './keywords.ts';
import { shortName } from './modules/table.ts';
import { keyOf, pairIn } from './nodes.ts';

/** A task's module with what it is given, as Ansible reads them. */
export interface ModuleCall {
  /** As it is written. */
  readonly written: string;
  /** Without its collection. */
  readonly name: string;
  readonly pair: Pair;
  /** What is no `name=value` of a line. */
  readonly free: string;
  readonly given: ReadonlyMap<string, Given>;
  readonly isLocal: boolean;
}

export function jsonOf(node: unknown, { source }: Pick<TaskContext, 'source'>): Json {
  return isNode(node) ? (node.toJS(source.document) as Json) : null;
}

export function isKeyword(key: string): boolean {
  return Object.hasOwn(taskKeywords, key) || otherKeywords.has(key) || key.startsWith('with_');
}

/** Throws LeaveOut for any other argument. */
export function onlyKnown({ given, written }: ModuleCall, known: readonly string[]): void {
  const other = [...given.keys()].find((key) => !known.includes(key));
  if (other !== undefined) throw new LeaveOut(`"${other}" of ${written} has no equal here`, given.get(other)?.node);
}

/** The module that a task names. Throws LeaveOut for none, for two, and for arguments that are none. */
export function moduleCall(task: YAMLMap, context: TaskContext): ModuleCall {
  const named = task.items.filter((pair) => !isKeyword(keyOf(pair)));
  const old = pairIn(task, 'action') ?? pairIn(task, 'local_action');
  const [pair, other] = [...named, ...(old === undefined ? [] : [old])];
  if (pair === undefined) throw new LeaveOut('the task names no module');
  if (other !== undefined) throw new LeaveOut(`"${keyOf(other)}" is not a keyword of a task`, other.key);
  const isLocal = keyOf(pair) === 'local_action';
  if (pair !== old) return called(keyOf(pair), jsonOf(pair.value, context), { task, pair, context, isLocal });
  const value = jsonOf(pair.value, context);
  if (isJsonObject(value) && typeof value.module === 'string') {
    const { module, ...rest } = value;
    return called(module, rest, { task, pair, context, isLocal });
  }
  const [, name = '', rest = ''] = /^\s*(\S+)\s*([\s\S]*)$/.exec(typeof value === 'string' ? value : '') ?? [];
  return called(name, rest, { task, pair, context, isLocal });
}

const freeForm: ReadonlySet<string> = new Set(['command', 'shell', 'raw', 'script']);
/** What may stand in the line of a command besides the command. */
const ofCommands = /^(?:creates|removes|chdir|executable|stdin|stdin_add_newline|strip_empty_ends|warn)=/;

function called(
  written: string,
  value: Json,
  { task, pair, context, isLocal }: { task: YAMLMap; pair: Pair; context: TaskContext; isLocal: boolean },
): ModuleCall {
  const name = shortName(written);
  const given = new Map<string, Given>();
  const add = (map: unknown, json: Json) => {
    if (!isJsonObject(json)) return;
    for (const [key, one] of Object.entries(json)) {
      const node = isMap(map) ? pairIn(map, key) : undefined;
      given.set(key, { value: one as Json, node: node?.value ?? map });
    }
  };
  const more = pairIn(task, 'args');
  const moreJson = jsonOf(more?.value, context);
  if (more !== undefined && !isJsonObject(moreJson)) throw new LeaveOut('"args" is a map here', more.value);
  add(more?.value, moreJson);
  add(pair.value, value);
  if (Array.isArray(value)) throw new LeaveOut(`what ${written} is given is a list`, pair.value);
  const line = isJsonObject(value) || value === null ? '' : String(value);
  const { values, rest } = freeForm.has(name) ? commandLine(line) : keyValues(line);
  for (const [key, one] of values) given.set(key, { value: one, node: pair.value });
  return { written, name, pair, free: rest, given, isLocal };
}

/** A command with what stands in its line besides; blanks and lines of the command stay as they are. */
function commandLine(line: string): { values: ReadonlyMap<string, string>; rest: string } {
  if (!/(?:^|\s)(?:creates|removes|chdir|executable|stdin\w*|strip_empty_ends|warn)=/.test(line))
    return { values: new Map(), rest: line };
  const values = new Map<string, string>();
  let rest = line;
  for (const { word, raw } of wordsOf(line)) {
    if (!ofCommands.test(raw)) continue;
    values.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
    rest = rest.replace(raw, () => '');
  }
  return { values, rest };
}
