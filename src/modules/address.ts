import { type Command, script } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import { type JsonObject, sameJson } from '../core/json.ts';
import { defineResource } from '../core/module.ts';
import { explain, type Outcome } from '../core/outcome.ts';
import type { Way } from '../core/way.ts';
import { addressRestoreScript } from './addresses/address-restore.ts';
import { addressApplyScript, addressProbeScript } from './addresses/address-scripts.ts';
import { type AddressLine, addressLines, addressWords } from './addresses/ip-address-line.ts';
import { parseRouteLine, routeLines, slotOf } from './routes/ip-route-line.ts';
import { clash, familyOf, found, strange, wrong } from './shared/faults.ts';
import { device } from './shared/formats.ts';
import { addressText, networkOf } from './shared/prefix.ts';
import { sections } from './shared/probe-sections.ts';
import { cutByAddress } from './ways/way-addresses.ts';

const about = `
Owns one address of one network device, keyed as the kernel does: device, address, length. What the kernel takes with an address is
kept with it and comes back with it, each route in its place among others of its key: routes whose \`src\` it is (IPv6 keeps them and takes the \`src\` off),
and the secondary addresses of the same subnet that stand behind it
(without \`promote_secondaries\` they go with the primary one; a removal here gives them back at once). An undo brings back the order inside
the subnet too, because the host speaks from its first address, and of IPv6 from the newest; addresses that came later are taken away for a moment for that.

Refused: removing an address that a DHCP client or a router lent, since its owner brings it back. IPv6 link-local addresses that the
kernel makes are like any other.

\`\`\`yaml
address: { address: 10.4.7.121/24, dev: eth0 }
\`\`\`
`;

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['address', 'dev'],
  properties: {
    address: {
      type: 'string',
      format: 'ip-interface',
      description: 'With its length: 10.4.7.121/24, 2001:db8::21/64. Without one: /32 or /128.',
    },
    dev: { ...device, description: 'The device that has it.' },
    state: { enum: ['present', 'absent'], default: 'present', description: 'Whether it is there.' },
    peer: {
      type: 'string',
      format: 'ip-interface',
      description: 'The other end of a point-to-point link: 10.9.0.2 or 10.9.0.2/32.',
    },
    broadcast: {
      type: 'string',
      format: 'ipv4',
      description: 'Broadcast address. As it is where not given; a new address has none.',
    },
    scope: { enum: ['global', 'site', 'link', 'host'], description: 'Default for a new one: what the address says.' },
    label: { type: 'string', pattern: '^[^\\s/]{1,15}$', description: 'Name of the alias: eth0:1. IPv4 only.' },
    metric: { type: 'integer', minimum: 1, maximum: 4_294_967_295, description: 'Metric of the route to its subnet.' },
    noprefixroute: { type: 'boolean', description: 'Without the route to its subnet that the kernel adds.' },
    nodad: { type: 'boolean', description: 'IPv6: usable at once, without asking whether another host has it.' },
    exactly: { type: 'string', description: 'All that `ip address add` is told, as words. What a rollback uses.' },
  },
} as const;

interface Args {
  readonly address: string;
  readonly dev: string;
  readonly state?: 'present' | 'absent';
  readonly peer?: string;
  readonly broadcast?: string;
  readonly scope?: 'global' | 'site' | 'link' | 'host';
  readonly label?: string;
  readonly metric?: number;
  readonly noprefixroute?: boolean;
  readonly nodad?: boolean;
  readonly exactly?: string;
}

type State = {
  /** Words for `ip address add`. */
  readonly words: string;
  /** Addresses of the same subnet that were added after it, as words. */
  readonly behind: readonly string[];
  /** Routes over the device, or from one of these addresses: the kernel may take them with it. And all others with the key of one of these, in order. */
  readonly routes: readonly string[];
  readonly lent?: true;
};

export const address = defineResource({
  name: 'address',
  summary: 'An IP address of a network device.',
  about,
  schema,
  examples: [
    { title: 'A second address', args: { address: '10.4.7.121/24', dev: 'eth0' } },
    { title: 'A service address on the loopback', args: { address: '192.0.2.10/32', dev: 'lo' } },
    {
      title: 'An IPv6 address, usable at once',
      args: { address: '2001:db8:4:7::21/64', dev: 'eth0', nodad: true },
    },
    { title: 'Give up an address', args: { address: '10.4.7.121/24', dev: 'eth0', state: 'absent' } },
  ],
  faults: (args: Args) => {
    const six = args.address.includes(':');
    return found(
      strange('peer', args.peer, familyOf(args.address), 'the address is'),
      six &&
        args.broadcast !== undefined &&
        clash('broadcast', '"broadcast" is of IPv4 alone', 'Leave out "broadcast".'),
      six && args.label !== undefined && clash('label', '"label" is of IPv4 alone', 'Leave out "label".'),
      !six && args.nodad !== undefined && clash('nodad', '"nodad" is of IPv6 alone', 'Leave out "nodad".'),
      args.label !== undefined &&
        args.label !== args.dev &&
        !args.label.startsWith(`${args.dev}:`) &&
        wrong('label', `must begin with ${args.dev}:`, `Did you mean "${args.dev}:${args.label.split(':').at(-1)}"?`),
    );
  },
  reversible: () => true,
  volatile: () => true,
  key: (args: Args) => `${args.dev} ${cidr(args)}`,
  probe: (args: Args) => script(addressProbeScript, [args.dev, family(args), addressText(args.address)]),
  read,
  want,
  move: (from: State | null, to: State | null, args: Args): readonly Command[] => {
    const lines = operations(from, to, args);
    const stdin = lines.map((line) => `${line}\n`).join('');
    return [script(addressApplyScript, [args.dev, family(args)], { stdin })];
  },
  same: (a: State | null, b: State | null) => a?.words === b?.words,
  restored: (before: State | null, now: State | null) => {
    if (before === null || now === null) return before === now;
    return (
      before.words === now.words &&
      sameJson(
        before.behind,
        now.behind.filter((words) => before.behind.includes(words)),
      ) &&
      sameJson(bySlot(before.routes), bySlot(now.routes.filter((line) => before.routes.includes(line))))
    );
  },
  restore: (before: State | null, _: State | null, args: Args): Command => {
    const lines = [
      ...(before === null ? [] : [`address ${before.words}`]),
      ...(before?.behind ?? []).map((words) => `behind ${words}`),
      ...(before?.routes ?? []).map((line) => `route ${line}`),
    ];
    const stdin = lines.map((line) => `${line}\n`).join('');
    return script(addressRestoreScript, [args.dev, family(args), cidr(args)], { stdin });
  },
  cuts: (way: Way, from: State | null, to: State | null, args: Args) =>
    cutByAddress(way, { ...args, cidr: cidr(args) }, from, to),
  affects: ({ dev }: Args) => ['route:', `link:${dev}`, `address:${dev} `],
  restate: (state: State | null, args: Args): JsonObject => ({
    address: cidr(args),
    dev: args.dev,
    ...(state === null ? { state: 'absent' } : { exactly: state.words }),
  }),
});

function family({ address }: Pick<Args, 'address'>): string {
  return address.includes(':') ? '-6' : '-4';
}

/** Throws Failure `invalid`. */
function cidr({ address, peer }: Pick<Args, 'address' | 'peer'>): string {
  const length = address.split('/')[1] ?? peer?.split('/')[1] ?? (address.includes(':') ? '128' : '32');
  return `${addressText(address)}/${length}`;
}

/** The same for what `ip` prints: of a point-to-point address, the length stands with the peer. */
function cidrOf({ address, peer }: AddressLine): string {
  return address.includes('/')
    ? address
    : `${address}/${peer?.split('/')[1] ?? (address.includes(':') ? '128' : '32')}`;
}

function described(words: string, dev: string): AddressLine {
  const [line] = addressLines(`0: ${dev} inet ${words.replace(' broadcast ', ' brd ').replace(' label ', ' ')}`, dev);
  if (line === undefined) throw new Failure('internal', `"${words}" is not an address`);
  return line;
}

function read(outcome: Outcome, args: Args): State | null {
  const parts = sections(outcome.stdout);
  if (outcome.exit !== 0 || outcome.truncated === true || !parts.has('end')) {
    throw new Failure('unreadable', `The addresses of ${args.dev} could not be read: ${explain(outcome)}.`, {
      hint: `Nothing was changed. Try: ip -o address show dev ${args.dev}`,
    });
  }
  const all = addressLines(parts.get('addresses') ?? '', args.dev);
  const at = all.findIndex((line) => cidrOf(line) === cidr(args));
  const own = all[at];
  if (own === undefined) return null;
  const subnet = networkOf(cidrOf(own), 'unreadable');
  const behind = all.slice(at + 1).filter((line) => !line.lent && networkOf(cidrOf(line), 'unreadable') === subnet);
  const sources = [own, ...behind].map((line) => line.address.replace(/\/.*$/, ''));
  return {
    words: addressWords(own),
    behind: behind.map(addressWords),
    routes: routesWith(routeLines(parts.get('routes') ?? ''), args.dev, sources),
    ...(own.lent ? { lent: true } : {}),
  };
}

/** Those over the device or from one of the addresses, and what shares the key of one of these. */
function routesWith(lines: readonly string[], dev: string, sources: readonly string[]): readonly string[] {
  const taken = lines.map(parseRouteLine).filter(({ devices, attributes }) => {
    return devices.includes(dev) || sources.includes(attributes.get('src') ?? '');
  });
  const slots = new Set(taken.map(({ line }) => slotOf(line)));
  return lines.filter((line) => slots.has(slotOf(line)));
}

/** Only among routes of one key the order means something. */
function bySlot(lines: readonly string[]): readonly string[] {
  return lines.toSorted((a, b) => (slotOf(a) < slotOf(b) ? -1 : Number(slotOf(a) > slotOf(b))));
}

function want(args: Args, now: State | null): State | null {
  if (args.state !== 'absent') return present(args, now);
  if (now?.lent === true) {
    throw new Failure('refused', `${cidr(args)} on ${args.dev} was lent by a DHCP client or a router.`, {
      hint: 'Nothing was changed. Change its owner: it would bring the address back, and an undo could not lend it.',
    });
  }
  return null;
}

function present(args: Args, now: State | null): State {
  const is = now === null ? undefined : described(now.words, args.dev);
  const peer = args.peer === undefined ? is?.peer : withLength(args.peer);
  const wanted: AddressLine = {
    address: peer === undefined ? cidr(args) : addressText(args.address),
    ...(peer === undefined ? {} : { peer }),
    ...chosen('broadcast', args.broadcast, is?.broadcast),
    scope: args.scope ?? is?.scope ?? usualScope(args.address),
    ...chosen('metric', args.metric, is?.metric),
    ...chosen('label', args.label === args.dev ? undefined : args.label, is?.label),
    ...(is?.deprecated === true ? { deprecated: true } : {}),
    flags: ['noprefixroute', 'nodad', 'home', 'mngtmpaddr', 'autojoin'].filter((flag) => {
      const asked = flag === 'noprefixroute' || flag === 'nodad' ? args[flag] : undefined;
      return asked ?? is?.flags.includes(flag) ?? false;
    }),
    lent: false,
  };
  const words = args.exactly ?? addressWords(wanted);
  const { behind = [], routes = [] } = now ?? {};
  return now !== null && sameWords(words, now.words) ? now : { words, behind, routes };
}

function sameWords(a: string, b: string): boolean {
  return sameJson(a.split(' ').sort(), b.split(' ').sort());
}

function chosen<Name extends string, Value>(name: Name, ...values: readonly (Value | undefined)[]): object {
  const value = values.find((each) => each !== undefined);
  return value === undefined ? {} : { [name]: value };
}

function withLength(peer: string): string {
  return peer.includes('/') ? peer : `${addressText(peer)}/${peer.includes(':') ? '128' : '32'}`;
}

function usualScope(address: string): string {
  if (/^(127\.|::1(\/|$))/.test(address)) return 'host';
  return /^fe[89ab]/i.test(address) ? 'link' : 'global';
}

/**
 * An address that is added stands last in its subnet, so those behind it are taken `aside` (the last first, or the kernel would take them
 * together) and put back with `keep`, which adds what is missing.
 */
function operations(from: State | null, to: State | null, args: Args): readonly string[] {
  const { behind, routes } = to ?? from ?? { behind: [], routes: [] };
  const own = (line: string): boolean => ` ${line} `.includes(` src ${addressText(args.address)} `);
  const goesAlone = to === null && (behind.length === 0 || family(args) === '-6');
  const back = goesAlone ? [] : to === null ? routes.filter((line) => !own(line)) : routes;
  return [
    ...(to === null ? [] : [...behind].reverse().map((words) => `aside ${words}`)),
    ...(from === null ? [] : [`del ${described(from.words, args.dev).peer === undefined ? cidr(args) : from.words}`]),
    ...(to === null ? [] : [`add ${to.words}`]),
    ...(goesAlone ? [] : behind.map((words) => `keep ${words}`)),
    ...back.map((line) => `route ${line}`),
  ];
}
