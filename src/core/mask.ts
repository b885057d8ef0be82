import { changeBase64, type Edit } from './base64-runs.ts';
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
  return edited(text, spotter, deeper).text;
}

/** The text without secrets, and the two rounds of changes that it took. */
function edited(
  text: string,
  spotter: Spotter,
  deeper = depth,
): { text: string; rounds: readonly (readonly Edit[])[] } {
  const inBase64 =
    deeper === 0 || spotter.knowsNoLong
      ? []
      : changeBase64(text, (decoded) => maskedText(decoded, spotter, deeper - 1));
  const inside = withEdits(text, inBase64);
  const plain = spotter.spots(inside, deeper !== depth).map((spot) => ({ ...spot, by: maskText }));
  return { text: withEdits(inside, plain), rounds: [inBase64, plain] };
}

function withEdits(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text;
  const kept = edits.map(({ start, by }, i) => text.slice(edits[i - 1]?.end ?? 0, start) + by);
  return `${kept.join('')}${text.slice(edits.at(-1)?.end)}`;
}

/** A part of a line, from `start` up to `end`. */
export interface LinePart {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The line without secrets, and where the part is then; of a secret that it begins or ends in, the whole mask. */
export function maskLine({ text, start, end }: LinePart, secrets: readonly string[]): LinePart {
  const { text: shown, rounds } = edited(text, spotterOf(secrets));
  const moved = (offset: number, isEnd: boolean) => rounds.reduce((at, edits) => after(edits, at, isEnd), offset);
  return { text: shown, start: moved(start, false), end: moved(end, true) };
}

/** Where a place in a text is after these edits of it. */
function after(edits: readonly Edit[], offset: number, isEnd: boolean): number {
  let by = 0;
  for (const edit of edits) {
    if (edit.end <= offset) by += edit.by.length - (edit.end - edit.start);
    else if (edit.start < offset) return edit.start + by + (isEnd ? edit.by.length : 0);
  }
  return offset + by;
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
