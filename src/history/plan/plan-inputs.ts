import { createHash } from 'node:crypto';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { type JsonObject, sameJson } from '../../core/json.ts';
import type { RunInputs, TagsGiven } from '../run-store.ts';

/** What a plan was made from, as its file tells it: paths within the project are told by their place there. */
export interface PlanInputs {
  readonly playbook: string;
  readonly inventory: readonly string[];
  readonly limit?: string | undefined;
  readonly tags?: TagsGiven | undefined;
  readonly extra_vars: JsonObject;
  /** Encrypted files of -e: what is in them is in no plan. */
  readonly extra_files?: readonly string[] | undefined;
  /** Names only: the values may be secret, and what they lead to is in the steps. */
  readonly env: readonly string[];
  /** Path -> digest of its text, passwords masked; `absent`: was looked for. */
  readonly files: Readonly<Record<string, string>>;
  /** Path -> names in it; null: was looked for and not there. */
  readonly folders: Readonly<Record<string, readonly string[] | null>>;
}

const absent = 'absent';

/** `root`: the project's folder. */
export function planInputs(
  inputs: Pick<RunInputs, 'playbook' | 'inventory' | 'extraVars' | 'extraFiles' | 'tags' | 'env' | 'files' | 'folders'>,
  root: string,
  limit: string | undefined,
): PlanInputs {
  const shown = (path: string) => pathInProject(path, root);
  return {
    playbook: shown(inputs.playbook),
    inventory: inputs.inventory.map(shown),
    ...(limit === undefined ? {} : { limit }),
    ...(inputs.tags === undefined ? {} : { tags: inputs.tags }),
    extra_vars: inputs.extraVars,
    ...(inputs.extraFiles === undefined ? {} : { extra_files: inputs.extraFiles.map(shown) }),
    env: Object.keys(inputs.env).sort(),
    files: byPath(inputs.files, shown, (text) => (text === null ? absent : sha256(text))),
    folders: byPath(inputs.folders, shown, (names) => names),
  };
}

function byPath<From, To>(
  map: Readonly<Record<string, From>>,
  shown: (path: string) => string,
  value: (from: From) => To,
): Record<string, To> {
  const pairs = Object.entries(map).map(([path, from]) => [shown(path), value(from)] as const);
  return Object.fromEntries(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** `sha256:` and 64 hexadecimal digits. */
export function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function pathInProject(path: string, root: string): string {
  // A list of hosts is no path.
  if (!isAbsolute(path)) return path;
  const inside = relative(root, path);
  return inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? path : inside;
}

/** The absolute path of one that a plan tells. */
export function pathFromProject(path: string, root: string): string {
  return resolve(root, path);
}

/** Each thing that the plan was made from and that is no longer so, in a line. */
export function inputDifferences(then: PlanInputs, now: PlanInputs): readonly string[] {
  return [
    ...different(then.files, now.files, (was, is) => {
      if (was === undefined || was === absent) return 'was not there, and now is';
      return is === undefined || is === absent ? 'is gone, or no longer read' : 'its text has changed';
    }),
    ...different(then.folders, now.folders, () => 'other files are in it'),
    ...different(then.extra_vars, now.extra_vars, () => 'this extra variable has another value'),
    ...different(named(then.env), named(now.env), (was) =>
      was === undefined
        ? 'this environment variable was not set'
        : 'this environment variable is not set, or no longer read',
    ),
  ];
}

function different<T extends JsonObject[string]>(
  then: Readonly<Record<string, T>>,
  now: Readonly<Record<string, T>>,
  words: (was: T | undefined, is: T | undefined) => string,
): readonly string[] {
  const names = [...new Set([...Object.keys(then), ...Object.keys(now)])].sort();
  // What was looked for in vain and is no longer looked for is no difference.
  const value = (map: Readonly<Record<string, T>>, name: string) => {
    const found = Object.hasOwn(map, name) ? map[name] : undefined;
    return found === absent || found === null ? undefined : found;
  };
  return names
    .map((name) => ({ name, was: value(then, name), is: value(now, name) }))
    .filter(({ was, is }) => !sameJson(was, is))
    .map(({ name, was, is }) => `${name}: ${words(was, is)}`);
}

function named(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, name]));
}
