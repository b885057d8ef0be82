import type { Event } from '../../core/event.ts';
import type { Json } from '../../core/json.ts';
import { printable } from '../../core/printable.ts';
import { machines } from './run-facts.ts';
import { plainKey } from './states.ts';

/** The routes of each machine, as lines of `ip route`. */
type Routes = ReadonlyMap<string, readonly string[]>;

interface Seen {
  /** Prefix -> its lines as first and as last read; none: no such route. */
  readonly first: Map<string, readonly string[]>;
  readonly last: Map<string, readonly string[]>;
  /** Key of the resource -> the prefixes of its last reading. */
  readonly prefixes: Map<string, readonly string[]>;
}

/** The routes that the run read, as it found them and as it left them; undefined where it read none. */
export function routePictures(events: readonly Event[]): { before: string; after: string } | undefined {
  const seen = new Map<string, Seen>(
    machines(events).map((on) => [on, { first: new Map(), last: new Map(), prefixes: new Map() }]),
  );
  for (const event of events) {
    if (event.type === 'undo_ended' && event.module === 'route') {
      if (event.status === 'restored' || event.status === 'untouched') look(seen, event.on, event.key, event.found);
    }
    if (event.type !== 'step_ended' || event.module !== 'route' || event.key === undefined || event.phase === 'plan')
      continue;
    if (event.before !== undefined && event.phase !== 'prove') look(seen, event.on, event.key, event.before);
    // What an assertion wanted is not what is there.
    if (event.after !== undefined && event.status !== 'unmet') look(seen, event.on, event.key, event.after);
  }
  const names = addressNames(events);
  const pick = (which: 'first' | 'last'): Routes =>
    new Map([...seen].map(([on, routes]) => [on, [...routes[which].values()].flat()]));
  const [before, after] = [pick('first'), pick('last')];
  const isEmpty = (routes: Routes) => [...routes.values()].every((lines) => lines.length === 0);
  if (isEmpty(before) && isEmpty(after)) return undefined;
  return { before: flowchart(before, names), after: flowchart(after, names) };
}

function look(seen: ReadonlyMap<string, Seen>, on: string, key: string, state: Json): void {
  const routes = seen.get(on);
  if (routes === undefined || !Array.isArray(state)) return;
  const byPrefix = new Map<string, string[]>();
  for (const line of state) {
    if (typeof line === 'string') byPrefix.set(prefixOf(line), [...(byPrefix.get(prefixOf(line)) ?? []), line]);
  }
  const id = plainKey('route', key);
  const known = routes.prefixes.get(id);
  for (const prefix of known ?? []) if (!byPrefix.has(prefix)) routes.last.set(prefix, []);
  for (const [prefix, lines] of byPrefix) {
    if (!routes.first.has(prefix)) routes.first.set(prefix, known === undefined ? lines : []);
    routes.last.set(prefix, lines);
  }
  routes.prefixes.set(id, [...byPrefix.keys()]);
}

/** `unicast 172.7.22.0/24 via ...` -> `172.7.22.0/24`. */
function prefixOf(line: string): string {
  return line.split(' ')[1] ?? '';
}

/** Mermaid text: each machine, each prefix that it has a route to, and how it gets there on the edge between them. */
function flowchart(routes: Routes, names: ReadonlyMap<string, string>): string {
  const prefixes = [...new Set([...routes.values()].flat().map(prefixOf))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const hosts = [...routes].filter(([, lines]) => lines.length > 0);
  return [
    'flowchart LR',
    ...hosts.map(([host], i) => `  h${i}["${label(host)}"]`),
    ...prefixes.map((prefix, i) => `  n${i}(["${label(prefix)}"])`),
    ...hosts.flatMap(([, lines], i) =>
      lines.map((line) => `  h${i} -->|"${label(way(line, names))}"| n${prefixes.indexOf(prefixOf(line))}`),
    ),
  ].join('\n');
}

/** How a packet leaves: type when it is not unicast, next hops by address and name, device. */
function way(line: string, names: ReadonlyMap<string, string>): string {
  const words = line.split(' ');
  const hops = words.flatMap((word, i) => {
    const value = words[i + 1] ?? '';
    if (word === 'via') return [names.has(value) ? `via ${value} (${names.get(value)})` : `via ${value}`];
    return word === 'dev' ? [`dev ${value}`] : [];
  });
  const type = words[0] === 'unicast' ? [] : [words[0] ?? ''];
  return [...type, ...hops, ...(words.includes('onlink') ? ['onlink'] : [])].join(' ');
}

/** Addresses that the run connected to -> the names of their hosts. */
function addressNames(events: readonly Event[]): ReadonlyMap<string, string> {
  return new Map(
    events.flatMap((event) => {
      if (event.type !== 'host_opened') return [];
      const address = event.address
        .replace(/^.*@/, '')
        .replace(/:\d+$/, '')
        .replace(/^\[|\]$/g, '');
      return [[address, event.host] as const];
    }),
  );
}

/** Text inside a quoted Mermaid label: its own syntax and HTML are written as entities. */
function label(text: string): string {
  return printable(text, 120).replace(/[#&"<>|`\\%{}]/g, (character) => `#${character.charCodeAt(0)};`);
}
