import { isJsonObject, type Json } from '../../core/json.ts';
import type { JsonSchema } from '../../core/module.ts';
import { shown } from '../../core/shown.ts';
import { orList } from '../../core/word-list.ts';
import { wordOfTruth } from './truth-words.ts';

const typeNames: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  null: 'empty',
};

export function types(type: unknown): string {
  return orList([type].flat().map((name) => typeNames[String(name)] ?? String(name)));
}

export function kindOf(data: unknown): string {
  if (data === null) return 'empty';
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'object') return 'a map';
  return typeof data === 'string' ? `the text ${shown(data)}` : String(data);
}

/** How a value of another type would be right. `written`: what stands there in the playbook. */
export function typeHint(
  type: unknown,
  data: unknown,
  schema: JsonSchema,
  written: Json | undefined,
): string | undefined {
  const own = typeof written === 'string' && written !== data ? madeOf(written) : undefined;
  if (own !== undefined) return converted([type].flat(), data, own);
  const wanted = [type].flat();
  if (data === null && wanted.includes('array')) return 'Write its entries below it, each with "- ", or remove it.';
  if (typeof data === 'string' && data.includes('{{') && !wanted.includes('string'))
    return 'No template stands here: write the value.';
  const word = wanted.includes('boolean') ? wordOfTruth(data) : undefined;
  if (word !== undefined) return word;
  if (wanted.includes('string') && isWellInQuotes(data, wanted, schema)) return 'Put it in quotes.';
  if (
    wanted.some((name) => name === 'integer' || name === 'number') &&
    typeof data === 'string' &&
    /^\d+$/.test(data)
  ) {
    return 'Remove the quotes.';
  }
  if (wanted.includes('array') && isJsonObject(data as Json)) return 'Begin each entry with "- ".';
  return undefined;
}

/** A number or boolean that would be taken as text. Beside lists and maps, or booleans, text is a template or an expression. */
function isWellInQuotes(data: unknown, wanted: readonly unknown[], { pattern }: JsonSchema): boolean {
  if (typeof data !== 'number' && typeof data !== 'boolean') return false;
  if (wanted.includes('boolean') || (wanted.includes('object') && wanted.includes('array'))) return false;
  return typeof pattern !== 'string' || new RegExp(pattern, 'u').test(String(data));
}

/** The expression that is all of a text. */
function madeOf(text: string): string | undefined {
  const inner = /^\s*\{\{([\s\S]*)\}\}\s*$/.exec(text)?.[1]?.trim();
  return inner === undefined || inner.includes('{{') ? undefined : inner;
}

/** The same expression, made to come to the type that is wanted. */
function converted(wanted: readonly unknown[], data: unknown, expression: string): string | undefined {
  const isNumber = typeof data === 'number';
  if (wanted.includes('string') && (isNumber || typeof data === 'boolean')) return `Write {{ string(${expression}) }}.`;
  if (wanted.includes('string') && typeof data === 'object' && data !== null && !wanted.includes('object'))
    return `Write {{ to_json(${expression}) }} to have it as JSON text.`;
  if (typeof data !== 'string') return undefined;
  if (wanted.includes('integer') && /^\s*-?\d+\s*$/.test(data)) return `Write {{ int(${expression}) }}.`;
  if (wanted.includes('number') && data.trim() !== '' && Number.isFinite(Number(data)))
    return `Write {{ double(${expression}) }}.`;
  if (wanted.includes('boolean') && wordOfTruth(data) !== undefined)
    return `Write {{ ${expression} == ${JSON.stringify(data)} }}.`;
  if (wanted.includes('array'))
    return `Of a text with lines: {{ ${expression}.lines() }}; with commas: {{ ${expression}.split(",") }}.`;
  return undefined;
}
