import { entryOf } from '../../core/entry-of.ts';
import type { Way } from '../../core/way.ts';
import { parseRouteLine, type RouteLine } from '../routes/ip-route-line.ts';
import { isInside, prefixOf } from '../shared/prefix.ts';

/** Routes of one table: what a step's state is about. */
export interface RoutesOf {
  readonly family: 4 | 6;
  readonly table: string;
  /** The prefix of a whole set, other programs' routes included. */
  readonly within?: string;
}

/**
 * Why these routes, once they are `after` instead of `before` (lines of `ip -o -d route show`), take a way off its route. Undefined: it
 * stays as it is. Routes that the kernel keeps for its addresses are in neither.
 */
export function cutByRoutes(
  way: Way,
  { family, table, within }: RoutesOf,
  before: readonly string[],
  after: readonly string[],
): string | undefined {
  if (familyOf(way) !== family || !mayBeSameTable(table, way.table)) return undefined;
  const leading = (lines: readonly string[]) =>
    lines.map(parseRouteLine).filter(({ prefix }) => covers(prefix, way.to));
  const taken = leading(before).find((route) => isTaken(route, way));
  if (within !== undefined && belongsTo(within, way, taken))
    return `it goes through the routes within ${within}, which this step is about and other programs may change meanwhile`;
  const best = leading(after).sort(preference)[0];
  return turned(way, taken, best, before) ?? gatewayLost(way, before, after);
}

function turned(way: Way, taken: RouteLine | undefined, best: RouteLine | undefined, before: readonly string[]) {
  if (best === undefined) return taken === undefined ? undefined : `${routeText(taken)} goes, by which it is reached`;
  const isNew = taken === undefined ? !before.includes(best.line) && isBetter(best, way) : best.line !== taken.line;
  if (!isNew || leadsAlong(best, way)) return undefined;
  return `${routeText(best)} would be taken instead of ${taken === undefined ? wayText(way) : routeText(taken)}`;
}

/** Routes on the link that its gateway is on. */
function gatewayLost(way: Way, before: readonly string[], after: readonly string[]): string | undefined {
  const reaches = (line: string): boolean => {
    const { prefix, attributes, devices } = parseRouteLine(line);
    if (way.via === undefined || prefix === 'default' || attributes.has('via')) return false;
    return devices.includes(way.device) && covers(prefix, way.via);
  };
  const gone = after.some(reaches) ? undefined : before.find(reaches);
  if (gone === undefined) return undefined;
  return `${routeText(parseRouteLine(gone))} goes, by which its gateway ${way.via} is reached`;
}

export function familyOf({ to }: Pick<Way, 'to'>): 4 | 6 {
  return to.includes(':') ? 6 : 4;
}

const numbers: Readonly<Record<string, string>> = { '255': 'local', '254': 'main', '253': 'default' };

/** A table by its name or its number. */
export function sameTable(a: string, b: string): boolean {
  return (entryOf(numbers, a) ?? a) === (entryOf(numbers, b) ?? b);
}

/** A host may give a number a name of its own: what is said by the one may be what the way is printed with by the other. */
export function mayBeSameTable(a: string, b: string): boolean {
  const usual = Object.values(numbers);
  const [one, other] = [a, b].map((table) => entryOf(numbers, table) ?? table);
  const isOwn = (table = ''): boolean => !usual.includes(table);
  return one === other || (isOwn(one) && isOwn(other) && /^\d+$/.test(a) !== /^\d+$/.test(b));
}

/** Is an address in a prefix (as `ip route` prints it)? */
export function covers(prefix: string, address: string): boolean {
  if (prefix === 'default' || prefix === 'all') return true;
  if (prefix.includes(':') !== address.includes(':')) return false;
  return isInside(address, prefixOf(prefix));
}

/** Bits of a prefix, as `ip route` prints it. */
export function lengthOf(prefix: string): number {
  if (prefix === 'default') return 0;
  return Number(prefix.split('/')[1] ?? (prefix.includes(':') ? 128 : 32));
}

/** How the way goes now, in words. */
export function wayText({ prefix, via, device }: Way): string {
  return `${prefix}${via === undefined ? '' : ` via ${via}`} dev ${device}`;
}

function isTaken(route: RouteLine, way: Way): boolean {
  const along = leadsAlong(route, way) || route.nexthops.some(({ dev, via }) => dev === way.device && via === way.via);
  return along && route.prefix === way.prefix && metricOf(route) === way.metric;
}

/** Over the same device, and through the same gateway. */
function leadsAlong({ type, devices, attributes, nexthops }: RouteLine, { device, via }: Way): boolean {
  if (type !== 'unicast') return false;
  if (nexthops.length > 0) return nexthops.every((hop) => hop.dev === device && hop.via === via);
  const over = devices.length === 0 || devices.includes(device); // a gateway's device is the kernel's to find, until it is there
  return over && attributes.get('via') === via;
}

/** The longest prefix, then the lowest metric, then the order of the list. */
function preference(a: RouteLine, b: RouteLine): number {
  return lengthOf(b.prefix) - lengthOf(a.prefix) || metricOf(a) - metricOf(b);
}

function isBetter(route: RouteLine, way: Way): boolean {
  const longer = lengthOf(route.prefix) - lengthOf(way.prefix);
  return longer > 0 || (longer === 0 && metricOf(route) < way.metric);
}

function metricOf({ attributes }: RouteLine): number {
  return Number(attributes.get('metric') ?? 0);
}

/** Of a set, also what other programs make of it while the run is under way. The kernel's own route to its subnet is nobody's. */
function belongsTo(within: string, way: Way, taken: RouteLine | undefined): boolean {
  if (taken !== undefined) return true;
  const connected = way.via === undefined && isInside(way.prefix, prefixOf(within));
  return lengthOf(prefixOf(within).text) > 0 && covers(within, way.to) && !connected;
}

function routeText({ type, prefix, attributes, devices }: RouteLine): string {
  const via = attributes.get('via');
  const words = [...(type === 'unicast' ? [] : [type]), prefix, ...(via === undefined ? [] : [`via ${via}`])];
  return `the route ${[...words, ...(type === 'unicast' ? devices.map((device) => `dev ${device}`) : [])].join(' ')}`;
}
