import type { Json } from '../core/json.ts';
import type { Assignment, Assignments, Draft, Spot } from './draft.ts';
import type { Files } from './files.ts';
import type { GroupTree } from './groups.ts';
import { readVarsFolder } from './vars-files.ts';

/** Variables that count alike. */
export interface Layer {
  /** What it is, in words: `group web`, `group_vars/web`, `host`, `host_vars`. */
  readonly level: string;
  readonly assignments: Assignments;
}

/** Where `group_vars/` and `host_vars/` are looked for. */
export interface Bases {
  /** Beside the inventories, in their order. */
  readonly inventory: readonly string[];
  /** Beside the playbook: what is there beats what is beside the inventory. */
  readonly playbook: readonly string[];
}

/** All the layers of a fleet, in Ansible's order: for a host, those that count less first. */
export class Layers {
  readonly #draft: Draft;
  readonly #tree: GroupTree;
  readonly #groups: { readonly inventory: readonly Folder[]; readonly playbook: readonly Folder[] };
  readonly #hosts: readonly Folder[];

  constructor(draft: Draft, tree: GroupTree, files: Files, bases: Bases) {
    const read = (bases: readonly string[], kind: string, names: Iterable<string>): Folder[] =>
      bases.map((base) => readVarsFolder(draft, files, `${base}/${kind}`, names));
    const groups = [...draft.groups.keys()];
    const hosts = [...new Set([...draft.hosts.keys(), implicitHost])];
    this.#draft = draft;
    this.#tree = tree;
    this.#groups = {
      inventory: read(bases.inventory, 'group_vars', groups),
      playbook: read(bases.playbook, 'group_vars', groups),
    };
    this.#hosts = read([...bases.inventory, ...bases.playbook], 'host_vars', hosts);
  }

  of(host: string): readonly Layer[] {
    const groups = this.#tree.groupsOf.get(host) ?? ['all'];
    const others = groups.filter((name) => name !== 'all');
    const own = this.#draft.hosts.get(host);
    return [
      ...groups.flatMap((name) => layer(`group ${name}`, this.#draft.groups.get(name)?.vars)),
      ...fromFolders(this.#groups.inventory, ['all']),
      ...fromFolders(this.#groups.playbook, ['all']),
      ...fromFolders(this.#groups.inventory, others),
      ...fromFolders(this.#groups.playbook, others),
      ...layer('host', own),
      ...this.#hosts.flatMap((folder) => layer('host_vars', folder.get(host))),
    ];
  }

  /** Of every host and group, also of a group without hosts. */
  all(): readonly Assignments[] {
    const folders = [...this.#groups.inventory, ...this.#groups.playbook, ...this.#hosts];
    return [
      ...[...this.#draft.groups.values()].map(({ vars }) => vars),
      ...this.#draft.hosts.values(),
      ...folders.flatMap((folder) => [...folder.values()]),
    ];
  }
}

/** The machine itself, which every inventory has without naming it. */
export const implicitHost = 'localhost';

type Folder = ReadonlyMap<string, Assignments>;

function fromFolders(folders: readonly Folder[], groups: readonly string[]): Layer[] {
  return folders.flatMap((folder) => groups.flatMap((name) => layer(`group_vars/${name}`, folder.get(name))));
}

function layer(level: string, assignments: Assignments | undefined): Layer[] {
  return assignments === undefined || assignments.size === 0 ? [] : [{ level, assignments }];
}

/** Name by name, what comes later beats what comes before. */
export function merged(layers: readonly Layer[]): ReadonlyMap<string, Json> {
  const vars = new Map<string, Json>();
  for (const { assignments } of layers) for (const [name, { value }] of assignments) vars.set(name, value);
  return vars;
}

/** One value of a variable, and where it is written. */
export interface Origin {
  readonly value: Json;
  readonly level: string;
  readonly spot: Spot;
}

/** A variable's value, and what it beat: the one that came nearest first. */
export interface Explained extends Origin {
  readonly overrode: readonly Origin[];
}

export function explained(layers: readonly Layer[]): ReadonlyMap<string, Explained> {
  const found = new Map<string, Origin[]>();
  for (const { level, assignments } of layers) {
    for (const [name, assignment] of assignments) {
      found.set(name, [...chain(assignment, level), ...(found.get(name) ?? [])]);
    }
  }
  return new Map(
    [...found].flatMap(([name, [first, ...overrode]]) => (first === undefined ? [] : [[name, { ...first, overrode }]])),
  );
}

function chain(assignment: Assignment, level: string): readonly Origin[] {
  const origins: Origin[] = [];
  for (let at: Assignment | undefined = assignment; at !== undefined; at = at.before) {
    origins.push({ value: at.value, level, spot: at.spot() });
  }
  return origins;
}
