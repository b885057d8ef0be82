import { isMap, isSeq, type Node, type Pair, YAMLMap, YAMLSeq } from 'yaml';
import { isJsonObject, type Json } from '../core/json.ts';
import { blockParts } from '../core/play.ts';
import { blanked } from '../core/printable.ts';
import { refuseConnections } from './connection-names.ts';
import type { TaskContext } from './context.ts';
import { LeaveOut } from './findings.ts';
import { taskKeywords } from './keywords.ts';
import { jsonOf } from './module-call.ts';
import { idOf, keyOf, pairIn, pairOf, takeComments } from './nodes.ts';
import { refuseVault } from './refuse-vault.ts';
import { finished, taskOf } from './task.ts';

/** A list of tasks. What could not be imported is a comment at its place. */
export function tasksOf(list: unknown, context: TaskContext): YAMLSeq {
  const made = new YAMLSeq();
  if (list === null || (isNull(list) && !isSeq(list))) return made;
  if (!isSeq(list)) throw new LeaveOut('this is not a list of tasks', list);
  takeComments(made, list);
  const waiting: string[] = [];
  for (const item of list.items) {
    const one = itemOf(item, context, waiting);
    if (one === null) continue;
    placeBefore(one, waiting.splice(0));
    if (made.items.length === 0) one.spaceBefore = false;
    made.items.push(one);
  }
  if (waiting.length > 0) made.comment = `\n${[...waiting, made.comment].filter(isText).join('\n\n')}`;
  return made;
}

/** Comments with a blank line after each, as between tasks. */
export function placeBefore(node: Node, comments: readonly string[]): void {
  if (comments.length === 0) return;
  node.commentBefore = [...comments.map((text) => `${text}\n`), node.commentBefore].filter(isText).join('\n');
  node.spaceBefore = true;
}

function isNull(node: unknown): boolean {
  return (node as { value?: unknown } | null | undefined)?.value === null || node === undefined;
}

function isText(text: unknown): text is string {
  return typeof text === 'string' && text !== '';
}

/** null: it is left out, and says so in `waiting`; or nothing is left of it. */
function itemOf(item: unknown, context: TaskContext, waiting: string[]): YAMLMap | null {
  try {
    if (!isMap(item)) throw new LeaveOut('this is not a task', item);
    const why = context.refused.get(idOf(item));
    if (why !== undefined) throw new LeaveOut(why, undefined, undefined, 'not-valid-here');
    const isBlock = blockParts.some((key) => pairIn(item, key) !== undefined);
    return isBlock ? blockOf(item, context) : taskOf(item, context);
  } catch (thrown) {
    if (!(thrown instanceof LeaveOut)) throw thrown;
    waiting.push(leftOut(item, thrown, context));
    return null;
  }
}

/** Tells what is left out, and what it would have given; the comment that stands in its place. */
export function leftOut(item: unknown, why: LeaveOut, context: TaskContext): string {
  const { findings, source } = context;
  const node = why.node ?? item;
  const name = isMap(item) ? jsonOf(pairIn(item, 'name')?.value, context) : null;
  findings.forgetNotes(item);
  const what = typeof name === 'string' ? `"${name}": ` : '';
  findings.leftOut(node, `${what}${why.message}`, why.hint, why.code);
  for (const lost of namesIn(item, context)) context.scope.lose(lost, `the task in line ${source.spot(item).at.line}`);
  return commentOf(item, source.spot(node).at.line, why.message, context);
}

/** `not imported: line 12: why`, and what is written there. */
export function commentOf(
  node: unknown,
  line: number,
  why: string,
  { source }: Pick<TaskContext, 'source'>,
  mark = '- ',
): string {
  const before = (node as Node | null)?.commentBefore;
  const lines = source.lines(node).map((text, i) => ` ${i === 0 ? mark : ' '.repeat(mark.length)}${text}`.trimEnd());
  return [before, ` not imported: line ${line}: ${why}`, ...lines]
    .filter(isText)
    .join('\n')
    .split('\n')
    .map((text) => blanked(text))
    .join('\n');
}

/** What an item would have registered, or set as facts. */
function namesIn(item: unknown, context: TaskContext): string[] {
  const json = isMap(item) ? jsonOf(item, context) : null;
  const found: string[] = [];
  const look = (value: Json) => {
    if (Array.isArray(value)) for (const one of value as readonly Json[]) look(one);
    if (!isJsonObject(value)) return;
    if (typeof value.register === 'string') found.push(value.register);
    const facts = value.set_fact ?? value['ansible.builtin.set_fact'];
    if (isJsonObject(facts)) found.push(...Object.keys(facts));
    if (typeof facts === 'string') found.push(...[...facts.matchAll(/(\w+)=/g)].map(([, name = '']) => name));
    for (const part of blockParts) look((value[part] as Json | undefined) ?? null);
  };
  look(json);
  return found;
}

/** What a block may say here besides its parts. */
const ofBlocks: ReadonlySet<string> = new Set([
  ...['name', 'when', 'run_once', 'delegate_to', 'become', 'become_user', 'become_method', 'environment', 'no_log'],
  ...['ignore_errors', 'tags', 'any_errors_fatal', 'debugger', 'diff', 'collections'],
]);

/** In a block a fact may not be set, or on some hosts only. */
const noFacts = { add: () => false };

function blockOf(block: YAMLMap, context: TaskContext): YAMLMap {
  const vars = jsonOf(pairIn(block, 'vars')?.value, context);
  const scope = context.scope.with(isJsonObject(vars) ? Object.keys(vars) : []);
  const items = block.items.flatMap((pair): Pair[] => {
    const key = keyOf(pair);
    if ((blockParts as readonly string[]).includes(key))
      return [part(key, pair, { ...context, scope, facts: noFacts })];
    if (key === 'vars') {
      refuseConnections(pair.value);
      return [pairOf(key, scope.node(pair.value), pair)];
    }
    const keyword = ofBlocks.has(key) ? taskKeywords[key] : undefined;
    refuseVault(pair.value);
    if (keyword === undefined) throw new LeaveOut(`"${key}" cannot be said of a block here`, pair.key);
    const value = jsonOf(pair.value, context);
    const note = (message: string, hint?: string) => context.findings.note(pair.key, message, hint);
    const made = keyword({ value, node: pair.value, scope, note }) ?? {};
    return Object.entries(made).map(([name, one]) => pairOf(name, one as Json, pair));
  });
  const made = new YAMLMap();
  made.items = items;
  return finished(made, block, context);
}

/** A part of which nothing is left takes the block with it: without it the block would mean something else. */
function part(key: string, pair: Pair, context: TaskContext): Pair {
  const list = tasksOf(pair.value, context);
  if (list.items.length === 0) throw new LeaveOut(`nothing of "${key}" could be imported`, pair.key);
  return pairOf(key, list, pair);
}
