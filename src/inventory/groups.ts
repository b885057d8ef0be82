import type { Json } from '../core/json.ts';
import type { Draft, GroupDraft } from './draft.ts';

/** How the groups hang together. */
export interface GroupTree {
  /** Names of a group's hosts, its children's included, in the order of the inventory. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** A host's groups, those whose variables count less first: by depth, `ansible_group_priority`, name. */
  readonly groupsOf: ReadonlyMap<string, readonly string[]>;
}

/** Works out members and order. A group that is inside itself becomes a fault. */
export function treeOf(draft: Draft, file: string): GroupTree {
  const { groups, hosts } = draft;
  const children = new Map([...groups].map(([name, group]) => [name, [...group.children]]));
  const inSome = new Set([...children].filter(([name]) => name !== 'all').flatMap(([, names]) => names));
  const depth = depths(children, inSome, (name) => draft.fault(file, `group "${name}" is inside itself`));
  const order = new Map([...hosts.keys()].map((name, i) => [name, i]));
  const inOrder = (names: Iterable<string>) => [...names].toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const members = new Map<string, readonly string[]>();
  for (const name of groups.keys()) members.set(name, inOrder(below(name, groups)));
  const grouped = new Set(
    [...members].filter(([name]) => name !== 'all' && name !== 'ungrouped').flatMap(([, names]) => names),
  );
  members.set('all', [...hosts.keys()]);
  members.set(
    'ungrouped',
    [...hosts.keys()].filter((host) => !grouped.has(host)),
  );
  const rank = (name: string): readonly [number, number] => [
    depth.get(name) ?? 1,
    Number(groups.get(name)?.vars.get('ansible_group_priority') ?? 1),
  ];
  const sorted = [...groups.keys()].toSorted((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    return x[0] - y[0] || x[1] - y[1] || (a < b ? -1 : 1);
  });
  const groupsOf = new Map<string, string[]>([...hosts.keys()].map((host) => [host, []]));
  for (const name of sorted) for (const host of members.get(name) ?? []) groupsOf.get(host)?.push(name);
  return { members, groupsOf };
}

function below(name: string, groups: ReadonlyMap<string, GroupDraft>): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const queue = [name];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const host of groups.get(next)?.hosts ?? []) found.add(host);
    queue.push(...(groups.get(next)?.children ?? []));
  }
  return found;
}

/** `all` is 0; a group is one deeper than its deepest parent. */
function depths(
  children: ReadonlyMap<string, readonly string[]>,
  inSome: ReadonlySet<string>,
  loops: (name: string) => void,
): ReadonlyMap<string, number> {
  const parents = new Map<string, string[]>();
  for (const [parent, names] of children) {
    for (const name of names) parents.set(name, [...(parents.get(name) ?? []), parent]);
  }
  // Ready once all of its parents are: what is never ready is in a loop, or below one.
  const depth = new Map([['all', 0]]);
  for (const name of children.keys()) if (name !== 'all' && !inSome.has(name)) depth.set(name, 1);
  let waiting = [...children.keys()].filter((name) => !depth.has(name));
  for (let before = -1; waiting.length > 0 && waiting.length !== before; ) {
    before = waiting.length;
    waiting = waiting.filter((name) => {
      const above = (parents.get(name) ?? []).map((parent) => depth.get(parent));
      if (above.includes(undefined)) return true;
      depth.set(name, 1 + Math.max(0, ...above.map((one) => one ?? 0)));
      return false;
    });
  }
  const isInLoop = (name: string) => reaches(name, name, children);
  for (const name of waiting.filter(isInLoop)) loops(name);
  if (reaches('all', 'all', children)) loops('all');
  return depth;
}

function reaches(from: string, to: string, children: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>();
  const queue = [...(children.get(from) ?? [])];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (next === to) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    queue.push(...(children.get(next) ?? []));
  }
  return false;
}

/** Variables in layers: what comes later beats what comes before, name by name. */
export function layered(layers: readonly ReadonlyMap<string, Json>[]): ReadonlyMap<string, Json> {
  return new Map(layers.flatMap((layer) => [...layer]));
}
