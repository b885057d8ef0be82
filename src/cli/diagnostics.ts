import { isAbsolute, relative } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Failure } from '../core/failure.ts';
import { stableJson } from '../core/json.ts';
import { maskSecrets } from '../core/mask.ts';
import { InventoryFailure } from '../inventory/faults.ts';
import type { Problem } from '../playbook/problem.ts';
import { ProjectFailure } from './project.ts';

interface Faults {
  readonly problems: readonly Problem[];
  /** What is wrong with the choice of tags, in words. */
  readonly choiceFaults: readonly string[];
  /** What is wrong with hosts' connection variables, in words. */
  readonly connectionFaults: readonly string[];
}

/** All that is wrong with a playbook: errors first, as `validate` shows them, without the secrets. */
export function diagnosticsOf(playbook: string, faults: Faults, secrets: readonly string[]): readonly Diagnostic[] {
  const of = (severity: Problem['severity']) =>
    faults.problems.filter((problem) => problem.severity === severity).map(ofProblem);
  const diagnostics = [
    ...of('error'),
    ...faults.choiceFaults.map((message): Diagnostic => ({ ...noPlace(playbook), code: 'tags', message })),
    ...faults.connectionFaults.map((message): Diagnostic => ({ ...noPlace(playbook), code: 'connection', message })),
    ...of('warning'),
  ];
  return diagnostics.map((diagnostic) => maskSecrets<Diagnostic>(diagnostic, secrets, ours));
}

/** These words are the program's own. */
const ours = new Set(['code', 'severity']);

/** What kept a playbook from being looked at: each fault of its inventory or of `runbook.yml`, or the failure itself. */
export function diagnosticsOfFailure(playbook: string, failure: Failure): readonly Diagnostic[] {
  const { code, message, hint = null } = failure;
  if (!(failure instanceof InventoryFailure || failure instanceof ProjectFailure))
    return [{ ...noPlace(playbook), code, message, hint }];
  return failure.faults.map(({ code, spot: { file, line = null, column = null }, message, hint = null }) => ({
    ...noPlace(file),
    line,
    column,
    code,
    message,
    hint,
  }));
}

/** Each once, as several playbooks may share a file; files inside of `folder` by their path there. */
export function seenFrom(folder: string, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const shown = diagnostics.map((diagnostic) => ({ ...diagnostic, file: shownFile(folder, diagnostic.file) }));
  return [...new Map(shown.map((diagnostic) => [stableJson(diagnostic), diagnostic])).values()];
}

function shownFile(folder: string, file: string): string {
  const path = isAbsolute(file) ? relative(folder, file) : file;
  return path === '..' || path.startsWith('../') ? file : path;
}

function ofProblem({ at, width, code, severity, message, source, hint }: Problem): Diagnostic {
  const { file, line, column } = at;
  return { file, line, column, endColumn: column + width, code, severity, message, hint: hint ?? null, source };
}

function noPlace(file: string): Omit<Diagnostic, 'code' | 'message'> {
  return { file, line: null, column: null, endColumn: null, severity: 'error', hint: null, source: null };
}
