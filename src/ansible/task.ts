import { isScalar, type Node, type Pair, Scalar, visit, YAMLMap } from 'yaml';
import { entryOf } from '../core/entry-of.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import { Args, type Converted, flagOf } from './arguments.ts';
import { aboutAssertion, assertion, failure } from './assertions.ts';
import { refuseConnections } from './connection-names.ts';
import type { TaskContext } from './context.ts';
import { withConversions } from './conversions.ts';
import { LeaveOut } from './findings.ts';
import { taskKeywords } from './keywords.ts';
import { loopOf } from './loops.ts';
import { jsonOf, type ModuleCall, moduleCall } from './module-call.ts';
import { converterOf, instead } from './modules/table.ts';
import type { Scope } from './names.ts';
import { idOf, keepComments, keyOf, pairIn, pairOf, remade, takeComments } from './nodes.ts';
import { refuseVault } from './refuse-vault.ts';
import { factsOf, includedFile, metaOf } from './special.ts';

/** Modules here that ask and change nothing: only these are tried again by "retries" alone. */
const checks: ReadonlySet<string> = new Set(['verify_http', 'wait_for']);

/** One task, or null where nothing is left of it. Throws LeaveOut. */
export function taskOf(task: YAMLMap, context: TaskContext): YAMLMap | null {
  const call = moduleCall(task, context);
  const { name } = call;
  for (const pair of task.items) if (keyOf(pair) !== 'vars') refuseVault(pair.value);
  if (name === 'set_fact') {
    factsOf(task, call, context);
    return null;
  }
  if (name === 'meta') {
    const what = metaOf(call);
    return what === null ? null : finished(mapOf([pairOf('meta', what, call.pair)]), task, context);
  }
  const scope = context.scope.with([...variablesOf(task, context), ...loopNames(task, context)]);
  const made = name.endsWith('_tasks')
    ? fileTask(task, call, { ...context, scope })
    : madeOf(task, call, { ...context, scope });
  const register = jsonOf(pairIn(task, 'register')?.value, context);
  if (typeof register === 'string') context.scope.register(register, made.fields, made.status);
  const pairs = isAssertion(made) ? aboutAssertion(task.items, context) : task.items;
  const keywords = new Map(pairs.map((pair) => [keyOf(pair), pair]));
  const items = pairs.flatMap((pair) =>
    pair === call.pair ? [modulePair(call, made, scope, context.mistyped.has(idOf(task)))] : said(pair, scope, context),
  );
  return finished(mapOf(withDefaults(items, { made, call, keywords, context })), task, context);
}

function fileTask(task: YAMLMap, call: ModuleCall, context: TaskContext): Converted {
  if (call.name !== 'include_tasks' && call.name !== 'import_tasks') return madeOf(task, call, context);
  return { module: call.name, args: { file: includedFile(call, context) } };
}

function madeOf(task: YAMLMap, call: ModuleCall, context: TaskContext): Converted {
  const { written, name, pair } = call;
  if (name === 'assert') return assertion(call, context.scope);
  if (name === 'fail') return failure(call, context.scope);
  const converter = converterOf(name);
  if (converter === undefined)
    throw new LeaveOut(`no module here does what ${written} does`, pair.key, entryOf(instead, name));
  // Each by itself, so that what is wrong with one is told where it stands.
  for (const { value, node } of call.given.values()) context.scope.value(value, node);
  context.scope.text(call.free, pair.value);
  const onlyReads = flagOf(jsonOf(pairIn(task, 'changed_when')?.value, context) ?? undefined) === false;
  const args = new Args({
    module: name,
    onlyReads,
    free: call.free,
    node: pair.key,
    given: call.given,
    paths: context.paths,
  });
  const made = converter(args);
  args.end();
  for (const { node, message, hint, code } of args.notes) context.findings.note(node, message, hint, code);
  return made;
}

function isAssertion({ module }: Converted): boolean {
  return module === 'assert';
}

function modulePair({ pair, name }: ModuleCall, made: Converted, scope: Scope, isMistyped: boolean): Pair {
  const isFile = made.module === name && name.endsWith('_tasks');
  const inCel = isAssertion(made) ? made.args : undefined;
  const args = isFile ? (made.args.file as Json) : (inCel ?? scope.value(made.args, pair.value));
  return pairOf(made.module, isMistyped ? withConversions(made.module, args) : args, pair);
}

/** What a keyword of the task comes to. */
function said(pair: Pair, scope: Scope, context: TaskContext): Pair[] {
  const key = keyOf(pair);
  const value = jsonOf(pair.value, context);
  if (key === 'args') return [];
  if (key === 'vars') return [pairOf('vars', variables(pair, scope, context), pair)];
  if (key === 'loop' || key.startsWith('with_')) {
    return [pairOf('loop', loopOf(key, value, pair.value, context.scope), pair)];
  }
  const keyword = entryOf(taskKeywords, key);
  if (keyword === undefined) throw new LeaveOut(`"${key}" has no equal here`, pair.key);
  if (value === null) throw new LeaveOut(`"${key}" says nothing`, pair.key);
  const note = (message: string, hint?: string) => context.findings.note(pair.key, message, hint);
  const made = keyword({ value, node: pair.value, scope, note }) ?? {};
  return Object.entries(made).map(([name, one]) => pairOf(name, kept(name, one as Json, pair), pair));
}

/** A list that stays as it is keeps its comments. A number in it is a name too. */
function kept(name: string, value: Json, { value: node }: Pair): Node | Json {
  if (!['tags', 'notify', 'listen'].includes(name)) return value;
  const made = remade(node, (text) => text);
  visit(made, (_, one) => {
    if (isScalar(one) && typeof one.value === 'number') one.value = String(one.value);
  });
  return made;
}

function variables({ value }: Pair, scope: Scope, context: TaskContext): Node {
  if (!isJsonObject(jsonOf(value, context))) throw new LeaveOut('"vars" is a map here', value);
  refuseConnections(value);
  return scope.node(value);
}

function variablesOf(task: YAMLMap, context: TaskContext): string[] {
  const vars = jsonOf(pairIn(task, 'vars')?.value, context);
  return isJsonObject(vars) ? Object.keys(vars) : [];
}

function loopNames(task: YAMLMap, context: TaskContext): string[] {
  if (!task.items.some((pair) => keyOf(pair) === 'loop' || keyOf(pair).startsWith('with_'))) return [];
  const control = jsonOf(pairIn(task, 'loop_control')?.value, context);
  const { loop_var = 'item', index_var } = isJsonObject(control) ? control : {};
  return [loop_var, index_var].filter((name) => typeof name === 'string');
}

interface Parts {
  readonly made: Converted;
  readonly call: ModuleCall;
  readonly keywords: ReadonlyMap<string, Pair>;
  readonly context: TaskContext;
}

/** What the task needs here besides, because it means something else when it is not said. */
function withDefaults(items: readonly Pair[], { made, call, keywords, context }: Parts): Pair[] {
  const value = (key: string) => jsonOf(keywords.get(key)?.value, context);
  const added: Record<string, Json> = { ...made.keywords };
  const dropped = new Set<string>();
  const isTried = keywords.has('until') || keywords.has('retries');
  if (isTried && !keywords.has('delay')) added.delay = '5s';
  const register = value('register');
  if (isTried && keywords.has('until') && typeof register !== 'string')
    throw new LeaveOut('"until" needs "register" here', keywords.get('until')?.key);
  if (isTried && !keywords.has('until') && !checks.has(made.module)) {
    if (typeof register !== 'string')
      throw new LeaveOut('"retries" without "until" needs "register" here', keywords.get('retries')?.key);
    added.until = `${register}.ok`;
  }
  if (!isTried && keywords.has('delay')) dropped.add('delay');
  if (call.isLocal && !keywords.has('delegate_to') && !isAssertion(made)) added.delegate_to = 'localhost';
  if (flagOf(value('failed_when') ?? undefined) === false && !['command', 'script'].includes(made.module)) {
    dropped.add('failed_when');
    added.ignore_errors = true;
  }
  const reads =
    flagOf((made.keywords?.changed_when ?? value('changed_when') ?? undefined) as Json | undefined) === false;
  if (flagOf(value('check_mode') ?? undefined) === false && !(reads && ['command', 'script'].includes(made.module))) {
    dropped.add('check_mode');
    context.findings.note(
      keywords.get('check_mode')?.key,
      'a plan never changes anything: the task is only told there',
    );
  }
  for (const [key, flag] of Object.entries(context.inherited))
    if (!keywords.has(key === 'secret' ? 'no_log' : key)) added[key] = flag;
  const own = items.filter((pair) => !dropped.has(keyOf(pair)));
  const more = Object.entries(added).filter(([key]) => !own.some((pair) => keyOf(pair) === key));
  return [...own, ...more.map(([key, one]) => pairOf(key, one as Json))];
}

function mapOf(items: readonly Pair[]): YAMLMap {
  const map = new YAMLMap();
  map.items = [...items];
  return map;
}

/** With the comments of the source, and known as made of it. */
export function finished(made: YAMLMap, source: YAMLMap, context: Pick<TaskContext, 'origins'>): YAMLMap {
  takeComments(made, source);
  if (made.items[0]?.key instanceof Scalar) made.items[0].key.spaceBefore = false;
  keepComments(made, source);
  context.origins.set(made, source);
  return made;
}
