import { readFile } from 'node:fs/promises';
import ssh2, { type AnyAuthMethod, type ParsedKey } from 'ssh2';
import { reason } from '../core/failure.ts';
import { dialogue } from './ssh-dialogue.ts';
import { addressOf, type SshTarget } from './ssh-target.ts';

/** Shows the prompt and resolves with what the operator types; nothing is echoed. */
export type Ask = (prompt: string) => Promise<string>;

export interface AuthOptions {
  readonly sshAuthSock?: string;
  readonly ask?: Ask;
  /** Keys opened so far, by file: a passphrase is asked for once. */
  readonly keys: Map<string, Promise<ParsedKey | undefined>>;
  /** Typed passwords that hosts took, by user@address:port: a connection that is made again asks for none. */
  readonly passwords: Map<string, string>;
}

type Takes = readonly string[] | null | undefined;

/** The ways to log in, one after another, and what has come of each. */
export interface Authentication {
  /** For ssh2's authHandler: null or undefined on the first call, then what the server still takes. `partial`: it took the last one, and wants more. */
  next(serverTakes: Takes, partial?: boolean): Promise<AnyAuthMethod | false>;
  /** In words: what was offered, and what could not be. */
  readonly tried: readonly string[];
  /** To be told once: the host has let us in, or refused the login. */
  ended(how: 'in' | 'refused'): void;
}

/** Order: key files that open by themselves, the agent, key files with a passphrase, password. */
export function authentication(target: SshTarget, options: AuthOptions): Authentication {
  const progress = new Progress();
  const password = passwordOf(target, options);
  const methods = rounds(target, options, password, progress);
  return {
    tried: progress.tried,
    ended: (how) => password?.ended(how),
    async next(serverTakes, partial) {
      progress.hear(serverTakes, partial === true);
      const { value, done } = await methods.next();
      return done === true ? false : value;
    },
  };
}

class Progress {
  readonly tried: string[] = [];
  /** The server took the last one, and asks for one more. */
  partial = false;
  #taken: Takes;
  #heard: Takes;
  #accepted = new Set<string>();
  #last: { readonly id: string; readonly type: string } | undefined;

  hear(serverTakes: Takes, partial: boolean): void {
    // ssh2 goes from one key of the agent to the next by itself, and keeps what the server then said to itself.
    const isStale = this.#last?.type === 'agent' && serverTakes === this.#heard;
    this.#heard = serverTakes;
    this.#taken = isStale ? undefined : serverTakes;
    this.partial = partial;
    if (!partial || this.#last === undefined) return;
    this.#accepted.add(this.#last.id);
    this.tried.push(`${this.tried.pop()} (taken, and more was asked for)`);
  }

  /** Whether it is worth offering: not taken before, and of a kind that the server takes as far as it has said so. */
  isOpen(type: 'publickey' | 'keyboard-interactive' | 'password', id: string): boolean {
    return !this.#accepted.has(id) && (!this.#taken || this.#taken.includes(type));
  }

  offered(id: string, method: AnyAuthMethod): AnyAuthMethod {
    this.#last = { id, type: method.type };
    return method;
  }
}

/** A server may want several, one after the other: a key and then a password, say. */
const mostRounds = 5;

async function* rounds(
  target: SshTarget,
  options: AuthOptions,
  password: Password | undefined,
  progress: Progress,
): AsyncGenerator<AnyAuthMethod> {
  for (let round = 0; round < mostRounds; round++) {
    for await (const method of oneRound(target, options, password, progress)) {
      yield method;
      if (progress.partial) break;
    }
    if (!progress.partial) return;
  }
}

async function* oneRound(
  target: SshTarget,
  options: AuthOptions,
  password: Password | undefined,
  progress: Progress,
): AsyncGenerator<AnyAuthMethod> {
  yield* publicKeys(target, options, progress);
  if (password !== undefined) yield* passwords(target, options, password, progress);
}

async function* publicKeys(target: SshTarget, options: AuthOptions, progress: Progress): AsyncGenerator<AnyAuthMethod> {
  const { user: username } = target;
  const { tried } = progress;
  const locked: string[] = [];
  for (const file of target.identityFiles) {
    if (!progress.isOpen('publickey', file)) continue;
    const text = await readFile(file).catch(() => undefined);
    if (text === undefined) continue;
    const opened = options.keys.has(file) ? await options.keys.get(file) : firstKey(ssh2.utils.parseKey(text));
    if (opened === undefined) continue;
    if (!(opened instanceof Error)) {
      tried.push(`key ${file}`);
      yield progress.offered(file, { type: 'publickey', username, key: opened });
    } else if (/encrypted/i.test(opened.message)) locked.push(file);
    else tried.push(`key ${file} (${opened.message})`);
  }
  const { sshAuthSock: agent } = options;
  if (agent !== undefined && agent !== '' && progress.isOpen('publickey', 'agent')) {
    tried.push('agent');
    yield progress.offered('agent', { type: 'agent', username, agent });
  }
  for (const file of locked) {
    if (!progress.isOpen('publickey', file)) continue;
    const key = await unlocked(file, options);
    tried.push(key === undefined ? `key ${file} (its passphrase is not known)` : `key ${file}`);
    if (key !== undefined) yield progress.offered(file, { type: 'publickey', username, key });
  }
}

interface Password {
  /** The operator is asked once. */
  get(): Promise<string>;
  /** The operator has typed another one, when the host asked again. */
  typed(text: string): void;
  ended(how: 'in' | 'refused'): void;
}

/** The inventory's word, or the operator's. undefined: there is neither. */
function passwordOf(target: SshTarget, { ask, passwords }: AuthOptions): Password | undefined {
  const { password } = target;
  if (password !== undefined) return { get: async () => password, typed: () => undefined, ended: () => undefined };
  if (ask === undefined) return undefined;
  const address = addressOf(target);
  let last: string | undefined;
  let answer: Promise<string> | undefined;
  const typed = (text: string) => {
    last = text;
  };
  return {
    async get() {
      answer ??= Promise.resolve(passwords.get(address) ?? ask(`Password of ${address}: `));
      typed(await answer);
      return answer;
    },
    typed,
    ended(how) {
      if (how === 'refused') passwords.delete(address);
      else if (last !== undefined) passwords.set(address, last);
    },
  };
}

/** Asked for only when the server asks: what it does not want must not be prompted for. */
async function* passwords(
  target: SshTarget,
  { ask }: AuthOptions,
  password: Password,
  progress: Progress,
): AsyncGenerator<AnyAuthMethod> {
  const { user: username } = target;
  const { tried } = progress;
  if (progress.isOpen('keyboard-interactive', 'dialogue')) {
    const answer = dialogue(addressOf(target), {
      password: password.get,
      typed: password.typed,
      tried,
      ...(ask === undefined ? {} : { ask }),
    });
    yield progress.offered('dialogue', {
      type: 'keyboard-interactive',
      username,
      prompt: (name, instructions, _language, prompts, finish) => {
        void answer(`${name} ${instructions}`, prompts).then(finish, () => finish([]));
      },
    });
  }
  if (!progress.isOpen('password', 'password')) return;
  const text = await password.get().catch(() => undefined);
  if (text === undefined) return;
  tried.push('password');
  yield progress.offered('password', { type: 'password', username, password: text });
}

function unlocked(file: string, { ask, keys }: AuthOptions): Promise<ParsedKey | undefined> {
  const known = keys.get(file);
  if (known !== undefined) return known;
  const key = ask === undefined ? Promise.resolve(undefined) : withPassphrase(file, ask);
  if (ask !== undefined) keys.set(file, key);
  return key;
}

const passphraseTries = 3;

async function withPassphrase(file: string, ask: Ask): Promise<ParsedKey | undefined> {
  const text = await readFile(file);
  for (let i = 0; i < passphraseTries; i++) {
    try {
      const key = firstKey(ssh2.utils.parseKey(text, await ask(`Passphrase of ${file}: `)));
      if (!(key instanceof Error)) return key;
    } catch (thrown) {
      if (reason(thrown) !== '') return undefined;
    }
  }
  return undefined;
}

function firstKey(parsed: ParsedKey | ParsedKey[] | Error): ParsedKey | Error {
  return Array.isArray(parsed) ? (parsed[0] ?? new Error('it holds no key')) : parsed;
}
