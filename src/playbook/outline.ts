import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Module } from '../core/module.ts';
import { didYouMean } from '../core/nearest.ts';
import { type Section, sections } from '../core/play.ts';
import type { YamlPath } from '../core/yaml.ts';
import { isTaskKeyword, keywordsSchema, playSchema, taskKeywords } from './keywords.ts';
import type { PlaybookText } from './parse.ts';
import type { Problem } from './problem.ts';
import { type SchemaError, schemaErrors } from './schema-errors.ts';

/** A play as written, in the right shape. */
export interface PlayText {
  readonly path: YamlPath;
  readonly value: JsonObject;
  /** Those that are in the right shape, in the order in which they run. */
  readonly tasks: readonly TaskText[];
  /** Names that tasks register, also tasks that are not in the right shape: what uses them is not wrong as well. */
  readonly registers: readonly { readonly name: string; readonly order: number }[];
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
}

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

const onePlay = playSchema({});

class Reader {
  readonly problems: Problem[] = [];
  readonly #doc: PlaybookText;
  readonly #modules: ReadonlyMap<string, Module>;
  #order = 0;

  constructor(doc: PlaybookText, modules: ReadonlyMap<string, Module>) {
    this.#doc = doc;
    this.#modules = modules;
  }

  play(value: Json, index: number): PlayText[] {
    const path = [index];
    this.#report(schemaErrors(onePlay, value), path);
    if (!isJsonObject(value)) return [];
    const tasks: TaskText[] = [];
    const registers: { name: string; order: number }[] = [];
    for (const section of sections) {
      const list = value[section];
      if (!Array.isArray(list)) continue;
      list.forEach((task: Json, place) => {
        const at = { id: `${index}.${section}.${place}`, section, order: this.#order++, path: [index, section, place] };
        tasks.push(...this.#task(task, at));
        if (isJsonObject(task) && typeof task.register === 'string')
          registers.push({ name: task.register, order: at.order });
      });
    }
    return [{ path, value, tasks, registers }];
  }

  #task(value: Json, at: Omit<TaskText, 'value' | 'module' | 'args'>): TaskText[] {
    const errors = schemaErrors(keywordsSchema, value);
    this.#report(errors, at.path);
    if (!isJsonObject(value)) return [];
    const named = Object.keys(value).filter((key) => this.#modules.has(key));
    const unknown = Object.keys(value).filter((key) => !this.#modules.has(key) && !isTaskKeyword(key));
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
    const module = this.#modules.get(name ?? '');
    if (name === undefined || module === undefined || named.length > 1) return [];
    const args = value[name] as Json;
    const argErrors = schemaErrors(module.schema, args, 'any');
    this.#report(argErrors, [...at.path, name]);
    const isWhole = errors.length + argErrors.length + unknown.length === 0;
    return isWhole ? [{ ...at, value, module, args }] : [];
  }

  #unknownKey(key: string, path: YamlPath, hasModule: boolean): void {
    const known = [...Object.keys(taskKeywords), ...(hasModule ? [] : this.#modules.keys())];
    const hint =
      key === '<<'
        ? 'YAML 1.2 has no merge keys: write the keys out, or use an anchor for the whole value.'
        : (didYouMean(key, known) ?? (hasModule ? undefined : `Modules: ${[...this.#modules.keys()].join(', ')}.`));
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
