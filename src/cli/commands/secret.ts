import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { sealWithAge } from '../../secrets/age.ts';
import { sealedIn, withValues } from '../../secrets/inline.ts';
import type { Opener } from '../../secrets/opener.ts';
import { sealOf } from '../../secrets/seal.ts';
import { disk } from '../files.ts';
import { findProject } from '../project.ts';
import { editText } from '../secret-editor.ts';
import { openerFor, type SecretOptions } from '../secret-keys.ts';
import type { Terminal } from '../terminal.ts';
import { writeNamed } from '../write-file.ts';

export interface SealOptions extends SecretOptions {
  /** Recipients of age, instead of those of runbook.yml. */
  readonly recipient: readonly string[];
}

export interface EncryptOptions extends SealOptions {
  /** Of a variable, whose value is then read from standard input. */
  readonly name?: string;
  readonly output?: string;
}

const variable = /^[A-Za-z_]\w*$/;

/** A whole file in its place, or one value to be pasted into YAML. */
export async function encryptCommand(
  file: string | undefined,
  { name, output, recipient }: EncryptOptions,
  terminal: Terminal,
): Promise<number> {
  const recipients = recipientsOf(recipient, terminal);
  if ((file === undefined) === (name === undefined))
    throw new Failure(
      'invalid',
      'name either a file or, with --name, a variable whose value is read from standard input',
    );
  if (name !== undefined) {
    if (!variable.test(name)) throw new Failure('invalid', `"${name}" cannot be the name of a variable`);
    const value =
      terminal.ask === undefined ? readFileSync(0, 'utf8').replace(/\r?\n$/, '') : await terminal.ask(`${name}: `);
    if (value === '') throw new Failure('invalid', 'the value is empty');
    terminal.out(`${name}: ${asBlock(await sealWithAge(value, recipients), '  ')}`);
    return 0;
  }
  const { path, text } = fileAt(file ?? '', terminal);
  if (sealOf(text) !== undefined)
    throw new Failure('invalid', `${file} is encrypted already (${sealOf(text)}). Nothing was changed`);
  const target = output === undefined ? path : resolve(terminal.cwd, output);
  await writeNamed(target, await sealWithAge(text, recipients), output ?? path);
  return 0;
}

/** What is in a file, to standard output: of age, of Ansible Vault or of sops, as a whole or value by value. */
export async function decryptCommand(file: string, options: SecretOptions, terminal: Terminal): Promise<number> {
  const { path, text } = fileAt(file, terminal);
  terminal.out(await plainOf(text, path, openerHere(options, terminal)));
  return 0;
}

/** In the user's editor; encrypted again, to the recipients of now, only if it was changed. */
export async function editCommand(file: string, options: SealOptions, terminal: Terminal): Promise<number> {
  const recipients = recipientsOf(options.recipient, terminal);
  const path = resolve(terminal.cwd, file);
  const text = disk.read(path);
  const seal = text === undefined ? 'age' : sealOf(text);
  if (seal !== 'age') {
    const hint =
      seal === 'vault'
        ? 'Use `ansible-vault edit`.'
        : seal === 'sops'
          ? 'Use `sops`.'
          : 'Encrypt it first: `runbook secret encrypt FILE`.';
    throw new Failure('invalid', `${file} is not a file that age has encrypted. Nothing was changed`, { hint });
  }
  const opener = openerHere(options, terminal);
  const before = text === undefined ? '' : await plainOf(text, path, opener);
  const after = await editText(path, before, terminal.env);
  if (after === before) terminal.err(`${file} is as it was\n`);
  else await writeNamed(path, await sealWithAge(after, recipients), file);
  return 0;
}

/** Encrypts anew, to the recipients of now, what age has encrypted: every file, or none is written. */
export async function rekeyCommand(
  files: readonly string[],
  options: SealOptions,
  terminal: Terminal,
): Promise<number> {
  const recipients = recipientsOf(options.recipient, terminal);
  const opener = openerHere(options, terminal);
  const made: { readonly path: string; readonly text: string }[] = [];
  for (const file of files) {
    const { path, text } = fileAt(file, terminal);
    made.push({ path, text: await rekeyed(text, path, opener, recipients) });
  }
  for (const { path, text } of made) await writeNamed(path, text, path);
  return 0;
}

async function rekeyed(text: string, path: string, opener: Opener, recipients: readonly string[]): Promise<string> {
  if (sealOf(text) === 'age') return sealWithAge(await plainOf(text, path, opener), recipients);
  const values = sealOf(text) === undefined ? sealedIn(text).filter(({ seal }) => seal === 'age') : [];
  if (values.length === 0)
    throw new Failure('invalid', `nothing in ${path} is encrypted with age. Nothing was changed`);
  const sealed = new Map<string, string>();
  for (const value of values)
    sealed.set(value.text, await sealWithAge(await plainOf(value.text, path, opener), recipients));
  return withValues(text, values, ({ text: before, start, end }) => {
    const source = text.slice(start, end);
    const now = sealed.get(before) ?? '';
    const indent = /^\|[^\n]*\n([ ]+)/.exec(source)?.[1];
    return indent === undefined ? JSON.stringify(now) : asBlock(now, indent);
  });
}

function openerHere(options: SecretOptions, terminal: Terminal): Opener {
  return openerFor(options, findProject(terminal.cwd), terminal);
}

function plainOf(text: string, path: string, opener: Opener): Promise<string> {
  return opener.opened(() => opener.plain(text, path));
}

/** As YAML's block of lines: every tool keeps it, and no tag is needed. */
function asBlock(text: string, indent: string): string {
  return `|\n${text.replace(/^(?=.)/gm, indent)}`;
}

function recipientsOf(given: readonly string[], { cwd }: Terminal): readonly string[] {
  const recipients = given.length > 0 ? given : findProject(cwd).secrets.recipients;
  if (recipients.length > 0) return recipients;
  throw new Failure('missing', 'nobody is named who could decrypt it. Nothing was changed', {
    hint: 'Give --recipient age1..., or name them in runbook.yml as "secrets: { recipients: [age1...] }"; `age-keygen` makes a pair.',
  });
}

function fileAt(file: string, { cwd }: Terminal): { readonly path: string; readonly text: string } {
  const path = resolve(cwd, file);
  const text = disk.read(path);
  if (text === undefined) throw new Failure('missing', `there is no file ${file}`);
  return { path, text };
}
