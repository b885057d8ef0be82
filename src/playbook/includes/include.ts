import type { ProblemCode } from '../../core/codes/problem-codes.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import { declarationProblems, type Input, inputsOf } from '../inputs.ts';
import { type PlaybookText, ProblemFailure } from '../parse.ts';
import type { Problem } from '../problem.ts';
import { insteadOf } from '../schema/ansible-keys.ts';
import { includeKeys, includeSchema, inheritedKeywords } from '../schema/include-keywords.ts';
import { keywordsSchema } from '../schema/keywords.ts';
import { taskFileShape } from '../schema/play-keywords.ts';
import { type SchemaError, schemaErrors } from '../schema/schema-errors.ts';
import type { LostNames } from '../scope/lost-names.ts';
import type { WithinText } from '../tasks/blocks.ts';
import { brokenBy, brokenElsewhere } from '../tasks/broken.ts';
import { variableProblems } from '../tasks/task-rules.ts';
import type { Broken } from '../texts.ts';
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
  readonly lost: LostNames;
  add(problems: readonly Problem[]): void;
  /** What a schema says of a part of a file. */
  report(doc: PlaybookText, errors: readonly SchemaError[], path: YamlPath): void;
}

export function isInclude(value: Json): value is JsonObject {
  return isJsonObject(value) && includeKeys.some((key) => Object.hasOwn(value, key));
}

/** The lists of tasks that an include stands for. */
interface Included {
  readonly lists: readonly IncludedTasks[];
  /** Set where something about the include or its file is not in the right shape, which has been told. */
  readonly broken?: Broken | undefined;
}

/** What an include stands for, as far as it can be had. */
export function includedTasks(value: JsonObject, context: IncludeContext): Included {
  const { doc, path, scope, files, lost } = context;
  const { key, ...told } = keyOf(value, context);
  let { broken } = told;
  const breaks = (problems: readonly Problem[]) => {
    context.add(problems);
    if (problems.length > 0) broken ??= brokenElsewhere;
  };
  try {
    const { name, at, given } = named(value[key] as Json, key);
    const file = scope.render(name, doc, [...path, ...at]);
    if (typeof file !== 'string' || file.trim() === '') {
      const problem = doc.problem('wrong-type', 'the name of a file must come to text', [...path, ...at]);
      if (broken === undefined) throw new ProblemFailure(problem);
      lost.addResults(); // which may be what has been told
      return { lists: [], broken };
    }
    const turns = turnsOf(value, context, breaks);
    const read = tasksOf(files.open(file, doc, [...path, ...at]), context);
    const { handed, problems } = handedOver(read.inputs, given, [key, 'with'], context);
    breaks(problems);
    if (!read.isSound) broken ??= brokenElsewhere;
    files.count(read.tasks.length * turns.length, doc, [...path, ...at]);
    const lists = turns.map((own, turn) => {
      const { within, blocks } = context;
      const frame: Frame = { doc, path, value, within, blocks, own, handed, frame: context.frame };
      const vars = isJsonObject(value.vars) ? value.vars : {};
      const inside = scope.inside(own, vars, Object.fromEntries(handed.map((one) => [one.input.name, one.value])));
      return { ...read, frame, scope: inside, ...(value.loop === undefined ? {} : { turn }) };
    });
    return { lists, broken };
  } catch (thrown) {
    if (!(thrown instanceof ProblemFailure)) throw thrown;
    breaks(thrown.all);
    lost.addResults();
    return { lists: [], broken };
  }
}

/** Keywords of tasks that an include has not: what takes their place. */
const ofInclude: Readonly<Record<string, string>> = {
  loop_control:
    'The item of its loop is "item", its number "loop.index": hand them to the file under "with", by the names that it declares.',
  register: 'Register in a task of the file: what it registers is known after the include too.',
  delegate_facts: 'Nothing is gathered from the hosts. Remove it.',
};

/** The key of the include; `broken` where what it says is not in the right shape. */
function keyOf(
  value: JsonObject,
  { doc, path, add, report, lost }: IncludeContext,
): { readonly key: string; readonly broken?: Broken } {
  const [key = includeKeys[0]] = includeKeys.filter((one) => Object.hasOwn(value, one));
  const unknown = Object.keys(value).filter(
    (one) => one !== key && !(inheritedKeywords as readonly string[]).includes(one),
  );
  for (const one of unknown) {
    const isKeyword = Object.hasOwn(keywordsSchema.properties as object, one);
    const isTwin = (includeKeys as readonly string[]).includes(one);
    const hint = isTwin
      ? 'Make two tasks of it: an include names one file.'
      : isKeyword
        ? (ofInclude[one] ?? 'Say it of a task in the file.')
        : (insteadOf(one, 'include') ??
          didYouMean(one, inheritedKeywords) ??
          `Known here: ${inheritedKeywords.join(', ')}.`);
    const message = isKeyword ? `"${one}" cannot be said of an include` : `"${one}" is not a keyword of an include`;
    add([doc.problem('unknown-key', message, [...path, one], { key: true, hint })]);
  }
  const errors = [
    ...schemaErrors(keywordsSchema, value),
    ...schemaErrors(includeSchema, value[key] as Json).map((error) => ({ ...error, path: [key, ...error.path] })),
  ];
  report(doc, errors, path);
  for (const name of Object.keys(isJsonObject(value.vars) ? value.vars : {})) {
    const taken = new Set(value.loop === undefined ? [] : ['item']);
    add(variableProblems(doc, name, [...path, 'vars', name], taken));
  }
  const broken = brokenBy(value, errors, unknown, lost);
  return { key, ...(broken === undefined ? {} : { broken }) };
}

function named(value: Json, key: string): { name: Json; at: YamlPath; given: JsonObject } {
  if (!isJsonObject(value)) return { name: value, at: [key], given: {} };
  return { name: value.file as Json, at: [key, 'file'], given: isJsonObject(value.with) ? value.with : {} };
}

/** What each turn of the loop brings; one that brings nothing without a loop, and one of nothing where the loop `breaks`. */
function turnsOf(
  value: JsonObject,
  { doc, path, scope }: IncludeContext,
  breaks: (problems: readonly Problem[]) => void,
): readonly JsonObject[] {
  if (value.loop === undefined) return [{}];
  const at = [...path, 'loop'];
  try {
    const items = scope.render(value.loop, doc, at);
    if (Array.isArray(items)) return items.map((item, i) => ({ item: item as Json, loop: { index: i + 1 } }));
    // What is neither text nor a map has been told.
    if (items !== value.loop || isJsonObject(items))
      breaks([doc.problem('wrong-type', '"loop" must come to a list', at)]);
  } catch (thrown) {
    if (!(thrown instanceof ProblemFailure)) throw thrown;
    breaks(thrown.all);
  }
  return [{ item: null, loop: { index: 1 } }];
}

interface TaskFile {
  readonly doc: PlaybookText;
  readonly path: YamlPath;
  readonly tasks: readonly Json[];
  readonly inputs: readonly Input[];
  readonly isSound: boolean;
}

/** A file of tasks: the list alone, or with the inputs that it takes. Throws ProblemFailure for what is neither. */
function tasksOf(doc: PlaybookText, { add, report, lost }: IncludeContext): TaskFile {
  const { value } = doc;
  const refused = (code: ProblemCode, message: string, hint: string) =>
    new ProblemFailure(doc.problem(code, message, [], { hint }));
  const [first, ...others] = doc.problems;
  if (doc.isLost && first !== undefined) {
    add(others);
    throw new ProblemFailure(first);
  }
  add(doc.problems);
  const shape = 'A file of tasks is a list of tasks, or a map of "inputs" and "tasks".';
  if (value === null || (Array.isArray(value) && value.length === 0)) {
    throw refused('empty', 'the file of tasks is empty', shape);
  }
  if (Array.isArray(value)) {
    if (value.some((task) => isJsonObject(task) && Object.hasOwn(task, 'hosts'))) {
      const hint = 'Use "import_playbook", as an item of the playbook.';
      throw refused('a-playbook', 'this file holds plays, not tasks', hint);
    }
    return { doc, path: [], tasks: value as readonly Json[], inputs: [], isSound: true };
  }
  if (!isJsonObject(value)) throw refused('wrong-type', 'a file of tasks must be a list or a map', shape);
  const errors = schemaErrors(taskFileShape, value);
  report(doc, errors, []);
  for (const error of errors) lost.addIn(value[String(error.path[0])]);
  const inputs = inputsOf(value);
  const wrong = inputs.flatMap((input) => declarationProblems(doc, input, ['inputs', input.name], new Set()));
  add(wrong);
  const tasks = Array.isArray(value.tasks) ? (value.tasks as readonly Json[]) : [];
  return { doc, path: ['tasks'], tasks, inputs, isSound: errors.length + wrong.length === 0 };
}
