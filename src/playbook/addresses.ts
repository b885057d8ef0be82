import { Address4, Address6 } from 'ip-address';

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

  /** The nth address: 0 is the network's own, -1 the last. */
  host(n: number): string {
    const start = this.#address.startAddress().bigInt();
    const end = this.#address.endAddress().bigInt();
    const at = n < 0 ? end + BigInt(n) + 1n : start + BigInt(n);
    if (at < start || at > end) throw new Error(`${this} has no address number ${n}`);
    return (this.#address.v4 ? Address4.fromBigInt(at) : Address6.fromBigInt(at)).correctForm();
  }

  /** The network's own address, as in `172.7.21.0`. */
  network(): string {
    return this.#address.startAddress().correctForm();
  }

  /** The prefix length, as in 24. */
  prefix(): number {
    return this.#address.subnetMask;
  }

  /** In its canonical form: `172.7.21.1/24` is `172.7.21.0/24`. */
  toString(): string {
    return `${this.network()}/${this.prefix()}`;
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

  toString(): string {
    return this.#address.correctForm();
  }
}

function parse(text: string, what: string): Address {
  try {
    return text.includes(':') ? new Address6(text) : new Address4(text);
  } catch (thrown) {
    throw new Error(`"${text}" is not ${what}`, { cause: thrown });
  }
}
