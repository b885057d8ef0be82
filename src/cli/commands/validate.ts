import type { Diagnostic } from '../../core/diagnostic.ts';
import { Failure } from '../../core/failure.ts';
import { type DiagnosticFormat, renderDiagnostics } from '../../ui/diagnostics.ts';
import { diagnosticsOfFailure, seenFrom } from '../diagnostics.ts';
import { readExtraVars } from '../extra-vars.ts';
import { disk } from '../files.ts';
import { givenValues } from '../inputs.ts';
import { inventoryPaths, type Loaded, load } from '../load.ts';
import { opening } from '../opening.ts';
import { findPlaybook, findProject, type Project, ProjectFailure } from '../project.ts';
import { openerFor, type SecretOptions } from '../secret-keys.ts';
import { chosenTags, type TagOptions } from '../tags.ts';
import type { Terminal } from '../terminal.ts';

export interface ValidateOptions extends SecretOptions, TagOptions {
  readonly inventory: readonly string[];
  readonly extraVars: readonly string[];
  readonly format: 'text' | DiagnosticFormat;
}

/** 0: every playbook is well; 2: one is not. No host is touched. `version`: runbook's own. */
export async function validateCommand(
  names: readonly string[],
  options: ValidateOptions,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const { format } = options;
  const project = projectAt(terminal.cwd);
  if (project instanceof ProjectFailure) {
    if (format === 'text') throw project;
    terminal.out(renderDiagnostics(format, seenFrom(terminal.cwd, diagnosticsOfFailure('', project)), version));
    return 2;
  }
  const inventory = inventoryPaths(options.inventory, terminal.cwd, project);
  const opener = openerFor(options, project, terminal);
  const files = opening(disk, opener);
  const extra = await opener.opened(() => readExtraVars(options.extraVars, files, terminal.cwd));
  const find = (name: string) => findPlaybook(name, terminal.cwd, project);
  const check = async (playbook: string) => {
    const values = await opener.opened(() => givenValues(playbook, files.read, extra));
    return load({ playbook, inventory, ...values, ...chosenTags(options) }, disk, terminal, opener);
  };
  if (format === 'text') return tell(names, (name) => check(find(name)), terminal);
  const diagnostics = seenFrom(terminal.cwd, await diagnosticsIn(names.map(find), check));
  terminal.out(renderDiagnostics(format, diagnostics, version));
  return diagnostics.some(({ severity }) => severity === 'error') ? 2 : 0;
}

function projectAt(cwd: string): Project | ProjectFailure {
  try {
    return findProject(cwd);
  } catch (thrown) {
    if (thrown instanceof ProjectFailure) return thrown;
    throw thrown;
  }
}

/** For people: what is wrong to stderr, and which playbooks are valid to stdout. */
async function tell(
  names: readonly string[],
  check: (name: string) => Promise<Loaded>,
  terminal: Terminal,
): Promise<number> {
  const checked: Loaded[] = [];
  let isAnythingTold = false;
  try {
    for (const name of names) checked.push(await check(name));
  } finally {
    // One that cannot be looked at hides nothing of those before it.
    for (const [i, { errors, warnings }] of jointly(checked).entries()) {
      for (const text of [...errors, ...warnings]) terminal.err(`${text}\n`);
      isAnythingTold ||= errors.length + warnings.length > 0;
      if (errors.length > 0) continue;
      const count = warnings.length === 0 ? '' : `, ${warnings.length} warning${warnings.length === 1 ? '' : 's'}`;
      terminal.out(`${names[i]}: valid${count}\n`);
    }
  }
  if (isAnythingTold) terminal.err('What a code means: `runbook explain CODE`.\n');
  return checked.some(({ errors }) => errors.length > 0) ? 2 : 0;
}

/** For programs: a file that cannot be used is a diagnostic too, and the other playbooks are still looked at. */
async function diagnosticsIn(
  playbooks: readonly string[],
  check: (playbook: string) => Promise<Loaded>,
): Promise<readonly Diagnostic[]> {
  const checked: Loaded[] = [];
  const failed = new Map<string, readonly Diagnostic[]>();
  for (const playbook of playbooks) {
    try {
      checked.push(await check(playbook));
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.code === 'internal') throw thrown;
      failed.set(playbook, diagnosticsOfFailure(playbook, thrown));
    }
  }
  const told = new Map(jointly(checked).map(({ playbook, diagnostics }) => [playbook, diagnostics]));
  return playbooks.flatMap((playbook) => told.get(playbook) ?? failed.get(playbook) ?? []);
}

/** A value of -e is for any of the playbooks: that nothing uses it is told where none of them does, and once. */
function jointly(all: readonly Loaded[]): readonly Pick<Loaded, 'playbook' | 'errors' | 'warnings' | 'diagnostics'>[] {
  if (all.length < 2) return all;
  const told = new Set<string>();
  return all.map((one) => {
    const names = [...one.unused.keys()];
    const besides = new Set(names.filter((name) => told.has(name) || all.some(({ unused }) => !unused.has(name))));
    for (const [name, isTold] of one.unused) if (isTold && !besides.has(name)) told.add(name);
    return { playbook: one.playbook, errors: one.errors, ...one.besides(besides) };
  });
}
