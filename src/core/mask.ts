import type { Json } from './json.ts';

export const maskText = '********';

/** Every string of `value` without the secrets in it. An empty secret masks nothing. */
export function maskSecrets<T extends Json>(value: T, secrets: readonly string[]): T {
  const known = secrets.filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
  return known.length === 0 ? value : (masked(value, known) as T);
}

function masked(value: Json, secrets: readonly string[]): Json {
  if (typeof value === 'string') return secrets.reduce((text, secret) => text.replaceAll(secret, maskText), value);
  if (Array.isArray(value)) return value.map((item) => masked(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, secrets)]));
}
