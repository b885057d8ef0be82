import { readdirSync, readFileSync, statSync } from 'node:fs';
import { Failure } from '../core/failure.ts';
import { maskText } from '../core/mask.ts';
import { runInventoryScript } from './inventory-script.ts';

/** How playbooks and inventories read: from the disk, or from what a past run has read. */
export interface Files {
  read(path: string): string | undefined;
  list(folder: string): string[] | undefined;
  /** What an executable inventory answers; undefined: it is none. */
  run(path: string, args: readonly string[]): string | undefined;
}

const largest = 16 * 1024 * 1024;

/** The disk. Throws Failure `invalid` for a file that is no text for people. */
export const disk: Files = {
  read: (path) => {
    const size = statSync(path, { throwIfNoEntry: false })?.size;
    if (size === undefined) return undefined;
    if (size > largest) throw new Failure('invalid', `${path} has ${size} bytes; the limit is ${largest}`);
    return readFileSync(path, 'utf8');
  },
  list: (folder) =>
    statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder).sort() : undefined,
  run: runInventoryScript,
};

/** Notes every answer, so that the run can be played again from them. */
export function noting(files: Files): {
  files: Files;
  texts: Record<string, string | null>;
  folders: Record<string, string[] | null>;
} {
  const texts: Record<string, string | null> = {};
  const folders: Record<string, string[] | null> = {};
  const read = (path: string) => {
    const text = files.read(path);
    texts[path] = text ?? null;
    return text;
  };
  const list = (folder: string) => {
    const names = files.list(folder);
    folders[folder] = names ?? null;
    return names;
  };
  const run = (path: string, args: readonly string[]) => {
    const answer = files.run(path, args);
    texts[asRun(path, args)] = answer ?? null;
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
  return text.replace(/(?<=[:,[{-]\s+)\*{8}(?=[ \t]*(?:[,}\]]|#|$))/gm, `"${maskText}"`);
}
