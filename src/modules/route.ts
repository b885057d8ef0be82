import { type Command, script } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import type { JsonObject } from '../core/json.ts';
import { sameJson } from '../core/json.ts';
import { defineResource } from '../core/module.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Way } from '../core/way.ts';
import { parseRouteLine, type RouteLine } from './routes/ip-route-line.ts';
import { lineFor, matches, type RouteDescription, sameKey } from './routes/route-description.ts';
import { routeFaults } from './routes/route-faults.ts';
import { routeCommand, routeOperations } from './routes/route-moves.ts';
import { routeRestoreScript } from './routes/route-restore.ts';
import { type RouteArgs, routeShape } from './routes/route-schema.ts';
import { routeProbeScript } from './routes/route-scripts.ts';
import {
  chosen,
  devicesOf,
  isRoutersOwn,
  limitOf,
  linesOf,
  type RouteState,
  readRoutes,
  sharedSlots,
  steady,
  withoutRouters,
} from './routes/route-state.ts';
import { saidNumbers } from './shared/ip-listing.ts';
import { originName, originSpellings, tableName } from './shared/ip-names.ts';
import { isInside, type Prefix, prefixOf } from './shared/prefix.ts';
import { cutByRoutes } from './ways/ways.ts';

const about = `
Owns either all routes to one prefix (\`to\`) or the whole ordered set of routes inside a prefix (\`within\`), in one
routing table. The kernel keys a route on table, prefix, type of service and metric, and several routes may share even
that; so the state is the list of \`ip -o -d route show\` lines, in order, and an undo brings exactly these lines back: gateways,
metrics, onlink flags, nexthops, order. A route that is changed is replaced in place and never missing in between.

Routes that the kernel itself keeps (\`proto kernel\`, \`ra\`, \`redirect\`) are neither counted nor touched: where one shares prefix and metric
with ours, ours come and go beside it, and an IPv6 route that the kernel would make a part of it is taken out again, as an error. The undo of a set that is only
remembered leaves alone every origin but boot and static, as a DHCP client or a routing daemon keeps its own, unless \`proto\` selects it. A route does not come back over another VXLAN device of the
same name (another MAC). Where only BusyBox's \`ip\` is, or none, routes are read, and a change that could not be undone is refused.

\`\`\`yaml
route: { to: 172.7.22.0/24, via: 10.4.7.22, dev: eth0 }
\`\`\`
`;

type Args = RouteArgs;
// Apart from the shape, because a type cannot say "one of these" of optional properties.
const schema: typeof routeShape = Object.assign({}, routeShape, {
  oneOf: [{ required: ['to'] }, { required: ['within'] }],
  dependentRequired: { except: ['within'], mtu_lock: ['mtu'] },
});
type State = RouteState;

export const route = defineResource({
  name: 'route',
  summary: 'Routes to a prefix, or the whole set of routes inside one.',
  about,
  schema,
  exits: {
    0: 'the routes of the table',
    2: 'no routes, but only where ip says that there is no such table',
  },
  examples: [
    { title: 'A route through a gateway', args: { to: '172.7.22.0/24', via: '10.4.7.22', dev: 'eth0' } },
    { title: 'Remember all routes of the pod network (with protect: true)', args: { within: '172.7.0.0/16' } },
    {
      title: 'Remove what another backend left',
      args: { within: '172.7.0.0/16', except: { dev: ['docker0', 'flannel.1'] }, state: 'absent' },
    },
  ],
  reversible: () => true,
  faults: routeFaults,
  volatile: () => true,
  asks,
  key,
  probe: (args: Args) => {
    const { prefix, select } = target(args);
    return script(routeProbeScript, [`-${prefix.family}`, table(args), select, prefix.cidr, ...numbers(args)]);
  },
  read: (outcome: Outcome, args: Args): State => {
    const state = readRoutes(outcome, { ...target(args), table: table(args) });
    return isPartial(args) ? chosen(state, (line) => isSelected(line, args)) : state;
  },
  want,
  move: (from: State | null, to: State | null, args: Args) => {
    const before = linesOf(from);
    const after = isRemembered(args) ? [...before.filter(isRoutersOwn), ...withoutRouters(to)] : linesOf(to);
    refuseIncomplete(after, args);
    refuseUnrestorable(from, args);
    const slots = sharedSlots(from);
    const operations = routeOperations(before, after, (slot) => isPartial(args) || slots.has(slot));
    return routeCommand(target(args).prefix.family, table(args), operations, devicesOf(to), numbers(args));
  },
  same: (a: State | null, b: State | null, args: Args) => isSame(linesOf(a), linesOf(b), args),
  restored: (before: State | null, now: State | null, args: Args) =>
    isRemembered(args)
      ? sameJson(withoutRouters(before), withoutRouters(now))
      : sameJson(linesOf(before), linesOf(now)),
  restore,
  cuts: (way: Way, from: State | null, to: State | null, args: Args) => {
    const { prefix } = target(args);
    const within = args.within === undefined || isPartial(args) ? {} : { within: prefix.cidr };
    const routes = { family: prefix.family, table: table(args), ...within };
    return cutByRoutes(way, routes, linesOf(from), linesOf(to));
  },
  affects: (args: Args) => (args.to === undefined ? ['route:'] : ['route:within ']),
  restate: (state: State | null, args: Args): JsonObject => ({
    ...(args.to === undefined ? { within: args.within ?? '' } : { to: args.to }),
    ...(args.table === undefined ? {} : { table: args.table }),
    // `default` alone does not say of which family.
    ...(args.to === 'default' && args.via !== undefined ? { via: args.via } : {}),
    ...(isPartial(args) && args.dev !== undefined ? { dev: args.dev } : {}),
    ...(isPartial(args) && args.proto !== undefined ? { proto: args.proto } : {}),
    exactly: (state ?? []).filter((item) => typeof item === 'string' || 'device' in item),
  }),
});

function asks({ within, state, exactly }: Args): boolean {
  return within === undefined || state !== undefined || exactly !== undefined;
}

/** A whole set that is only read: its undo is for what other programs changed. */
function isRemembered(args: Args): boolean {
  return !asks(args) && !isPartial(args);
}

/** What cannot be read whole is not put back either. */
function restore(before: State | null, _: State | null, args: Args): Command | null {
  if (limitOf(before) !== undefined) return null;
  const { prefix, select } = target(args);
  const part = isPartial(args) ? [args.dev ?? '', originSpellings(args.proto ?? '').join('|')] : ['', ''];
  const lines = isRemembered(args) ? withoutRouters(before) : linesOf(before);
  const stdin = [
    ...devicesOf(before).map(({ device, kind, mac }) => `over ${device} ${kind} ${mac}`.trim()),
    ...lines.map((line) => `route ${line}`),
  ];
  const words = [
    `-${prefix.family}`,
    table(args),
    select,
    prefix.cidr,
    ...part,
    isRemembered(args) ? steady.source : '',
    ...numbers(args),
  ];
  return script(routeRestoreScript, words, { stdin: stdin.map((line) => `${line}\n`).join('') });
}

/** The origins that the task says by number. */
function numbers({ proto, except = {} }: Args): readonly string[] {
  return saidNumbers(
    [],
    [proto, except.proto].flat().filter((one) => one !== undefined),
  );
}

/** A set of which only a part is selected: others may stand between its routes. */
function isPartial({ within, dev, proto }: Args): boolean {
  return within !== undefined && (dev !== undefined || proto !== undefined);
}

function isSelected({ devices, attributes }: RouteLine, { dev, proto }: Args): boolean {
  return (dev === undefined || devices.includes(dev)) && (proto === undefined || isOrigin(attributes, proto));
}

function isOrigin(attributes: RouteLine['attributes'], proto: string): boolean {
  return originName(attributes.get('proto') ?? '') === originName(proto);
}

function key(args: Args): string {
  const { prefix, select } = target(args);
  const where = table(args) === 'main' ? '' : ` table ${table(args)}`;
  const which = isPartial(args)
    ? [args.dev, args.proto].flatMap((name) => (name === undefined ? [] : [` of ${name}`]))
    : [];
  const to = prefix.text === 'default' ? `default(${prefix.family})` : prefix.text;
  return `${select === 'root' ? 'within ' : ''}${to}${which.join('')}${where}`;
}

function table(args: Args): string {
  return tableName(String(args.table ?? 'main'));
}

/** `select` is ip's word: `exact` this prefix, or all below this `root`. Throws Failure `invalid`. */
function target(args: Args): { prefix: Prefix; select: 'exact' | 'root' } {
  const { to, within } = args;
  if (within !== undefined) return { prefix: prefixOf(within), select: 'root' };
  if (to !== 'default') return { prefix: prefixOf(to ?? ''), select: 'exact' };
  return { prefix: prefixOf(args.via?.includes(':') === true ? '::/0' : '0.0.0.0/0'), select: 'exact' };
}

function want(args: Args, now: State | null): State {
  const wanted = wantedLines(args, now ?? []);
  if (!isSame(linesOf(now), linesOf(wanted), args)) refuseUnrestorable(now, args);
  const lost = linesOf(now).filter((line) => / nhid /.test(line) && !wanted.includes(line));
  if (lost.length > 0) {
    throw new Failure('refused', `"${lost[0]}" uses a nexthop object and could not be put back.`, {
      hint: 'Nothing was changed. Except this route, or change it by hand.',
    });
  }
  return wanted;
}

/** What cannot be read whole cannot be put back: that is said before anything is touched. */
function refuseUnrestorable(now: State | null, args: Args): void {
  const tool = limitOf(now);
  if (tool === undefined) return;
  const shows =
    tool === 'busybox'
      ? 'BusyBox’s ip, which shows neither origin nor metrics of a route'
      : '/proc/net/route, which shows only a part of each route';
  throw new Failure('refused', `The routes to ${key(args)} are not changed: this host has only ${shows}.`, {
    hint: 'Nothing was changed, because an undo could not bring them back. Install iproute2 on the host.',
  });
}

function wantedLines(args: Args, now: State): State {
  if (args.exactly !== undefined) {
    return args.exactly.map((item) => (typeof item === 'string' ? checkedLine(item, args) : (item as State[number])));
  }
  if (args.within !== undefined) {
    return args.state === 'absent' ? chosen(now, (line) => isExcepted(line, args)) : now;
  }
  if (args.state === 'absent') return chosen(now, () => false);
  const [only, ...more] = linesOf(now);
  const holds = only !== undefined && more.length === 0 && matches(parseRouteLine(only), description(args));
  return holds ? now : [lineFor(target(args).prefix, description(args))];
}

function description(args: Args): RouteDescription {
  return args as RouteDescription;
}

function checkedLine(line: string, args: Args): string {
  const { prefix, select } = target(args);
  const parsed = parseRouteLine(line);
  const fits = select === 'root' ? isInside(parsed.prefix, prefix) : parsed.prefix === prefix.text;
  if (fits) return line;
  throw new Failure('invalid', `The route "${line}" does not belong to ${key(args)}.`, {
    hint: 'Every line of `exactly` must be a route to that prefix.',
  });
}

function isExcepted(route: RouteLine, { except = {} }: Args): boolean {
  const listed = (some: string | readonly string[] | undefined): readonly string[] =>
    some === undefined ? [] : typeof some === 'string' ? [some] : some;
  return (
    listed(except.dev).some((dev) => route.devices.includes(dev)) ||
    listed(except.to).some((outer) => isInside(route.prefix, prefixOf(outer))) ||
    listed(except.proto).some((proto) => isOrigin(route.attributes, proto))
  );
}

function refuseIncomplete(lines: readonly string[], args: Args): void {
  const bare = lines.find((line) => line.startsWith('unicast ') && !/ (via|dev|nexthop|nhid) /.test(line));
  if (bare === undefined) return;
  throw new Failure('invalid', `There is no route to ${key(args)}, and the task does not say where it should lead.`, {
    hint: 'Name `via` or `dev`, or a `type` such as blackhole.',
  });
}

/** The kernel adds to a route what it was not told; two that are both as asked are the same. */
function isSame(a: readonly string[], b: readonly string[], args: Args): boolean {
  if (sameJson(a, b)) return true;
  const [x, y] = [a[0], b[0]];
  if (a.length !== 1 || b.length !== 1 || x === undefined || y === undefined) return false;
  if (args.to === undefined || args.state === 'absent' || args.exactly !== undefined) return false;
  return [x, y].every((line) => matches(parseRouteLine(line), description(args))) && sameKey(x, y);
}
