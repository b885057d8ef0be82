import type { Draft, GroupDraft } from './draft.ts';

/** How the groups hang together. */
export interface GroupTree {
  /** Of `all` these are `ungrouped`, then its own, then every group that is nobody's child. */
  readonly children: ReadonlyMap<string, readonly string[]>;
  /** Names of the hosts that are in a group itself, also where a child has them too. */
  readonly own: ReadonlyMap<string, readonly string[]>;
  /** Names of a group's hosts, its children's included, in Ansible's order: its own, its children's, their children's. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** A host's groups, those whose variables count less first: by depth, `ansible_group_priority`, name. */
  readonly groupsOf: ReadonlyMap<string, readonly string[]>;
}

/** Works out members and order. A group that is inside itself becomes a fault. */
export function treeOf(draft: Draft): GroupTree {
  const children = childrenOf(draft);
  const depth = depths(children);
  const budget: Budget = { left: mostLookedAt };
  for (const [name, group] of draft.groups) {
    if (budget.left < 0 || draft.hasEnoughFaults) break;
    if (depth.has(name) || !reaches(name, name, children, budget)) continue;
    const spot = [...group.children].find(([child]) => child === name || reaches(child, name, children, budget));
    draft.fault('group-cycle', spot?.[1]() ?? { file: '' }, `group "${name}" is inside itself`);
  }
  const own = ownHosts(draft);
  const members = new Map([...children.keys()].map((name) => [name, below(name, children, own, budget)]));
  if (budget.left < 0) {
    const spot = [...draft.groups.values()].flatMap((group) => [...group.children.values()]).at(-1);
    draft.fault('too-many', spot?.() ?? { file: '' }, 'the groups stand in each other too often');
  }
  const rank = (name: string): readonly [number, number] => [
    depth.get(name) ?? 1,
    draft.groups.get(name)?.priority ?? 1,
  ];
  const sorted = [...children.keys()].toSorted((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    return x[0] - y[0] || x[1] - y[1] || (a < b ? -1 : 1);
  });
  const groupsOf = new Map<string, string[]>([...draft.hosts.keys()].map((host) => [host, []]));
  for (const name of sorted) for (const host of members.get(name) ?? []) groupsOf.get(host)?.push(name);
  return { children, own, members, groupsOf };
}

/** Groups and hosts looked at, for all groups together: nested groups of many hosts would take hours. */
const mostLookedAt = 3_000_000;

interface Budget {
  left: number;
}

function childrenOf({ groups }: Draft): ReadonlyMap<string, readonly string[]> {
  const said = new Map([...groups].map(([name, group]) => [name, [...group.children.keys()]]));
  const inSome = new Set([...said].filter(([name]) => name !== 'all').flatMap(([, names]) => names));
  const top = [...groups.keys()].filter((name) => name !== 'all' && !inSome.has(name));
  // Of a group that is a child of itself nothing would be a child of `all`: it stays in the map, and is a fault.
  return said.set('all', [...new Set(['ungrouped', ...(said.get('all') ?? []), ...top])]);
}

/** A group's hosts without its children's. Those of no group but `all` are `ungrouped`. */
function ownHosts({ groups, hosts }: Draft): ReadonlyMap<string, readonly string[]> {
  const isPlain = ([name]: [string, GroupDraft]) => name !== 'all' && name !== 'ungrouped';
  const grouped = new Set([...groups].filter(isPlain).flatMap(([, group]) => [...group.hosts]));
  const first = groups.get('ungrouped')?.hosts ?? [];
  const ungrouped = [...new Set([...first, ...hosts.keys()])].filter((host) => !grouped.has(host));
  return new Map([...groups].map(([name, group]) => [name, [...group.hosts]])).set('ungrouped', ungrouped);
}

/** Level by level, each host once; some of them, once the budget is spent. */
function below(
  name: string,
  children: ReadonlyMap<string, readonly string[]>,
  own: ReadonlyMap<string, readonly string[]>,
  budget: Budget,
): readonly string[] {
  const seen = new Set([name]);
  const found = new Set<string>();
  for (const group of seen) {
    if (budget.left < 0) break;
    const hosts = own.get(group) ?? [];
    const inside = children.get(group) ?? [];
    for (const host of hosts) found.add(host);
    for (const child of inside) seen.add(child);
    budget.left -= 1 + hosts.length + inside.length;
  }
  return [...found];
}

/** `all` is 0; a group is one deeper than its deepest parent. What is in a loop, or below one, has none. */
function depths(children: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const missing = new Map<string, number>([...children.keys()].map((name) => [name, 0]));
  for (const name of [...children.values()].flat()) missing.set(name, (missing.get(name) ?? 0) + 1);
  const depth = new Map<string, number>();
  const ready = missing.get('all') === 0 ? ['all'] : [];
  const least = new Map([['all', 0]]);
  for (const name of ready) {
    const mine = least.get(name) ?? 0;
    depth.set(name, mine);
    for (const child of children.get(name) ?? []) {
      least.set(child, Math.max(least.get(child) ?? 0, mine + 1));
      missing.set(child, (missing.get(child) ?? 1) - 1);
      if (missing.get(child) === 0) ready.push(child);
    }
  }
  return depth;
}

/** False when the budget is spent. */
function reaches(from: string, to: string, children: ReadonlyMap<string, readonly string[]>, budget: Budget): boolean {
  const seen = new Set(children.get(from));
  for (const name of seen) {
    budget.left -= 1;
    if (name === to) return true;
    if (budget.left < 0) return false;
    for (const child of children.get(name) ?? []) seen.add(child);
  }
  return false;
}
