/** An IPv4 network: its address as an unsigned 32-bit number, and its prefix length. */
export interface Net {
  ip: number;
  length: number;
}

/** Reads `a.b.c.d`; undefined when it is none. */
export function parseIp(text: string): number | undefined {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (!octets || octets.some((octet) => octet > 255)) return undefined;
  return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

/** Reads `a.b.c.d/n` and clears the host's bits; undefined when it is none. */
export function parseNet(text: string): Net | undefined {
  const [address = '', length = ''] = text.split('/');
  const ip = parseIp(address);
  if (ip === undefined || !/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
  return { ip: masked(ip, Number(length)), length: Number(length) };
}

/** How many addresses a network of this length has. */
export function sizeOf(length: number): number {
  return 2 ** (32 - length);
}

export function masked(ip: number, length: number): number {
  return ip - (ip % sizeOf(length));
}

function contains(net: Net, ip: number): boolean {
  return masked(ip, net.length) === net.ip;
}

export function formatIp(ip: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(ip / 2 ** shift) % 256).join('.');
}

export function formatNet(net: Net): string {
  return `${formatIp(net.ip)}/${net.length}`;
}

export function overlaps(one: Net, other: Net): boolean {
  return contains(one, other.ip) || contains(other, one.ip);
}
