import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { didYouMean } from '../core/nearest.ts';
import { orList } from '../core/word-list.ts';
import type { YamlPath } from '../core/yaml-place.ts';
import type { PlaybookText } from './parse.ts';
import type { Problem } from './problem.ts';
import { inputFormats, inputKeywords } from './schema/input-keywords.ts';

/** Keywords of JSON Schema that a schema inside of an input's may have besides, by what stands under them. */
const schemas = ['items', 'additionalProperties', 'contains', 'propertyNames', 'not', 'if', 'then', 'else'];
const maps = ['properties', 'patternProperties', 'dependentSchemas'];
const lists = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const plain = [
  'const',
  'title',
  'nullable',
  'minContains',
  'maxContains',
  'minProperties',
  'maxProperties',
  'dependentRequired',
];
const known = [...new Set([...inputKeywords, ...schemas, ...maps, ...lists, ...plain])];

/** Keywords that are about values of one type alone. */
const about: Readonly<Record<string, readonly string[]>> = {
  string: ['format', 'pattern', 'minLength', 'maxLength'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  array: ['items', 'minItems', 'maxItems', 'uniqueItems', 'contains', 'minContains', 'maxContains', 'prefixItems'],
  object: [
    ...['properties', 'required', 'additionalProperties', 'patternProperties', 'propertyNames', 'minProperties'],
    ...['maxProperties', 'dependentSchemas', 'dependentRequired'],
  ],
};
const words: Readonly<Record<string, string>> = { string: 'text', number: 'numbers', array: 'lists', object: 'maps' };

/**
 * What is wrong in the schema of an input, and in those inside of it, that a validator would pass over: a keyword that is none, a format that
 * nobody checks, a keyword about values of another type.
 */
export function schemaProblems(doc: PlaybookText, schema: JsonObject, path: YamlPath): readonly Problem[] {
  return [
    ...ofTypes(doc, schema, path),
    ...inside(schema).flatMap(([inner, at]) => ofInner(doc, inner, [...path, ...at])),
  ];
}

function ofInner(doc: PlaybookText, schema: JsonObject, path: YamlPath): readonly Problem[] {
  const unknown = Object.keys(schema)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const hint = didYouMean(key, known) ?? 'It must be a keyword of JSON Schema.';
      return doc.problem('unknown-key', `"${key}" is not known here`, [...path, key], { key: true, hint });
    });
  const { format } = schema;
  const isFormat = format === undefined || (typeof format === 'string' && inputFormats.includes(format));
  const hint = didYouMean(String(format), inputFormats);
  const message = `"format" must be ${orList(inputFormats)}`;
  const unchecked = isFormat ? [] : [doc.problem('bad-value', message, [...path, 'format'], { hint })];
  return [...unknown, ...unchecked, ...schemaProblems(doc, schema, path)];
}

function ofTypes(doc: PlaybookText, schema: JsonObject, path: YamlPath): readonly Problem[] {
  const { type } = schema;
  if (type === undefined) return [];
  const types = [type].flat().map((one) => (one === 'integer' ? 'number' : String(one)));
  return Object.entries(about).flatMap(([of, keywords]) => {
    const idle = types.includes(of) ? [] : keywords.filter((key) => schema[key] !== undefined);
    return idle.map((key) => {
      const message = `"${key}" does nothing here: it is about ${words[of]}`;
      return doc.problem('no-effect', message, [...path, key], { key: true, hint: 'Remove it, or change "type".' });
    });
  });
}

/** The schemas that stand in one, with the path there. */
function inside(schema: JsonObject): readonly (readonly [JsonObject, YamlPath])[] {
  const found = [
    ...schemas.map((key) => [schema[key], [key]] as const),
    ...maps.flatMap((key) => entriesOf(schema[key]).map(([name, one]) => [one, [key, name]] as const)),
    ...lists.flatMap((key) => itemsOf(schema[key]).map((one, i) => [one, [key, i]] as const)),
  ];
  return found.flatMap(([one, at]) => (isJsonObject(one as Json) ? [[one as JsonObject, at] as const] : []));
}

function entriesOf(value: Json | undefined): readonly (readonly [string, Json])[] {
  return value !== undefined && isJsonObject(value) ? (Object.entries(value) as [string, Json][]) : [];
}

function itemsOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
