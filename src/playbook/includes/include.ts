import type { ProblemCode } from '../../core/codes/problem-codes.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { YamlPath } from '../../core/yaml.ts';
import { declarationProblems, type Input, inputsOf } from '../inputs.ts';
import { type PlaybookText, ProblemFailure } from '../parse.ts';
import type { Problem } from '../problem.ts';
import { includeKeys, includeSchema, inheritedKeywords } from '../schema/include-keywords.ts';
import { keywordsSchema } from '../schema/keywords.ts';
import { taskFileShape } from '../schema/play-keywords.ts';
import { type SchemaError, schemaErrors } from '../schema/schema-errors.ts';
import type { WithinText } from '../tasks/blocks.ts';
import { variableProblems } from '../tasks/task-rules.ts';
import type { Frame } from './frame.ts';
import { handedOver } from './handed.ts';
import type { IncludedFiles } from './included-files.ts';
import type { StaticScope } from './static-scope.ts';

/** A list of tasks that stands where an include does: one for each turn of its loop. */
export interface IncludedTasks {
  readonly doc: PlaybookText;
  /** Of the list in its file. */
  readonly path: YamlPath;
  readonly tasks: readonly Json[];
  readonly frame: Frame;
  readonly scope: StaticScope;
  /** With a loop: which turn, from 0. */
  readonly turn?: number;
}

interface IncludeContext {
  readonly doc: PlaybookText;
  readonly path: YamlPath;
  readonly files: IncludedFiles;
  readonly scope: StaticScope;
  readonly within: readonly WithinText[];
  readonly blocks: readonly WithinText[];
  readonly frame?: Frame | undefined;
  add(problems: readonly Problem[]): void;
  /** What a schema says of a part of a file. */
  report(doc: PlaybookText, errors: readonly SchemaError[], path: YamlPath): void;
}

export function isInclude(value: Json): value is JsonObject {
  return isJsonObject(value) && includeKeys.some((key) => Object.hasOwn(value, key));
}

/** The tasks that an include stands for. Undefined: they cannot be had, and it has been said why. */
export function includedTasks(value: JsonObject, context: IncludeContext): readonly IncludedTasks[] | undefined {
  const { doc, path, scope, files } = context;
  const key = keyOf(value, context);
  if (key === undefined) return undefined;
  try {
    const { name, at, given } = named(value[key] as Json, key);
    const file = scope.render(name, doc, [...path, ...at]);
    if (typeof file !== 'string' || file.trim() === '') {
      throw new ProblemFailure(doc.problem('wrong-type', 'the name of a file must come to text', [...path, ...at]));
    }
    const turns = turnsOf(value, context);
    const found = tasksOf(files.open(file, doc, [...path, ...at]), context);
    if (found === undefined) return undefined;
    const { handed, problems } = handedOver(found.inputs, given, [key, 'with'], context);
    context.add(problems);
    files.count(found.tasks.length * turns.length, doc, [...path, ...at]);
    if (problems.length > 0) return undefined;
    return turns.map((own, turn) => {
      const { within, blocks } = context;
      const frame: Frame = { doc, path, value, within, blocks, own, handed, frame: context.frame };
      const vars = isJsonObject(value.vars) ? value.vars : {};
      const inside = scope.inside(own, vars, Object.fromEntries(handed.map((one) => [one.input.name, one.value])));
      return { ...found, frame, scope: inside, ...(value.loop === undefined ? {} : { turn }) };
    });
  } catch (thrown) {
    if (!(thrown instanceof ProblemFailure)) throw thrown;
    context.add([thrown.problem]);
    return undefined;
  }
}

/** The key of the include; undefined where what it says is not in the right shape. */
function keyOf(
  value: JsonObject,
  { doc, path, add, report }: IncludeContext,
): (typeof includeKeys)[number] | undefined {
  const [key, ...others] = includeKeys.filter((one) => Object.hasOwn(value, one));
  const unknown = Object.keys(value).filter(
    (one) => one !== key && !(inheritedKeywords as readonly string[]).includes(one),
  );
  for (const one of unknown) {
    const isKeyword = Object.hasOwn(keywordsSchema.properties as object, one);
    const hint = isKeyword
      ? 'Say it of a task in the file.'
      : (didYouMean(one, inheritedKeywords) ?? `Known here: ${inheritedKeywords.join(', ')}.`);
    const message = isKeyword ? `"${one}" cannot be said of an include` : `"${one}" is not a keyword of an include`;
    add([doc.problem('unknown-key', message, [...path, one], { key: true, hint })]);
  }
  const errors = schemaErrors(keywordsSchema, value);
  report(doc, errors, path);
  const own = key === undefined ? [] : schemaErrors(includeSchema, value[key] as Json);
  report(doc, own, [...path, key ?? '']);
  for (const name of Object.keys(isJsonObject(value.vars) ? value.vars : {})) {
    const taken = new Set(value.loop === undefined ? [] : ['item']);
    add(variableProblems(doc, name, [...path, 'vars', name], taken));
  }
  return unknown.length + errors.length + own.length + others.length === 0 ? key : undefined;
}

function named(value: Json, key: string): { name: Json; at: YamlPath; given: JsonObject } {
  if (!isJsonObject(value)) return { name: value, at: [key], given: {} };
  return { name: value.file as Json, at: [key, 'file'], given: isJsonObject(value.with) ? value.with : {} };
}

/** What each turn of the loop brings; one that brings nothing without a loop. Throws ProblemFailure. */
function turnsOf(value: JsonObject, { doc, path, scope }: IncludeContext): readonly JsonObject[] {
  if (value.loop === undefined) return [{}];
  const items = scope.render(value.loop, doc, [...path, 'loop']);
  if (Array.isArray(items)) return items.map((item, i) => ({ item: item as Json, loop: { index: i + 1 } }));
  throw new ProblemFailure(doc.problem('wrong-type', '"loop" must come to a list', [...path, 'loop']));
}

interface TaskFile {
  readonly doc: PlaybookText;
  readonly path: YamlPath;
  readonly tasks: readonly Json[];
  readonly inputs: readonly Input[];
}

/** A file of tasks: the list alone, or with the inputs that it takes. */
function tasksOf(doc: PlaybookText, { add, report }: IncludeContext): TaskFile | undefined {
  const { value } = doc;
  const refuse = (code: ProblemCode, message: string, hint: string) => {
    add([doc.problem(code, message, [], { hint })]);
    return undefined;
  };
  if (doc.problems.length > 0) {
    add(doc.problems);
    return undefined;
  }
  const shape = 'A file of tasks is a list of tasks, or a map of "inputs" and "tasks".';
  if (value === null || (Array.isArray(value) && value.length === 0)) {
    return refuse('empty', 'the file of tasks is empty', shape);
  }
  if (Array.isArray(value)) {
    if (value.some((task) => isJsonObject(task) && Object.hasOwn(task, 'hosts'))) {
      return refuse(
        'a-playbook',
        'this file holds plays, not tasks',
        'Use "import_playbook", as an item of the playbook.',
      );
    }
    return { doc, path: [], tasks: value as readonly Json[], inputs: [] };
  }
  if (!isJsonObject(value)) return refuse('wrong-type', 'a file of tasks must be a list or a map', shape);
  const errors = schemaErrors(taskFileShape, value);
  report(doc, errors, []);
  const inputs = inputsOf(value);
  const wrong = inputs.flatMap((input) => declarationProblems(doc, input, ['inputs', input.name], new Set()));
  add(wrong);
  if (errors.length + wrong.length > 0 || !Array.isArray(value.tasks)) return undefined;
  return { doc, path: ['tasks'], tasks: value.tasks as readonly Json[], inputs };
}
