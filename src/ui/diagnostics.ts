import type { Diagnostic } from '../core/diagnostic.ts';
import { jsonText } from '../core/json.ts';
import { printable } from '../core/printable.ts';
import { sarifLog } from './sarif.ts';

export type DiagnosticFormat = 'json' | 'sarif' | 'github';

const longest = 2_000;

/** Diagnostics as text for another program. `version`: runbook's own. Nothing in it is obeyed or hidden by a terminal. */
export function renderDiagnostics(
  format: DiagnosticFormat,
  diagnostics: readonly Diagnostic[],
  version: string,
): string {
  if (format === 'github') return diagnostics.map((diagnostic) => `${annotation(diagnostic)}\n`).join('');
  return `${jsonText(format === 'json' ? diagnostics : sarifLog(diagnostics, version), 2)}\n`;
}

/** A workflow command of GitHub Actions, which shows the diagnostic beside the line. */
function annotation({ file, line, column, endColumn, code, severity, message, hint }: Diagnostic): string {
  const properties = Object.entries({ file, line, col: column, endColumn, title: code })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${severity} ${properties.join(',')}::${data(hint === null ? [message] : [message, hint])}`;
}

/** A text of several lines. The characters that end or part a command are written as percent codes. */
function data(lines: readonly string[]): string {
  return lines.map((line) => printable(line, longest).replaceAll('%', '%25')).join('%0A');
}

function property(value: string): string {
  return data([value]).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
