import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import { Failure } from '../../core/failure.ts';
import { formatIp, type Net, overlaps, parseIp, parseNet } from '../flanneld/address.ts';
import type { LabPlan } from '../plan.ts';
import { must } from '../shell.ts';

/**
 * A rehearsal takes the real hosts' own network: while it is up, this machine finds the lab there and not the real hosts. Throws Failure `busy`
 * when this machine itself lives in that network, has a route to it, or talks to somebody there.
 */
export async function refuseShadow(plan: LabPlan): Promise<void> {
  const network = parseNet(plan.network);
  if (!network) throw new Failure('internal', `${plan.network} is not a network`);
  const [addresses, routes, tcp, tcp6] = await Promise.all([
    must(['ip', '-o', '-4', 'address', 'show']),
    must(['ip', '-o', '-4', 'route', 'show']),
    readFile('/proc/net/tcp', 'utf8').catch(() => ''),
    readFile('/proc/net/tcp6', 'utf8').catch(() => ''),
  ]);
  const use = usesOf(network, { addresses, routes, tcp: `${tcp}${tcp6}` });
  if (use === undefined) return;
  throw new Failure('busy', `This machine itself uses ${plan.network}, the network of the snapshot's hosts: ${use}`, {
    hint: 'Nothing was made. Raise this lab on a machine outside of that network, for instance in a virtual machine.',
  });
}

/** How a machine uses a network, in words, from what `ip` prints and /proc/net/tcp says; undefined when it does not. */
export function usesOf(
  network: Net,
  machine: { readonly addresses: string; readonly routes: string; readonly tcp: string },
): string | undefined {
  const own = new Set<number>();
  for (const line of machine.addresses.split('\n')) {
    const [, device, cidr = ''] = /^\d+: (\S+)\s+inet (\S+)/.exec(line) ?? [];
    own.add(parseIp(cidr.split('/')[0] ?? '') ?? 0);
    const net = parseNet(cidr.includes('/') ? cidr : `${cidr}/32`);
    if (net && overlaps(net, network)) return `${device} has ${cidr}`;
  }
  for (const line of machine.routes.split('\n')) {
    const [to = ''] = line.split(' ');
    const net = parseNet(to.includes('/') ? to : `${to}/32`);
    if (net && net.length > 0 && overlaps(net, network)) return `it has the route ${line.trim()}`;
  }
  const peer = peersOf(machine.tcp, own).find((ip) => overlaps({ ip, length: 32 }, network));
  return peer === undefined ? undefined : `it has a connection with ${formatIp(peer)}`;
}

/** The other ends of established connections; one from an address that is gone, as of a lab that was taken down, is dead. */
function peersOf(tcp: string, own: ReadonlySet<number>): number[] {
  return tcp.split('\n').flatMap((line) => {
    const [, local = '', remote = '', state] = line.trim().split(/\s+/);
    const [from, to] = [addressIn(local), addressIn(remote)];
    return state === '01' && from !== undefined && to !== undefined && own.has(from) ? [to] : [];
  });
}

/** The kernel prints an address as a number in the machine's own byte order. */
function addressIn(text: string): number | undefined {
  const [, hex] = /^(?:0{16}FFFF0000)?([0-9A-F]{8}):/.exec(text) ?? [];
  const octets = hex?.match(/../g)?.map((octet) => Number.parseInt(octet, 16)) ?? [];
  return parseIp((endianness() === 'LE' ? octets.reverse() : octets).join('.'));
}
