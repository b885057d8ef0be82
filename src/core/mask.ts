import { changeBase64 } from './base64-runs.ts';
import type { Json } from './json.ts';
import { Spotter } from './spotter.ts';

export const maskText = '********';

/**
 * Every string of `value` without the secrets in it, in any of their spellings; keys that are more than a word, too. An empty secret
 * masks nothing. A number that is one as it is written is masked too. `kept`: fields of
 * `value` itself that stay as they are, as its numbers do then.
 */
export function maskSecrets<T extends Json>(value: T, secrets: readonly string[], kept?: ReadonlySet<string>): T {
  const spotter = spotterOf(secrets);
  if (spotter.knowsNothing) return value;
  if (kept === undefined || typeof value !== 'object' || value === null || Array.isArray(value))
    return masked(value, spotter) as T;
  const entries = Object.entries(value).map(([key, item]) =>
    kept.has(key) ? [key, item] : [maskedKey(key, spotter), typeof item === 'number' ? item : masked(item, spotter)],
  );
  return Object.fromEntries(entries) as T;
}

function masked(value: Json, spotter: Spotter): Json {
  if (typeof value === 'string') return maskedText(value, spotter);
  if (Array.isArray(value)) return value.map((item) => masked(item, spotter));
  if (typeof value === 'number' && spotter.isSecret(value)) return maskText;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [maskedKey(key, spotter), masked(item, spotter)]),
  );
}

/** How many times over a text may be base64. */
const depth = 2;

function maskedText(text: string, spotter: Spotter, deeper = depth): string {
  const inside =
    deeper === 0 || spotter.knowsNoLong
      ? text
      : changeBase64(text, (decoded) => maskedText(decoded, spotter, deeper - 1));
  const spots = spotter.spots(inside, deeper !== depth);
  if (spots.length === 0) return inside;
  const kept = spots.map(({ start }, i) => inside.slice(spots[i - 1]?.end ?? 0, start));
  return `${kept.map((part) => part + maskText).join('')}${inside.slice(spots.at(-1)?.end)}`;
}

/** A word is the name of a field, and stays; any other key has come from somewhere. */
function maskedKey(key: string, spotter: Spotter): string {
  return /^[A-Za-z_]+$/.test(key) ? key : maskedText(key, spotter);
}

/** Each event is masked: what finds a set of secrets is made once. */
const spotters = new WeakMap<readonly string[], { readonly size: number; readonly spotter: Spotter }>();

function spotterOf(secrets: readonly string[]): Spotter {
  const known = spotters.get(secrets);
  if (known !== undefined && known.size === secrets.length) return known.spotter;
  const spotter = new Spotter(secrets);
  spotters.set(secrets, { size: secrets.length, spotter });
  return spotter;
}
