import type { ProblemCode } from '../../core/codes/problem-codes.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { Module } from '../../core/module.ts';
import { didYouMean } from '../../core/nearest.ts';
import { takingOver } from '../includes/frame.ts';
import type { Problem } from '../problem.ts';
import { insteadOf } from '../schema/ansible-keys.ts';
import { insteadOfModule, shortName } from '../schema/ansible-modules.ts';
import { includeKeys } from '../schema/include-keywords.ts';
import { handlerKeywords, handlerSchema, isTaskKeyword, keywordsSchema, taskKeywords } from '../schema/keywords.ts';
import { schemaErrors } from '../schema/schema-errors.ts';
import { problemOf } from '../schema/schema-problem.ts';
import type { LostNames } from '../scope/lost-names.ts';
import type { Place, TaskText } from '../texts.ts';
import { argumentErrors } from './argument-errors.ts';
import { brokenBy, brokenElsewhere, noModule } from './broken.ts';
import type { Handlers } from './handlers.ts';
import { tagsOf } from './tags.ts';

interface TaskContext {
  readonly modules: ReadonlyMap<string, Module>;
  readonly handlers: Handlers;
  readonly problems: Problem[];
  readonly lost: LostNames;
}

/**
 * Reads one task or, with `handlerSchema`, one handler; undefined where it is not even a map. What is wrong is added to `problems`, and the names
 * that may come from it to `lost`.
 */
export function readTask(
  value: Json,
  { scope: _, broken: around, ...at }: Place & Pick<TaskText, 'order'>,
  { modules, handlers, problems, lost }: TaskContext,
  schema = keywordsSchema,
): TaskText | undefined {
  const { doc, path } = at;
  const add = (code: ProblemCode, message: string, key: string | undefined, hint: string | undefined) =>
    problems.push(doc.problem(code, message, key === undefined ? path : [...path, key], { key: true, hint }));
  const errors = schemaErrors(schema, value);
  const hint = isJsonObject(value) ? {} : { hint: 'A task is a map that names a module: "- MODULE: { ... }".' };
  problems.push(...errors.map((error) => problemOf(doc, { ...error, ...hint }, path)));
  if (!isJsonObject(value)) return undefined;

  const isKeyword = (key: string) =>
    isTaskKeyword(key) || (schema === handlerSchema && Object.hasOwn(handlerKeywords, key));
  const named = Object.keys(value).filter((key) => modules.has(key));
  const unknown = Object.keys(value).filter((key) => !modules.has(key) && !isKeyword(key));
  for (const key of unknown) {
    const what = named.length > 0 ? 'is not a keyword of a task' : 'is neither a module nor a keyword of a task';
    const code = named.length > 0 ? 'unknown-key' : 'unknown-module';
    add(code, `"${key}" ${what}`, key, meantBy(key, value[key], { modules, hasModule: named.length > 0 }));
  }
  const [name, ...others] = named;
  for (const other of others) {
    const message = `a task names one module; here are "${name}" and "${other}"`;
    add('two-modules', message, other, 'Make two tasks of it.');
  }
  if (name === undefined && unknown.length === 0) {
    add('no-module', 'the task names no module', undefined, listOf(modules));
  }

  const notifies = handlers.notifiedBy(value, at);
  const module = modules.get(name ?? '') ?? noModule;
  const args = name === undefined ? {} : (value[name] as Json);
  const told = argumentErrors(module, args, args, 'any');
  problems.push(...told.map((error) => problemOf(doc, error, [...path, module.name])));
  const tags = [...new Set([...at.tags, ...tagsOf(value)])];
  const task = { ...at, value: takingOver({ ...at, value }), module, args, tags, notifies };
  if (unknown.some((key) => isOfFile(shortName(key)))) lost.addResults();
  const own = brokenBy(value, errors, [...unknown, ...others], lost);
  if (around !== undefined || own !== undefined) {
    const names = [...(around?.names ?? []), ...(own?.names ?? [])];
    return { ...task, broken: { names, keys: own?.keys ?? [] } };
  }
  if (name === undefined) return { ...task, broken: brokenElsewhere };
  return told.length === 0 ? task : { ...task, broken: { ...brokenElsewhere, told } };
}

/** A hint for a key that is neither a keyword nor a module. */
function meantBy(
  key: string,
  value: Json | undefined,
  { modules, hasModule }: { readonly modules: ReadonlyMap<string, Module>; readonly hasModule: boolean },
): string | undefined {
  if (key === 'listen') return 'Only a handler listens.';
  const alone = shortName(key);
  const isHere = modules.has(alone) || (includeKeys as readonly string[]).includes(alone);
  if (!hasModule && alone !== key && isHere)
    return `Write "${alone}": nothing has a collection in front of its name here.`;
  if (key === 'import_playbook') return 'It is an item of the playbook, beside the plays.';
  const instead = (hasModule ? undefined : insteadOfModule(key, value)) ?? insteadOf(hasModule ? key : alone, 'task');
  const known = [...Object.keys(taskKeywords), ...(hasModule ? [] : [...modules.keys(), ...includeKeys])];
  return instead ?? didYouMean(key, known) ?? (hasModule ? undefined : listOf(modules));
}

/** Would it bring tasks of another file? */
function isOfFile(name: string): boolean {
  return /^(?:include|import)(?:_tasks|_role)?$/.test(name);
}

const listOf = (modules: ReadonlyMap<string, Module>) => `Modules: ${[...modules.keys()].join(', ')}.`;
