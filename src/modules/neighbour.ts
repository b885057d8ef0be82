import { type Command, script } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import type { JsonObject } from '../core/json.ts';
import { defineResource } from '../core/module.ts';
import { explain, type Outcome } from '../core/outcome.ts';
import type { Way } from '../core/way.ts';
import { neighbourLines, neighbourWords } from './neighbours/neighbour-line.ts';
import { neighbourApplyScript, neighbourProbeScript, neighbourRestoreScript } from './neighbours/neighbour-scripts.ts';
import { clash, familyOf, found } from './shared/faults.ts';
import { device } from './shared/formats.ts';
import { addressText } from './shared/prefix.ts';
import { sections } from './shared/probe-sections.ts';
import { cutByNeighbours } from './ways/way-links.ts';

const about = `
Owns one configured neighbour of a device (ARP for IPv4, NDP for IPv6), keyed as the kernel does on device and address; proxy entries are
a table of their own. Without \`address\` it owns all of a device's configured entries, as one set, for \`protect: true\`: what flannel
writes for each peer on a VXLAN device.

Only entries that somebody configured count: permanent, noarp, proxy. What the kernel learned by asking comes and goes by itself: it is
neither counted nor brought back, and a permanent entry takes its place. The kernel drops all entries of a device that goes down.

\`\`\`yaml
neighbour: { address: 172.7.22.0, lladdr: "2e:bf:3c:46:c0:e2", dev: flannel.1 }
\`\`\`
`;

/** What is said of one entry. */
const ofOne = ['lladdr', 'nud', 'router', 'extern_learn', 'state'] as const;

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['dev'],
  properties: {
    dev: { ...device, description: 'The device that the neighbour is reached by.' },
    address: { type: 'string', format: 'ip', description: 'Its IP address. Left out: all configured ones, only read.' },
    lladdr: {
      type: 'string',
      format: 'link-address',
      pattern: '^[0-9a-fA-F.:]+$',
      description: 'Its link-layer address: a MAC, quoted, or for a tunnel an IP address.',
    },
    nud: {
      enum: ['permanent', 'noarp'],
      default: 'permanent',
      description: 'noarp is never checked either, but may time out.',
    },
    router: { type: 'boolean', description: 'IPv6: the neighbour is a router.' },
    extern_learn: { type: 'boolean', description: 'Marked as learned by a program other than the kernel.' },
    proxy: { type: 'boolean', description: 'The host answers for this address: no `lladdr`.' },
    state: { enum: ['present', 'absent'], description: 'With `address`, default: present.' },
    exactly: {
      type: 'array',
      items: { type: 'string' },
      description: 'Exactly these entries, each as words for `ip neigh replace`. What a rollback playbook uses.',
    },
  },
  dependentRequired: Object.fromEntries(ofOne.map((name) => [name, ['address']])),
} as const;

interface Args {
  readonly dev: string;
  readonly address?: string;
  readonly lladdr?: string;
  readonly nud?: 'permanent' | 'noarp';
  readonly router?: boolean;
  readonly extern_learn?: boolean;
  readonly proxy?: boolean;
  readonly state?: 'present' | 'absent';
  readonly exactly?: readonly string[];
}

/** Each entry as words for `ip neigh replace`, sorted. */
type State = readonly string[];

export const neighbour = defineResource({
  name: 'neighbour',
  summary: 'Configured ARP and NDP entries of a network device.',
  about,
  schema,
  examples: [
    {
      title: 'The way to a peer of a VXLAN device',
      args: { address: '172.7.22.0', lladdr: '2e:bf:3c:46:c0:e2', dev: 'flannel.1' },
    },
    { title: 'Remember what flannel wrote (with protect: true)', args: { dev: 'flannel.1' } },
    { title: 'Forget a neighbour that was configured', args: { address: '10.4.7.99', dev: 'eth0', state: 'absent' } },
    { title: 'Answer for an address', args: { address: '10.4.7.99', dev: 'eth0', proxy: true } },
  ],
  reversible: () => true,
  faults: ({ address, lladdr, proxy, router }: Args) =>
    found(
      proxy === true &&
        lladdr !== undefined &&
        clash(
          'lladdr',
          'the host answers for a proxy entry itself, so it has no "lladdr"',
          'Leave out "lladdr", or "proxy".',
        ),
      router !== undefined &&
        familyOf(address) === 4 &&
        clash('router', '"router" is of IPv6, and the address is of IPv4', 'Leave out "router".'),
    ),
  volatile: () => true,
  asks: ({ address, exactly }: Args) => address !== undefined || exactly !== undefined,
  key: ({ dev, address, proxy }: Args) =>
    [...(proxy === true ? ['proxy'] : []), dev, ...(address === undefined ? [] : [addressText(address)])].join(' '),
  probe: (args: Args) => script(neighbourProbeScript, which(args)),
  read,
  want,
  move: (from: State | null, to: State | null, { dev }: Args): readonly Command[] => {
    const [before, after] = [from ?? [], to ?? []];
    const target = (words: string): string => words.replace(/^(proxy )?(\S+).*$/, '$1$2');
    const kept = new Set(after.map(target));
    const lines = [
      ...before.filter((words) => !kept.has(target(words))).map((words) => `del ${target(words)}`),
      ...after.filter((words) => !before.includes(words)).map((words) => `replace ${words}`),
    ];
    return [script(neighbourApplyScript, [dev], { stdin: lines.map((line) => `${line}\n`).join('') })];
  },
  restore: (before: State | null, _: State | null, args: Args): Command => {
    const stdin = (before ?? []).map((words) => `${words}\n`).join('');
    return script(neighbourRestoreScript, which(args), { stdin });
  },
  cuts: (way: Way, from: State | null, to: State | null, { dev }: Args) =>
    cutByNeighbours(way, dev, from ?? [], to ?? []),
  affects: ({ dev }: Args) => [`link:${dev}`, `neighbour:${dev}`],
  restate: (state: State | null, { dev, address, proxy }: Args): JsonObject => ({
    dev,
    ...(address === undefined ? {} : { address }),
    ...(proxy === undefined ? {} : { proxy }),
    exactly: state ?? [],
  }),
});

function which({ dev, address, proxy }: Args): readonly string[] {
  return [dev, proxy === true ? 'proxy' : '', address === undefined ? '' : addressText(address)];
}

function read(outcome: Outcome, args: Args): State {
  const parts = sections(outcome.stdout);
  if (outcome.exit !== 0 || outcome.truncated === true || !parts.has('end')) {
    throw new Failure('unreadable', `The neighbours of ${args.dev} could not be read: ${explain(outcome)}.`, {
      hint: `Nothing was changed. Try: ip neigh show dev ${args.dev}`,
    });
  }
  const found = neighbourLines(parts.get('entries') ?? '');
  // A learned one that became noarp by itself (a device without ARP) is nobody's configuration: only one that is named counts.
  const own = found.filter(({ nud }) => args.address !== undefined || nud !== 'noarp');
  return own.map((entry) => neighbourWords({ ...entry, proxy: args.proxy === true })).sort((a, b) => (a < b ? -1 : 1));
}

function want(args: Args, now: State | null): State {
  if (args.exactly !== undefined) return args.exactly;
  if (args.address === undefined) return now ?? [];
  if (args.state === 'absent') return [];
  if (args.lladdr === undefined && args.proxy !== true) {
    if (now !== null && now.length > 0) return now;
    throw new Failure('invalid', `There is no neighbour ${args.address} on ${args.dev}, and no lladdr is given.`, {
      hint: 'Give its `lladdr`, or `proxy: true`.',
    });
  }
  // The kernel keeps who wrote an entry that is replaced.
  const protocol = / protocol (\S+)/.exec(now?.[0] ?? '')?.[1];
  const words = neighbourWords({
    address: addressText(args.address),
    ...(args.lladdr === undefined ? {} : { lladdr: args.lladdr.toLowerCase() }),
    nud: args.nud ?? 'permanent',
    router: args.router ?? false,
    learned: args.extern_learn ?? false,
    proxy: args.proxy ?? false,
    ...(protocol === undefined ? {} : { protocol }),
  });
  return [words];
}
