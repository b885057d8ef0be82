import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Module } from '../core/module.ts';
import { didYouMean } from '../core/nearest.ts';
import { blockParts, type Section, sections } from '../core/play.ts';
import type { YamlPath } from '../core/yaml.ts';
import { insteadOf } from './ansible-keys.ts';
import { type BlockText, blockErrors, blockName, isBlock, type WithinText } from './blocks.ts';
import { Handlers } from './handlers.ts';
import {
  handlerKeywords,
  handlerSchema,
  isTaskKeyword,
  keywordsSchema,
  metaSchema,
  playSchema,
  taskKeywords,
} from './keywords.ts';
import type { PlaybookText } from './parse.ts';
import type { Problem } from './problem.ts';
import { type SchemaError, schemaErrors } from './schema-errors.ts';

/** A play as written, in the right shape. */
export interface PlayText {
  readonly path: YamlPath;
  readonly value: JsonObject;
  /** Those that are in the right shape, in the order in which they run. */
  readonly tasks: readonly TaskText[];
  /** Handlers that are never done; what is wrong with them is told all the same. */
  readonly idle: readonly TaskText[];
  /** Names that tasks register, also tasks that are not in the right shape: what uses them is not wrong as well. */
  readonly registers: readonly Register[];
}

export interface Register {
  readonly name: string;
  readonly order: number;
  readonly section: Section;
}

export interface TaskText {
  readonly id: string;
  readonly section: Section;
  /** Counts the tasks of the playbook in the order in which they run. */
  readonly order: number;
  readonly path: YamlPath;
  readonly value: JsonObject;
  readonly module: Module;
  /** A map, or one template that comes to a map. */
  readonly args: Json;
  /** The blocks around it, outermost first. */
  readonly within: readonly WithinText[];
  /** Ids of the handlers that it notifies. */
  readonly notifies: readonly string[];
  /** It is this handler. */
  readonly handler?: string;
}

/** Where something of a list of tasks stands. */
type Place = Pick<TaskText, 'id' | 'section' | 'path' | 'within'>;

export interface Outline {
  readonly plays: readonly PlayText[];
  readonly problems: readonly Problem[];
}

/** What can be said of a playbook without an inventory: keys, types, modules and their arguments. */
export function outline(doc: PlaybookText, modules: readonly Module[]): Outline {
  const { value } = doc;
  if (value === null || (Array.isArray(value) && value.length === 0)) {
    const hint = 'A playbook is a list of plays: "- hosts: web", then "tasks:".';
    return { plays: [], problems: [doc.problem('empty', 'the playbook is empty', [], { hint })] };
  }
  if (!Array.isArray(value)) {
    const hint = 'Begin each play with "- ".';
    return { plays: [], problems: [doc.problem('wrong-type', 'a playbook must be a list of plays', [], { hint })] };
  }
  const reader = new Reader(doc, new Map(modules.map((module) => [module.name, module])));
  const plays = value.flatMap((play: Json, index) => reader.play(play, index));
  return { plays, problems: reader.problems };
}

const onePlay = playSchema({}, {});

class Reader {
  readonly problems: Problem[] = [];
  readonly #doc: PlaybookText;
  readonly #modules: ReadonlyMap<string, Module>;
  #order = 0;
  /** Of the play that is being read. */
  #handlers: Handlers;
  #registers: Register[] = [];
  /** The tasks of the section that is being read, as far as they have been. */
  #section: TaskText[] = [];

  constructor(doc: PlaybookText, modules: ReadonlyMap<string, Module>) {
    this.#doc = doc;
    this.#modules = modules;
    this.#handlers = new Handlers(doc, 0, []);
  }

  play(value: Json, index: number): PlayText[] {
    const path = [index];
    const errors = schemaErrors(onePlay, value);
    this.#report(
      errors.map((error) => {
        const instead = error.code === 'unknown-key' ? insteadOf(String(error.path[0]), false) : undefined;
        return error.path.length > 1 || instead === undefined ? error : { ...error, hint: instead };
      }),
      path,
    );
    if (!isJsonObject(value)) return [];
    this.#registers = [];
    this.#readHandlers(value.handlers, index);
    const tasks = sections.flatMap((section) => this.#all(value[section], index, section));
    const idle = this.#handlers.idle();
    this.problems.push(...this.#handlers.problems);
    return [{ path, value, tasks, idle, registers: this.#registers }];
  }

  /** A section's tasks, and what handlers they call for at its end. */
  #all(list: Json | undefined, index: number, section: Section): readonly TaskText[] {
    this.#section = [];
    if (!Array.isArray(list)) return [];
    const at: Place = { id: `${index}.${section}`, section, path: [index, section], within: [] };
    this.#list(list as readonly Json[], at);
    this.#flush(at);
    return this.#section;
  }

  #list(list: readonly Json[], at: Place): void {
    list.forEach((entry, place) => {
      this.#entry(entry, { ...at, id: `${at.id}.${place}`, path: [...at.path, place] });
    });
  }

  #entry(value: Json, at: Place): void {
    if (isBlock(value)) this.#block(value, at);
    else if (isJsonObject(value) && value.meta !== undefined) this.#meta(value, at);
    else this.#oneTask(value, { ...at, order: this.#order++ });
  }

  #oneTask(value: Json, at: Place & Pick<TaskText, 'order'>): void {
    const task = this.#task(value, at);
    if (task !== undefined) this.#section.push(task);
    this.#register(value, at.order, at.section);
  }

  #block(value: JsonObject, at: Place): void {
    const errors = blockErrors(value, at.section, new Set(this.#modules.keys()));
    this.#report(errors, at.path);
    const before = this.#section.length;
    const block: BlockText = { id: at.id, name: blockName(this.#doc, value, at.path), path: at.path, value };
    for (const part of blockParts) {
      const list = value[part];
      if (!Array.isArray(list)) continue;
      const within = [...at.within, { block, part }];
      this.#list(list as readonly Json[], { ...at, id: `${at.id}.${part}`, path: [...at.path, part], within });
    }
    if (errors.length > 0) this.#section.length = before; // what they would take over is not in the right shape
  }

  #meta(value: JsonObject, at: Place): void {
    this.#report(schemaErrors(metaSchema, value), at.path);
    if (at.section === 'require' || at.section === 'verify') {
      const hint = 'Handlers are done under "tasks" and "cleanup".';
      this.#add('bad-section', `"meta" has no meaning under "${at.section}"`, [...at.path, 'meta'], hint);
    }
    this.#flush(at);
  }

  /** What handlers may have been called for by then, each as a task at this place. */
  #flush({ id, section, within }: Place): void {
    for (const handler of this.#handlers.after(this.#section)) {
      const order = this.#order++;
      const place = handler.id.split('.').slice(1).join('.');
      this.#section.push({ ...handler, id: `${id}.${place}`, section, order, within });
      this.#register(handler.value, order, section);
    }
  }

  #readHandlers(list: Json | undefined, index: number): void {
    this.#handlers = new Handlers(this.#doc, index, list);
    this.#handlers.read(({ id, path, value }) => {
      const at = { id, section: 'tasks' as const, path, within: [], order: 0 };
      if (!isBlock(value)) return this.#task(value, at, handlerSchema);
      this.#add('bad-section', 'a handler is one task, not a block', path, 'Let several handlers listen to one word.');
      return undefined;
    });
  }

  #register(value: Json, order: number, section: Section): void {
    if (isJsonObject(value) && typeof value.register === 'string')
      this.#registers.push({ name: value.register, order, section });
  }

  #task(value: Json, at: Place & Pick<TaskText, 'order'>, schema = keywordsSchema): TaskText | undefined {
    const errors = schemaErrors(schema, value);
    this.#report(errors, at.path);
    if (!isJsonObject(value)) return undefined;
    const isKeyword = (key: string) =>
      isTaskKeyword(key) || (schema === handlerSchema && Object.hasOwn(handlerKeywords, key));
    const named = Object.keys(value).filter((key) => this.#modules.has(key));
    const unknown = Object.keys(value).filter((key) => !this.#modules.has(key) && !isKeyword(key));
    for (const key of unknown) this.#unknownKey(key, at.path, named.length > 0);
    const [name, ...others] = named;
    for (const other of others) {
      const hint = 'Make two tasks of it.';
      this.#add('two-modules', `a task names one module; here are "${name}" and "${other}"`, [...at.path, other], hint);
    }
    if (name === undefined && unknown.length === 0) {
      const hint = `Modules: ${[...this.#modules.keys()].join(', ')}.`;
      this.#add('no-module', 'the task names no module', at.path, hint);
    }
    const notifies = this.#handlers.notifiedBy(value, at.path, at.section);
    const module = this.#modules.get(name ?? '');
    if (name === undefined || module === undefined || named.length > 1) return undefined;
    const args = value[name] as Json;
    const argErrors = schemaErrors(module.schema, args, 'any');
    this.#report(argErrors, [...at.path, name]);
    const isWhole = errors.length + argErrors.length + unknown.length === 0;
    return isWhole ? { ...at, value, module, args, notifies } : undefined;
  }

  #unknownKey(key: string, path: YamlPath, hasModule: boolean): void {
    const known = [...Object.keys(taskKeywords), ...(hasModule ? [] : this.#modules.keys())];
    const hint =
      key === 'listen'
        ? 'Only a handler listens.'
        : key === '<<'
          ? 'YAML 1.2 has no merge keys: write the keys out, or use an anchor for the whole value.'
          : (insteadOf(key, true) ??
            didYouMean(key, known) ??
            (hasModule ? undefined : `Modules: ${[...this.#modules.keys()].join(', ')}.`));
    const what = hasModule ? 'is not a keyword of a task' : 'is neither a module nor a keyword of a task';
    this.#add(hasModule ? 'unknown-key' : 'unknown-module', `"${key}" ${what}`, [...path, key], hint);
  }

  #add(code: string, message: string, path: YamlPath, hint: string | undefined): void {
    this.problems.push(this.#doc.problem(code, message, path, { key: true, hint }));
  }

  #report(errors: readonly SchemaError[], path: YamlPath): void {
    this.problems.push(...errors.map((error) => problemOf(this.#doc, error, path)));
  }
}

/** What a schema says, at its place in the playbook. */
export function problemOf(doc: PlaybookText, error: SchemaError, path: YamlPath): Problem {
  const at = [...path, ...error.path];
  const last = at.at(-1);
  const named =
    error.key || typeof last !== 'string' || /^\d+$/.test(last) ? error.message : `"${last}" ${error.message}`;
  return doc.problem(error.code, named, at, { hint: error.hint, ...(error.key ? { key: true } : {}) });
}
