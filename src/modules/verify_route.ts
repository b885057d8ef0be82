import type { XStatic } from 'typebox/schema';
import { script } from '../core/command.ts';
import { cut } from '../core/cut.ts';
import { defineCheck, type Verdict } from '../core/module.ts';
import { explain, type Outcome } from '../core/outcome.ts';
import { inside, insideFault, insideProperties } from './checks/inside.ts';
import { parseRouteLine, type RouteLine, withoutObjects } from './routes/ip-route-line.ts';
import { familyOf, found, strange } from './shared/faults.ts';
import { device } from './shared/formats.ts';
import { namedFunction, saidNumbers } from './shared/ip-listing.ts';
import { originName, tableName } from './shared/ip-names.ts';
import { addressText, prefixOf } from './shared/prefix.ts';

const address = { type: 'string', format: 'ip', pattern: '^[0-9a-fA-F.:]+$' } as const;

const schema = {
  type: 'object',
  description: 'Which route, or which packet, and how it must go.',
  properties: {
    to: {
      type: 'string',
      format: 'ip-network',
      description: 'The destination of a route: 172.7.22.0/24. There must be exactly one such route, in all tables.',
    },
    get: { ...address, description: 'In place of `to`: a packet to this address, by all rules.' },
    from: { ...address, description: 'With `get`: the packet comes from this address.' },
    iif: {
      ...device,
      description: 'With `get` and `from`: it comes in by this interface, as a pod’s.',
    },
    mark: {
      type: 'integer',
      minimum: 0,
      maximum: 4_294_967_295,
      description: 'With `get`: it bears this firewall mark.',
    },
    state: { enum: ['present', 'absent'], default: 'present', description: '`absent`: no such route, no way for it.' },
    dev: { ...device, description: 'The device that it leaves by.' },
    via: { ...address, description: 'The gateway.' },
    src: { ...address, description: 'The source address that the host prefers for it.' },
    metric: { type: 'integer', minimum: 0, maximum: 4_294_967_295, description: 'Of the route. Default: any.' },
    table: { type: 'string', pattern: '^\\S+$', default: 'main', description: 'The table that the route must be in.' },
    proto: {
      type: 'string',
      pattern: '^\\S+$',
      description: 'Who made the route: boot, static, bird, ... Default: any.',
    },
    type: { type: 'string', pattern: '^[a-z]+$', default: 'unicast', description: 'Kind of route.' },
    onlink: {
      type: 'boolean',
      description: 'Whether the gateway is taken to be on the device although no address says so.',
    },
    ...insideProperties,
  },
  oneOf: [{ required: ['to'] }, { required: ['get'] }],
  dependentRequired: {
    ...{ from: ['get'], iif: ['get', 'from'], mark: ['get'] },
    ...{ metric: ['to'], table: ['to'], proto: ['to'], type: ['to'], onlink: ['to'] },
  },
  additionalProperties: false,
} as const;

type Args = XStatic<typeof schema>;

const askTable = `LC_ALL=C; export LC_ALL; numbers=\${3-}
${namedFunction}
named -o -d "-$1" route show table all exact "$2"`;

/** `$1` what the packet comes from, the rest what `ip route get` is asked. Of IPv4 the kernel says of a strange sender what it says where no way is. */
const askWay = `LC_ALL=C; export LC_ALL
from=$1; shift
ip -o route get "$@" && exit
code=$?
case $from in *:*) exit $code ;; esac
case $(ip -o route get "$from" 2>/dev/null) in
  'local '*) exit $code ;;
  *) echo "$from is no address of this host: where its packets come in has to be said by iif" >&2; exit 125 ;;
esac`;
/** The kernel's words for: no route, unreachable, prohibit, blackhole, and what the filter of reverse paths drops. */
const noWay =
  /^(Network is unreachable|No route to host|Permission denied|Invalid argument|Invalid cross-device link)$/;

/**
 * Is a route exactly as described, the only one of its prefix in all tables? Or: which way does a packet really take?
 *
 *     - verify_route: { to: 172.7.22.0/24, via: 172.7.22.0, dev: flannel.1, onlink: true }
 *     - verify_route: { get: 172.7.22.2, from: 172.7.21.2, iif: docker0, dev: flannel.1 }
 */
export const verifyRoute = defineCheck({
  name: 'verify_route',
  summary: 'A route has exactly this shape, or a packet takes exactly this way',
  about: `With \`to\` the tables are read, all of them: one route of that prefix must be there, with everything that is
given, and no other, because a second one (another metric, another table) may be the one that carries the packets.

With \`get\` the host is asked where it would send a packet, by its rules, tables and reverse path filter: with \`from\`
and \`iif\` one that comes from a pod; without \`iif\`, \`from\` has to be an address of the host. That is what really happens, also where a policy rule hides the main table.

Needs iproute2.`,
  schema,
  exits: {
    0: 'the route or the way decides',
    2: 'no route or no way, but only where the kernel says so; `state: absent` then holds',
    other: 'it does not hold',
  },
  examples: [
    {
      title: 'The one route to the pods of a peer',
      args: { to: '172.7.22.0/24', via: '172.7.22.0', dev: 'flannel.1', onlink: true },
    },
    {
      title: "A pod's packet to a peer's pod leaves by flannel.1",
      args: { get: '172.7.22.2', from: '172.7.21.2', iif: 'docker0', dev: 'flannel.1' },
    },
    { title: 'No way at all', args: { get: '172.7.99.2', state: 'absent' } },
  ],

  faults: (args) => {
    const { to, get, from, via, src } = args;
    const family = familyOf(to ?? get);
    const goes = '"to" or "get" is';
    return found(
      strange('from', from, family, goes),
      strange('src', src, family, goes),
      family === 6 ? strange('via', via, family, goes) : undefined,
      insideFault(args),
    );
  },

  probe(args) {
    if (args.to !== undefined) {
      const prefix = prefixOf(args.to);
      const numbers = saidNumbers([args.table ?? 'main'], args.proto === undefined ? [] : [args.proto]);
      return inside(script(askTable, [String(prefix.family), prefix.cidr, ...numbers]), args);
    }
    const words = [
      ...(args.from === undefined ? [] : ['from', args.from]),
      ...(args.iif === undefined ? [] : ['iif', args.iif]),
      ...(args.mark === undefined ? [] : ['mark', String(args.mark)]),
    ];
    if (args.from !== undefined && args.iif === undefined)
      return inside(script(askWay, [args.from, args.get ?? '', ...words]), args);
    return inside({ argv: ['ip', '-o', 'route', 'get', args.get ?? '', ...words], env: { LC_ALL: 'C' } }, args);
  },

  judge: (outcome, args) => (args.to === undefined ? judgeWay(outcome, args) : judgeTables(outcome, args)),
});

function judgeTables(outcome: Outcome, args: Args): Verdict {
  // A host without a table beyond the usual ones answers 2 to a filter that finds nothing in none of them.
  if (outcome.cut !== undefined || (outcome.exit !== 0 && !/FIB table does not exist/.test(outcome.stderr))) {
    return { ok: false, because: `the routes could not be read: ${explain(outcome)}` };
  }
  const lines = withoutObjects(outcome.stdout).map((line) => line.split(/[\s\\]+/).filter((word) => word !== ''));
  const routes = lines.filter((words) => words.length > 0).map((words) => parseRouteLine(words.join(' ')));
  const seen = routes.map(brief).join(' and ') || 'no route';
  if (args.state === 'absent') return { ok: routes.length === 0, because: seen };
  const right = routes.filter((route) => differences(route, args).length === 0);
  if (right.length === 1 && routes.length === 1) return { ok: true, because: seen };
  if (right.length > 0) return { ok: false, because: `${routes.length} routes, expected that one alone: ${seen}` };
  const [one] = routes;
  const differs = one !== undefined && routes.length === 1 ? `; expected ${differences(one, args).join(', ')}` : '';
  return { ok: false, because: `${seen}${differs}` };
}

/** What is expected of a route that it has not, in words. */
function differences(route: RouteLine, args: Args): readonly string[] {
  const { table = 'main', type = 'unicast', metric } = args;
  const wanted: readonly (readonly [string, string | undefined])[] = [
    ...asked(args),
    ['proto', args.proto === undefined ? undefined : originName(args.proto)],
    ['metric', metric === undefined ? undefined : String(metric)],
  ];
  const given = (name: string) => {
    const word = route.attributes.get(name) ?? (name === 'metric' ? '0' : undefined);
    return name === 'proto' && word !== undefined ? originName(word) : word;
  };
  return [
    ...(route.type === type ? [] : [type]),
    ...wanted.flatMap(([name, value]) => (value === undefined || given(name) === value ? [] : [`${name} ${value}`])),
    ...(tableName(route.attributes.get('table') ?? 'main') === tableName(table) ? [] : [`table ${table}`]),
    ...(args.onlink === undefined || args.onlink === route.onlink ? [] : [args.onlink ? 'onlink' : 'not onlink']),
  ];
}

/** Addresses as the kernel prints them. */
function asked({ via, dev, src }: Args): readonly (readonly [string, string | undefined])[] {
  return [
    ['via', via === undefined ? undefined : addressText(via)],
    ['dev', dev],
    ['src', src === undefined ? undefined : addressText(src)],
  ];
}

function brief({ line }: RouteLine): string {
  return cut(line, 200);
}

function judgeWay(outcome: Outcome, args: Args): Verdict {
  if (outcome.cut !== undefined || outcome.exit === null) return { ok: false, because: explain(outcome) };
  if (outcome.exit !== 0) {
    const none = /^RTNETLINK answers: (.+)$/m.exec(outcome.stderr)?.[1];
    if (none === undefined || outcome.exit === 125 || !noWay.test(none))
      return { ok: false, because: `the host could not be asked: ${explain(outcome)}` };
    return { ok: args.state === 'absent', because: `no way: ${none}` };
  }
  const words = (outcome.stdout.split('\n')[0] ?? '').split(/[\s\\]+/).filter((word) => !/^(inet6?)?$/.test(word));
  const seen = cut(words.join(' '), 200);
  if (args.state === 'absent') return { ok: false, because: `${seen}; expected no way` };
  const after = (name: string): string | undefined => words[words.indexOf(name) + 1];
  const missing = asked(args).flatMap(([name, value]) =>
    value === undefined || (words.includes(name) && after(name) === value) ? [] : [`${name} ${value}`],
  );
  return missing.length === 0
    ? { ok: true, because: seen }
    : { ok: false, because: `${seen}; expected ${missing.join(', ')}` };
}
