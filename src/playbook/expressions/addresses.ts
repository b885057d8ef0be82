import { Address4, Address6 } from 'ip-address';
import { atMost } from './limits.ts';

type Address = Address4 | Address6;

/** A network, as expressions see it: `cidr("172.7.21.0/24")`. */
export class Cidr {
  readonly #address: Address;

  /** Throws Error for text that is not a network. A host part is allowed, as in `172.7.21.1/24`. */
  constructor(text: string) {
    if (!text.includes('/')) throw new Error(`"${text}" is not a network: the prefix length is missing, as in /24`);
    this.#address = parse(text, 'a network');
  }

  /** Is all of this address or network inside? */
  contains(text: string): boolean {
    const other = parse(text, 'an address or a network');
    return other.v4 === this.#address.v4 && other.isInSubnet(this.#address as Address4 & Address6);
  }

  /** Have they an address in common? Of two networks that have, one is inside the other. */
  overlaps(other: Cidr): boolean {
    return this.contains(String(other)) || other.contains(String(this));
  }

  /** The nth address: 0 is the network's own, -1 the last. */
  host(n: bigint): string {
    const at = n < 0n ? this.#end + n + 1n : this.#start + n;
    if (at < this.#start || at > this.#end) throw new Error(`${this} has no address number ${n}`);
    return this.#of(at);
  }

  /** The network's own address, as in `172.7.21.0`. */
  network(): string {
    return this.#address.startAddress().correctForm();
  }

  /** The prefix length, as in 24. */
  prefix(): number {
    return this.#address.subnetMask;
  }

  /** As in `255.255.255.0`. Throws Error for IPv6, which has none. */
  netmask(): string {
    this.#refuse6('netmask');
    const bits = 32n - BigInt(this.prefix());
    return this.#of(((1n << 32n) - 1n) ^ ((1n << bits) - 1n));
  }

  /** The last address, where it is one of its own. Throws Error for IPv6, /31 and /32, which have none. */
  broadcast(): string {
    this.#refuse6('broadcast address');
    if (this.prefix() > 30) throw new Error(`${this} has no broadcast address`);
    return this.#of(this.#end);
  }

  /** The networks of this prefix length in it, in order. Throws Error for more than a list may have. */
  subnets(prefix: number): Cidr[] {
    const count = 1n << BigInt(this.#longer(prefix) - this.prefix());
    const length = Number(atMost(count, `the list of the /${prefix} networks in ${this}`));
    return Array.from({ length }, (_, n) => this.subnet(prefix, BigInt(n)));
  }

  /** The nth network of this prefix length in it; -1 is the last. */
  subnet(prefix: number, n: bigint): Cidr {
    const size = 1n << BigInt(this.#width - this.#longer(prefix));
    const count = (this.#end - this.#start + 1n) / size;
    const at = n < 0n ? count + n : n;
    if (at < 0n || at >= count) throw new Error(`${this} has no /${prefix} network number ${n}`);
    return new Cidr(`${this.#of(this.#start + at * size)}/${prefix}`);
  }

  /** The network of the same size after it. */
  next(): Cidr {
    if (this.#end + 1n >= 1n << BigInt(this.#width)) throw new Error(`no network comes after ${this}`);
    return new Cidr(`${this.#of(this.#end + 1n)}/${this.prefix()}`);
  }

  version(): 4 | 6 {
    return this.#address.v4 ? 4 : 6;
  }

  /** In its canonical form: `172.7.21.1/24` is `172.7.21.0/24`. */
  toString(): string {
    return `${this.network()}/${this.prefix()}`;
  }

  get #start(): bigint {
    return this.#address.startAddress().bigInt();
  }

  get #end(): bigint {
    return this.#address.endAddress().bigInt();
  }

  get #width(): number {
    return this.#address.v4 ? 32 : 128;
  }

  #of(value: bigint): string {
    return written(value, this.version());
  }

  #longer(prefix: number): number {
    if (prefix >= this.prefix() && prefix <= this.#width) return prefix;
    throw new Error(`${this} has no networks of prefix length ${prefix}`);
  }

  #refuse6(what: string): void {
    if (!this.#address.v4) throw new Error(`${this} is IPv6, where no network has a ${what}`);
  }
}

/** One address, as expressions see it: `ip("172.7.21.2")`. */
export class Ip {
  readonly #address: Address;

  /** Throws Error for text that is not an address; a prefix length, as in `172.7.21.2/24`, is dropped. */
  constructor(text: string) {
    this.#address = parse(text, 'an address');
  }

  /** The network of this prefix length that the address is in. */
  network(prefix: number): Cidr {
    return new Cidr(`${this}/${prefix}`);
  }

  /** The address so many after it, or before it. Throws Error where there is none. */
  plus(n: bigint): Ip {
    const at = this.#address.bigInt() + n;
    const width = this.#address.v4 ? 32n : 128n;
    if (at < 0n || at >= 1n << width) throw new Error(`no address comes ${n} after ${this}`);
    return new Ip(written(at, this.version()));
  }

  version(): 4 | 6 {
    return this.#address.v4 ? 4 : 6;
  }

  toString(): string {
    return this.#address.correctForm();
  }
}

/** Is this text an address or a network of this version, with a prefix length or without? */
export function isAddress(text: string, wants: { readonly prefix: boolean; readonly version?: 4 | 6 }): boolean {
  if (text.includes('/') !== wants.prefix) return false;
  try {
    const { v4 } = parse(text, 'an address');
    return wants.version === undefined || v4 === (wants.version === 4);
  } catch {
    return false;
  }
}

function parse(text: string, what: string): Address {
  try {
    return text.includes(':') ? new Address6(text) : new Address4(text);
  } catch (thrown) {
    throw new Error(`"${text}" is not ${what}`, { cause: thrown });
  }
}

function written(value: bigint, version: 4 | 6): string {
  return (version === 4 ? Address4.fromBigInt(value) : Address6.fromBigInt(value)).correctForm();
}
