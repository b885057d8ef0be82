import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure, reason } from '../core/failure.ts';
import { hasPassphrase, identitiesIn, openWithAge } from '../secrets/age.ts';
import { type Keys, Opener } from '../secrets/opener.ts';
import { armored, sealOf } from '../secrets/seal.ts';
import { passwordFrom } from './connecting.ts';
import type { Project } from './project.ts';
import type { Terminal } from './terminal.ts';
import { passwordOf, type VaultSource, vaultSource } from './vault-passwords.ts';

/** What the command line says of keys; see `secretOptions` for the words. */
export interface SecretOptions {
  readonly identity?: readonly string[];
  readonly agePassphraseFile?: string;
  readonly vaultPasswordFile?: readonly string[];
  readonly vaultId?: readonly string[];
}

type ProcessContext = Pick<Terminal, 'cwd' | 'env' | 'home' | 'ask'>;

/** Decrypts with the keys that the command line names, else the environment, else runbook.yml, else with what is asked for. */
export function openerFor(options: SecretOptions, project: Project, terminal: ProcessContext): Opener {
  return new Opener(new CommandKeys(options, project, terminal));
}

class CommandKeys implements Keys {
  readonly env: Keys['env'];
  readonly #options: SecretOptions;
  readonly #project: Project;
  readonly #terminal: ProcessContext;
  #identities: Promise<readonly string[]> | undefined;
  #passphrase: string | undefined;
  readonly #passwords = new Map<VaultSource, string>();
  #sources: readonly VaultSource[] | undefined;

  constructor(options: SecretOptions, project: Project, terminal: ProcessContext) {
    this.env = terminal.env;
    this.#options = options;
    this.#project = project;
    this.#terminal = terminal;
  }

  identities(): Promise<readonly string[]> {
    this.#identities ??= this.#read();
    return this.#identities;
  }

  async #read(): Promise<readonly string[]> {
    const files = this.#identityFiles();
    if (files.length === 0) {
      throw new Failure('missing', 'it is encrypted with age, and no identity is named', {
        hint: 'Give one with --identity FILE, in RUNBOOK_AGE_IDENTITY, or in runbook.yml as "secrets: { identities: [FILE] }".',
      });
    }
    const each: (readonly string[])[] = [];
    for (const file of files) each.push(await this.#identitiesOf(file));
    return each.flat();
  }

  #identityFiles(): readonly string[] {
    const { cwd, env, home } = this.#terminal;
    const { identity = [] } = this.#options;
    if (identity.length > 0) return identity.map((file) => resolve(cwd, file));
    const { RUNBOOK_AGE_IDENTITY: named } = env;
    if (named !== undefined && named !== '') return [resolve(cwd, atHome(named, home))];
    return this.#project.secrets.identities.map((file) => resolve(this.#project.root, atHome(file, home)));
  }

  async #identitiesOf(file: string): Promise<readonly string[]> {
    try {
      const text = identityText(file);
      if (sealOf(text) !== 'age') return await identitiesIn(text);
      const opened = hasPassphrase(text)
        ? await openWithAge(text, { passphrase: await this.passphrase(file) })
        : undefined;
      if (opened === undefined) throw new Failure('invalid', 'it is encrypted, and this is not its passphrase');
      return await identitiesIn(opened);
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      const hint = thrown.hint === undefined ? {} : { hint: thrown.hint };
      throw new Failure(thrown.code, `the identity ${file} cannot be used: ${thrown.message}`, hint);
    }
  }

  async passphrase(of: string): Promise<string> {
    const { agePassphraseFile: file } = this.#options;
    // What is open as a descriptor can be read once.
    if (file !== undefined) this.#passphrase ??= passwordFrom(file, this.#terminal.cwd);
    if (this.#passphrase !== undefined) return this.#passphrase;
    if (this.#terminal.ask !== undefined) return this.#terminal.ask(`Passphrase of ${of}: `);
    throw new Failure('invalid', 'it needs a passphrase, and there is no terminal to ask for it on', {
      hint: 'Give it with --age-passphrase-file FILE; /dev/fd/3 is what the shell opened as 3.',
    });
  }

  async vaultPasswords(label: string | undefined): Promise<readonly string[]> {
    this.#sources ??= this.#vaultSources();
    const meant = (source: VaultSource) => label !== undefined && source.label === label;
    const ordered = [...this.#sources.filter(meant), ...this.#sources.filter((source) => !meant(source))];
    const passwords: string[] = [];
    for (const source of ordered) {
      const password = this.#passwords.get(source) ?? (await passwordOf(source, this.#terminal));
      this.#passwords.set(source, password);
      passwords.push(password);
    }
    return passwords;
  }

  #vaultSources(): readonly VaultSource[] {
    const { cwd, env, home, ask } = this.#terminal;
    const { vaultId = [], vaultPasswordFile = [] } = this.#options;
    const given = [
      ...vaultId.map((id) => vaultSource(id, cwd)),
      ...vaultPasswordFile.map((file) => ({ label: 'default', file: resolve(cwd, file) })),
    ];
    if (given.length > 0) return given;
    const { ANSIBLE_VAULT_PASSWORD_FILE: named } = env;
    if (named !== undefined && named !== '') return [{ label: 'default', file: resolve(cwd, atHome(named, home)) }];
    const { vaultPasswordFile: own, root } = this.#project;
    if (own !== undefined) return [{ label: 'default', file: resolve(root, atHome(own, home)) }];
    if (ask !== undefined) return [{ label: 'default' }];
    throw new Failure('missing', 'it is encrypted with Ansible Vault, and no password is given', {
      hint: 'Give one with --vault-password-file FILE or --vault-id LABEL@SOURCE, or in runbook.yml as "vault_password_file: FILE".',
    });
  }
}

function atHome(path: string, home: string): string {
  return path.startsWith('~/') ? home + path.slice(1) : path;
}

/** The file may be a pipe, as /dev/fd/3. Throws Failure `missing`. */
function identityText(file: string): string {
  try {
    const bytes = readFileSync(file);
    return armored(bytes) ?? bytes.toString('utf8');
  } catch (thrown) {
    throw new Failure('missing', reason(thrown));
  }
}
