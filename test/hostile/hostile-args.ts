import { isJsonObject, type Json } from '../../src/core/json.ts';
import { canary } from './jail.ts';

const touch = `touch ${canary}`;
const tight = `touch\${IFS}${canary}`;

/** Data that a shell, an awk, a sed, a printf or a tool's option parser would love to obey, between two marks. */
export const payloads: readonly string[] = [
  "'",
  '"',
  `$(${touch})`,
  `$(${tight})`,
  `\`${touch}\``,
  `;${touch};`,
  `;${tight};`,
  `&&${tight}&`,
  `|${tight}|`,
  `\n${touch}\n`,
  `' ; ${touch} ; '`,
  `';${tight};'`,
  `";${tight};"`,
  `"$(${tight})"`,
  `'$(${tight})'`,
  `)${tight})`,
  `}\n${touch}\n{`,
  `{touch,${canary}}`,
  `>${canary}`,
  `<(${tight})`,
  '$HOME$IFS$0',
  '${HOME}',
  '* ? [a-z]*',
  '*',
  '~root',
  ' two  spaces\t',
  '\\',
  '\\n\\t\\0\\c',
  '%s%n%d%%',
  '!!#x',
  '/e;s/x/y/',
  `/e ${touch}`,
  `&\\1`,
  `system("${touch}")`,
  'é漢字🎉',
  'e\u0301\u202e',
  '\r',
  '=',
  ':',
  '{{ 1 }}',
].map((text) => `q7z${text}z7q`);

/** Each string in a value, as its path. */
export function stringsIn(
  value: Json,
  path: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  if (typeof value === 'string') return [path];
  if (Array.isArray(value)) return value.flatMap((item, i) => stringsIn(item as Json, [...path, i]));
  if (isJsonObject(value)) return Object.entries(value).flatMap(([key, item]) => stringsIn(item, [...path, key]));
  return [];
}

/** The value with another string at a path. */
export function replaced(value: Json, path: readonly (string | number)[], make: (old: string) => string): Json {
  const [step, ...rest] = path;
  if (step === undefined) return typeof value === 'string' ? make(value) : value;
  if (Array.isArray(value))
    return value.map((item, i) => (i === step ? replaced(item as Json, rest, make) : (item as Json)));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === step ? replaced(item, rest, make) : item]),
  );
}

/** Ways to bring a payload into a string that a schema restricts. */
export const disguises: readonly ((old: string, payload: string) => string)[] = [
  (_, payload) => payload,
  (_, payload) => `/${payload}`,
  (_, payload) => `/tmp/${payload}`,
  (old, payload) => `${old}${payload}`,
  (_, payload) => payload.replaceAll(/\s/g, ''),
  (_, payload) =>
    `${payload
      .replaceAll(/[\s/]/g, '')
      .slice(0, 12)
      .replace(/z7?q?$/, '')}z7q`,
  (old, payload) => `${old}${payload.replaceAll(/[\s/,]/g, '')}`,
];
