import { isJsonObject, type Json } from '../core/json.ts';
import type { JsonSchema } from '../core/module.ts';
import { moduleNamed } from '../modules/list.ts';

const whole = /^\{\{ ((?:"(?:\\.|[^"\\])*"|[^"{}])+) \}\}$/;

/**
 * The arguments with their templates converted to what the module takes: Ansible does so by itself, a number becomes the text of an argument
 * that is one, and the reverse.
 */
export function withConversions(module: string, args: Json): Json {
  return converted(args, moduleNamed(module)?.schema ?? {});
}

const sure = /^(?:inventory_hostname|(?:string|to_json)\(.*\)|.*\.trim\(\))$/;

function converted(value: Json, given: JsonSchema): Json {
  const schema = branchFor(value, given);
  if (Array.isArray(value)) return value.map((one: Json) => converted(one, (schema.items ?? {}) as JsonSchema));
  if (isJsonObject(value)) {
    const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, converted(one as Json, properties[key] ?? {})]),
    );
  }
  const call = schema.type === 'string' ? 'string' : schema.type === 'integer' ? 'int' : undefined;
  const expression = typeof value === 'string' ? whole.exec(value)?.[1] : undefined;
  if (call === undefined || expression === undefined || (call === 'string' && sure.test(expression))) return value;
  return `{{ ${call}(${expression}) }}`;
}

/** Of a choice of types the one that the value has. */
function branchFor(value: Json, schema: JsonSchema): JsonSchema {
  const branches = schema.anyOf ?? schema.oneOf;
  const type = Array.isArray(value) ? 'array' : 'object';
  const isChosen = Array.isArray(branches) && typeof value === 'object';
  return isChosen ? (((branches as JsonSchema[]).find((one) => one.type === type) ?? schema) as JsonSchema) : schema;
}
