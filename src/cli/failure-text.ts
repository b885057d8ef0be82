import type { Failure } from '../core/failure.ts';
import { printableLines } from '../core/printable.ts';

/** A failure for the terminal, with its hint. It may quote what a host or a file says. */
export function failureText({ message, hint }: Failure): string {
  return printableLines(`runbook: ${message}${hint === undefined ? '' : `\n${hint}`}`, 200, 2_000).join('\n');
}

/** What was thrown and is no failure that anybody foresaw: with the place in the program. */
export function faultText(thrown: unknown): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return printableLines(`runbook: a fault of the program itself\n${stack}`, 60, 500).join('\n');
}
