import { entryOf } from '../../core/entry-of.ts';
import { didYouMean, nearest } from '../../core/nearest.ts';

/** Option -> how many words stand behind it. */
type Options = Readonly<Record<string, number>>;

const all = (names: readonly string[], words: number): Options =>
  Object.fromEntries(names.map((name) => [name, words]));

const ports = all(['--sport', '--source-port', '--dport', '--destination-port'], 1);
const icmp6 = all(['--icmpv6-type'], 1);
const random = all(['--random', '--random-fully', '--persistent'], 0);
const marks = all(['--set-mark', '--set-xmark', '--and-mark', '--or-mark', '--xor-mark'], 1);

/** What protocols and `-m` bring, of those that are known whole: as of iptables 1.8.11. */
const matches: Readonly<Record<string, Options>> = {
  tcp: { ...ports, ...all(['--tcp-option'], 1), '--tcp-flags': 2, '--syn': 0 },
  udp: ports,
  icmp: all(['--icmp-type'], 1),
  icmp6,
  multiport: all(['--sports', '--source-ports', '--dports', '--destination-ports', '--ports'], 1),
  conntrack: all(
    [
      ...['--ctstate', '--ctstatus', '--ctproto', '--ctexpire', '--ctdir', '--ctorigsrc', '--ctorigdst', '--ctreplsrc'],
      ...['--ctrepldst', '--ctorigsrcport', '--ctorigdstport', '--ctreplsrcport', '--ctrepldstport'],
    ],
    1,
  ),
  state: all(['--state'], 1),
  comment: all(['--comment'], 1),
  limit: all(['--limit', '--limit-burst'], 1),
  mark: all(['--mark'], 1),
  connmark: all(['--mark'], 1),
  mac: all(['--mac-source'], 1),
  addrtype: { ...all(['--src-type', '--dst-type'], 1), ...all(['--limit-iface-in', '--limit-iface-out'], 0) },
  iprange: all(['--src-range', '--dst-range'], 1),
  statistic: all(['--mode', '--probability', '--every', '--packet'], 1),
  physdev: {
    ...all(['--physdev-in', '--physdev-out'], 1),
    ...all(['--physdev-is-in', '--physdev-is-out', '--physdev-is-bridged'], 0),
  },
};
const protocols: Readonly<Record<string, Options>> = {
  ...{ tcp: matches.tcp ?? {}, udp: matches.udp ?? {}, icmp: matches.icmp ?? {} },
  ...{ '6': matches.tcp ?? {}, '17': matches.udp ?? {}, '1': matches.icmp ?? {} },
  ...{ icmpv6: icmp6, 'ipv6-icmp': icmp6, icmp6, '58': icmp6, all: {}, '0': {} },
};
/** What targets bring, of those that are known whole. Any other name may be a chain, or one that is not here. */
const targets: Readonly<Record<string, Options>> = {
  ...{ ACCEPT: {}, DROP: {}, RETURN: {}, NOTRACK: {} },
  REJECT: all(['--reject-with'], 1),
  LOG: {
    ...all(['--log-level', '--log-prefix'], 1),
    ...all(['--log-tcp-sequence', '--log-tcp-options', '--log-ip-options', '--log-uid', '--log-macdecode'], 0),
  },
  MARK: marks,
  CONNMARK: {
    ...{ ...marks, ...all(['--save-mark', '--restore-mark'], 0) },
    ...all(['--nfmask', '--ctmask', '--mask', '--left-shift-mark', '--right-shift-mark'], 1),
  },
  SNAT: { ...random, ...all(['--to-source'], 1) },
  DNAT: { ...random, ...all(['--to-destination'], 1) },
  MASQUERADE: { ...random, ...all(['--to-ports'], 1) },
  REDIRECT: { ...random, ...all(['--to-ports'], 1) },
  NETMAP: { ...random, ...all(['--to'], 1) },
  TCPMSS: { ...all(['--set-mss'], 1), ...all(['--clamp-mss-to-pmtu'], 0) },
};
const otherMatches =
  'ah bpf cgroup cluster connbytes connlabel connlimit cpu dccp devgroup dscp dst ecn esp eui64 frag ' +
  'hashlimit hbh helper hl ipcomp ipv6header ipvs length mh nfacct osf owner pkttype policy quota rateest ' +
  'realm recent rpfilter rt sctp set socket srh standard string tcpmss time tos ttl u32 udplite unclean';
/** Every match that comes with iptables. */
const matchNames: readonly string[] = [...Object.keys(matches), ...otherMatches.split(' ')];

const ofHead: Options = {
  ...all(['-s', '-d', '-i', '-o', '-p', '-m', '-j', '-g'], 1),
  ...all(['--source', '--src', '--destination', '--dst', '--in-interface', '--out-interface', '--protocol'], 1),
  ...all(['--proto', '--match', '--jump', '--goto'], 1),
  ...{ '-f': 0, '--fragment': 0, '-4': 0, '--ipv4': 0, '-6': 0, '--ipv6': 0, '-c': 2, '--set-counters': 2 },
};
/** Options of the command, not of a rule: what it makes of them here is its own to say. */
const ofCommand = /^-[bhnvwxCELMRSVZ]|^--(?:exact|help|line-numbers|modprobe|numeric|verbose|version|wait)/;

interface Fault {
  readonly message: string;
  readonly hint: string;
}

/**
 * The first word of a rule that iptables does not take for an option. Nothing is said from where on that rests on an extension which is not
 * known whole here. `words`: options of the head by their short names.
 */
export function optionFault(words: readonly string[]): Fault | undefined {
  const known = new Map(Object.entries(ofHead));
  let isOpen = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '!') continue;
    const [name = ''] = word.split('=');
    const behind = wordsBehind(name, known);
    if (behind === undefined) return isOpen || ofCommand.test(word) ? undefined : unknown(word, name, known);
    const value = words[i + 1] ?? '';
    const missing = name === '-m' && !matchNames.includes(value) ? nearest(value, matchNames) : undefined;
    if (missing !== undefined) return { message: `has no match "${value}"`, hint: `Did you mean "${missing}"?` };
    const more = broughtBy(name, value);
    if (more === undefined) isOpen = true;
    for (const [option, count] of Object.entries(more ?? {})) known.set(option, count);
    i += Math.max(0, behind - (word === name ? 0 : 1));
  }
  return undefined;
}

/** Long options may be cut short. */
function wordsBehind(name: string, known: ReadonlyMap<string, number>): number | undefined {
  if (known.has(name) || !/^--./.test(name)) return known.get(name);
  return [...known].find(([option]) => option.startsWith(name))?.[1];
}

/** The options that come with a protocol, a match or a target; undefined: not all of them are known. */
function broughtBy(name: string, value: string): Options | undefined {
  if (name === '-p') return entryOf(protocols, value.toLowerCase());
  if (name === '-m') return entryOf(matches, value);
  return name === '-j' ? entryOf(targets, value) : {};
}

function unknown(word: string, name: string, known: ReadonlyMap<string, number>): Fault {
  if (!word.startsWith('-'))
    return { message: `has "${word}" where an option must stand`, hint: 'Each value stands behind its option.' };
  const owner = ownerOf(name);
  const hint = owner ?? didYouMean(name, known.keys()) ?? 'Look at what `iptables -m MATCH --help` says.';
  return { message: `has an option that is not known there: "${name}"`, hint };
}

function ownerOf(name: string): string | undefined {
  const has = (options: Options) => Object.hasOwn(options, name);
  const ofProtocol = Object.keys(protocols).filter((one) => /^[a-z]/.test(one) && has(protocols[one] ?? {}));
  if (ofProtocol.length > 0) return `It needs -p ${ofProtocol.slice(0, 2).join(' or -p ')} before it.`;
  const match = Object.keys(matches).find((one) => has(matches[one] ?? {}));
  const target = Object.keys(targets).find((one) => has(targets[one] ?? {}));
  if (match !== undefined) return `It needs -m ${match} before it.`;
  return target === undefined ? undefined : `It is of the target ${target}, and stands behind it.`;
}
