import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Module } from '../core/module.ts';
import { didYouMean } from '../core/nearest.ts';
import { blockParts, type Section, sections } from '../core/play.ts';
import type { YamlPath } from '../core/yaml.ts';
import { insteadOf } from './ansible-keys.ts';
import { type BlockText, blockErrors, blockName, isBlock, type WithinText } from './blocks.ts';
import type { Language } from './expressions.ts';
import { type Frame, takingOver } from './frame.ts';
import { Handlers } from './handlers.ts';
import { type PlayItem, playItems } from './import.ts';
import { includedTasks, isInclude } from './include.ts';
import { includeKeys } from './include-keywords.ts';
import type { IncludedFiles } from './included-files.ts';
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
import { type PlayVars, playVars } from './play-vars.ts';
import type { Problem } from './problem.ts';
import { type SchemaError, schemaErrors } from './schema-errors.ts';
import type { Sources } from './sources.ts';
import { StaticScope } from './static-scope.ts';
import { tagsOf } from './tags.ts';

/** A play as written, in the right shape. */
export interface PlayText extends Pick<PlayItem, 'doc' | 'path'> {
  readonly value: JsonObject;
  /** Its variables, those that imports give it last. */
  readonly written: PlayVars;
  /** Its own, and those of the imports. */
  readonly tags: readonly string[];
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
  /** The file that it is written in. */
  readonly doc: PlaybookText;
  readonly path: YamlPath;
  /** With what it takes over from the includes around it. */
  readonly value: JsonObject;
  readonly module: Module;
  /** A map, or one template that comes to a map. */
  readonly args: Json;
  /** The blocks around it in its own file, outermost first. */
  readonly within: readonly WithinText[];
  /** All blocks around it, also those around its includes. */
  readonly blocks: readonly WithinText[];
  /** The include that it comes from. */
  readonly frame?: Frame;
  /** Its own, and those of blocks and includes; not those of the play. */
  readonly tags: readonly string[];
  /** Ids of the handlers that it notifies. */
  readonly notifies: readonly string[];
  /** It is this handler. */
  readonly handler?: string;
}

/** Where something of a list of tasks stands. */
interface Place extends Pick<TaskText, 'id' | 'section' | 'doc' | 'path' | 'within' | 'blocks' | 'frame' | 'tags'> {
  readonly scope: StaticScope;
}

export interface Outline {
  readonly plays: readonly PlayText[];
  readonly problems: readonly Problem[];
  /** False: a file could not be had, so that not all that is missing is a mistake. */
  readonly isWhole: boolean;
}

interface OutlineContext {
  readonly modules: readonly Module[];
  readonly files: IncludedFiles;
  readonly sources: Sources;
  /** Functions only. */
  readonly base: Language;
  readonly extra: JsonObject;
}

/** What can be said of a playbook without an inventory: its files, keys, types, modules and their arguments. */
export function outline(doc: PlaybookText, context: OutlineContext): Outline {
  const reader = new Reader(doc, context);
  const { problems } = reader;
  const items = playItems(doc, {
    files: context.files,
    add: (found) => problems.push(...found),
    report: (file, errors, path) => reader.report(file, errors, path),
  });
  const isWhole = problems.length === 0;
  const plays = items.flatMap((item, index) => reader.play(item, index));
  return { plays, problems, isWhole: isWhole && reader.isWhole };
}

const onePlay = playSchema({}, {});

class Reader {
  readonly problems: Problem[] = [];
  readonly #context: OutlineContext;
  readonly #modules: ReadonlyMap<string, Module>;
  #order = 0;
  #isWhole = true;
  /** Of the play that is being read. */
  #handlers: Handlers;
  #registers: Register[] = [];
  /** The tasks of the section that is being read, as far as they have been. */
  #section: TaskText[] = [];

  constructor(doc: PlaybookText, context: OutlineContext) {
    this.#context = context;
    this.#handlers = new Handlers([], { id: '', doc, path: [] });
    this.#modules = new Map(context.modules.map((module) => [module.name, module]));
  }

  /** Every file that was included is there. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  play({ doc, path, value, given, tags }: PlayItem, index: number): PlayText[] {
    const errors = schemaErrors(onePlay, value);
    this.report(
      doc,
      errors.map((error) => {
        const instead = error.code === 'unknown-key' ? insteadOf(String(error.path[0]), false) : undefined;
        return error.path.length > 1 || instead === undefined ? error : { ...error, hint: instead };
      }),
      path,
    );
    if (!isJsonObject(value)) return [];
    const { extra, base, sources } = this.#context;
    const own = playVars(path, { doc, play: value, extra, base }, sources);
    const written = { ...own, vars: [...own.vars, ...given] };
    const scope = StaticScope.ofPlay(base, value, written.vars, extra);
    const top: Place = { id: String(index), section: 'tasks', doc, path, within: [], blocks: [], tags: [], scope };
    this.#registers = [];
    this.#readHandlers(value.handlers, top);
    const tasks = sections.flatMap((section) => this.#all(value[section], { ...top, section }));
    const idle = this.#handlers.idle();
    this.problems.push(...this.#handlers.problems);
    const all = [...new Set([...tags, ...tagsOf(value)])];
    return [{ doc, path, value, written, tags: all, tasks, idle, registers: this.#registers }];
  }

  /** A section's tasks, and what handlers they call for at its end. */
  #all(list: Json | undefined, play: Place): readonly TaskText[] {
    this.#section = [];
    if (!Array.isArray(list)) return [];
    const at = { ...play, id: `${play.id}.${play.section}`, path: [...play.path, play.section] };
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
    else if (isInclude(value)) this.#include(value, at);
    else if (isJsonObject(value) && value.meta !== undefined) this.#meta(value, at);
    else this.#oneTask(value, { ...at, order: this.#order++ });
  }

  #include(value: JsonObject, at: Place): void {
    const lists = includedTasks(value, {
      ...at,
      files: this.#context.files,
      add: (problems) => this.problems.push(...problems),
      report: (doc, errors, path) => this.report(doc, errors, path),
    });
    this.#isWhole &&= lists !== undefined;
    const tags = [...at.tags, ...tagsOf(value)];
    for (const { tasks, turn, ...inner } of lists ?? []) {
      const id = turn === undefined ? at.id : `${at.id}[${turn}]`;
      this.#list(tasks, { ...at, ...inner, id, tags, within: [] });
    }
  }

  #oneTask(value: Json, at: Place & Pick<TaskText, 'order'>): void {
    const task = this.#task(value, at);
    if (task !== undefined) this.#section.push(task);
    this.#register(value, at.order, at.section);
  }

  #block(value: JsonObject, at: Place): void {
    const errors = blockErrors(value, at.section, new Set(this.#modules.keys()));
    this.report(at.doc, errors, at.path);
    const before = this.#section.length;
    const block: BlockText = { id: at.id, name: blockName(at.doc, value, at.path), path: at.path, value };
    const tags = [...at.tags, ...tagsOf(value)];
    for (const part of blockParts) {
      const list = value[part];
      if (!Array.isArray(list)) continue;
      const one = { block, part };
      const around = { within: [...at.within, one], blocks: [...at.blocks, one] };
      this.#list(list as readonly Json[], { ...at, ...around, id: `${at.id}.${part}`, path: [...at.path, part], tags });
    }
    if (errors.length > 0) this.#section.length = before; // what they would take over is not in the right shape
  }

  #meta(value: JsonObject, at: Place): void {
    this.report(at.doc, schemaErrors(metaSchema, value), at.path);
    if (at.section === 'require' || at.section === 'verify') {
      const hint = 'Handlers are done under "tasks" and "cleanup".';
      this.#add('bad-section', `"meta" has no meaning under "${at.section}"`, at, 'meta', hint);
    }
    this.#flush(at);
  }

  /** What handlers may have been called for by then, each as a task at this place. */
  #flush({ id, section, within, blocks, frame }: Place): void {
    for (const handler of this.#handlers.after(this.#section)) {
      const order = this.#order++;
      const place = handler.id.split('.').slice(1).join('.');
      // A block of another file speaks of the tasks that are written in it.
      const near = frame === undefined ? within : [];
      this.#section.push({ ...handler, id: `${id}.${place}`, section, order, within: near, blocks });
      this.#register(handler.value, order, section);
    }
  }

  #readHandlers(list: Json | undefined, play: Place): void {
    this.#handlers = new Handlers(list, play);
    this.#handlers.read(({ id, path, value }) => {
      const at = { ...play, id, path, order: 0 };
      if (!isBlock(value) && !isInclude(value)) return this.#task(value, at, handlerSchema);
      const what = isBlock(value) ? 'a block' : 'a file';
      const hint = 'Let several handlers listen to one word.';
      this.#add('bad-section', `a handler is one task, not ${what}`, at, undefined, hint);
      return undefined;
    });
  }

  #register(value: Json, order: number, section: Section): void {
    if (isJsonObject(value) && typeof value.register === 'string')
      this.#registers.push({ name: value.register, order, section });
  }

  #task(
    value: Json,
    { scope: _, ...at }: Place & Pick<TaskText, 'order'>,
    schema = keywordsSchema,
  ): TaskText | undefined {
    const errors = schemaErrors(schema, value);
    this.report(at.doc, errors, at.path);
    if (!isJsonObject(value)) return undefined;
    const isKeyword = (key: string) =>
      isTaskKeyword(key) || (schema === handlerSchema && Object.hasOwn(handlerKeywords, key));
    const named = Object.keys(value).filter((key) => this.#modules.has(key));
    const unknown = Object.keys(value).filter((key) => !this.#modules.has(key) && !isKeyword(key));
    for (const key of unknown) this.#unknownKey(key, at, named.length > 0);
    const [name, ...others] = named;
    for (const other of others) {
      const hint = 'Make two tasks of it.';
      this.#add('two-modules', `a task names one module; here are "${name}" and "${other}"`, at, other, hint);
    }
    if (name === undefined && unknown.length === 0) {
      const hint = `Modules: ${[...this.#modules.keys()].join(', ')}.`;
      this.#add('no-module', 'the task names no module', at, undefined, hint);
    }
    const notifies = this.#handlers.notifiedBy(value, at);
    const module = this.#modules.get(name ?? '');
    if (name === undefined || module === undefined || named.length > 1) return undefined;
    const args = value[name] as Json;
    const argErrors = schemaErrors(module.schema, args, 'any');
    this.report(at.doc, argErrors, [...at.path, name]);
    const isWhole = errors.length + argErrors.length + unknown.length === 0;
    const tags = [...new Set([...at.tags, ...tagsOf(value)])];
    return isWhole ? { ...at, value: takingOver({ ...at, value }), module, args, tags, notifies } : undefined;
  }

  #unknownKey(key: string, at: Pick<TaskText, 'doc' | 'path'>, hasModule: boolean): void {
    const known = [...Object.keys(taskKeywords), ...(hasModule ? [] : [...this.#modules.keys(), ...includeKeys])];
    const hint =
      key === 'listen'
        ? 'Only a handler listens.'
        : key === '<<'
          ? 'YAML 1.2 has no merge keys: write the keys out, or use an anchor for the whole value.'
          : (insteadOf(key, true) ??
            didYouMean(key, known) ??
            (hasModule ? undefined : `Modules: ${[...this.#modules.keys()].join(', ')}.`));
    const what = hasModule ? 'is not a keyword of a task' : 'is neither a module nor a keyword of a task';
    this.#add(hasModule ? 'unknown-key' : 'unknown-module', `"${key}" ${what}`, at, key, hint);
  }

  #add(
    code: string,
    message: string,
    { doc, path }: Pick<TaskText, 'doc' | 'path'>,
    key: string | undefined,
    hint: string | undefined,
  ): void {
    this.problems.push(doc.problem(code, message, key === undefined ? path : [...path, key], { key: true, hint }));
  }

  report(doc: PlaybookText, errors: readonly SchemaError[], path: YamlPath): void {
    this.problems.push(...errors.map((error) => problemOf(doc, error, path)));
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
