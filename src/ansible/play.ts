import { isMap, isScalar, isSeq, type Node, type Pair, YAMLMap, YAMLSeq } from 'yaml';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { noteConnections, refuseConnection } from './connection-names.ts';
import type { Context, TaskContext } from './context.ts';
import { LeaveOut } from './findings.ts';
import { commentOf, tasksOf } from './lists.ts';
import { jsonOf } from './module-call.ts';
import type { Scope } from './names.ts';
import { commentBefore, idOf, keyOf, pairIn, pairOf, remade, takeComments } from './nodes.ts';
import { withoutUnknownHandlers } from './notifies.ts';
import { PlayFacts } from './play-facts.ts';
import { inheritedOf, playKeyword, promptsOf } from './play-keywords.ts';
import { refuseVault } from './refuse-vault.ts';
import { finished } from './task.ts';
import { namesInFiles } from './vars-files.ts';

const lists = ['pre_tasks', 'tasks', 'post_tasks'] as const;

/** One play, or the import of another playbook. Throws LeaveOut where nothing of it can be imported. */
export function playOf(play: YAMLMap, context: Context, all: Scope): YAMLMap {
  return new PlayReader(play, context, all).read();
}

class PlayReader {
  readonly #play: YAMLMap;
  readonly #context: TaskContext;
  readonly #json: JsonObject;
  readonly #facts: PlayFacts;
  /** What its files of variables bring, as far as they can be read. */
  readonly #fileNames: readonly string[];
  readonly #items: Pair[] = [];
  readonly #inputs: Record<string, Json> = {};
  /** Comments in place of keys, for the next that is there. */
  readonly #waiting: string[] = [];

  constructor(play: YAMLMap, context: Context, all: Scope) {
    const json = jsonOf(play, context);
    this.#play = play;
    this.#json = isJsonObject(json) ? json : {};
    const { vars, vars_prompt: prompts } = this.#json;
    const asked = (Array.isArray(prompts) ? prompts : []).map((one: Json) =>
      isJsonObject(one) ? String(one.name) : '',
    );
    const names = [...(isJsonObject(vars) ? Object.keys(vars) : []), ...asked];
    const files = namesInFiles(this.#json.vars_files ?? null, context);
    this.#fileNames = files ?? [];
    const scope = all.ofPlay([...names, ...(files ?? [])], files === undefined || this.#json.roles !== undefined);
    for (const name of names) {
      const why = context.missing.get(this.#idOf(name));
      if (why !== undefined) scope.drop(name, why);
    }
    this.#facts = new PlayFacts(play, context.source, scope, names);
    this.#context = { ...context, scope, inherited: inheritedOf(this.#json), isHandler: false, facts: this.#facts };
  }

  read(): YAMLMap {
    const hosts = pairIn(this.#play, 'hosts');
    if (hosts === undefined) throw new LeaveOut('a play needs "hosts"');
    const tasks = this.#tasks();
    for (const pair of this.#play.items) this.#key(pair, tasks);
    if (!this.#items.some((pair) => keyOf(pair) === 'tasks'))
      throw new LeaveOut('nothing of the play could be imported');
    this.#add('vars', this.#facts.made, hosts);
    this.#add('inputs', new Map(Object.entries(this.#inputs)), hosts);
    const made = new YAMLMap();
    made.items = this.#items;
    if (this.#waiting.length > 0) made.comment = this.#waiting.join('\n');
    withoutUnknownHandlers(made, this.#context);
    return finished(made, this.#play, this.#context);
  }

  #key(pair: Pair, tasks: YAMLSeq): void {
    const key = keyOf(pair);
    try {
      const why = this.#context.refused.get(`${idOf(this.#play)} ${key}`);
      if (why !== undefined) throw new LeaveOut(why, pair.key, undefined, 'not-valid-here');
      for (const one of this.#pairs(key, pair, tasks)) this.#push(one);
    } catch (thrown) {
      if (!(thrown instanceof LeaveOut) || key === 'hosts') throw thrown;
      const { findings, source } = this.#context;
      findings.leftOut(thrown.node ?? pair.key, thrown.message, thrown.hint, thrown.code);
      this.#waiting.push(...this.#comment(pair, source.spot(thrown.node ?? pair.key).at.line, thrown.message));
    }
  }

  #push(pair: Pair): void {
    for (const text of this.#waiting.splice(0)) commentBefore(pair.key as Node, text);
    this.#items.push(pair);
  }

  #comment({ key, value }: Pair, line: number, why: string): string[] {
    const range = [(key as Node).range?.[0] ?? 0, (value as Node | null)?.range?.[1] ?? 0, 0];
    const whole = { range, commentBefore: (key as Node).commentBefore };
    return [commentOf(whole, line, why, this.#context, '')];
  }

  /** What a key of the play comes to. Throws LeaveOut. */
  #pairs(key: string, pair: Pair, tasks: YAMLSeq): Pair[] {
    const value = jsonOf(pair.value, this.#context);
    if (key === 'hosts') return [pairOf('hosts', this.#hosts(value, pair), pair)];
    if ((lists as readonly string[]).includes(key)) return this.#listed(pair, tasks);
    if (key === 'handlers') return this.#handlers(pair);
    if (key === 'vars') return this.#vars(pair);
    refuseVault(pair.value);
    if (key === 'vars_files') {
      noteConnections(this.#fileNames, pair.value, this.#context.findings);
      return [pairOf(key, this.#files(pair.value), pair)];
    }
    if (key === 'vars_prompt') {
      Object.assign(this.#inputs, promptsOf(value, pair, this.#context, this.#waiting));
      return [];
    }
    const made = playKeyword(key, value, pair, this.#context) ?? {};
    return Object.entries(made).map(([name, one]) => pairOf(name, one as Json, pair));
  }

  /** Files of variables stay where they are. */
  #files(value: unknown): Node {
    const { scope, paths, findings } = this.#context;
    return remade(value, (text, node) => {
      if (!paths.canTell(text))
        findings.note(node, 'what a template names is looked for from where the result is', undefined, 'other-folder');
      return paths.moved(scope.text(text, node));
    });
  }

  /** A pattern. One that is a variable is what the play asks for. */
  #hosts(value: Json, { value: node }: Pair): Json {
    const list = [value].flat();
    if (value === null || !list.every((one) => typeof one === 'string'))
      throw new LeaveOut('"hosts" is a pattern here', node);
    if (!list.some((one) => one.includes('{{'))) return value;
    const asked = /^\{\{\s*([a-z_]\w*)\s*(?:\|\s*default\(\s*(['"])([^'"]*)\2\s*\)\s*)?\}\}$/.exec(list.join(','));
    const [, name, , otherwise] = asked ?? [];
    if (name === undefined) throw new LeaveOut('"hosts" rests on more than what the play can be told', node);
    const description = 'The hosts to play on';
    this.#inputs[name] = { type: 'string', description, ...(otherwise === undefined ? {} : { default: otherwise }) };
    return `{{ ${name} }}`;
  }

  /** All tasks of the play in their order, at the place of the first of their lists. */
  #tasks(): YAMLSeq {
    const made = new YAMLSeq();
    const parts = lists
      .flatMap((key) => pairIn(this.#play, key) ?? [])
      .map((pair) => tasksOf(pair.value, this.#context));
    parts.forEach((part, i) => {
      const [first] = part.items;
      const comments = [made.comment, part.commentBefore].filter((one) => typeof one === 'string');
      made.comment = null;
      if (first !== undefined) for (const text of comments.reverse()) before(first as Node, text);
      else made.comment = comments.join('\n') || null;
      made.items.push(...part.items);
      if (typeof part.comment === 'string') made.comment = [made.comment, part.comment].filter(Boolean).join('\n');
      if (i < parts.length - 1 && notifies(part)) made.items.push(flush());
    });
    return made;
  }

  #listed(pair: Pair, tasks: YAMLSeq): Pair[] {
    if (this.#items.some((one) => keyOf(one) === 'tasks')) return [];
    if (tasks.items.length > 0) return [pairOf('tasks', tasks, pair)];
    if (typeof tasks.comment === 'string') this.#waiting.push(tasks.comment);
    tasks.comment = null;
    return [];
  }

  #handlers(pair: Pair): Pair[] {
    const made = tasksOf(pair.value, { ...this.#context, isHandler: true });
    if (made.items.length > 0) return [pairOf('handlers', made, pair)];
    if (typeof made.comment === 'string') this.#waiting.push(made.comment);
    return [];
  }

  /** Each variable by itself. */
  #vars(pair: Pair): Pair[] {
    const { value } = pair;
    if (!isMap(value)) throw new LeaveOut('"vars" is a map here', value);
    const made = new YAMLMap();
    takeComments(made, value);
    const waiting: string[] = [];
    for (const one of value.items) {
      try {
        this.#context.scope.regain(keyOf(one));
        made.items.push(pairOf(keyOf(one), this.#variable(one), one));
        for (const text of waiting.splice(0)) commentBefore(made.items.at(-1)?.key as Node, text);
      } catch (thrown) {
        if (!(thrown instanceof LeaveOut)) throw thrown;
        const node = thrown.node ?? one.key;
        const { line } = this.#context.source.spot(node).at;
        const { message, hint, code } = thrown;
        this.#context.findings.leftOut(node, `the variable "${keyOf(one)}": ${message}`, hint, code);
        this.#lose(keyOf(one), `the variable in line ${line}`);
        waiting.push(...this.#comment(one, line, thrown.message));
      }
    }
    if (waiting.length > 0) made.comment = waiting.join('\n');
    if (made.items.length > 0) return [pairOf('vars', made, pair)];
    this.#waiting.push(...waiting);
    return [];
  }

  /** A file of variables that has it too would have beaten it. */
  #lose(name: string, why: string): void {
    if (this.#fileNames.includes(name)) return;
    this.#context.missing.set(this.#idOf(name), why);
    this.#context.scope.drop(name, why);
  }

  #idOf(name: string): string {
    return `${idOf(this.#play)} ${name}`;
  }

  #variable({ key, value }: Pair): Node {
    const { scope } = this.#context;
    const name = isScalar(key) ? String(key.value) : '';
    refuseConnection(name, key);
    scope.checkName(name, key);
    return scope.node(value);
  }

  /** More variables, or inputs, than are written as such. */
  #add(key: 'vars' | 'inputs', entries: ReadonlyMap<string, Json>, hosts: Pair): void {
    if (entries.size === 0) return;
    const there = this.#items.find((pair) => keyOf(pair) === key);
    const pairs = [...entries].map(([name, value]) => pairOf(name, value));
    if (there !== undefined && isMap(there.value)) there.value.items.push(...pairs);
    else {
      const map = new YAMLMap();
      map.items = pairs;
      this.#items.splice(this.#items.findIndex((pair) => keyOf(pair) === keyOf(hosts)) + 1, 0, pairOf(key, map));
    }
  }
}

function flush(): YAMLMap {
  const made = new YAMLMap();
  made.items = [pairOf('meta', 'flush_handlers')];
  made.spaceBefore = true;
  return made;
}

function before(node: Node, text: string): void {
  node.commentBefore = [text, node.commentBefore].filter(Boolean).join('\n');
}

function notifies(list: YAMLSeq): boolean {
  return list.items.some(
    (task) =>
      isMap(task) &&
      (pairIn(task, 'notify') !== undefined || task.items.some(({ value }) => isSeq(value) && notifies(value))),
  );
}
