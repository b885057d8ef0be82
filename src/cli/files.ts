import { lstatSync, readdirSync, statSync } from 'node:fs';
import { Failure, reason } from '../core/failure.ts';
import { maskText } from '../core/mask.ts';
import { runInventoryScript } from './inventory-script.ts';
import { readText } from './read-text.ts';

/** How playbooks and inventories read: from the disk, or from what a past run has read. */
export interface Files {
  read(path: string): string | undefined;
  list(folder: string): string[] | undefined;
  /** What an executable inventory answers; undefined: it is none. */
  run(path: string, args: readonly string[]): string | undefined;
}

/** The disk. Throws Failure `invalid` for what is no text file, or cannot be read. */
export const disk: Files = {
  read: (path) => within(path, () => readText(path)),
  list: (folder) =>
    within(folder, () =>
      statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder).sort() : undefined,
    ),
  run: (path, args) => within(path, () => runInventoryScript(path, args)),
};

/** Also a link that leads nowhere. What cannot be looked at cannot be written either, which says why. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** Notes every answer, so that the run can be played again from them; each is asked for once. */
export function noting(files: Files): {
  files: Files;
  texts: Record<string, string | null>;
  folders: Record<string, string[] | null>;
} {
  const texts: Record<string, string | null> = {};
  const folders: Record<string, string[] | null> = {};
  const read = (path: string) => {
    if (Object.hasOwn(texts, path)) return texts[path] ?? undefined;
    const text = files.read(path);
    texts[path] = text ?? null;
    return text;
  };
  const list = (folder: string) => {
    if (Object.hasOwn(folders, folder)) return folders[folder] ?? undefined;
    const names = files.list(folder);
    folders[folder] = names ?? null;
    return names;
  };
  const run = (path: string, args: readonly string[]) => {
    const name = asRun(path, args);
    if (Object.hasOwn(texts, name)) return texts[name] ?? undefined;
    const answer = files.run(path, args);
    texts[name] = answer ?? null;
    return answer;
  };
  return { files: { read, list, run }, texts, folders };
}

/** The name under which an executable's answer is kept among the texts. */
function asRun(path: string, args: readonly string[]): string {
  return [path, ...args].join(' ');
}

/** The controller's environment, noting what is asked of it. */
export function notingEnv(env: Readonly<Record<string, string | undefined>>): {
  env: Readonly<Record<string, string | undefined>>;
  asked: Record<string, string>;
} {
  const asked: Record<string, string> = {};
  const get = (known: Readonly<Record<string, string | undefined>>, name: string | symbol) => {
    const value = typeof name === 'string' ? known[name] : undefined;
    if (value !== undefined) asked[String(name)] = value;
    return value;
  };
  return { env: new Proxy({ ...env }, { get }), asked };
}

/** What a past run has read; anything else is not there. */
export function noted(
  texts: Readonly<Record<string, string | null>>,
  folders: Readonly<Record<string, readonly string[] | null>>,
): Files {
  return {
    read: (path) => (texts[path] == null ? undefined : quoted(path, texts[path])),
    list: (folder) => (folders[folder] == null ? undefined : [...folders[folder]]),
    run: (path, args) => texts[asRun(path, args)] ?? undefined,
  };
}

/** A secret that stood bare in YAML left asterisks, which YAML takes for an alias. */
function quoted(path: string, text: string): string {
  if (!/\.ya?ml$/.test(path) || !text.includes(maskText)) return text;
  // Asterisks first: looking back from every blank of many would take a time that grows with its square.
  return text.replace(/(?=\*)(?<=[:,[{-]\s+)\*{8}(?=[ \t]*(?:[,}\]]|#|$))/gm, `"${maskText}"`);
}

/** What the system says of a path (no permission, a loop of links, a name too long) is the user's to correct. */
function within<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure('invalid', `${path} cannot be read: ${reason(thrown)}`, {
      hint: 'Nothing has been touched.',
      cause: thrown,
    });
  }
}
