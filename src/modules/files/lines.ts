import { Failure } from '../../core/failure.ts';
import { matches, pattern } from '../shared/patterns.ts';

/** Which lines are meant. */
export interface Which {
  readonly line?: string | undefined;
  readonly match?: string | undefined;
}

/** Where a new line goes: by patterns that find another one. */
export interface Place {
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/**
 * The text with `line` in it: in place of the last line that `match` finds (without it: that is `line` already), else
 * as a new line. Its other lines and their ends stay as they are. Throws Failure `invalid` for a bad pattern, and
 * `refused` where the line that a new one goes next to is not there.
 */
export function withLine(text: string, line: string, match: string | undefined, place: Place): string {
  const { lines, end, closed } = split(text);
  const finds = match === undefined ? (one: string) => one === line : finder(match);
  // A pattern that does not find its own line would replace or add one line more with every play.
  if (match !== undefined && !finds(line) && lines.includes(line)) return text;
  const at = lines.findLastIndex(finds);
  if (at !== -1) return join(lines.with(at, line), end, closed);
  const next = placeIn(lines, place);
  return join(lines.toSpliced(next, 0, line), end, closed || next === lines.length);
}

/** The text without each line that is `line`, or that `match` finds. */
export function withoutLine(text: string, { line, match }: Which): string {
  const { lines, end, closed } = split(text);
  const finds = match === undefined ? (one: string) => one === line : finder(match);
  const left = lines.filter((one) => !finds(one));
  return left.length === lines.length ? text : join(left, end, closed);
}

function placeIn(lines: readonly string[], { after, before }: Place): number {
  if (after === undefined && before === undefined) return lines.length;
  const at = after === undefined ? lines.findIndex(finder(before ?? '')) : lines.findLastIndex(finder(after)) + 1;
  if (after === undefined ? at !== -1 : at !== 0) return at;
  const where = after === undefined ? `before "${before}"` : `after "${after}"`;
  throw new Failure('refused', `No line for the new one to stand ${where}`, {
    hint: 'Look at the file, or leave the place out to have the line at the end. Nothing was changed.',
  });
}

function finder(text: string): (line: string) => boolean {
  const expression = pattern(text);
  return (line) => matches(line, expression);
}

/** Lines without their ends; `end` is how the first one ends. `closed`: the last one ends too. */
function split(text: string): { lines: readonly string[]; end: string; closed: boolean } {
  const end = /\r?\n/.exec(text)?.[0] ?? '\n';
  if (text === '') return { lines: [], end, closed: true };
  const closed = text.endsWith(end);
  return { lines: (closed ? text.slice(0, -end.length) : text).split(end), end, closed };
}

function join(lines: readonly string[], end: string, closed: boolean): string {
  return lines.length === 0 ? '' : lines.join(end) + (closed ? end : '');
}
