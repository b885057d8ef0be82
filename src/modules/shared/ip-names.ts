/** Protocols as iproute2 prints them where /etc/protocols is as usual, with their numbers. */
const protocolNumbers: Readonly<Record<string, number>> = Object.fromEntries(
  `icmp 1 igmp 2 ggp 3 ipencap 4 st 5 tcp 6 egp 8 igp 9 pup 12 udp 17 hmp 20 xns-idp 22 rdp 27 iso-tp4 29 dccp 33 xtp 36
  ddp 37 idpr-cmtp 38 ipv6 41 ipv6-route 43 ipv6-frag 44 idrp 45 rsvp 46 gre 47 esp 50 ah 51 skip 57 ipv6-icmp 58
  ipv6-nonxt 59 ipv6-opts 60 rspf 73 vmtp 81 eigrp 88 ospf 89 ax.25 93 ipip 94 etherip 97 encap 98 pim 103 ipcomp 108
  vrrp 112 l2tp 115 isis 124 sctp 132 fc 133 mobility-header 135 udplite 136 mpls-in-ip 137 manet 138 hip 139 shim6 140
  wesp 141 rohc 142 ethernet 143`
    .split(/\s+/)
    .flatMap((name, i, words) => (i % 2 === 0 ? [[name, Number(words[i + 1])]] : [])),
);
const protocolNames = turned(protocolNumbers);
const otherProtocolNames: Readonly<Record<string, string>> = {
  icmpv6: 'ipv6-icmp',
  icmp6: 'ipv6-icmp',
  'ip-encap': 'ipencap',
  'ipsec-esp': 'esp',
  'ipsec-ah': 'ah',
  ospfigp: 'ospf',
};

/** Who makes routes and rules, as /etc/iproute2/rt_protos names them. */
export const usualOrigins: Readonly<Record<string, string>> = {
  0: 'unspec',
  1: 'redirect',
  2: 'kernel',
  3: 'boot',
  4: 'static',
  8: 'gated',
  9: 'ra',
  10: 'mrt',
  11: 'zebra',
  12: 'bird',
  13: 'dnrouted',
  14: 'xorp',
  15: 'ntk',
  16: 'dhcp',
  17: 'mrouted',
  18: 'keepalived',
  42: 'babel',
  84: 'ovn',
  99: 'openr',
  186: 'bgp',
  187: 'isis',
  188: 'ospf',
  189: 'rip',
  192: 'eigrp',
};

const scopeNames: Readonly<Record<string, string>> = {
  0: 'global',
  200: 'site',
  253: 'link',
  254: 'host',
  255: 'nowhere',
};
/** The tables that always have a name. */
export const usualTables: Readonly<Record<string, string>> = { 253: 'default', 254: 'main', 255: 'local' };

/** Types of service, as /etc/iproute2/rt_dsfield names them. */
const tosNumbers: Readonly<Record<string, number>> = {
  default: 0,
  LE: 0x04,
  'VOICE-ADMIT': 0xb0,
  EF: 0xb8,
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [`CS${n}`, n << 5])),
  ...Object.fromEntries(
    [1, 2, 3, 4].flatMap((n) => [1, 2, 3].map((drop) => [`AF${n}${drop}`, (n << 5) | (drop << 3)])),
  ),
};
const tosNames = turned(tosNumbers);

function turned(numbers: Readonly<Record<string, number>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(numbers).map(([name, number]) => [number, name]));
}

export const protocolWords: readonly string[] = [...Object.keys(protocolNumbers), ...Object.keys(otherProtocolNames)];
export const tosWords: readonly string[] = Object.keys(tosNumbers);

/** Of a name, another name, a number or ip's `ipproto-6`: the usual name, else the number, else the text itself. */
export function protocolName(text: string): string {
  const bare = text.toLowerCase().replace(/^ipproto-/, '');
  return otherProtocolNames[bare] ?? protocolNames[/^\d+$/.test(bare) ? Number(bare) : bare] ?? bare;
}

/** All that `ip` may print for the protocol of this name, but the name itself. */
export function otherSpellings(name: string): readonly string[] {
  const others = Object.keys(otherProtocolNames).filter((other) => otherProtocolNames[other] === name);
  const number = protocolNumbers[name];
  return [...others, ...(number === undefined ? [] : [String(number)])];
}

/** Bits of a type of service, by its usual name or as a number. Undefined for another name. */
export function tosNumber(text: string): number | undefined {
  if (/^(0x[0-9a-f]+|\d+)$/i.test(text)) return Number(text);
  return tosNumbers[tosWords.find((name) => name.toLowerCase() === text.toLowerCase()) ?? ''];
}

/** As `ip` prints it: a name, else two hexadecimal digits, else the text itself. */
export function tosName(text: string): string {
  const number = tosNumber(text);
  return number === undefined ? text : (tosNames[number] ?? tosHex(number));
}

/** For `ip`: a host may not know the name of a number that was said. */
export function tosWord(text: string): string {
  return /^\d/.test(text) ? tosHex(Number(text)) : tosName(text);
}

export function tosHex(number: number): string {
  return `0x${number.toString(16).padStart(2, '0')}`;
}

/** Who made a route or a rule: the usual name, else the number. */
export function originName(text: string): string {
  return byNumber(usualOrigins, text);
}

/** All that `ip` may print for it; none of nothing. */
export function originSpellings(text: string): readonly string[] {
  const name = originName(text);
  return text === '' ? [] : [name, ...Object.keys(usualOrigins).filter((number) => usualOrigins[number] === name)];
}

export function scopeName(text: string): string {
  return byNumber(scopeNames, text);
}

/** `ip` always prints the three tables that always have a name by it. */
export function tableName(text: string): string {
  return byNumber(usualTables, text);
}

function byNumber(names: Readonly<Record<string, string>>, text: string): string {
  const number = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? String(Number(text)) : text;
  return names[number] ?? number;
}
