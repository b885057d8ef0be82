import type { Position } from '../core/play.ts';
import { blanked, printable } from '../core/printable.ts';
import type { Problem } from './problem.ts';

const widest = 160;
const longest = 2_000;

/**
 * A problem as a compiler would show it: `file:line:column`, code, message, the line, a caret, the hint.
 * Plain text without colour; control characters of the source line are made harmless.
 */
export function formatProblem(problem: Problem & { readonly shownAt?: number }): string {
  return formatAt(`${problem.severity} ${problem.code}: ${problem.message}`, problem);
}

/** What is said of a place, with the place in front, and its line and the hint below. */
export function formatAt(
  said: string,
  place: {
    readonly at: Position;
    readonly source: string;
    readonly width: number;
    readonly hint?: string | undefined;
    /** The column in `source`, where that is not the line as it stands in the file. */
    readonly shownAt?: number;
  },
): string {
  const { file, line } = place.at;
  const lines = [printable(`${file}:${line}:${place.at.column}: ${said}`, longest)];
  const column = place.shownAt ?? place.at.column;
  if (place.source !== '') {
    const start = column > widest ? column - 1 - widest / 2 : 0;
    const shown = blanked(place.source.slice(start, start + widest));
    const margin = `${line}`.padStart(5);
    const indent = ' '.repeat(column - 1 - start);
    const carets = '^'.repeat(Math.max(1, Math.min(place.width, shown.length - indent.length)));
    lines.push(`${margin} | ${shown}`, `${' '.repeat(margin.length)} | ${indent}${carets}`);
  }
  if (place.hint !== undefined) lines.push(`      = ${printable(place.hint, longest)}`);
  return lines.join('\n');
}
