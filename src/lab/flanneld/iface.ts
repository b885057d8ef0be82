import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import type { Flags } from './flags.ts';
import { execute, mtuOf } from './ip.ts';
import { log } from './log.ts';

/** The link that carries traffic between nodes. */
export interface ExtIface {
  name: string;
  address: string;
  /** The prefix length of its address. */
  length: number;
  mtu: number;
}

/**
 * The interface that the flags mean: the first that is named, else the first that is matched; without either, the one with the public
 * address or that of the default route. Throws Error in flanneld's words when there is none.
 */
export async function extIface(flags: Flags): Promise<ExtIface> {
  const iface = await choose(flags);
  log.info('main.go:527', `Using interface with name ${iface.name} and address ${iface.address}`);
  if (flags.publicIp) log.info('main.go:540', `Using ${flags.publicIp} as external address`);
  else log.info('main.go:544', `Defaulting external address to interface address (${iface.address})`);
  return iface;
}

async function choose({ iface: named, ifaceRegex, publicIp }: Flags): Promise<ExtIface> {
  if (named.length + ifaceRegex.length === 0) {
    const iface = publicIp === '' ? await defaultIface() : find(publicIp);
    if (iface) return iface;
    const why =
      publicIp === ''
        ? 'failed to get default interface: Unable to find default route'
        : `error looking up interface ${publicIp}: No interface with given IP found`;
    throw new Error(`Failed to find any valid interface to use: ${why}`);
  }
  for (const name of named) {
    const iface = find(name);
    if (iface) return iface;
    const why = `error looking up interface ${name}: route ip+net: no such network interface`;
    log.info('main.go:210', `Could not find valid interface matching ${name}: ${why}`);
  }
  for (const pattern of ifaceRegex) {
    const iface = match(new RegExp(pattern));
    if (iface) return iface;
    const why = `Could not match pattern ${pattern} to any of the available network interfaces`;
    log.info('main.go:223', `Could not find valid interface matching ${pattern}: ${why}`);
  }
  throw new Error('Failed to find interface to use that matches the interfaces and/or regexes provided');
}

/** An IPv4 interface by its name or its address. */
function find(wanted: string): ExtIface | undefined {
  return ifaces().find(({ name, address }) => name === wanted || address === wanted);
}

/** The first whose address matches, else the first whose name does. */
function match(pattern: RegExp): ExtIface | undefined {
  return ifaces().find(({ address }) => pattern.test(address)) ?? ifaces().find(({ name }) => pattern.test(name));
}

async function defaultIface(): Promise<ExtIface | undefined> {
  log.info('main.go:508', 'Determining IP address of default interface');
  const { stdout } = await execute('ip', ['-4', 'route', 'show', 'default']);
  return find(/ dev (\S+)/.exec(stdout)?.[1] ?? '');
}

function ifaces(): ExtIface[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.filter(({ family }) => family === 'IPv4').map((address) => described(name, address)),
  );
}

function described(name: string, { address, cidr }: NetworkInterfaceInfo): ExtIface {
  return { name, address, length: Number(cidr?.split('/')[1] ?? 32), mtu: mtuOf(name) };
}
