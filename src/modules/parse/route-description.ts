import type { RouteLine } from './ip-route-line.ts';
import { addressText, type Prefix } from './prefix.ts';

/** What a user says of a route; what is left out may be as it is. */
export interface RouteDescription {
  readonly via?: string;
  readonly dev?: string;
  readonly src?: string;
  readonly metric?: number;
  readonly proto?: string;
  readonly scope?: string;
  readonly type?: string;
  readonly onlink?: boolean;
  readonly mtu?: number;
}

/** Is the route as described, in all that is described of it? */
export function matches(route: RouteLine, args: RouteDescription): boolean {
  const asked = [
    ['via', args.via === undefined ? undefined : addressText(args.via)],
    ['dev', args.dev],
    ['src', args.src === undefined ? undefined : addressText(args.src)],
    ['metric', args.metric === undefined || args.metric === 0 ? undefined : String(args.metric)],
    ['proto', args.proto],
    ['scope', args.scope],
    ['mtu', args.mtu === undefined ? undefined : String(args.mtu)],
  ] as const;
  return (
    route.type === (args.type ?? 'unicast') &&
    (args.onlink === undefined || args.onlink === route.onlink) &&
    (args.metric !== 0 || !route.attributes.has('metric')) &&
    asked.every(([name, value]) => value === undefined || route.attributes.get(name) === value)
  );
}

/** The line of `ip -o -d route show` as the kernel will print it, but for what only the kernel can add (the device of a gateway). */
export function lineFor(prefix: Prefix, args: RouteDescription): string {
  const { via, dev, src, proto = 'boot', type = 'unicast', onlink, mtu } = args;
  const six = prefix.family === 6;
  const scope = args.scope ?? (type === 'unicast' && via === undefined && !six ? 'link' : 'global');
  const metric = args.metric ?? (six ? 1024 : 0);
  const reject = six && ['blackhole', 'unreachable', 'prohibit', 'throw'].includes(type);
  const words = [
    [type, prefix.text],
    via === undefined ? [] : ['via', addressText(via)],
    dev === undefined ? (reject ? ['dev', 'lo'] : []) : ['dev', dev],
    ['proto', proto, 'scope', scope],
    src === undefined ? [] : ['src', addressText(src)],
    metric === 0 ? [] : ['metric', String(metric)],
    onlink === true ? ['onlink'] : [],
    mtu === undefined ? [] : ['mtu', String(mtu)],
    six ? ['pref', 'medium'] : [],
  ];
  return words.flat().join(' ');
}
