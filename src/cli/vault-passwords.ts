import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Failure } from '../core/failure.ts';
import { printable } from '../core/printable.ts';
import { passwordFrom } from './connecting.ts';
import type { Terminal } from './terminal.ts';

/** Where one password of Ansible Vault comes from. */
export interface VaultSource {
  readonly label: string;
  /** Absolute; an executable one prints it. Without it the terminal is asked. */
  readonly file?: string;
}

const timeLimitMs = 60_000;

/** `LABEL@SOURCE`, as in Ansible: a source is a file, or `prompt`. Without a label it is `default`. */
export function vaultSource(text: string, cwd: string): VaultSource {
  const at = text.indexOf('@');
  const label = at > 0 ? text.slice(0, at) : 'default';
  const source = text.slice(at + 1);
  if (source === '') throw new Failure('invalid', `--vault-id ${text}: write LABEL@FILE or LABEL@prompt`);
  return source === 'prompt' ? { label } : { label, file: resolve(cwd, source) };
}

/** Throws Failure `missing` or `invalid`. */
export async function passwordOf(source: VaultSource, { ask, cwd }: Pick<Terminal, 'ask' | 'cwd'>): Promise<string> {
  const { label, file } = source;
  if (file !== undefined) return isExecutable(file) ? printedBy(file, label) : passwordFrom(file, cwd);
  if (ask !== undefined) return ask(`Vault password (${printable(label)}): `);
  throw new Failure('invalid', `there is no terminal to ask for the vault password "${label}" on`, {
    hint: 'Give it with --vault-password-file FILE; /dev/fd/3 is what the shell opened as 3.',
  });
}

function isExecutable(file: string): boolean {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** As Ansible: one whose name ends in `-client` is told which label is wanted. */
function printedBy(file: string, label: string): string {
  const isClient = basename(file)
    .replace(/\.[^.]*$/, '')
    .endsWith('-client');
  const { error, status, stdout } = spawnSync(file, isClient ? ['--vault-id', label] : [], {
    encoding: 'utf8',
    timeout: timeLimitMs,
    killSignal: 'SIGKILL',
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  const password = stdout?.trim() ?? '';
  if (error === undefined && status === 0 && password !== '') return password;
  const because = error !== undefined ? error.message : status === 0 ? 'it printed nothing' : `exit code ${status}`;
  throw new Failure('invalid', `the vault password cannot be had from ${file}: ${because}`, {
    hint: 'It may be executed, so it is run; a file that holds the password itself must not be executable.',
  });
}
