import { type Net, overlaps, parseIp, parseNet, sizeOf } from './address.ts';
import type { Config } from './config.ts';
import type { EtcdNode } from './etcd.ts';

/** What a node publishes about itself with its subnet. */
export interface LeaseAttributes {
  PublicIP: string;
  BackendType?: string;
  BackendData?: { VtepMAC?: string };
}

/** A subnet that is taken. `expiration` is null for a reservation, which has no time to live. */
export interface Lease {
  key: string;
  subnet: Net;
  attributes: LeaseAttributes;
  expiration: string | null;
}

/** How a node came to its subnet, and what has to be written for it. */
type Choice =
  | { kind: 'reuse'; lease: Lease; why: 'address' | 'previous' }
  | { kind: 'create'; subnet: Net; why: 'previous' | 'picked' };

/** What stands in the way of a choice: leases that do not fit the config, each to be deleted in this order before choosing. */
export interface Judgement {
  incompatible: { lease: Lease; why: 'address' | 'previous' }[];
  previousDoesNotFit: boolean;
  choice: Choice | undefined;
}

/** A lease from its key and value; undefined for a key that is none. */
export function parseLease(node: EtcdNode): Lease | undefined {
  const subnet = subnetOf(node.key);
  if (!subnet) return undefined;
  try {
    const attributes = JSON.parse(node.value) as LeaseAttributes;
    return { key: node.key, subnet, attributes, expiration: node.expiration };
  } catch {
    return undefined;
  }
}

/** The subnet that a lease's key names: `.../172.7.21.0-24`. */
export function subnetOf(key: string): Net | undefined {
  return parseNet(key.slice(key.lastIndexOf('/') + 1).replace('-', '/'));
}

/**
 * Which subnet a node takes: the lease with its own address, else the one it had before (its subnet file), else one of the free ones.
 * As in v0.11 the leases are looked at once: a lease that is found both by address and by the subnet file is deleted twice,
 * and the second time fails.
 */
export function judgeLeases(
  config: Config,
  leases: readonly Lease[],
  publicIp: string,
  previous: Net | undefined,
  random: () => number,
): Judgement {
  const incompatible: Judgement['incompatible'] = [];
  const mine = leases.find((lease) => lease.attributes.PublicIP === publicIp);
  if (mine && fits(config, mine.subnet)) {
    return { incompatible, previousDoesNotFit: false, choice: { kind: 'reuse', lease: mine, why: 'address' } };
  }
  if (mine) incompatible.push({ lease: mine, why: 'address' });
  if (previous) {
    const taken = leases.find((lease) => lease.subnet.ip === previous.ip && lease.subnet.length === previous.length);
    if (taken && fits(config, taken.subnet)) {
      return { incompatible, previousDoesNotFit: false, choice: { kind: 'reuse', lease: taken, why: 'previous' } };
    }
    if (taken) incompatible.push({ lease: taken, why: 'previous' });
    else if (fits(config, previous)) {
      return { incompatible, previousDoesNotFit: false, choice: { kind: 'create', subnet: previous, why: 'previous' } };
    }
  }
  const free = freeSubnets(config, leases);
  const subnet = free[Math.floor(random() * free.length)];
  return {
    incompatible,
    previousDoesNotFit: previous !== undefined && !fits(config, previous),
    choice: subnet && { kind: 'create', subnet, why: 'picked' },
  };
}

function fits(config: Config, subnet: Net): boolean {
  return subnet.ip >= config.subnetMin && subnet.ip <= config.subnetMax && subnet.length === config.subnetLen;
}

/** The first hundred subnets of the config that no lease touches. */
function freeSubnets(config: Config, leases: readonly Lease[]): Net[] {
  const free: Net[] = [];
  for (let ip = config.subnetMin; ip <= config.subnetMax && free.length < 100; ip += sizeOf(config.subnetLen)) {
    const subnet = { ip, length: config.subnetLen };
    if (!leases.some((lease) => overlaps(lease.subnet, subnet))) free.push(subnet);
  }
  return free;
}

/** Are the two on the same layer 2: can the peer be reached without a router? */
export function onLink(iface: { address: string; length: number }, peer: string): boolean {
  const own = parseNet(`${iface.address}/${iface.length}`);
  const ip = parseIp(peer);
  return own !== undefined && ip !== undefined && ip - (ip % sizeOf(own.length)) === own.ip;
}
