import type { ProblemCode } from '../core/codes/problem-codes.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Module } from '../core/module.ts';
import { blockParts, sections } from '../core/play.ts';
import type { YamlPath } from '../core/yaml-place.ts';
import type { Language } from './expressions/expressions.ts';
import { type PlayItem, playItems } from './includes/import.ts';
import { includedTasks, isInclude } from './includes/include.ts';
import type { IncludedFiles } from './includes/included-files.ts';
import { StaticScope } from './includes/static-scope.ts';
import type { PlaybookText } from './parse.ts';
import type { Problem } from './problem.ts';
import { insteadOfValue } from './schema/ansible-keys.ts';
import { handlerSchema, metaSchema } from './schema/keywords.ts';
import { playErrors } from './schema/play-errors.ts';
import { respelledProblems } from './schema/respelled.ts';
import { type SchemaError, schemaErrors } from './schema/schema-errors.ts';
import { problemOf } from './schema/schema-problem.ts';
import { LostNames } from './scope/lost-names.ts';
import { playVars } from './scope/play-vars.ts';
import type { Sources } from './sources.ts';
import { type BlockText, blockErrors, blockName, isBlock } from './tasks/blocks.ts';
import { brokenBy, taskOfNone } from './tasks/broken.ts';
import { Handlers } from './tasks/handlers.ts';
import { tagsOf } from './tasks/tags.ts';
import { readTask } from './tasks/task-text.ts';
import type { Place, PlayText, Register, TaskText } from './texts.ts';

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
    lost: reader.lost,
  });
  const plays = items.flatMap((item, index) => reader.play(item, index));
  return { plays, problems, isWhole: !reader.lost.areResults };
}

class Reader {
  readonly problems: Problem[] = [];
  readonly #context: OutlineContext;
  readonly #modules: ReadonlyMap<string, Module>;
  readonly lost = new LostNames();
  #order = 0;
  /** Of the play that is being read. */
  #handlers: Handlers;
  #registers: Register[] = [];
  #broken: TaskText[] = [];
  #lost = this.lost;
  /** The tasks of the section that is being read, as far as they have been. */
  #section: TaskText[] = [];
  readonly #seen = new Set<string>();

  constructor(doc: PlaybookText, context: OutlineContext) {
    this.#context = context;
    this.#handlers = new Handlers([], { id: '', doc, path: [] });
    this.#modules = new Map(context.modules.map((module) => [module.name, module]));
  }

  play({ doc, path, value, given, tags }: PlayItem, index: number): PlayText[] {
    const errors = playErrors(value, this.#modules);
    this.report(doc, errors, path);
    if (!isJsonObject(value)) return [];
    for (const error of errors) this.lost.addIn(value[String(error.path[0])]);
    this.#warn(doc);
    const { extra, base, sources } = this.#context;
    const own = playVars(path, { doc, play: value, extra, base }, sources);
    const written = { ...own, vars: [...own.vars, ...given] };
    const lost = new LostNames(this.lost);
    if (own.isLost || errors.some(({ path: [key] }) => key === 'vars_files')) lost.addAny();
    this.#lost = lost;
    const scope = StaticScope.ofPlay(base, value, written.vars, extra);
    const top: Place = { id: String(index), section: 'tasks', doc, path, within: [], blocks: [], tags: [], scope };
    this.#registers = [];
    this.#broken = [];
    this.#readHandlers(value.handlers, top);
    const tasks = sections.flatMap((section) => this.#all(value[section], { ...top, section }));
    this.#handlers.warnOfIdle(this.lost);
    const idle = this.#handlers.besides(tasks).map((task) => ({ ...task, order: this.#order }));
    this.problems.push(...this.#handlers.problems);
    const all = [...new Set([...tags, ...tagsOf(value)])];
    const rest = [...idle, ...this.#broken];
    return [{ doc, path, value, written, tags: all, tasks, idle: rest, lost, registers: this.#registers }];
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

  get #taskContext() {
    return { modules: this.#modules, handlers: this.#handlers, problems: this.problems, lost: this.lost };
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
    const { lists, broken } = includedTasks(value, {
      ...at,
      files: this.#context.files,
      lost: this.lost,
      add: (problems) => this.problems.push(...problems.filter((one) => !this.#isFollower(one))),
      report: (doc, errors, path) => this.report(doc, errors, path),
    });
    const tags = [...at.tags, ...tagsOf(value)];
    if (broken !== undefined) {
      const { scope: _, ...place } = at;
      this.#broken.push(taskOfNone({ ...place, order: this.#order, value, tags }, broken));
    }
    for (const { tasks, turn, ...inner } of lists) {
      const id = turn === undefined ? at.id : `${at.id}[${turn}]`;
      this.#warn(inner.doc);
      const inside = { ...at, ...inner, id, tags, within: [] };
      this.#list(tasks, broken === undefined ? inside : { ...inside, broken: { names: broken.names, keys: [] } });
    }
  }

  /** A file, or a loop, may rest on a variable that could not be read. */
  #isFollower({ code }: Problem): boolean {
    return code === 'not-static' && this.#lost.isAny;
  }

  #oneTask(value: Json, at: Place & Pick<TaskText, 'order'>): void {
    const task = this.#sound(readTask(value, at, this.#taskContext));
    if (task !== undefined) this.#section.push(task);
    this.#register(value, at);
  }

  /** The task, unless it is not in the right shape: then it is kept apart. */
  #sound(task: TaskText | undefined): TaskText | undefined {
    if (task?.broken === undefined) return task;
    this.#broken.push(task);
    return undefined;
  }

  #block(value: JsonObject, at: Place): void {
    const errors = blockErrors(value, at.section, new Set(this.#modules.keys()));
    this.report(at.doc, errors, at.path);
    const unknown = errors.flatMap(({ code, path: [key] }) => (code === 'unknown-key' ? [String(key)] : []));
    const broken = brokenBy(value, errors, unknown, this.lost) ?? at.broken;
    const block: BlockText = { id: at.id, name: blockName(at.doc, value, at.path), path: at.path, value };
    const tags = [...at.tags, ...tagsOf(value)];
    for (const part of blockParts) {
      const list = value[part];
      if (!Array.isArray(list)) continue;
      const one = { block, part };
      const around = { within: [...at.within, one], blocks: [...at.blocks, one] };
      const inner = { ...at, ...around, id: `${at.id}.${part}`, path: [...at.path, part], tags };
      // What its tasks would take over is not in the right shape.
      this.#list(
        list as readonly Json[],
        broken === undefined ? inner : { ...inner, broken: { names: broken.names, keys: [] } },
      );
    }
  }

  #meta(value: JsonObject, at: Place): void {
    const errors = schemaErrors(metaSchema, value);
    const hint = insteadOfValue('meta', value.meta);
    this.report(
      at.doc,
      errors.map((error) => (error.path[0] === 'meta' ? { ...error, hint } : error)),
      at.path,
    );
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
      this.#register(handler.value, { ...handler, order, section });
    }
  }

  #readHandlers(list: Json | undefined, play: Place): void {
    this.#handlers = new Handlers(list, play);
    this.#handlers.read(({ id, path, value }) => {
      const at = { ...play, id, path, order: 0 };
      if (!isBlock(value) && !isInclude(value))
        return this.#sound(readTask(value, at, this.#taskContext, handlerSchema));
      const what = isBlock(value) ? 'a block' : 'a file';
      const hint = 'Let several handlers listen to one word.';
      this.#add('bad-section', `a handler is one task, not ${what}`, at, undefined, hint);
      return undefined;
    });
  }

  #register(value: Json, { order, section, doc, path }: Pick<TaskText, 'order' | 'section' | 'doc' | 'path'>): void {
    if (isJsonObject(value) && typeof value.register === 'string')
      this.#registers.push({ name: value.register, order, section, doc, path });
  }

  /** Of each file once. */
  #warn(doc: PlaybookText): void {
    if (this.#seen.has(doc.file)) return;
    this.#seen.add(doc.file);
    this.problems.push(...respelledProblems(doc, this.#modules));
  }

  #add(
    code: ProblemCode,
    message: string,
    { doc, path }: Pick<TaskText, 'doc' | 'path'>,
    key: string | undefined,
    hint: string,
  ): void {
    this.problems.push(doc.problem(code, message, key === undefined ? path : [...path, key], { key: true, hint }));
  }

  report(doc: PlaybookText, errors: readonly SchemaError[], path: YamlPath): void {
    this.problems.push(...errors.map((error) => problemOf(doc, error, path)));
  }
}
