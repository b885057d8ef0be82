import { originName, scopeName, tosName, tosNumber, tosWord } from '../shared/ip-names.ts';
import { addressText, type Prefix } from '../shared/prefix.ts';
import { parseRouteLine, type RouteHop, type RouteLine } from './ip-route-line.ts';

/** What a user says of a route; what is left out may be as it is. */
export interface RouteDescription {
  readonly via?: string;
  readonly dev?: string;
  readonly nexthops?: readonly Partial<RouteHop>[];
  readonly src?: string;
  readonly metric?: number;
  readonly tos?: string;
  readonly proto?: string;
  readonly scope?: string;
  readonly type?: string;
  readonly onlink?: boolean;
  readonly mtu?: number;
  readonly mtu_lock?: boolean;
  readonly advmss?: number;
  readonly window?: number;
  readonly initcwnd?: number;
  readonly initrwnd?: number;
  readonly congctl?: string;
  readonly quickack?: 0 | 1;
  readonly realm?: string;
  readonly encap?: string;
  readonly pref?: string;
}

/** Attributes that are one word after their name, in the order in which `ip` prints them. */
const plain = ['window', 'advmss', 'initcwnd', 'initrwnd', 'quickack', 'congctl'] as const;

/** Is the route as described, in all that is described of it? */
export function matches(route: RouteLine, args: RouteDescription): boolean {
  const asked = [
    ['via', args.via === undefined ? undefined : addressText(args.via)],
    ['dev', args.dev],
    ['src', args.src === undefined ? undefined : addressText(args.src)],
    ['mtu', args.mtu === undefined ? undefined : String(args.mtu)],
    ['pref', args.pref],
    ...plain.map((name) => [name, args[name] === undefined ? undefined : String(args[name])] as const),
  ] as const;
  return (
    route.type === (args.type ?? 'unicast') &&
    (args.onlink === undefined || args.onlink === route.onlink) &&
    (args.mtu_lock === undefined || args.mtu_lock === route.mtuLocked) &&
    asked.every(([name, value]) => value === undefined || route.attributes.get(name) === value) &&
    (args.metric === undefined || metricOf(route) === metricFor(args, isSix(route))) &&
    (args.proto === undefined || originName(route.attributes.get('proto') ?? '') === originName(args.proto)) &&
    (args.scope === undefined || scopeName(route.attributes.get('scope') ?? '') === scopeName(args.scope)) &&
    (args.realm === undefined || realmOf(route) === usualRealm(args.realm)) &&
    (args.tos === undefined || tosOf(route) === tosName(args.tos)) &&
    (args.encap === undefined || hasWords(route.attributes.get('encap') ?? '', args.encap)) &&
    (args.nexthops === undefined || sameHops(route.nexthops, args.nexthops))
  );
}

function isSix({ prefix, attributes }: RouteLine): boolean {
  return prefix.includes(':') || attributes.has('pref');
}

function metricOf({ attributes }: RouteLine): number {
  return Number(attributes.get('metric') ?? 0);
}

/** 0 stands for what the kernel takes itself, which of IPv6 is another number. */
function metricFor({ metric = 0 }: RouteDescription, six: boolean): number {
  return metric === 0 && six ? 1024 : metric;
}

function tosOf({ attributes }: RouteLine): string {
  return tosName(attributes.get('tos') ?? '0');
}

/** `ip` prints one realm by this word and a pair by its plural. */
function realmOf({ attributes }: RouteLine): string {
  return usualRealm(attributes.get('realm') ?? attributes.get('realms') ?? '0');
}

/** Of a pair FROM/TO, nothing before the slash is 0. */
function usualRealm(text: string): string {
  return text.replaceAll('cosmos', '0').replace(/^0+\//, '');
}

/** `ip` adds to a tunnel's words what the kernel assumes. */
function hasWords(printed: string, asked: string): boolean {
  const [is, wanted] = [printed.split(' '), asked.trim().split(/\s+/)];
  if (is[0] !== wanted[0]) return false;
  return wanted.slice(1).every((word, i) => {
    const at = is.indexOf(word);
    return at > 0 && (i % 2 === 1 || wanted[i + 2] === undefined || is[at + 1] === wanted[i + 2]);
  });
}

function sameHops(is: readonly RouteHop[], wanted: readonly Partial<RouteHop>[]): boolean {
  return (
    is.length === wanted.length &&
    wanted.every(
      ({ via, dev, weight = 1, onlink }, i) =>
        (via === undefined || is[i]?.via === addressText(via)) &&
        (dev === undefined || is[i]?.dev === dev) &&
        is[i]?.weight === weight &&
        (onlink === undefined || is[i]?.onlink === onlink),
    )
  );
}

/** The line of `ip -o -d route show` as the kernel will print it, but for what only the kernel can add (the device of a gateway). */
export function lineFor(prefix: Prefix, args: RouteDescription): string {
  const { via, dev, src, proto = 'boot', type = 'unicast', onlink, mtu, nexthops = [] } = args;
  const six = prefix.family === 6;
  const reached = via !== undefined || nexthops.length > 0;
  const usualScope = type === 'unicast' && !reached && !six ? 'link' : type === 'local' ? 'host' : 'global';
  const scope = scopeName(args.scope ?? usualScope);
  const metric = metricFor(args, six);
  const reject = six && ['blackhole', 'unreachable', 'prohibit', 'throw'].includes(type);
  const words = [
    [type, prefix.text],
    args.encap === undefined ? [] : ['encap', args.encap.trim().replace(/\s+/g, ' ')],
    args.tos === undefined || tosNumber(args.tos) === 0 ? [] : ['tos', tosWord(args.tos)],
    via === undefined ? [] : gateway(via, prefix),
    dev === undefined ? (reject ? ['dev', 'lo'] : []) : ['dev', dev],
    ['proto', proto, 'scope', scope],
    src === undefined ? [] : ['src', addressText(src)],
    metric === 0 ? [] : ['metric', String(metric)],
    onlink === true ? ['onlink'] : [],
    args.realm === undefined ? [] : ['realm', args.realm],
    mtu === undefined ? [] : ['mtu', ...(args.mtu_lock === true ? ['lock'] : []), String(mtu)],
    ...plain.map((name) => (args[name] === undefined ? [] : [name, String(args[name])])),
    six && nexthops.length === 0 ? ['pref', args.pref ?? 'medium'] : [],
    ...nexthops.map((hop) => hopWords(hop, prefix)),
  ];
  return words.flat().join(' ');
}

/** Of another family than the destination, a gateway is said with its own. */
function gateway(via: string, { family }: Prefix): readonly string[] {
  const address = addressText(via);
  const own = address.includes(':') ? 6 : 4;
  return own === family ? ['via', address] : ['via', own === 6 ? 'inet6' : 'inet', address];
}

function hopWords({ via, dev, weight = 1, onlink }: Partial<RouteHop>, prefix: Prefix): readonly string[] {
  return [
    'nexthop',
    ...(via === undefined ? [] : gateway(via, prefix)),
    ...(dev === undefined ? [] : ['dev', dev]),
    'weight',
    String(weight),
    ...(onlink === true ? ['onlink'] : []),
  ];
}

/** Do two lines of `ip route` with one prefix have the same place in the table? */
export function sameKey(a: string, b: string): boolean {
  const [x, y] = [parseRouteLine(a), parseRouteLine(b)];
  return metricOf(x) === metricOf(y) && tosOf(x) === tosOf(y) && x.attributes.get('from') === y.attributes.get('from');
}
