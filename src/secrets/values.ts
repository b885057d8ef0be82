import { isJsonObject, type Json } from '../core/json.ts';
import { readYaml } from '../core/yaml.ts';

/** A shorter value would be found in what is none, and is no secret anyway. */
const shortest = 4;
/** How to connect is no secret, and stands in every record; the passwords among it are. */
const connection = /^ansible_(?!.*(?:pass|secret|token|key))/;
const words: ReadonlySet<string> = new Set(['true', 'false', 'null', 'none']);

/**
 * What must not be seen of a decrypted file: the scalars of its YAML or JSON, wherever they stand; of any other text each line, and what
 * stands after `=` or `:` in one.
 */
export function secretsIn(text: string): readonly string[] {
  const { value, faults } = readYaml(text, { dialect: 'ansible' });
  const isData = faults.length === 0 && typeof value === 'object' && value !== null;
  return [...new Set(isData ? scalarsOf(value) : linesOf(text))].filter(isLongEnough);
}

/** Of a value that was encrypted by itself, which is whole. */
export function secretsOfValue(value: string): readonly string[] {
  return [...new Set([value, value.trim()])].filter(isLongEnough);
}

function isLongEnough(text: string): boolean {
  return text.length >= shortest && !words.has(text.toLowerCase());
}

function scalarsOf(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => scalarsOf(item));
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([key, inner]) => (connection.test(key) ? [] : scalarsOf(inner)));
  }
  if (typeof value === 'string') return secretsOfValue(value);
  return typeof value === 'number' ? [String(value)] : [];
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const assigned = [...text.matchAll(/[=:][ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"']+))/g)];
  return [text.trim(), ...lines, ...assigned.flatMap(([, ...found]) => found.filter((one) => one !== undefined))];
}
