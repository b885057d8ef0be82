import type { Assignments, Draft } from './draft.ts';
import type { Files } from './files.ts';
import { parseVars } from './parse-yaml.ts';

const endings = ['', '.yml', '.yaml', '.json'];
const deepest = 8;

/**
 * Variables in `group_vars/` or `host_vars/`: for each name a file (`web`, `web.yml`, ...) or a folder of such files, also
 * nested. Only names that are in the folder are opened, so no name can lead out of it.
 */
export function readVarsFolder(
  draft: Draft,
  files: Files,
  folder: string,
  names: Iterable<string>,
): ReadonlyMap<string, Assignments> {
  const present = new Set(files.list(folder) ?? []);
  const found = new Map<string, Assignments>();
  for (const name of present.size === 0 ? [] : names) {
    // As in Ansible: the first that is there, and only that one.
    const entry = endings.map((ending) => name + ending).find((one) => present.has(one));
    if (entry === undefined) continue;
    const assignments: Assignments = new Map();
    readInto(assignments, draft, files, `${folder}/${entry}`, 0);
    found.set(name, assignments);
  }
  return found;
}

/** Files in the order of their names; the later one wins. */
function readInto(assignments: Assignments, draft: Draft, files: Files, path: string, depth: number): void {
  const entries = files.list(path);
  if (entries === undefined) {
    const text = files.read(path);
    const found: Assignments = text === undefined ? new Map() : parseVars(draft, text, path);
    for (const [name, assignment] of found) {
      const before = assignments.get(name);
      assignments.set(name, before === undefined ? assignment : { ...assignment, before });
    }
    return;
  }
  if (depth >= deepest) {
    draft.fault('too-deep', { file: path }, `more than ${deepest} folders inside each other`);
    return;
  }
  for (const name of entries.toSorted()) {
    const inner = `${path}/${name}`;
    const isHidden = name.startsWith('.') || name.endsWith('~');
    const isFolder = files.list(inner) !== undefined;
    // As in Ansible: a folder inside has no ending.
    if (!isHidden && (isFolder ? !name.includes('.') : isVars(name)))
      readInto(assignments, draft, files, inner, depth + 1);
  }
}

/** By its ending; one of none counts too. */
function isVars(name: string): boolean {
  return /^[^.]*$|\.(?:yml|yaml|json)$/.test(name);
}
