import type { Json } from '../core/json.ts';
import { printable } from '../core/printable.ts';
import { shownSpot } from '../inventory/faults.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Explained, Origin } from '../inventory/layers.ts';

/** `level, file:line:column`: where a value is written. `shorten` makes a path of the inventory short. */
export type Shorten = (path: string) => string;

export function origin({ level, spot }: Origin, shorten: Shorten): string {
  return `${level}, ${printable(shownSpot({ ...spot, file: shorten(spot.file) }))}`;
}

/** One host: each variable, where it is written, and what it beat. */
export function renderHost(inventory: Inventory, host: string, shorten: Shorten): string {
  const groups = groupsOf(inventory, host);
  const lines = [...byName(inventory.explain(host))].flatMap(([name, it]) => [
    `  ${printable(name)}: ${shown(it.value)}`,
    `      ${origin(it, shorten)}`,
    ...it.overrode.map((one) => `      instead of ${shown(one.value)} (${origin(one, shorten)})`),
  ]);
  const faults = inventory.hosts.get(host)?.faults ?? [];
  return [
    printable(host),
    `  in ${groups.length === 0 ? 'no group' : groups.join(', ')}`,
    ...lines,
    ...faults.map((fault) => `  cannot be connected to: ${printable(fault)}`),
    '',
  ].join('\n');
}

/** The tree of groups and hosts; with `vars` the variables of each host, and where they are written. */
export function renderGraph(
  inventory: Inventory,
  options: { readonly vars: boolean; readonly shorten: Shorten },
): string {
  const lines: string[] = [];
  const host = (name: string, indent: string) => {
    lines.push(`${indent}|--${printable(name)}`);
    if (!options.vars) return;
    for (const [key, it] of byName(inventory.explain(name))) {
      lines.push(`${indent}|  |--{${printable(key)} = ${shown(it.value)}}  # ${origin(it, options.shorten)}`);
    }
  };
  const group = (name: string, indent: string) => {
    lines.push(`${indent}${indent === '' ? '' : '|--'}@${printable(name)}:`);
    const inner = indent === '' ? '  ' : `${indent}|  `;
    for (const child of inventory.children.get(name) ?? []) group(child, inner);
    for (const own of ownHosts(inventory, name)) host(own, inner);
  };
  group('all', '');
  return `${lines.join('\n')}\n`;
}

/** As `ansible-inventory --list` writes it; under `_meta` also where each variable is written. */
export function listed(inventory: Inventory, shorten: Shorten): Json {
  const names = inventory.groups.get('all') ?? [];
  const groups = [...inventory.groups.keys()].map((name): [string, Json] => {
    const hosts = ownHosts(inventory, name);
    const children = inventory.children.get(name) ?? [];
    return [name, { ...(children.length === 0 ? {} : { children }), ...(hosts.length === 0 ? {} : { hosts }) }];
  });
  const explainedHosts = names.map((name) => {
    // Secrets are left out: whoever reads this back must not take a mask for a password.
    const isShown = ([key]: readonly [string, Explained]) => Object.hasOwn(inventory.hosts.get(name)?.vars ?? {}, key);
    return [name, byName(inventory.explain(name)).filter(isShown)] as const;
  });
  const of = (value: (it: Explained) => Json) =>
    Object.fromEntries(
      explainedHosts.map(([name, vars]) => [name, Object.fromEntries(vars.map(([key, it]) => [key, value(it)]))]),
    );
  const meta = { hostvars: of(({ value }) => value), origins: of((it) => origin(it, shorten)) };
  return { _meta: meta, ...Object.fromEntries(groups.filter(([, group]) => Object.keys(group as object).length > 0)) };
}

/** Hosts that are in the group itself. Those of `all` are shown where else they are: in `ungrouped` at the least. */
function ownHosts(inventory: Inventory, group: string): readonly string[] {
  return group === 'all' ? [] : (inventory.own.get(group) ?? []);
}

export function groupsOf(inventory: Inventory, host: string): readonly string[] {
  return [...inventory.groups]
    .filter(([group, hosts]) => group !== 'all' && hosts.includes(host))
    .map(([group]) => group);
}

function byName(vars: ReadonlyMap<string, Explained>): readonly (readonly [string, Explained])[] {
  return [...vars].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function shown(value: Json): string {
  return printable(JSON.stringify(value), 300);
}
