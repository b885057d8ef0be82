import type { ProblemCode } from '../../core/codes/problem-codes.ts';
import { entryOf } from '../../core/entry-of.ts';
import type { JsonSchema, Module } from '../../core/module.ts';
import { blockParts, sections } from '../../core/play.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import type { Respelled } from '../../core/yaml-respelled.ts';
import type { PlaybookText } from '../parse.ts';
import type { Problem } from '../problem.ts';
import { includeKeys } from './include-keywords.ts';
import { wordOfTruth } from './truth-words.ts';

/**
 * What a value is for: `data` may be anything, `text` comes to text whatever it is, of a `number` only the value counts. Undefined: its schema
 * says what it must be.
 */
type Purpose = 'data' | 'text' | 'number' | undefined;

const lists: ReadonlySet<string | number> = new Set([...sections, ...blockParts, 'handlers']);

/** Values that are surely meant otherwise than YAML 1.2 reads them: `yes` for true, 0644 for permissions, 1.10 for a version. */
export function respelledProblems(doc: PlaybookText, modules: ReadonlyMap<string, Module>): readonly Problem[] {
  return doc.respelled.flatMap((one) => {
    const said = inWords(one, purposeOf(one.path, modules));
    return said === undefined ? [] : [doc.problem(...said.about, one.path, { hint: said.hint })];
  });
}

function inWords(
  { written, value }: Respelled,
  purpose: Purpose,
): { readonly about: readonly [code: ProblemCode, message: string]; readonly hint: string } | undefined {
  if (typeof value === 'string') {
    if (purpose !== 'data') return undefined;
    const hint = `${wordOfTruth(written)} Put it in quotes where the text is meant.`;
    return { about: ['yes-is-text', `"${written}" is text here, not a boolean`], hint };
  }
  const isOctal = /^[-+]?0[0-9]+$/.test(written);
  if (purpose === undefined || (purpose === 'number' && !isOctal)) return undefined;
  const hint = `Put it in quotes to have it as it is written; for the number, write ${value}.`;
  return { about: ['not-as-written', `${written} is read as the number ${value}`], hint };
}

/** By where it stands in a playbook or a file of tasks. */
function purposeOf(path: YamlPath, modules: ReadonlyMap<string, Module>): Purpose {
  const start = path.findIndex((step) => typeof step !== 'number' && !lists.has(step));
  const [key, inner] = path.slice(start).map(String);
  if (start === -1 || key === undefined) return undefined;
  if (key === 'vars') return 'data';
  if (key === 'environment') return 'text';
  if ((includeKeys as readonly string[]).includes(key)) return inner === 'with' ? 'data' : undefined;
  const properties = modules.get(key)?.schema.properties as Readonly<Record<string, JsonSchema>> | undefined;
  return properties === undefined || inner === undefined ? undefined : purposeOfArgument(entryOf(properties, inner));
}

function purposeOfArgument(schema: JsonSchema | undefined): Purpose {
  if (schema === undefined) return undefined;
  if (['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf'].every((key) => schema[key] === undefined)) return 'data';
  return schema.type === 'integer' || schema.type === 'number' ? 'number' : undefined;
}
