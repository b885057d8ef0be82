import { readFile } from 'node:fs/promises';
import ssh2, { type AnyAuthMethod, type ParsedKey } from 'ssh2';
import { reason } from '../core/failure.ts';
import { addressOf, type SshTarget } from './ssh-target.ts';

/** Shows the prompt and resolves with what the operator types; nothing is echoed. */
export type Ask = (prompt: string) => Promise<string>;

export interface AuthOptions {
  readonly sshAuthSock?: string;
  readonly ask?: Ask;
  /** Keys opened so far, by file: a passphrase is asked for once. */
  readonly keys: Map<string, Promise<ParsedKey | undefined>>;
}

/** The ways to log in, one after another, and what has come of each. */
export interface Authentication {
  /** For ssh2's authHandler: null or undefined on the first call, then what the server still takes. */
  next(serverTakes: readonly string[] | null | undefined): Promise<AnyAuthMethod | false>;
  /** In words: what was offered, and what could not be. */
  readonly tried: readonly string[];
}

/** Order: key files that open by themselves, the agent, key files with a passphrase, password. */
export function authentication(target: SshTarget, options: AuthOptions): Authentication {
  const tried: string[] = [];
  let taken: readonly string[] | null | undefined;
  const takes = (type: string) => !taken || taken.includes(type);
  const methods = authMethods(target, options, { tried, takes });
  return {
    tried,
    async next(serverTakes) {
      taken = serverTakes;
      const { value, done } = await methods.next();
      return done === true ? false : value;
    },
  };
}

interface Progress {
  readonly tried: string[];
  /** What the server takes, as far as it has said so. */
  takes(type: 'publickey' | 'keyboard-interactive' | 'password'): boolean;
}

async function* authMethods(
  target: SshTarget,
  options: AuthOptions,
  progress: Progress,
): AsyncGenerator<AnyAuthMethod> {
  yield* publicKeys(target, options, progress);
  yield* passwords(target, options, progress);
}

async function* publicKeys(target: SshTarget, options: AuthOptions, progress: Progress): AsyncGenerator<AnyAuthMethod> {
  const { user: username } = target;
  const { tried } = progress;
  const locked: string[] = [];
  for (const file of target.identityFiles) {
    const text = await readFile(file).catch(() => undefined);
    if (text === undefined) continue;
    const opened = options.keys.has(file) ? await options.keys.get(file) : firstKey(ssh2.utils.parseKey(text));
    if (opened === undefined) continue;
    if (!(opened instanceof Error)) {
      tried.push(`key ${file}`);
      yield { type: 'publickey', username, key: opened };
    } else if (/encrypted/i.test(opened.message)) locked.push(file);
    else tried.push(`key ${file} (${opened.message})`);
  }
  if (options.sshAuthSock !== undefined && options.sshAuthSock !== '') {
    tried.push('agent');
    yield { type: 'agent', username, agent: options.sshAuthSock };
  }
  for (const file of progress.takes('publickey') ? locked : []) {
    const key = await unlocked(file, options);
    tried.push(key === undefined ? `key ${file} (its passphrase is not known)` : `key ${file}`);
    if (key !== undefined) yield { type: 'publickey', username, key };
  }
}

async function* passwords(target: SshTarget, { ask }: AuthOptions, progress: Progress): AsyncGenerator<AnyAuthMethod> {
  const { user: username } = target;
  const { tried } = progress;
  let answer: Promise<string> | undefined =
    target.password === undefined ? undefined : Promise.resolve(target.password);
  if (answer === undefined && ask === undefined) return;
  const password = () => {
    answer ??= ask?.(`Password of ${addressOf(target)}: `) ?? Promise.resolve('');
    return answer;
  };
  // Asked for only when the server asks: what it does not want must not be prompted for.
  if (progress.takes('keyboard-interactive')) {
    yield {
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => {
        if (prompts.length > 0) tried.push('password, by dialogue');
        void Promise.all(prompts.map((prompt) => (prompt.echo === true ? ask?.(prompt.prompt) : password()))).then(
          (answers) => finish(answers.map((text) => text ?? '')),
          () => finish([]),
        );
      },
    };
  }
  if (!progress.takes('password')) return;
  const text = await password().catch(() => undefined);
  if (text === undefined) return;
  tried.push('password');
  yield { type: 'password', username, password: text };
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
