import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { type BlockPart, blockParts, type failedNames, type Section, type Within } from '../../core/play.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import type { PlaybookText } from '../parse.ts';
import { withInstead } from '../schema/ansible-keys.ts';
import { blockSchema, blockSettings } from '../schema/block-keywords.ts';
import { isTaskKeyword } from '../schema/keywords.ts';
import { type SchemaError, schemaErrors } from '../schema/schema-errors.ts';

/** A block as written. */
export interface BlockText {
  readonly id: string;
  readonly name: string;
  readonly path: YamlPath;
  readonly value: JsonObject;
}

/** A block around a task, and the part of it that the task stands in. */
export interface WithinText {
  readonly block: BlockText;
  readonly part: BlockPart;
}

/** What can say a keyword: a task or an include, with what is around it. */
export interface Speaker {
  readonly value: JsonObject;
  readonly path: YamlPath;
  /** In its own file, outermost first. */
  readonly within: readonly WithinText[];
  /** The include that its file is there by. */
  readonly frame?: Speaker | undefined;
}

export interface Said {
  readonly value: Json;
  readonly path: YamlPath;
}

/** All that is said of a keyword: by the blocks around a task, outermost first, then by the task. */
export function allSaid({ value, path, within }: Speaker, key: string): readonly Said[] {
  return [...within.map(({ block }) => block), { value, path }]
    .filter((one) => one.value[key] !== undefined)
    .map((one) => ({ value: one.value[key] as Json, path: [...one.path, key] }));
}

/** Every variable that is given to it under "vars", outermost first; of a name that is given twice, the last counts. */
export function varsSaid(speaker: Speaker): readonly (Said & { readonly name: string })[] {
  return allSaid(speaker, 'vars').flatMap(({ value, path }) =>
    Object.entries(isJsonObject(value) ? value : {}).map(([name, one]) => ({
      name,
      value: one as Json,
      path: [...path, name],
    })),
  );
}

/** What holds of a keyword: what the task says, or else the nearest block around it. */
export function said(task: Speaker, key: string): Said | undefined {
  return allSaid(task, key).at(-1);
}

export function isBlock(value: Json): value is JsonObject {
  return isJsonObject(value) && blockParts.some((part) => Object.hasOwn(value, part));
}

/** Names that expressions of a rescue know besides, with their types. */
export const failedTypes = new Map<(typeof failedNames)[number], string>([
  ['failed_task', 'string'],
  ['failed_result', 'dyn'],
]);

export function isRecovery(within: readonly WithinText[]): boolean {
  return within.some(({ part }) => part !== 'block');
}

export function withinOf(within: readonly WithinText[]): readonly Within[] {
  return within.map(({ block: { id, name }, part }) => ({ block: id, name, part }));
}

export const oneBlock = blockSchema({});

/** What is wrong with a block itself: its keys, and where it stands. */
export function blockErrors(value: JsonObject, section: Section, modules: ReadonlySet<string>): readonly SchemaError[] {
  const misplaced = Object.keys(value).filter((key) => isOfTasks(key, modules));
  const rest = Object.fromEntries(Object.entries(value).filter(([key]) => !misplaced.includes(key)));
  return [
    ...misplaced.map(
      (key): SchemaError => ({
        code: 'unknown-key',
        message: `"${key}" cannot be said of a block`,
        path: [key],
        key: true,
        hint: 'Say it of a task inside.',
      }),
    ),
    ...schemaErrors(oneBlock, rest).map((error) => withInstead(error, 'block')),
    ...(section === 'tasks' || section === 'cleanup' ? [] : asking(value, section)),
  ];
}

function isOfTasks(key: string, modules: ReadonlySet<string>): boolean {
  return modules.has(key) || (isTaskKeyword(key) && !Object.hasOwn(blockSettings, key));
}

function asking(value: JsonObject, section: Section): readonly SchemaError[] {
  return (['rescue', 'always'] as const)
    .filter((part) => Object.hasOwn(value, part))
    .map(
      (part): SchemaError => ({
        code: 'bad-section',
        message: `"${part}" has no meaning under "${section}", which changes nothing`,
        path: [part],
        key: true,
        hint: 'Leave it out; "retries" asks again, "ignore_errors" lets it fail.',
      }),
    );
}

/** Its name; without one, where it stands. */
export function blockName(doc: PlaybookText, value: JsonObject, path: YamlPath): string {
  if (typeof value.name === 'string' && value.name !== '') return value.name;
  return `the block in line ${doc.place(path).line}`;
}
