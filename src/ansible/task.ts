import { type Node, type Pair, Scalar, YAMLMap } from 'yaml';
import { entryOf } from '../core/entry-of.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import { Args, flagOf, type Made } from './arguments.ts';
import { aboutAssertion, assertion, failure } from './assertions.ts';
import { refuseConnections } from './connection-names.ts';
import type { Place } from './context.ts';
import { LeaveOut } from './findings.ts';
import { taskKeywords } from './keywords.ts';
import { loopOf } from './loops.ts';
import { jsonOf, type ModuleCall, moduleCall } from './module-call.ts';
import { converterOf, instead } from './modules/table.ts';
import type { Scope } from './names.ts';
import { keepComments, keyOf, pairIn, pairOf, remade, takeComments } from './nodes.ts';
import { factsOf, includedFile, metaOf } from './special.ts';
import { refuseVault } from './vault.ts';

/** Modules here that ask and change nothing: only these are tried again by "retries" alone. */
const checks: ReadonlySet<string> = new Set(['verify_http', 'wait_for']);

/** One task, or null where nothing is left of it. Throws LeaveOut. */
export function taskOf(task: YAMLMap, place: Place): YAMLMap | null {
  const call = moduleCall(task, place);
  const { name } = call;
  for (const pair of task.items) if (keyOf(pair) !== 'vars') refuseVault(pair.value);
  if (name === 'set_fact') {
    factsOf(task, call, place);
    return null;
  }
  if (name === 'meta') {
    const what = metaOf(call);
    return what === null ? null : finished(mapOf([pairOf('meta', what, call.pair)]), task, place);
  }
  const scope = place.scope.with([...variablesOf(task, place), ...loopNames(task, place)]);
  const made = name.endsWith('_tasks')
    ? fileTask(task, call, { ...place, scope })
    : madeOf(task, call, { ...place, scope });
  const register = jsonOf(pairIn(task, 'register')?.value, place);
  if (typeof register === 'string') place.scope.register(register, made.fields, made.status);
  const pairs = isAssertion(made) ? aboutAssertion(task.items, place) : task.items;
  const keywords = new Map(pairs.map((pair) => [keyOf(pair), pair]));
  const items = pairs.flatMap((pair) =>
    pair === call.pair ? [modulePair(call, made, scope)] : said(pair, scope, place),
  );
  return finished(mapOf(withDefaults(items, { made, call, keywords, place })), task, place);
}

function fileTask(task: YAMLMap, call: ModuleCall, place: Place): Made {
  if (call.name !== 'include_tasks' && call.name !== 'import_tasks') return madeOf(task, call, place);
  return { module: call.name, args: { file: includedFile(call, place) } };
}

function madeOf(task: YAMLMap, call: ModuleCall, place: Place): Made {
  const { written, name, pair } = call;
  if (name === 'assert') return assertion(call, place.scope);
  if (name === 'fail') return failure(call, place.scope);
  const converter = converterOf(name);
  if (converter === undefined)
    throw new LeaveOut(`no module here does what ${written} does`, pair.key, entryOf(instead, name));
  // Each by itself, so that what is wrong with one is told where it stands.
  for (const { value, node } of call.given.values()) place.scope.value(value, node);
  place.scope.text(call.free, pair.value);
  const onlyReads = flagOf(jsonOf(pairIn(task, 'changed_when')?.value, place) ?? undefined) === false;
  const args = new Args({
    module: name,
    onlyReads,
    free: call.free,
    node: pair.key,
    given: call.given,
    paths: place.paths,
  });
  const made = converter(args);
  args.end();
  for (const { node, message, hint, code } of args.notes) place.findings.note(node, message, hint, code);
  return made;
}

function isAssertion({ module }: Made): boolean {
  return module === 'assert';
}

function modulePair({ pair, name }: ModuleCall, made: Made, scope: Scope): Pair {
  const isFile = made.module === name && name.endsWith('_tasks');
  const inCel = isAssertion(made) ? made.args : undefined;
  const args = isFile ? (made.args.file as Json) : (inCel ?? scope.value(made.args, pair.value));
  return pairOf(made.module, args, pair);
}

/** What a keyword of the task comes to. */
function said(pair: Pair, scope: Scope, place: Place): Pair[] {
  const key = keyOf(pair);
  const value = jsonOf(pair.value, place);
  if (key === 'args') return [];
  if (key === 'vars') return [pairOf('vars', variables(pair, scope, place), pair)];
  if (key === 'loop' || key.startsWith('with_')) {
    return [pairOf('loop', loopOf(key, value, pair.value, place.scope), pair)];
  }
  const keyword = entryOf(taskKeywords, key);
  if (keyword === undefined) throw new LeaveOut(`"${key}" has no equal here`, pair.key);
  if (value === null) throw new LeaveOut(`"${key}" says nothing`, pair.key);
  const note = (message: string, hint?: string) => place.findings.note(pair.key, message, hint);
  const made = keyword({ value, node: pair.value, scope, note }) ?? {};
  return Object.entries(made).map(([name, one]) => pairOf(name, kept(name, one as Json, pair), pair));
}

/** A list that stays as it is keeps its comments. */
function kept(name: string, value: Json, { value: node }: Pair): Node | Json {
  return ['tags', 'notify', 'listen'].includes(name) ? remade(node, (text) => text) : value;
}

function variables({ value }: Pair, scope: Scope, place: Place): Node {
  if (!isJsonObject(jsonOf(value, place))) throw new LeaveOut('"vars" is a map here', value);
  refuseConnections(value);
  return scope.node(value);
}

function variablesOf(task: YAMLMap, place: Place): string[] {
  const vars = jsonOf(pairIn(task, 'vars')?.value, place);
  return isJsonObject(vars) ? Object.keys(vars) : [];
}

function loopNames(task: YAMLMap, place: Place): string[] {
  if (!task.items.some((pair) => keyOf(pair) === 'loop' || keyOf(pair).startsWith('with_'))) return [];
  const control = jsonOf(pairIn(task, 'loop_control')?.value, place);
  const { loop_var = 'item', index_var } = isJsonObject(control) ? control : {};
  return [loop_var, index_var].filter((name) => typeof name === 'string');
}

interface Parts {
  readonly made: Made;
  readonly call: ModuleCall;
  readonly keywords: ReadonlyMap<string, Pair>;
  readonly place: Place;
}

/** What the task needs here besides, because it means something else when it is not said. */
function withDefaults(items: readonly Pair[], { made, call, keywords, place }: Parts): Pair[] {
  const value = (key: string) => jsonOf(keywords.get(key)?.value, place);
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
    place.findings.note(keywords.get('check_mode')?.key, 'a plan never changes anything: the task is only told there');
  }
  for (const [key, flag] of Object.entries(place.inherited))
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
export function finished(made: YAMLMap, source: YAMLMap, place: Pick<Place, 'origins'>): YAMLMap {
  takeComments(made, source);
  if (made.items[0]?.key instanceof Scalar) made.items[0].key.spaceBefore = false;
  keepComments(made, source);
  place.origins.set(made, source);
  return made;
}
