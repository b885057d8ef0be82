import type { XStatic } from 'typebox/schema';
import { script } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import type { JsonObject } from '../core/json.ts';
import { sameJson } from '../core/json.ts';
import { defineResource } from '../core/module.ts';
import { explain, type Outcome } from '../core/outcome.ts';
import { parseRouteLine, type RouteLine, routeLines } from './parse/ip-route-line.ts';
import { isInside, type Prefix, prefixOf } from './parse/prefix.ts';
import { lineFor, matches } from './parse/route-description.ts';
import { routeCommand, routeOperations } from './parse/route-moves.ts';

const about = `
Owns either all routes to one prefix (\`to\`) or the whole ordered set of routes inside a prefix (\`within\`), in one
routing table. The kernel keys a route on table, prefix, type of service and metric, and several routes may share even
that; so the state is the list of \`ip -o -d route show\` lines, in order, and an undo brings exactly these lines back: gateways,
metrics, onlink flags, nexthops, order. A route that is changed is replaced in place and never missing in between.

Routes that the kernel itself keeps (\`proto kernel\`, \`ra\`, \`redirect\`) are neither counted nor touched.

\`\`\`yaml
route: { to: 172.7.22.0/24, via: 10.4.7.22, dev: eth0 }
\`\`\`
`;

const textOrList = [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] as const;

const shape = {
  type: 'object',
  additionalProperties: false,
  properties: {
    to: {
      type: 'string',
      minLength: 1,
      description: 'The destination: 172.7.22.0/24, 10.1.1.5, 2001:db8::/32 or default.',
    },
    within: {
      type: 'string',
      minLength: 1,
      description: 'Instead of `to`: all routes to prefixes inside this one, as one set.',
    },
    except: {
      type: 'object',
      additionalProperties: false,
      description: 'With `within` and `state: absent`: routes to leave alone. One match of any kind is enough.',
      properties: {
        dev: { anyOf: textOrList, description: 'Routes over this device, or one of these.' },
        to: { anyOf: textOrList, description: 'Routes to prefixes inside this one, or one of these.' },
        proto: { anyOf: textOrList, description: 'Routes of this origin (boot, static, bird, ...), or one of these.' },
      },
    },
    state: {
      enum: ['present', 'absent'],
      description:
        'With `to`, default present: exactly one route, as described. With `within`: absent, or left out to read only.',
    },
    via: { type: 'string', description: 'Address of the gateway.' },
    dev: { type: 'string', minLength: 1, description: 'Device that it leaves by.' },
    src: { type: 'string', description: 'Source address that the host prefers for it.' },
    metric: { type: 'integer', minimum: 0, description: 'The lowest metric of a prefix wins.' },
    table: {
      anyOf: [{ type: 'string' }, { type: 'integer' }],
      description: 'Routing table, by name or number. Default: main.',
    },
    proto: { type: 'string', description: 'Who made it: boot (what ip uses, the default), static, bird, ...' },
    scope: { type: 'string', description: 'global, link or host. Default: link without a gateway, else global.' },
    type: {
      enum: ['unicast', 'blackhole', 'unreachable', 'prohibit', 'throw', 'local'],
      description: 'Kind of route. Default: unicast.',
    },
    onlink: { type: 'boolean', description: 'The gateway is on the device although no address says so.' },
    mtu: { type: 'integer', minimum: 68, description: 'Largest packet for this destination, in bytes.' },
    exactly: {
      type: 'array',
      items: { type: 'string' },
      description: 'Exactly these lines of `ip -o -d route show`, in this order. What a rollback playbook uses.',
    },
  },
} as const;

type Args = XStatic<typeof shape>;
// Apart from the shape, because a type cannot say "one of these" of optional properties.
const schema: typeof shape = Object.assign({}, shape, { oneOf: [{ required: ['to'] }, { required: ['within'] }] });
type State = readonly string[];

export const route = defineResource({
  name: 'route',
  summary: 'Routes to a prefix, or the whole set of routes inside one.',
  about,
  schema,
  examples: [
    { title: 'A route through a gateway', args: { to: '172.7.22.0/24', via: '10.4.7.22', dev: 'eth0' } },
    { title: 'Remember all routes of the pod network (with protect: true)', args: { within: '172.7.0.0/16' } },
    {
      title: 'Remove what another backend left',
      args: { within: '172.7.0.0/16', except: { dev: ['docker0', 'flannel.1'] }, state: 'absent' },
    },
  ],
  reversible: () => true,
  asks: ({ within, state, exactly }: Args) => within === undefined || state !== undefined || exactly !== undefined,
  key,
  probe: (args: Args) => {
    const { prefix, select } = target(args);
    return script(probeScript, [`-${prefix.family}`, table(args), select, prefix.cidr]);
  },
  read,
  want,
  move: (from: State | null, to: State | null, args: Args) => {
    refuseIncomplete(to ?? [], args);
    return routeCommand(target(args).prefix.family, table(args), routeOperations(from ?? [], to ?? []));
  },
  same: (a: State | null, b: State | null) => sameButForWhatTheKernelAdds(a ?? [], b ?? []),
  restored: (before: State | null, now: State | null) => sameJson(before ?? [], now ?? []),
  affects: (args: Args) => (args.to === undefined ? ['route:'] : ['route:within ']),
  restate: (state: State | null, args: Args): JsonObject => ({
    ...(args.to === undefined ? { within: args.within ?? '' } : { to: args.to }),
    ...(args.table === undefined ? {} : { table: args.table }),
    // `default` alone does not say of which family.
    ...(args.to === 'default' && args.via !== undefined ? { via: args.via } : {}),
    exactly: state ?? [],
  }),
});

const probeScript = 'exec ip "$1" -o -d route show table "$2" "$3" "$4"';

function key(args: Args): string {
  const { prefix, select } = target(args);
  const where = table(args) === 'main' ? '' : ` table ${table(args)}`;
  return `${select === 'root' ? 'within ' : ''}${prefix.text === 'default' ? `default(${prefix.family})` : prefix.text}${where}`;
}

function table(args: Args): string {
  return String(args.table ?? 'main');
}

/** `select` is ip's word: `exact` this prefix, or all below this `root`. Throws Failure `invalid`. */
function target(args: Args): { prefix: Prefix; select: 'exact' | 'root' } {
  const { to, within } = args;
  if (within !== undefined) return { prefix: prefixOf(within), select: 'root' };
  if (to !== 'default') return { prefix: prefixOf(to ?? ''), select: 'exact' };
  return { prefix: prefixOf(args.via?.includes(':') === true ? '::/0' : '0.0.0.0/0'), select: 'exact' };
}

function read(outcome: Outcome, args: Args): State {
  if (outcome.exit !== 0) {
    if (/FIB table does not exist/.test(outcome.stderr)) return [];
    throw new Failure('unreadable', `The routes could not be listed: ${explain(outcome)}.`, {
      hint: `Nothing was changed. Try: ip -${target(args).prefix.family} -o -d route show table ${table(args)}`,
    });
  }
  if (outcome.truncated === true) {
    throw new Failure('unreadable', 'The list of routes is too long and was cut off.', {
      hint: 'Name a smaller prefix in `within`.',
    });
  }
  return routeLines(outcome.stdout);
}

function want(args: Args, now: State | null): State {
  const present = now ?? [];
  const wanted = wantedLines(args, present);
  const lost = present.filter((line) => / nhid /.test(line) && !wanted.includes(line));
  if (lost.length > 0) {
    throw new Failure('refused', `"${lost[0]}" uses a nexthop object and could not be put back.`, {
      hint: 'Nothing was changed. Except this route, or change it by hand.',
    });
  }
  return wanted;
}

function wantedLines(args: Args, now: State): State {
  if (args.exactly !== undefined) return args.exactly.map((line) => checkedLine(line, args));
  if (args.within !== undefined) {
    return args.state === 'absent' ? now.filter((line) => isExcepted(parseRouteLine(line), args)) : now;
  }
  if (args.state === 'absent') return [];
  const [only, ...more] = now;
  const holds = only !== undefined && more.length === 0 && matches(parseRouteLine(only), args);
  return holds ? now : [lineFor(target(args).prefix, args)];
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
    listed(except.proto).some((proto) => route.attributes.get('proto') === proto)
  );
}

function refuseIncomplete(lines: State, args: Args): void {
  const bare = lines.find((line) => line.startsWith('unicast ') && !/ (via|dev|nexthop|nhid) /.test(line));
  if (bare === undefined) return;
  throw new Failure('invalid', `There is no route to ${key(args)}, and the task does not say where it should lead.`, {
    hint: 'Name `via` or `dev`, or a `type` such as blackhole.',
  });
}

function sameButForWhatTheKernelAdds(a: State, b: State): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i] || sameButForDevice(line, b[i] ?? ''));
}

function sameButForDevice(a: string, b: string): boolean {
  const [x, y] = [parseRouteLine(a), parseRouteLine(b)];
  const bare = [x, y].filter((route) => route.attributes.has('via') && route.devices.length === 0);
  return bare.length === 1 && a.replace(/ dev \S+/, '') === b.replace(/ dev \S+/, '');
}
