import { Failure } from './failure.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** For schemas: `500ms`, `2s`, `1.5m`, `1h`. */
export const durationPattern = '^[0-9]+(\\.[0-9]+)?(ms|s|m|h)$';

/** The same, and more than none: a time to wait for an answer. */
export const timeoutPattern = '^(?=.*[1-9])[0-9]+(\\.[0-9]+)?(ms|s|m|h)$';

/** Milliseconds of `500ms`, `2s`, `1.5m`, `1h`. Throws Failure `invalid`. */
export function milliseconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const unit = units[match?.[2] ?? ''];
  if (match === null || unit === undefined) {
    throw new Failure('invalid', `"${text}" is not a duration`, {
      hint: 'Write a number and a unit: 500ms, 2s, 1.5m or 1h.',
    });
  }
  return Math.round(Number(match[1]) * unit);
}
