import { Failure } from '../core/failure.ts';
import { maskSecrets } from '../core/mask.ts';
import { hasPassphrase, openWithAge } from './age.ts';
import { sealedIn, withValues } from './inline.ts';
import { type Seal, sealOf } from './seal.ts';
import { openWithSops } from './sops.ts';
import { secretsIn, secretsOfValue } from './values.ts';
import { openVault, parseVault } from './vault.ts';

/** Where keys come from. Each is asked for only when something needs it; all throw Failure where there is none. */
export interface Keys {
  /** Identities of age. */
  identities(): Promise<readonly string[]>;
  /** For what age has encrypted with one. `of`: what it is, to be told to whom is asked. */
  passphrase(of: string): Promise<string>;
  /** Passwords of Ansible Vault, those for the label first. */
  vaultPasswords(label: string | undefined): Promise<readonly string[]>;
  /** For the sops command, which finds its own keys. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface Wanted {
  readonly seal: Seal;
  readonly text: string;
  readonly path: string;
  /** Of a value in a text that is not encrypted as a whole. */
  readonly line?: number;
}

/** Decrypts what is read, and knows afterwards what of it must never be written or shown. */
export class Opener {
  /** The values of everything that was decrypted, so far: it grows. */
  readonly secrets: string[] = [];
  readonly #keys: Keys;
  /** What is encrypted -> what is in it. */
  readonly #opened = new Map<string, string>();
  readonly #wanted = new Map<string, Wanted>();
  readonly #paths = new Set<string>();

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  /**
   * A file's text, decrypted, as a whole or value by value; its lines keep their numbers. Decrypting takes its time: what is met for the
   * first time reads as empty, and `opened` reads again.
   */
  plain(text: string, path: string): string {
    const seal = sealOf(text);
    const whole = seal === undefined ? text : this.#now({ seal, text, path });
    const values = sealedIn(whole);
    if (values.length === 0) return whole;
    return withValues(whole, values, ({ seal, text: inside, line }) =>
      JSON.stringify(this.#now({ seal, text: inside, path, line })),
    );
  }

  /** Does something that reads, again and again, until all that it has met is decrypted. What it throws tells no secret. */
  async opened<T>(act: () => T | Promise<T>): Promise<T> {
    for (;;) {
      const ended = await settled(act);
      if (this.#wanted.size === 0) return this.#concluded(ended);
      for (const wanted of this.#wanted.values()) await this.#open(wanted);
      this.#wanted.clear();
    }
  }

  /** Was anything in this file encrypted? */
  holds(path: string): boolean {
    return this.#paths.has(path);
  }

  /** The text that age has encrypted. It is not taken for a secret as a whole: who asks knows what in it is one. */
  async unsealed(text: string, path: string): Promise<string> {
    return this.#fromAge(text, path);
  }

  #now(wanted: Wanted): string {
    this.#paths.add(wanted.path);
    const known = this.#opened.get(wanted.text);
    if (known === undefined) this.#wanted.set(wanted.text, wanted);
    return known ?? '';
  }

  async #open(wanted: Wanted): Promise<void> {
    const { text, line } = wanted;
    const plain = await this.#decrypted(wanted).catch((thrown: unknown) => {
      throw thrown instanceof Failure ? placed(thrown, wanted) : thrown;
    });
    this.#opened.set(text, plain);
    const found = line === undefined ? secretsIn(plain) : secretsOfValue(plain);
    this.secrets.push(...found.filter((secret) => !this.secrets.includes(secret)));
  }

  async #decrypted({ seal, text, path }: Wanted): Promise<string> {
    if (seal === 'sops') return openWithSops(text, path, this.#keys.env);
    return seal === 'age' ? this.#fromAge(text, path) : this.#fromVault(text);
  }

  async #fromAge(text: string, path: string): Promise<string> {
    const withPassphrase = hasPassphrase(text);
    const plain = await openWithAge(
      text,
      withPassphrase
        ? { passphrase: await this.#keys.passphrase(path) }
        : { identities: await this.#keys.identities() },
    );
    if (plain !== undefined) return plain;
    if (withPassphrase) throw new Failure('invalid', 'this is not its passphrase');
    throw new Failure('invalid', 'it is encrypted to others: none of your identities is among its recipients', {
      hint: 'Name another with --identity FILE, or ask a recipient for `runbook secret rekey`.',
    });
  }

  async #fromVault(text: string): Promise<string> {
    const vault = parseVault(text);
    for (const password of await this.#keys.vaultPasswords(vault.label)) {
      const plain = openVault(vault, password);
      if (plain !== undefined) return plain;
    }
    const label = vault.label === undefined ? '' : ` (vault id "${vault.label}")`;
    throw new Failure('invalid', `no password that was given is its own${label}, or it was altered`, {
      hint: 'Give one with --vault-password-file FILE or --vault-id LABEL@SOURCE.',
    });
  }

  #concluded<T>(ended: Ended<T>): T {
    if ('value' in ended) return ended.value;
    const { thrown } = ended;
    if (!(thrown instanceof Failure)) throw thrown;
    const { code, message, hint = '' } = thrown;
    const told = { message: maskSecrets(message, this.secrets), hint: maskSecrets(hint, this.secrets) };
    // As it is, it may know more than its words.
    if (told.message === message && told.hint === hint) throw thrown;
    throw new Failure(code, told.message, thrown.hint === undefined ? {} : { hint: told.hint });
  }
}

type Ended<T> = { readonly value: T } | { readonly thrown: unknown };

async function settled<T>(act: () => T | Promise<T>): Promise<Ended<T>> {
  try {
    return { value: await act() };
  } catch (thrown) {
    return { thrown };
  }
}

function placed({ code, message, hint }: Failure, { path, line }: Wanted): Failure {
  const place = line === undefined ? path : `${path}:${line}`;
  const next = hint === undefined ? {} : { hint };
  return new Failure(code, `${place} cannot be decrypted: ${message}. Nothing has been touched`, next);
}
