import { blanked, printable } from '../core/printable.ts';
import type { Problem } from './problem.ts';

const widest = 160;
const longest = 2_000;

/**
 * A problem as a compiler would show it: `file:line:column`, code, message, the line, a caret, the hint.
 * Plain text without colour; control characters of the source line are made harmless.
 */
export function formatProblem(problem: Problem): string {
  const { file, line, column } = problem.at;
  const lines = [
    printable(`${file}:${line}:${column}: ${problem.severity} ${problem.code}: ${problem.message}`, longest),
  ];
  if (problem.source !== '') {
    const start = column > widest ? column - 1 - widest / 2 : 0;
    const shown = blanked(problem.source.slice(start, start + widest));
    const margin = `${line}`.padStart(5);
    const indent = ' '.repeat(column - 1 - start);
    const carets = '^'.repeat(Math.max(1, Math.min(problem.width, shown.length - indent.length)));
    lines.push(`${margin} | ${shown}`, `${' '.repeat(margin.length)} | ${indent}${carets}`);
  }
  if (problem.hint !== undefined) lines.push(`      = ${printable(problem.hint, longest)}`);
  return lines.join('\n');
}
