import type { Fleet, FleetHost } from '../core/fleet.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { connectionOf, isSecret, type Places, withoutSecretVariables } from './connection.ts';
import { Draft } from './draft.ts';
import { InventoryFailure } from './faults.ts';
import type { Files } from './files.ts';
import { treeOf } from './groups.ts';
import { type Explained, explained, implicitHost, Layers, merged } from './layers.ts';
import { passwordsIn } from './passwords.ts';
import { selectHosts } from './pattern.ts';
import { folderOf, readSource } from './sources.ts';
import { Written } from './written.ts';

export interface InventorySource extends Files {
  /**
   * What is named with -i, in order: absolute paths of files, folders and executables, and lists of hosts (`web1,web2`).
   * Where two say the same thing, the later one wins.
   */
  readonly sources: readonly string[];
  /** Absolute folder of the playbook, whose `group_vars/` and `host_vars/` count too. */
  readonly playbookFolder?: string;
  /** Absolute path: what `~` stands for. */
  readonly home: string;
  /** From -e: connection variables among them beat the inventory's. */
  readonly extraVars?: JsonObject;
}

/** Variables of all hosts together: each host gets its own copy of its groups'. */
const mostValues = 2_000_000;

/** A fleet that can tell where it has everything from. */
export interface Inventory extends Fleet {
  /** Group -> the groups directly inside. Of `all`: `ungrouped`, then every group that is in no other. */
  readonly children: ReadonlyMap<string, readonly string[]>;
  /** Group -> the hosts that are in it itself, not only in a child. */
  readonly own: ReadonlyMap<string, readonly string[]>;
  /** Each variable of a host, by name: value, where it is from, what it beat. Values of secrets are masked. */
  explain(host: string): ReadonlyMap<string, Explained>;
}

/**
 * Reads Ansible inventories: YAML, INI, folders, executables, lists of hosts, with `group_vars/` and `host_vars/`, and
 * merges variables in Ansible's order. `localhost` is there in any case, in no group.
 * Throws Failure `missing` without the file, `invalid` with everything that is wrong.
 */
export function loadInventory(source: InventorySource): Inventory {
  const draft = new Draft();
  for (const one of source.sources) readSource(draft, source, one);
  if (draft.isFull) throw new InventoryFailure(draft.faults, source);
  const tree = treeOf(draft);
  const folders = source.sources.map((one) => folderOf(one, source)).filter((one) => one !== undefined);
  const layers = new Layers(draft, tree, source, {
    inventory: folders.filter((folder, i) => folders.lastIndexOf(folder) === i),
    playbook: source.playbookFolder === undefined ? [] : [source.playbookFolder],
  });
  if (valuesOf(draft, layers) > mostValues) {
    draft.fault(
      'too-many',
      { file: source.sources.join(', ') },
      `the hosts have more than ${mostValues} variables in all`,
    );
  }
  if (draft.faults.length > 0) throw new InventoryFailure(draft.faults, source);
  const made = new HostMaker(layers, source, folders[0] ?? '');
  const hosts = new Map([...draft.hosts.keys()].map((name) => [name, made.host(name)]));
  if (!hosts.has(implicitHost)) hosts.set(implicitHost, made.itself());
  const written = new Written((host) => layers.of(host), source);
  const selectable = { hosts: [...draft.hosts.keys()], groups: tree.members };
  return {
    hosts,
    groups: tree.members,
    passwords: passwordsIn(layers, hosts.keys(), source.extraVars ?? {}),
    children: tree.children,
    own: tree.own,
    select: (pattern) => selectHosts(pattern, selectable),
    written: (host, name) => written.variable(host, name),
    explain: (host) => masked(explained(layers.of(host))),
  };
}

/** How many variables there are to be copied. */
function valuesOf(draft: Draft, layers: Layers): number {
  let count = 0;
  for (const name of draft.hosts.keys()) for (const { assignments } of layers.of(name)) count += assignments.size;
  return count;
}

class HostMaker {
  readonly #layers: Layers;
  readonly #places: Places;
  readonly #extra: readonly (readonly [string, Json])[];

  constructor(layers: Layers, { home, extraVars = {} }: InventorySource, folder: string) {
    this.#layers = layers;
    this.#places = { folder, home };
    this.#extra = Object.entries(extraVars);
  }

  host(name: string): FleetHost {
    return this.#made(name, merged(this.#layers.of(name)));
  }

  /** This machine, where the inventory does not say otherwise: without ssh. */
  itself(): FleetHost {
    return this.#made(
      implicitHost,
      new Map([['ansible_connection', 'local'], ...merged(this.#layers.of(implicitHost))]),
    );
  }

  #made(name: string, vars: ReadonlyMap<string, Json>): FleetHost {
    const faults: string[] = [];
    const known = new Map([['inventory_hostname', name], ...vars, ...this.#extra]);
    const connection = connectionOf(known, this.#places, (message) => faults.push(`host ${name}: ${message}`));
    return { name, vars: withoutSecretVariables(vars), connection, ...(faults.length === 0 ? {} : { faults }) };
  }
}

function masked(explained: ReadonlyMap<string, Explained>): ReadonlyMap<string, Explained> {
  const hidden = '(not shown)';
  return new Map(
    [...explained].map(([name, origin]) => {
      if (!isSecret(name)) return [name, origin];
      return [name, { ...origin, value: hidden, overrode: origin.overrode.map((one) => ({ ...one, value: hidden })) }];
    }),
  );
}
