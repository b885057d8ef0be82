import { Address4, Address6, AddressError } from 'ip-address';
import { Failure } from '../../core/failure.ts';
import { remembered } from '../../core/remembered.ts';

/** An IP prefix. `text` is as `ip route` prints it: `default`, a bare address for a single host, else address/length. */
export interface Prefix {
  readonly family: 4 | 6;
  readonly text: string;
  /** The same as address/length, always. */
  readonly cidr: string;
}

/** Reads `172.7.22.0/24`, `10.1.1.5`, `2001:db8::/32`. Throws Failure `invalid`, naming the right prefix for host bits. */
export const prefixOf = remembered(readPrefix);

function readPrefix(text: string): Prefix {
  const address = addressOf(text);
  const family = address instanceof Address4 ? 4 : 6;
  const start = correctForm(address.startAddress());
  if (correctForm(address) !== start) {
    throw new Failure('invalid', `"${text}" has host bits set`, {
      hint: `The prefix is ${start}/${address.subnetMask}.`,
    });
  }
  const cidr = `${start}/${address.subnetMask}`;
  const single = address.subnetMask === (family === 4 ? 32 : 128);
  return { family, cidr, text: address.subnetMask === 0 ? 'default' : single ? start : cidr };
}

/** Is `inner` (as `ip route` prints it) inside `outer`? Throws Failure `unreadable` for what `ip` does not print. */
export function isInside(inner: string, outer: Prefix): boolean {
  if (inner === 'default') return outer.text === 'default';
  const [a, b] = [addressOf(inner, 'unreadable'), addressOf(outer.cidr)];
  if (a instanceof Address4) return b instanceof Address4 && a.isInSubnet(b);
  return b instanceof Address6 && a.isInSubnet(b);
}

/** One address, written as the kernel prints it. Throws Failure `invalid`. */
export function addressText(text: string): string {
  return correctForm(addressOf(text));
}

/** The network that an address with its length is in: 10.4.7.21/24 is in 10.4.7.0/24. Throws Failure `code`. */
export function networkOf(text: string, code: Blame = 'invalid'): string {
  const address = addressOf(text, code);
  return `${correctForm(address.startAddress())}/${address.subnetMask}`;
}

/** Who wrote what is wrong: the user (`invalid`), or a host (`unreadable`). */
type Blame = 'invalid' | 'unreadable';

function addressOf(text: string, code: Blame = 'invalid'): Address4 | Address6 {
  try {
    return text.includes(':') ? new Address6(text) : new Address4(text);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw new Failure(code, `"${text}" is not an IP address or prefix: ${error.message}`, {
      hint: 'Write 172.7.22.0/24, 10.4.7.22 or 2001:db8::/32.',
      cause: error,
    });
  }
}

function correctForm(address: Address4 | Address6): string {
  return address.correctForm();
}
