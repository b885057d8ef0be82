import { Address4, Address6, AddressError } from 'ip-address';
import { entryOf } from '../../core/entry-of.ts';
import { ruleText } from './iptables-words.ts';

type Words = readonly string[];

/** Options of the head of a rule, in the order in which iptables prints them. */
const headOrder = ['-s', '-d', '-i', '-o', '-p', '-f'];

/** Options by their short names. */
export const longNames: Readonly<Record<string, string>> = {
  '--source': '-s',
  '--src': '-s',
  '--destination': '-d',
  '--dst': '-d',
  '--in-interface': '-i',
  '--out-interface': '-o',
  '--protocol': '-p',
  '--proto': '-p',
  '--fragment': '-f',
  '--match': '-m',
  '--jump': '-j',
  '--goto': '-g',
  '--source-port': '--sport',
  '--destination-port': '--dport',
  '--source-ports': '--sports',
  '--destination-ports': '--dports',
};

const protocols: Readonly<Record<string, string>> = {
  '1': 'icmp',
  '2': 'igmp',
  '6': 'tcp',
  '17': 'udp',
  '33': 'dccp',
  '47': 'gre',
  '50': 'esp',
  '51': 'ah',
  '58': 'ipv6-icmp',
  '132': 'sctp',
  '136': 'udplite',
  icmpv6: 'ipv6-icmp',
};

const services: Readonly<Record<string, string>> = { ssh: '22', domain: '53', http: '80', https: '443' };
const states = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED', 'SNAT', 'DNAT'];
const protocolOptions = ['--sport', '--dport', '--tcp-flags', '--syn', '--tcp-option', '--icmp-type', '--icmpv6-type'];

/**
 * The form that iptables most likely gives a rule: what its addresses, protocols, ports, marks, states, limits and usual targets become.
 * An assumption for hosts where the rule cannot be tried; whoever uses it must have it confirmed.
 */
export function assumedForm(rule: Words, family: 4 | 6): string {
  const words = rule.map((word) => entryOf(longNames, word) ?? word);
  const head = new Map<string, Words>();
  const matches: string[] = [];
  const target: string[] = [];
  let protocol = '';
  let into = matches;
  for (let i = 0; i < words.length; i++) {
    const not = words[i] === '!' ? ['!'] : [];
    if (not.length > 0) i++;
    const word = words[i] ?? '';
    if (headOrder.includes(word)) {
      const value = word === '-f' ? [] : [headValue(word, words[++i] ?? '', family)];
      if (word === '-p') protocol = value[0] ?? '';
      if (!(value[0] === '' && not.length === 0)) head.set(word, [...not, word, ...value]);
      continue;
    }
    if (word === '-j' || word === '-g') into = target;
    if (word === '-m') into = matches;
    if (protocolOptions.includes(word) && !matches.join(' ').includes(`-m ${matchOf(protocol)}`)) {
      into = matches;
      into.push('-m', matchOf(protocol));
    }
    into.push(...not, word);
  }
  const ordered = headOrder.flatMap((option) => head.get(option) ?? []);
  return ruleText([...ordered, ...values(matches), ...values(withDefaults(target, family))]);
}

function matchOf(protocol: string): string {
  return protocol === 'ipv6-icmp' ? 'icmp6' : protocol;
}

/** '' where the option says nothing: every address, every protocol, every interface. */
function headValue(option: string, value: string, family: 4 | 6): string {
  if (option === '-p')
    return /^(0|all)$/i.test(value) ? '' : (entryOf(protocols, value.toLowerCase()) ?? value.toLowerCase());
  if (option === '-i' || option === '-o') return value === '+' ? '' : value;
  return network(value, family);
}

function network(text: string, family: 4 | 6): string {
  const canonical = canonicalNetwork(text, family) ?? text;
  return canonical.endsWith('/0') ? '' : canonical;
}

/** Does iptables take it for an address or a network? */
export function isNetwork(text: string, family: 4 | 6): boolean {
  return networkOf(text, family) !== undefined;
}

function canonicalNetwork(text: string, family: 4 | 6): string | undefined {
  const network = networkOf(text, family);
  return network && `${network.startAddress().correctForm()}/${network.subnetMask}`;
}

function networkOf(text: string, family: 4 | 6): Address4 | Address6 | undefined {
  const [host = '', mask] = text.split('/');
  const length = mask === undefined ? (family === 4 ? 32 : 128) : lengthOf(mask);
  try {
    return family === 4 ? new Address4(`${short(host)}/${length}`) : new Address6(`${host}/${length}`);
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}

/** `10` and `10.1` are 10.0.0.0 and 10.1.0.0 to iptables. */
function short(host: string): string {
  return /^\d+(\.\d+){0,2}$/.test(host) ? [...host.split('.'), '0', '0', '0'].slice(0, 4).join('.') : host;
}

/** A mask in words as a length; NaN for one with holes. */
function lengthOf(mask: string): number {
  if (!mask.includes('.')) return Number(mask);
  const bits = mask
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : Number.NaN;
}

function values(words: Words): Words {
  return words.flatMap((word, i) => {
    const option = words[i - 1] ?? '';
    if (word === '--syn') return ['--tcp-flags', 'FIN,SYN,RST,ACK', 'SYN'];
    if (option === '--sport' || option === '--dport') return [ports(word)];
    if (option === '--sports' || option === '--dports')
      return [
        word
          .split(',')
          .map((port) => entryOf(services, port) ?? port)
          .join(','),
      ];
    if (option === '--ctstate' || option === '--state') return [inOrder(word)];
    if (option === '--mark') return [mark(word)];
    if (option === '--limit') return [rate(word)];
    return [word];
  });
}

function ports(text: string): string {
  const [from = '', to] = text.split(':').map((port) => entryOf(services, port) ?? port);
  if (to === undefined) return from;
  const [low, high] = [from === '' ? '0' : from, to === '' ? '65535' : to];
  return low === high ? low : `${low}:${high}`;
}

function inOrder(text: string): string {
  const given = text.toUpperCase().split(',');
  return given.every((state) => states.includes(state))
    ? states.filter((state) => given.includes(state)).join(',')
    : text;
}

function mark(text: string): string {
  const [value = '', mask] = text.split('/').map((part) => `0x${Number(part).toString(16)}`);
  return mask === undefined || mask === '0xffffffff' ? value : `${value}/${mask}`;
}

/** iptables keeps the time between two packets, in ten thousandths of a second, and prints the largest unit that it divides. */
function rate(text: string): string {
  const [, count = '', unit = ''] = /^(\d+)\/(s|m|h|d)[a-z]*$/.exec(text) ?? [];
  const seconds = { s: 1, m: 60, h: 3600, d: 86_400 }[unit];
  if (seconds === undefined) return text;
  const period = Math.floor((seconds * 10_000) / Number(count));
  const units = [
    ['day', 864_000_000],
    ['hour', 36_000_000],
    ['min', 600_000],
    ['sec', 10_000],
  ] as const;
  const over = units.findIndex(([, size], i) => i > 0 && (period > size || Math.floor(size / period) < size % period));
  const [name, size] = units[over === -1 ? 3 : over - 1] ?? units[3];
  return `${Math.floor(size / period)}/${name}`;
}

function withDefaults(target: Words, family: 4 | 6): Words {
  const renamed = target.map((word) => {
    if (word === '--to' && target[1] === 'SNAT') return '--to-source';
    if (word === '--to' && target[1] === 'DNAT') return '--to-destination';
    return word;
  });
  if (target[1] === 'REJECT' && target.length === 2) {
    return [...renamed, '--reject-with', family === 4 ? 'icmp-port-unreachable' : 'icmp6-port-unreachable'];
  }
  return renamed;
}
