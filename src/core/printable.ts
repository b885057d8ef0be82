import { cutSign } from './cut.ts';

/**
 * What a terminal would obey or hide instead of showing, C0 apart: DEL and C1 controls, bidirectional controls, zero-width
 * characters, line separators, tag characters and halves of surrogate pairs.
 */
const hidden =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu;
const unsafe = new RegExp(`[\\u0000-\\u001f]|${hidden.source}`, 'gu');

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Host text as one line that is safe on a terminal and in Markdown's source: every control character is written out
 * (`\x1b`, `\u202e`, `\n`), and the whole is at most `limit` characters, `…` at its end where it was cut.
 */
export function printable(text: string, limit = 200): string {
  // An answer may be megabytes: only what can still be shown is looked at.
  const start = text.length > limit ? text.slice(0, limit + 1) : text;
  const shown = [...start.replace(unsafe, written)];
  if (shown.length <= limit && start.length === text.length) return shown.join('');
  return `${shown.slice(0, Math.max(0, limit - 1)).join('')}${cutSign}`;
}

/** The same for text of several lines: at most `lines` lines, each at most `limit` characters. */
export function printableLines(text: string, lines = 20, limit = 200): string[] {
  const all = text.replace(/\r?\n$/, '').split(/\r?\n/, lines + 1);
  const shown = all.slice(0, lines).map((line) => printable(line.replaceAll('\t', '    '), limit));
  return all.length > lines ? [...shown, cutSign] : shown;
}

/** With a space for each character that a terminal would obey or hide: what stands in a line keeps its column. */
export function blanked(text: string): string {
  return text.replace(unsafe, (character) => ' '.repeat(character.length));
}

export function isPrintable(text: string): boolean {
  return text.search(unsafe) === -1;
}

/** Are there characters, other than C0 controls, that cannot be seen? */
export function hasHidden(text: string): boolean {
  return text.search(hidden) !== -1;
}

/** Text in which backslash escapes are read (JSON, YAML in double quotes), without a character that cannot be seen. */
export function escapeHidden(text: string, written: (code: number) => string = utf16Escapes): string {
  return text.replace(hidden, (character) => written(character.codePointAt(0) ?? 0));
}

function utf16Escapes(code: number): string {
  return [...String.fromCodePoint(code).split('')]
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

function written(character: string): string {
  const known = short[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}
