import { Address4, Address6, AddressError } from 'ip-address';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** The subnets that flanneld leases to nodes: each of this length, and beginning from `min` to `max`. */
interface Leases {
  readonly network: string;
  readonly length: number;
  readonly min: bigint;
  readonly max: bigint;
}

interface Family {
  /** What the names of its options begin with. */
  readonly prefix: '' | 'IPv6';
  readonly Address: typeof Address4 | typeof Address6;
  readonly bits: 32 | 128;
  /** The length of a subnet in a network that is large enough for it. */
  readonly usual: number;
  readonly isOn: (config: JsonObject) => boolean;
}

const families: readonly Family[] = [
  { prefix: '', Address: Address4, bits: 32, usual: 24, isOn: (config) => field(config, 'EnableIPv4') !== false },
  { prefix: 'IPv6', Address: Address6, bits: 128, usual: 64, isOn: (config) => field(config, 'EnableIPv6') === true },
];

/** The network config that a text is as JSON; undefined: it is none. */
export function parseConfig(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** As Go reads it: in any case, the last one wins. */
export function field(object: JsonObject, name: string): Json | undefined {
  return Object.entries(object).findLast(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** What flanneld refuses about the networks of a config. */
export function networkErrors(config: JsonObject): readonly string[] {
  return families.flatMap((family) => errorsOf(config, family));
}

/**
 * What makes nodes lose their lease: flanneld keeps one only where its length is that of the config, and it begins in its range, in each
 * family that is on. A range that has grown keeps them all.
 */
export function networkChanges(now: Json | undefined, next: JsonObject): readonly string[] {
  if (!isJsonObject(now) || families.every((family) => leasesOf(now, family) === undefined)) return [];
  return families.flatMap((family): readonly string[] => {
    const [before, after] = [now, next].map((config) => (family.isOn(config) ? leasesOf(config, family) : null));
    if (before === undefined || after === undefined || keeps(before, after)) return [];
    const [was, is] = [before, after].map((leases) => (leases === null ? 'none' : told(leases, family)));
    return [`it changes the ${family.prefix} network from ${was} to ${is}`.replace('  ', ' ')];
  });
}

function keeps(before: Leases | null, after: Leases | null): boolean {
  if (before === null || after === null) return before === after;
  const isSame = before.network === after.network && before.length === after.length;
  return isSame && after.min <= before.min && after.max >= before.max;
}

function told({ network, length, min, max }: Leases, { Address }: Family): string {
  const [first, last] = [min, max].map((each) => Address.fromBigInt(each).correctForm());
  return `${network} in /${length} (${first} to ${last})`;
}

/** undefined: it has no network of this family that can be read. */
function leasesOf(config: JsonObject, family: Family): Leases | undefined {
  const net = addressIn(config, `${family.prefix}Network`, family);
  if (net === undefined) return undefined;
  const { bits, prefix, usual } = family;
  const given = field(config, `${prefix}SubnetLen`);
  const shortest = net.subnetMask <= usual - 2 ? usual : net.subnetMask + 2;
  const length = typeof given === 'number' && given > 0 ? given : shortest;
  const size = power(bits - length);
  const start = net.startAddress().bigInt();
  const [min, max] = ['SubnetMin', 'SubnetMax'].map((name) => addressIn(config, prefix + name, family)?.bigInt() ?? 0n);
  return {
    network: `${net.startAddress().correctForm()}/${net.subnetMask}`,
    length,
    // The first subnet is left out, as its first address is that of the network.
    min: min || start + size,
    max: max || start + power(bits - net.subnetMask) - size,
  };
}

function errorsOf(config: JsonObject, family: Family): readonly string[] {
  const { prefix, bits, isOn } = family;
  const names = ['Network', 'SubnetMin', 'SubnetMax'].map((name) => prefix + name);
  const unreadable = names.filter(
    (name) => typeof field(config, name) === 'string' && addressIn(config, name, family) === undefined,
  );
  if (unreadable.length > 0) return unreadable.map((name) => unreadableText(config, name));
  if (!isOn(config)) return [];
  const [network = ''] = names;
  if (field(config, network) === undefined) {
    return [
      `it has no ${network}, which flanneld ${prefix === '' ? 'reads as every address' : 'needs with EnableIPv6'}`,
    ];
  }
  const [net, leases] = [addressIn(config, network, family), leasesOf(config, family)];
  if (net === undefined || leases === undefined) return [];
  const { length, min, max } = leases;
  if (net.subnetMask > bits - 4) {
    return [`${network} ${leases.network} is too small: /${bits - 4} is the smallest`];
  }
  if (length > bits - 2 || length < net.subnetMask + 2) {
    const range = `it can be ${net.subnetMask + 2} to ${bits - 2}`;
    return [`${prefix}SubnetLen ${length} does not fit into ${leases.network}: ${range}`];
  }
  const start = net.startAddress().bigInt();
  const outside = [min, max].map((each) => each < start || each >= start + power(bits - net.subnetMask));
  const astray = [min, max].map((each) => each % power(bits - length) !== 0n);
  const bounds = names.slice(1).flatMap((name, i): readonly string[] => {
    const what = `${name} ${String(field(config, name))}`;
    if (outside[i]) return [`${what} is not in ${leases.network}`];
    return astray[i] ? [`${what} is not the beginning of a /${length}`] : [];
  });
  return bounds.length === 0 && min > max ? [`${names[1]} is after ${names[2]}: no subnet could be leased`] : bounds;
}

function unreadableText(config: JsonObject, name: string): string {
  const isSix = name.startsWith('IPv6');
  const [network, address] = isSix ? ['fd00:7::/48', 'fd00:7:0:1::'] : ['172.7.0.0/16', '172.7.1.0'];
  const example = name.endsWith('Network') ? `a network such as ${network}` : `an address such as ${address}`;
  return `${name} "${String(field(config, name))}" is not ${example}`;
}

/** Of a network with its length, of anything else without. */
function addressIn(config: JsonObject, name: string, { Address }: Family): Address4 | Address6 | undefined {
  const text = field(config, name);
  if (typeof text !== 'string' || text.includes('/') !== name.endsWith('Network')) return undefined;
  try {
    return new Address(text);
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}

/** Addresses of which this many bits are free. */
function power(bits: number): bigint {
  return 1n << BigInt(Math.max(0, bits));
}
