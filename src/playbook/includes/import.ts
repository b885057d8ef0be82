import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { JsonSchema } from '../../core/module.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import { isTemplate } from '../expressions/templates.ts';
import { inputsOf, valueErrors } from '../inputs.ts';
import { type PlaybookText, ProblemFailure } from '../parse.ts';
import type { Problem } from '../problem.ts';
import { withInstead } from '../schema/ansible-keys.ts';
import { importShape } from '../schema/play-keywords.ts';
import { type SchemaError, schemaErrors } from '../schema/schema-errors.ts';
import type { LostNames } from '../scope/lost-names.ts';
import type { PlayVar } from '../scope/play-vars.ts';
import { tagsOf } from '../tasks/tags.ts';
import { variableProblems } from '../tasks/task-rules.ts';
import { misfit } from './frame.ts';
import type { IncludedFiles } from './included-files.ts';

/** A play as it stands in its file, with what imports say of it. */
export interface PlayItem {
  readonly doc: PlaybookText;
  readonly path: YamlPath;
  readonly value: Json;
  /** What imports give it: it beats the play's own. */
  readonly given: readonly PlayVar[];
  readonly tags: readonly string[];
}

interface ImportContext {
  readonly files: IncludedFiles;
  add(problems: readonly Problem[]): void;
  report(doc: PlaybookText, errors: readonly SchemaError[], path: YamlPath): void;
  /** Names of what cannot be had, for which it has been told why. */
  readonly lost: LostNames;
}

interface Above {
  readonly given: readonly PlayVar[];
  readonly tags: readonly string[];
  readonly name?: Json | undefined;
}

/** The plays of a playbook and of those that it imports, in order. Problems say why some are not there. */
export function playItems(
  doc: PlaybookText,
  context: ImportContext,
  above: Above = { given: [], tags: [] },
): readonly PlayItem[] {
  const { value } = doc;
  context.add(doc.problems);
  if (doc.isLost) {
    context.lost.addResults();
    return [];
  }
  if (value === null || (Array.isArray(value) && value.length === 0)) {
    const hint = 'A playbook is a list of plays: "- hosts: web", then "tasks:".';
    context.add([doc.problem('empty', 'the playbook is empty', [], { hint })]);
    return [];
  }
  if (!Array.isArray(value)) {
    const hint = 'Begin each play with "- ".';
    context.add([doc.problem('wrong-type', 'a playbook must be a list of plays', [], { hint })]);
    context.lost.addResults();
    return [];
  }
  return value.flatMap((item: Json, index) => {
    const path = [index];
    return isJsonObject(item) && Object.hasOwn(item, 'import_playbook')
      ? imported(item, { doc, path }, context, above)
      : [played(item, { doc, path }, context, above)];
  });
}

function played(item: Json, at: Pick<PlayItem, 'doc' | 'path'>, { add }: ImportContext, above: Above): PlayItem {
  const { given, tags, name } = above;
  if (!isJsonObject(item)) return { ...at, value: item, given: [], tags };
  const inputs = new Map(inputsOf(item).map((input) => [input.name, input]));
  const asInputs = given.flatMap((one) => {
    const input = inputs.get(one.name);
    return input === undefined ? [] : [{ ...one, input }];
  });
  const wrong = asInputs.flatMap(({ input, value: raw, doc, path }) =>
    isTemplate(raw)
      ? [
          doc.problem('not-static', `the input "${input.name}" takes no template here`, path, {
            hint: 'Write the value.',
          }),
        ]
      : valueErrors(input, raw).map((error) => misfit({ doc, path }, input, error, [])),
  );
  add(wrong);
  const defaults = asInputs.map(({ input, value: raw }): [string, JsonObject] => [
    input.name,
    { ...(input.schema as JsonObject), ...(wrong.length > 0 ? {} : { default: raw }) },
  ]);
  const value = {
    ...item,
    ...(name === undefined || item.name !== undefined ? {} : { name }),
    ...(defaults.length === 0 ? {} : { inputs: { ...(item.inputs as JsonObject), ...Object.fromEntries(defaults) } }),
  };
  return { ...at, value, given: given.filter((one) => !inputs.has(one.name)), tags };
}

function imported(
  item: JsonObject,
  { doc, path }: Pick<PlayItem, 'doc' | 'path'>,
  context: ImportContext,
  above: Above,
): readonly PlayItem[] {
  const at = [...path, 'import_playbook'];
  const errors = schemaErrors(importShape as JsonSchema, item).map((error) =>
    error.path[0] === 'when'
      ? {
          ...error,
          message: '"when" cannot be said of an import',
          hint: 'Say it of the tasks: a play has no condition.',
        }
      : withInstead(error, 'import'),
  );
  context.report(doc, errors, path);
  for (const error of errors) context.lost.addIn(item[String(error.path[0])]);
  const own = Object.entries(isJsonObject(item.vars) ? item.vars : {}).map(
    ([name, raw]): PlayVar => ({ name, value: raw as Json, doc, path: [...path, 'vars', name] }),
  );
  for (const { name, path: place } of own) context.add(variableProblems(doc, name, place, new Set()));
  if (typeof item.import_playbook !== 'string') {
    context.lost.addResults();
    return [];
  }
  try {
    if (isTemplate(item.import_playbook)) {
      const hint = 'Write its path as it is: the inputs of its plays are asked for before anything is known.';
      throw new ProblemFailure(doc.problem('not-static', 'the name of a playbook is no template', at, { hint }));
    }
    const inner = context.files.open(item.import_playbook, doc, at);
    context.files.count(Array.isArray(inner.value) ? inner.value.length : 1, doc, at);
    const given = [...above.given, ...own.filter(({ name }) => !above.given.some((one) => one.name === name))];
    const tags = [...above.tags, ...tagsOf(item)];
    return playItems(inner, context, { given, tags, name: above.name ?? item.name });
  } catch (thrown) {
    if (!(thrown instanceof ProblemFailure)) throw thrown;
    context.add(thrown.all);
    context.lost.addResults();
    return [];
  }
}
