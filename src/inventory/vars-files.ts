import type { Json } from '../core/json.ts';
import type { Draft } from './draft.ts';
import { parseVars } from './parse-yaml.ts';

/** How files are reached; a test hands in a map. */
export interface Files {
  /** A file's text; undefined when there is none. */
  read(path: string): string | undefined;
  /** Names of what is in a folder; undefined when there is none. */
  list(folder: string): readonly string[] | undefined;
}

const endings = ['', '.yml', '.yaml', '.json'];

/**
 * Variables beside the inventory: of `group_vars/` or `host_vars/`, for each name a file (`web`, `web.yml`, ...) or a
 * folder of files. Only names that are in the folder are opened, so no name can lead out of it.
 */
export function readVarsFolder(
  draft: Draft,
  files: Files,
  folder: string,
  names: Iterable<string>,
): ReadonlyMap<string, ReadonlyMap<string, Json>> {
  const present = new Set(files.list(folder) ?? []);
  const found = new Map<string, ReadonlyMap<string, Json>>();
  for (const name of present.size === 0 ? [] : names) {
    const entry = endings.map((ending) => name + ending).find((one) => present.has(one));
    if (entry !== undefined) found.set(name, varsAt(draft, files, `${folder}/${entry}`, 0));
  }
  return found;
}

function varsAt(draft: Draft, files: Files, path: string, depth: number): ReadonlyMap<string, Json> {
  const entries = depth > 8 ? undefined : files.list(path);
  if (entries === undefined) {
    const text = files.read(path);
    return new Map(text === undefined ? [] : Object.entries(parseVars(draft, text, path)));
  }
  const readable = entries.filter((name) => !name.startsWith('.') && !name.endsWith('~'));
  return new Map(readable.toSorted().flatMap((name) => [...varsAt(draft, files, `${path}/${name}`, depth + 1)]));
}
