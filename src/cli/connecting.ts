import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure, reason } from '../core/failure.ts';
import { printable } from '../core/printable.ts';
import type { ConnectorOptions } from '../hosts/connect.ts';
import type { Project } from './project.ts';
import type { Terminal } from './terminal.ts';

/** What the command line says of connecting; see `connectOptions` for the words. */
export interface ConnectOptions {
  readonly acceptNewHostKeys?: boolean;
  readonly askBecomePass?: boolean;
  readonly becomePasswordFile?: string;
}

/** How this command connects. Asks for the password where that is wanted. Throws Failure `invalid` or `missing`. */
export async function connecting(
  options: ConnectOptions,
  project: Pick<Project, 'ssh'>,
  terminal: Terminal,
): Promise<ConnectorOptions> {
  const { SSH_AUTH_SOCK: sshAuthSock } = terminal.env;
  const becomePassword = await becomePasswordOf(options, terminal);
  return {
    home: terminal.home,
    say: (text) => terminal.err(`${printable(text, 500)}\n`),
    ...(sshAuthSock === undefined ? {} : { sshAuthSock }),
    ...(terminal.ask === undefined ? {} : { ask: terminal.ask }),
    ...(project.ssh === undefined ? {} : { ssh: project.ssh }),
    ...(options.acceptNewHostKeys === true ? { acceptNewHostKeys: true } : {}),
    ...(becomePassword === undefined ? {} : { becomePassword }),
  };
}

async function becomePasswordOf(options: ConnectOptions, terminal: Terminal): Promise<string | undefined> {
  const { askBecomePass, becomePasswordFile } = options;
  if (becomePasswordFile !== undefined) return passwordFrom(becomePasswordFile, terminal.cwd);
  if (askBecomePass !== true) return undefined;
  if (terminal.ask !== undefined) return terminal.ask('Password to become another user: ');
  throw new Failure('invalid', 'there is no terminal to ask for a password on. Nothing has been touched', {
    hint: 'Give it with --become-password-file FILE; /dev/fd/3 is what the shell opened as 3.',
  });
}

/** A password from a file: its first line, and there may be no other. The file may be a pipe, as /dev/fd/3. */
export function passwordFrom(file: string, cwd: string): string {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), 'utf8');
  } catch (thrown) {
    throw new Failure('missing', `the password cannot be read from ${file}: ${reason(thrown)}`);
  }
  const password = text.replace(/\r?\n$/, '');
  if (password !== '' && !/[\r\n\0]/.test(password)) return password;
  throw new Failure('invalid', `${file} must hold a password and nothing else, in one line`);
}
