import { reason } from '../core/failure.ts';
import type { SourcePlace } from '../core/fleet.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { JsonSchema } from '../core/module.ts';
import type { TextPart } from '../core/text-part.ts';
import { readYaml } from '../core/yaml.ts';
import type { YamlPath } from '../core/yaml-place.ts';
import { holdsTemplate } from './expressions/templates.ts';
import { schemaProblems } from './inner-schemas.ts';
import type { PlaybookText } from './parse.ts';
import type { Problem } from './problem.ts';
import { inputSchema } from './schema/input-keywords.ts';
import { type SchemaError, schemaErrors } from './schema/schema-errors.ts';
import { types } from './schema/type-words.ts';
import { nameProblems, variableProblems } from './tasks/task-rules.ts';
import type { PlayText } from './texts.ts';

/** A value that a play asks for. */
export interface Input {
  readonly name: string;
  readonly schema: JsonSchema;
}

/** Where a value of -e, or a part of it, is written; without a path, its name. `part`: of the text that stands there. */
export type ExtraSpot = (name: string, path: YamlPath | undefined, part?: TextPart) => SourcePlace | undefined;

/** What a play, or a file of tasks, declares; what is not in the right shape is left out. */
export function inputsOf(play: JsonObject): readonly Input[] {
  const { inputs } = play;
  if (!isJsonObject(inputs)) return [];
  return Object.entries(inputs).flatMap(([name, schema]) => (isJsonObject(schema) ? [{ name, schema }] : []));
}

/** Must it be given? */
export function isRequired({ schema }: Input): boolean {
  return schema.default === undefined;
}

/** What a value has against its input, in words. Empty for one that rests on a template: it is met when it is used. */
export function valueErrors({ schema }: Input, value: Json, written?: Json): readonly SchemaError[] {
  try {
    return holdsTemplate(value) ? [] : schemaErrors(schema, value, 'none', written);
  } catch {
    return []; // The schema itself is wrong, which is said where it stands.
  }
}

/** Text of a command line or a terminal as the type that the input has; text where it is none. */
export function typed({ schema }: Input, text: string): Json {
  const types = [schema.type].flat();
  if (types.includes('string')) return text;
  if (types.includes('boolean') && /^(?:yes|true|on)$/i.test(text)) return true;
  if (types.includes('boolean') && /^(?:no|false|off)$/i.test(text)) return false;
  if (!types.some((type) => ['integer', 'number', 'array', 'object', 'null'].includes(String(type)))) return text;
  const { value, faults } = readYaml(text);
  return faults.length > 0 ? text : value;
}

/** CEL's name for an input's type; one that is not here may be anything. */
const celTypes: Readonly<Record<string, string>> = {
  ...{ string: 'string', boolean: 'bool', integer: 'int', number: 'double' },
};

/** An input's name with the type that expressions know; none where it may be anything. */
export function celTypeOf({ name, schema }: Input): readonly (readonly [name: string, type: string])[] {
  const type = typeof schema.type === 'string' ? celTypes[schema.type] : undefined;
  return type === undefined ? [] : [[name, type]];
}

/** Which `type` of a schema takes values of a type of CEL. */
const takers: Readonly<Record<string, readonly string[]>> = {
  ...{ string: ['string'], bool: ['boolean'], int: ['integer', 'number'], double: ['number', 'integer'] },
  ...{ list: ['array'], map: ['object'] },
};

/** What a value of such a type has against its input, whatever it is. */
export function typeError({ schema }: Input, celType: string): SchemaError | undefined {
  const fitting = takers[celType.replace(/<.*/, '')];
  const wanted = [schema.type ?? []].flat().map(String);
  if (fitting === undefined || wanted.length === 0 || wanted.some((type) => fitting.includes(type))) return undefined;
  const message = `must be ${types(schema.type)}, and is of type ${celType}`;
  const isOfJson = celType === 'string' && (wanted.includes('array') || wanted.includes('object'));
  return { code: 'wrong-type', message, path: [], hint: isOfJson ? 'Write {{ json(...) }} to read JSON.' : undefined };
}

/** What is wrong with the declaration of an input itself. */
export function declarationProblems(
  doc: PlaybookText,
  input: Input,
  path: YamlPath,
  taken: ReadonlySet<string>,
): readonly Problem[] {
  const { name, schema } = input;
  const isSet = schema.default !== undefined;
  const found = (isSet ? variableProblems : nameProblems)(doc, name, path, taken);
  if (schemaErrors(inputSchema, schema as JsonObject).length > 0) return found; // which is said where it stands
  const inner = schemaProblems(doc, schema as JsonObject, path);
  if (inner.some(({ severity }) => severity === 'error')) return [...found, ...inner];
  found.push(...inner);
  try {
    schemaErrors(schema, null);
  } catch (thrown) {
    const message = `the input "${name}" cannot be checked: ${reason(thrown)}`;
    const hint = message.includes('regular expression') ? 'Correct its "pattern".' : 'It must be a JSON Schema.';
    return [...found, doc.problem('bad-input', message, path, { hint })];
  }
  if (!isSet) return found;
  const wrongDefault = (error: SchemaError) =>
    doc.problem(error.code, `the default of "${name}" ${error.message}`, [...path, 'default', ...error.path], error);
  return [...found, ...valueErrors(input, schema.default as Json).map(wrongDefault)];
}

/** The inputs of one play, with what is known of their values. */
export class PlayInputs {
  readonly names: readonly string[];
  /** Not given, and without a default: `validate` does not ask for them. */
  readonly unknown: ReadonlySet<string>;
  readonly defaults: JsonObject;
  /** Name -> CEL type. */
  readonly types: ReadonlyMap<string, string>;
  readonly #inputs: readonly Input[];

  constructor(play: JsonObject, extra: JsonObject) {
    this.#inputs = inputsOf(play);
    this.names = this.#inputs.map(({ name }) => name);
    const missing = this.#inputs.filter(({ name }) => !Object.hasOwn(extra, name));
    this.unknown = new Set(missing.filter(isRequired).map(({ name }) => name));
    const known = missing.filter((input) => !isRequired(input));
    this.defaults = Object.fromEntries(known.map(({ name, schema }) => [name, schema.default as Json]));
    this.types = new Map(this.#inputs.flatMap(celTypeOf));
  }

  /** What is wrong with the declarations, and with the values that -e gives. */
  problems(doc: PlaybookText, text: PlayText, extra: JsonObject, spot: ExtraSpot): readonly Problem[] {
    const vars = new Set(isJsonObject(text.value.vars) ? Object.keys(text.value.vars) : []);
    return this.#inputs.flatMap((input) => {
      const { name } = input;
      const path = [...text.path, 'inputs', name];
      const found = declarationProblems(doc, input, path, vars);
      const given = Object.hasOwn(extra, name) ? valueErrors(input, extra[name] as Json) : [];
      return [...found, ...given.map((error) => this.#wrong(doc, input, error, spot, path))];
    });
  }

  #wrong(doc: PlaybookText, { name, schema }: Input, error: SchemaError, spot: ExtraSpot, path: YamlPath): Problem {
    const inside = error.path.length === 0 ? '' : ` (at ${error.path.join('.')})`;
    const hint = error.hint ?? (typeof schema.description === 'string' ? schema.description : undefined);
    const details = hint === undefined ? {} : { hint };
    const problem = doc.problem(error.code, `the input "${name}"${inside} ${error.message}`, path, details);
    const at = spot(name, error.path);
    if (at === undefined) return problem;
    const { source, width: _, ...place } = at;
    return { ...problem, at: place, source, width: Math.max(1, source.slice(place.column - 1).search(/[,}\s]|$/)) };
  }
}
