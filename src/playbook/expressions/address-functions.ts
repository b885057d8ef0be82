import { Cidr, Ip, isAddress } from './addresses.ts';

/** What expressions can ask of addresses and networks. */
export const addressFunctions = {
  'cidr(string): Cidr': (text: string) => new Cidr(text),
  'ip(string): Ip': (text: string) => new Ip(text),
  'is_ip(string): bool': (text: string) => isAddress(text, { prefix: false }),
  'is_ip(string, int): bool': (text: string, version: bigint) =>
    isAddress(text, { prefix: false, version: versionOf(version) }),
  'is_cidr(string): bool': (text: string) => isAddress(text, { prefix: true }),
  'is_cidr(string, int): bool': (text: string, version: bigint) =>
    isAddress(text, { prefix: true, version: versionOf(version) }),
  'Cidr.contains(string): bool': (net: Cidr, text: string) => net.contains(text),
  'Cidr.contains(Ip): bool': (net: Cidr, address: Ip) => net.contains(String(address)),
  'Cidr.contains(Cidr): bool': (net: Cidr, other: Cidr) => net.contains(String(other)),
  'Cidr.overlaps(string): bool': (net: Cidr, text: string) => net.overlaps(new Cidr(text)),
  'Cidr.overlaps(Cidr): bool': (net: Cidr, other: Cidr) => net.overlaps(other),
  'Cidr.host(int): string': (net: Cidr, n: bigint) => net.host(n),
  'Cidr.network(): string': (net: Cidr) => net.network(),
  'Cidr.prefix(): int': (net: Cidr) => BigInt(net.prefix()),
  'Cidr.netmask(): string': (net: Cidr) => net.netmask(),
  'Cidr.broadcast(): string': (net: Cidr) => net.broadcast(),
  'Cidr.subnets(int): list<Cidr>': (net: Cidr, prefix: bigint) => net.subnets(Number(prefix)),
  'Cidr.subnet(int, int): Cidr': (net: Cidr, prefix: bigint, n: bigint) => net.subnet(Number(prefix), n),
  'Cidr.next(): Cidr': (net: Cidr) => net.next(),
  'Cidr.version(): int': (net: Cidr) => BigInt(net.version()),
  'Ip.network(int): Cidr': (address: Ip, prefix: bigint) => address.network(Number(prefix)),
  'Ip.plus(int): Ip': (address: Ip, n: bigint) => address.plus(n),
  'Ip.version(): int': (address: Ip) => BigInt(address.version()),
  'string(Cidr): string': String,
  'string(Ip): string': String,
};

function versionOf(version: bigint): 4 | 6 {
  if (version === 4n || version === 6n) return version === 4n ? 4 : 6;
  throw new Error(`there is no IP version ${version}, only 4 and 6`);
}
