import { milliseconds } from '../core/duration.ts';
import { isJsonObject, type Json, type JsonObject, stableJson } from '../core/json.ts';
import { didYouMean } from '../core/nearest.ts';
import type { failedNames, Registered, Resolution, Step, Task } from '../core/play.ts';
import type { YamlPath } from '../core/yaml.ts';
import { allSaid, isRecovery, said, withinOf } from './blocks.ts';
import type { ExpressionFault, Language } from './expressions.ts';
import type { TaskText } from './outline.ts';
import { problemOf } from './outline.ts';
import { type PlaybookText, ProblemFailure } from './parse.ts';
import { type PlayScope, taskGet } from './play-scope.ts';
import { schemaErrors } from './schema-errors.ts';
import { type Sources, withSource } from './sources.ts';
import { compileBare, compileValue, type Get, type Template, type Use } from './templates.ts';

/** What a task's text is compiled against. */
export interface TaskContext {
  readonly doc: PlaybookText;
  readonly scope: PlayScope;
  readonly play: JsonObject;
  /** Names of all hosts of the inventory, for delegate_to. */
  readonly inventory: ReadonlySet<string>;
  readonly sources: Sources;
  report(error: unknown): void;
}

interface Condition {
  readonly text: string;
  readonly template: Template;
  readonly path: YamlPath;
}

const failedTypes = new Map<(typeof failedNames)[number], string>([
  ['failed_task', 'string'],
  ['failed_result', 'dyn'],
]);

/** A task's text with its expressions compiled. */
export class TaskCode {
  readonly text: TaskText;
  readonly #context: TaskContext;
  readonly #language: Language;
  readonly #vars: ReadonlyMap<string, Template>;
  readonly #when: readonly Condition[];
  readonly #loop: Template | undefined;
  readonly #args: Template;
  readonly #delegate: Template | undefined;
  readonly #becomeUser: Template;
  readonly #until: Condition | undefined;

  constructor(text: TaskText, context: TaskContext) {
    const { value, path, module } = text;
    const { loop, until } = value;
    this.text = text;
    this.#context = context;
    const own = allSaid(text, 'vars').flatMap((vars) =>
      Object.entries(vars.value as JsonObject).map(([name, one]) => ({ name, one, at: [...vars.path, name] })),
    );
    const { language } = context.scope;
    this.#language = (isRecovery(text.within) ? language.withTypes(failedTypes) : language).with([
      ...own.map(({ name }) => name),
      ...(loop === undefined ? [] : ['item', 'loop']),
    ]);
    const compiled = own.map(({ name, one, at }) => [name, this.#compile(one as Json, at)] as const);
    this.#vars = new Map(compiled.filter(([name]) => !context.scope.isExtra(name)));
    this.#when = allSaid(text, 'when').flatMap((when) =>
      [when.value]
        .flat()
        .map((one, i) => this.#condition(one as Json, Array.isArray(when.value) ? [...when.path, i] : when.path)),
    );
    this.#loop = loop === undefined ? undefined : this.#compile(loop, [...path, 'loop']);
    const args = this.#compile(text.args, [...path, module.name]);
    this.#args = withSource(args, text, { ...context, language: this.#language });
    const delegate = said(text, 'delegate_to');
    this.#delegate = delegate && this.#compile(delegate.value, delegate.path);
    const playUser = { value: context.play.become_user ?? 'root', path: [...path.slice(0, 1), 'become_user'] };
    const user = said(text, 'become_user') ?? playUser;
    this.#becomeUser = this.#compile(user.value, user.path);
    this.#until = until === undefined ? undefined : this.#condition(until, [...path, 'until']);
  }

  /** The module's arguments are the same for every host and item. */
  get isStatic(): boolean {
    return !this.#args.dynamic;
  }

  /** Every name that the task's text uses, apart from `until`, and the names of its own. */
  get uses(): readonly Use[] {
    const parts = [...this.#vars.values(), ...this.#when.map(({ template }) => template), this.#args, this.#becomeUser];
    return [...parts, this.#loop, this.#delegate]
      .flatMap((part) => part?.uses ?? [])
      .filter((use) => !this.#isOwn(use));
  }

  get untilUses(): readonly Use[] {
    return (this.#until?.template.uses ?? []).filter((use) => !this.#isOwn(use));
  }

  /** `until` and what it needs, as the engine takes it. */
  task(): Task {
    const { value, section, id, path, module, within, notifies, handler } = this.text;
    const until = this.#until;
    const register = value.register as string | undefined;
    const { file } = this.#context.doc;
    const { line, column } = this.#context.doc.problem('', '', path).at;
    const reads = [...this.uses, ...this.untilUses.filter((use) => use.name !== register)];
    return {
      id,
      section,
      name: typeof value.name === 'string' && value.name !== '' ? value.name : module.name,
      at: { file, line, column },
      module,
      ...(within.length === 0 ? {} : { within: withinOf(within) }),
      ...(notifies.length === 0 ? {} : { notifies }),
      ...(handler === undefined ? {} : { handler }),
      protect: value.protect === true,
      runOnce: said(this.text, 'run_once')?.value === true,
      ignoreErrors: said(this.text, 'ignore_errors')?.value === true,
      ...(register === undefined ? {} : { register }),
      reads: [...new Set(reads.flatMap((use) => [...this.#context.scope.reads(use.name)]))],
      retries: (value.retries as number | undefined) ?? (until === undefined ? 0 : 3),
      delayMs: milliseconds((value.delay as string | undefined) ?? '1s'),
      ...(value.timeout === undefined ? {} : { timeoutMs: milliseconds(value.timeout as string) }),
      resolve: (host, registered) => this.resolve(host, registered),
      ...(until === undefined
        ? {}
        : {
            until: (host: string, registered: Registered, result: Json) =>
              this.#holds(
                until,
                taskGet(this.#context.scope.on(host, registered), this.#vars, { [register ?? '']: result }),
              ),
          }),
    };
  }

  /** Throws ProblemFailure. */
  resolve(host: string, registered: Registered): Resolution {
    const play = this.#context.scope.on(host, registered);
    const [perItem, before] = partition(this.#when, ({ template }) => this.#usesItem(template));
    const whole = taskGet(play, this.#vars, {});
    const unmet = before.find((condition) => !this.#holds(condition, whole));
    if (unmet !== undefined) return { skip: `when: ${unmet.text}` };
    if (this.#loop === undefined) return { steps: [this.#step(host, whole, undefined)] };
    const items = this.#items(this.#loop, whole);
    if (items.length === 0) return { skip: 'the loop has no items' };
    const steps = items.flatMap((item, i) => {
      const get = taskGet(play, this.#vars, { item, loop: { index: i + 1 } });
      return perItem.every((condition) => this.#holds(condition, get)) ? [this.#step(host, get, item)] : [];
    });
    return steps.length === 0 ? { skip: `when: ${perItem[0]?.text}` } : { steps };
  }

  /** The host that the commands run on, where that rests on nothing that is known only later. */
  checkDelegate(host: string): void {
    if (this.#delegate === undefined || this.#usesItem(this.#delegate)) return;
    if (this.#delegate.uses.some((use) => this.#isOwn(use) || this.#context.scope.reads(use.name).size > 0)) return;
    this.#on(host, this.#context.scope.on(host, new Map()));
  }

  #step(host: string, get: Get, item: Json | undefined): Step {
    const { module, path } = this.text;
    const args = this.#args.render(get);
    if (this.#args.dynamic) {
      const [error] = schemaErrors(module.schema, args);
      if (error !== undefined) throw new ProblemFailure(problemOf(this.#context.doc, error, [...path, module.name]));
    }
    const become = said(this.text, 'become')?.value ?? this.#context.play.become ?? false;
    return {
      host,
      on: this.#on(host, get),
      ...(item === undefined ? {} : { item: itemText(item) }),
      args: args as JsonObject,
      ...(become === true ? { become: this.#text(this.#becomeUser, get, 'become_user') } : {}),
    };
  }

  #on(host: string, get: Get): string {
    if (this.#delegate === undefined) return host;
    const on = this.#text(this.#delegate, get, 'delegate_to');
    if (this.#context.inventory.has(on)) return on;
    const hint = didYouMean(on, this.#context.inventory);
    throw this.#failure('unknown-host', `"${on}" is not a host of the inventory`, this.#placeOf('delegate_to'), hint);
  }

  #text(template: Template, get: Get, key: string): string {
    const value = template.render(get);
    if (typeof value === 'string' && value !== '') return value;
    throw this.#failure('wrong-type', `"${key}" must come to text, not ${stableJson(value)}`, this.#placeOf(key));
  }

  #items(loop: Template, get: Get): readonly Json[] {
    const items = loop.render(get);
    if (Array.isArray(items)) return items as readonly Json[];
    const hint = isJsonObject(items)
      ? 'To loop over a map, loop over its keys: {{ the_map.map(key, key) }}.'
      : undefined;
    throw this.#failure('wrong-type', '"loop" must come to a list', this.#placeOf('loop'), hint);
  }

  #holds({ template, path }: Condition, get: Get): boolean {
    const value = template.render(get);
    if (typeof value === 'boolean') return value;
    throw this.#failure('wrong-type', `this must be true or false, and is ${stableJson(value).slice(0, 60)}`, path);
  }

  #condition(value: Json, path: YamlPath): Condition {
    const constant = (result: Json): Condition => ({
      text: String(value),
      path,
      template: { dynamic: false, uses: [], render: () => result },
    });
    if (typeof value !== 'string') return constant(value);
    if (/^\s*\{\{[\s\S]*\}\}\s*$/.test(value)) {
      const hint = `Write it without braces: ${value.trim().slice(2, -2).trim()}`;
      const key = path.findLast((one) => typeof one === 'string');
      this.#context.report(this.#failure('braces', `"${key}" is an expression already`, path, hint));
      return constant(true);
    }
    try {
      const template = compileBare(value, this.#language, (fault) => this.#located(path, fault, value));
      if (template.type !== 'bool' && template.type !== 'dyn') {
        throw this.#failure('wrong-type', `this must be true or false, and is of type ${template.type}`, path);
      }
      return { text: value, template, path };
    } catch (thrown) {
      this.#context.report(thrown);
      return constant(true);
    }
  }

  #compile(value: Json, path: YamlPath): Template {
    const locate = (inner: YamlPath, fault: ExpressionFault, text: string) =>
      this.#located([...path, ...inner], fault, text);
    return compileValue(value, this.#language, locate, (error) => this.#context.report(error));
  }

  #located(path: YamlPath, fault: ExpressionFault, text: string): ProblemFailure {
    return located(this.#context.doc, path, fault, text);
  }

  #failure(code: string, message: string, path: YamlPath, hint?: string): ProblemFailure {
    return new ProblemFailure(this.#context.doc.problem(code, message, path, { hint }));
  }

  /** Where a keyword is said that holds for this task. */
  #placeOf(key: string): YamlPath {
    return said(this.text, key)?.path ?? this.text.path;
  }

  #isOwn({ name }: Use): boolean {
    return this.#vars.has(name) || (this.#loop !== undefined && (name === 'item' || name === 'loop'));
  }

  #usesItem(template: Template, above: readonly Template[] = []): boolean {
    if (this.#loop === undefined || above.includes(template)) return false;
    return template.uses.some(({ name }) => {
      const own = this.#vars.get(name);
      return name === 'item' || name === 'loop' || (own !== undefined && this.#usesItem(own, [...above, template]));
    });
  }
}

/** A fault in a text of the playbook, with its place. */
export function located(doc: PlaybookText, path: YamlPath, fault: ExpressionFault, text: string): ProblemFailure {
  const within = { text, offset: fault.offset, width: fault.width };
  return new ProblemFailure(doc.problem(fault.code, fault.message, path, { hint: fault.hint, within }));
}

/** How a loop's item is shown: a host by its name, text as it is. */
function itemText(item: Json): string {
  if (typeof item === 'string') return item;
  if (isJsonObject(item) && typeof item.name === 'string') return item.name;
  const text = stableJson(item);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function partition<T>(all: readonly T[], is: (one: T) => boolean): [T[], T[]] {
  return [all.filter(is), all.filter((one) => !is(one))];
}
