import type { Terminal } from '../terminal.ts';

/** One start of the program, as its commands know it. */
export interface Invocation {
  readonly terminal: Terminal;
  /** runbook's own. */
  readonly version: string;
  /** What it exits with. */
  done(code: number): void;
}
