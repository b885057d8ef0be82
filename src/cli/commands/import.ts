import { dirname, relative, resolve } from 'node:path';
import type { ImportFinding } from '../../ansible/findings.ts';
import { importPlaybook } from '../../ansible/import-playbook.ts';
import { Failure } from '../../core/failure.ts';
import { printable } from '../../core/printable.ts';
import { formatAt } from '../../playbook/format-problem.ts';
import { rejected } from '../exit-codes.ts';
import { disk, isThere } from '../files.ts';
import type { Terminal } from '../terminal.ts';
import { writeNamed } from '../write-file.ts';

export interface ImportOptions {
  readonly output?: string;
  readonly force?: true;
}

/** For what is imported in part. */
const partly = 5;

/** Turns a playbook of Ansible's into one of ours, on standard output or in a file. What could not be imported is told, each by its place. */
export async function importCommand(file: string, options: ImportOptions, terminal: Terminal): Promise<number> {
  const path = resolve(terminal.cwd, file);
  const target = options.output === undefined ? undefined : resolve(terminal.cwd, options.output);
  if (target !== undefined && options.force !== true) refuseTaken(target, options.output ?? '');
  const source = disk.read(path);
  if (source === undefined) throw new Failure('missing', `there is no file ${path}`);
  const { text, findings, kind } = importPlaybook({
    file,
    text: source,
    read: (name) => beside(dirname(path), name),
    moved: target === undefined ? '' : relative(dirname(target), dirname(path)),
  });
  tell(findings, terminal);
  const leftOut = findings.filter(({ kind }) => kind === 'left-out').length;
  if (text === undefined) {
    terminal.err(`nothing of ${printable(file)} could be imported, and nothing was written\n`);
    return rejected;
  }
  if (target === undefined) terminal.out(text);
  else {
    const output = options.output ?? '';
    await writeNamed(target, text, output);
    terminal.err(`written: ${printable(output)}\n`);
  }
  const what = leftOut === 0 ? 'everything was imported' : `left out: ${leftOut}; each is a comment at its place`;
  const next =
    kind === 'tasks'
      ? 'read it, and name it with "include_tasks" in a playbook: runbook validate PLAYBOOK'
      : 'read it, say under "verify" what must hold, and: runbook validate FILE';
  terminal.err(`${what}. Next: ${next}\n`);
  return leftOut === 0 ? 0 : partly;
}

/** A hint that many places share is told at the first. */
function tell(findings: readonly ImportFinding[], terminal: Terminal): void {
  const told = new Set<string>();
  for (const { kind, code, message, spot, hint } of findings) {
    const isNew = hint !== undefined && !told.has(hint);
    if (hint !== undefined) told.add(hint);
    const said = `${kind === 'note' ? 'note' : 'not imported'}, ${code}: ${message}`;
    terminal.err(`${formatAt(said, { ...spot, hint: isNew ? hint : undefined })}\n`);
  }
  if (findings.length > 0) terminal.err('What a code means: `runbook explain CODE`.\n');
}

/** What cannot be read is as good as not there: it is only looked at for what it says of the playbook. */
function beside(folder: string, name: string): string | undefined {
  try {
    return disk.read(resolve(folder, name));
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
}

function refuseTaken(path: string, name: string): void {
  if (!isThere(path)) return;
  throw new Failure('refused', `there is something at ${name} already, and nothing was written`, {
    hint: 'Name another file, or write over it with --force.',
  });
}
