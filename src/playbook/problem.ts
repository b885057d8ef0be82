import type { ProblemCode } from '../core/codes/problem-codes.ts';
import type { Position } from '../core/play.ts';

/** Something wrong with the user's text. */
export interface Problem {
  /** Short and stable: `unknown-key`, `unknown-name`, ... */
  readonly code: ProblemCode;
  readonly severity: 'error' | 'warning';
  /** One sentence, without the position. */
  readonly message: string;
  readonly at: Position;
  /** The whole source line. */
  readonly source: string;
  /** How many characters from `at.column` on are meant; at least 1. */
  readonly width: number;
  readonly hint?: string;
}

const placeOf = ({ at }: Problem) => `${at.file}:${at.line}:${at.column}`;

/** Each once, file by file in the order in which these were read, in a file by line and column. */
export function inOrder(problems: readonly Problem[], read: readonly string[]): readonly Problem[] {
  const seen = new Set<string>();
  const files = [...new Set([...read, ...problems.map(({ at }) => at.file)])];
  const rank = new Map(files.map((file, i) => [file, i]));
  const fileOf = ({ at }: Problem) => rank.get(at.file) ?? 0;
  const placesOf = (code: Problem['code']) => new Set(problems.filter((one) => one.code === code).map(placeOf));
  // The list of an include's loop is looked at before its hosts are known, and after.
  const notStatic = placesOf('not-static');
  // Where no braces are wanted, quotes do not help.
  const braces = placesOf('braces');
  return problems
    .filter((problem) => {
      if (problem.code === 'unknown-name' && notStatic.has(placeOf(problem))) return false;
      if (problem.code === 'unquoted-template' && braces.has(placeOf(problem))) return false;
      const key = `${placeOf(problem)}:${problem.code}:${problem.message}`;
      return !seen.has(key) && seen.add(key);
    })
    .toSorted((a, b) => fileOf(a) - fileOf(b) || a.at.line - b.at.line || a.at.column - b.at.column);
}

/** Names of hosts, not too many. */
export function some(hosts: readonly string[]): string {
  return hosts.length <= 4 ? hosts.join(', ') : `${hosts.slice(0, 3).join(', ')} and ${hosts.length - 3} more`;
}
