import type { ProblemCode } from './codes/problem-codes.ts';
import type { FailureCode } from './failure.ts';

/** Something wrong with the user's text, as plain data. Lines and columns count from 1, columns in UTF-16 code units. */
export type Diagnostic = {
  /** Where it stands. For what has no place, as a host's connection variables, the playbook that was asked about. */
  readonly file: string;
  /** Null: it has no place in the file. */
  readonly line: number | null;
  readonly column: number | null;
  /** The column after the last that is meant. */
  readonly endColumn: number | null;
  /** Short and stable: `unknown-key`, `unknown-name`, ... */
  readonly code: ProblemCode | FailureCode;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint: string | null;
  /** The whole source line. */
  readonly source: string | null;
};
