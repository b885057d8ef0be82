import { Failure } from '../../core/failure.ts';
import { formatIp, formatNet, type Net, parseIp, parseNet, sizeOf } from '../flanneld/address.ts';
import { flagValue } from '../snapshot/processes.ts';
import type { HostSnapshot, Snapshot } from '../snapshot/shape.ts';

/** Where a host stands on the network that all of them share. */
interface Place {
  readonly address: string;
  /** The link that has the address. */
  readonly link: string;
}

/** Who has which address in a rehearsal. */
export interface Layout {
  /** With its prefix length. */
  readonly network: string;
  readonly places: ReadonlyMap<string, Place>;
  /** The controller takes the place of the hosts' gateway. */
  readonly controller: string;
  /** The host that runs etcd: one of the snapshot, or one that is added; undefined when nothing needs it. */
  readonly etcd: { readonly name: string; readonly address: string; readonly added: boolean } | undefined;
}

/**
 * Lays out a lab for the hosts of a snapshot. Throws Failure `refused` when they do not share one IPv4 network: a lab has one switch and no
 * routers.
 */
export function layOut(snapshot: Snapshot): Layout {
  const hosts = Object.entries(snapshot.hosts);
  const places = new Map<string, Place>();
  let network: Net | undefined;
  for (const [name, host] of hosts) {
    const { net, ...place } = placeOf(name, host);
    places.set(name, place);
    if (network === undefined || net.length < network.length) network = net;
  }
  for (const [name, { address }] of places) {
    const ip = parseIp(address) ?? 0;
    if (network && network.length <= 29 && ip - (ip % sizeOf(network.length)) === network.ip) continue;
    throw new Failure('refused', `The hosts do not share one network: ${name} has ${address}`, {
      hint: 'Nothing was made. Take a snapshot of hosts of one network only (`runbook snapshot --limit ...`).',
    });
  }
  if (!network) throw new Failure('invalid', 'The snapshot has no host');
  const taken = new Set([...places.values()].map(({ address }) => address));
  const controller = gatewayOf(hosts, network, taken) ?? freeAddress(network, taken);
  taken.add(controller);
  return { network: formatNet(network), places, controller, etcd: etcdPlace(hosts, places, network, taken) };
}

/** Its peers know a host by flanneld's public address, else by the inventory's, else by that of its default route. */
function placeOf(name: string, host: HostSnapshot): Place & { net: Net } {
  const flanneld = host.processes.find(({ program }) => program === 'flanneld');
  const wanted = [flagValue(flanneld?.argv ?? [], 'public-ip'), host.address];
  const way = host.routes.find((line) => / default /.test(line) && / table main( |$)/.test(line));
  const device = / dev (\S+)/.exec(way ?? '')?.[1];
  const own = host.addresses.filter(({ dev, scope, peer }) => scope === 'global' && peer === undefined && dev !== 'lo');
  const found =
    wanted.map((address) => own.find((one) => one.address.split('/')[0] === address)).find(Boolean) ??
    own.find(({ dev }) => dev === device);
  const net = parseNet(found?.address ?? '');
  if (!found || !net)
    throw new Failure('refused', `The snapshot does not tell by which address the others reach ${name}`, {
      hint: 'Nothing was made. Give the host an ansible_host that is one of its own addresses, and take it again.',
    });
  return { address: found.address.split('/')[0] ?? '', link: found.dev, net };
}

function gatewayOf(hosts: readonly [string, HostSnapshot][], network: Net, taken: Set<string>): string | undefined {
  const gateways = hosts.flatMap(([, { routes }]) =>
    routes.flatMap((line) => / default via (\S+) /.exec(` ${line}`)?.[1] ?? []),
  );
  return gateways.find((gateway) => !taken.has(gateway) && within(network, gateway));
}

function etcdPlace(
  hosts: readonly [string, HostSnapshot][],
  places: ReadonlyMap<string, Place>,
  network: Net,
  taken: Set<string>,
): Layout['etcd'] {
  const at = (name: string | undefined) => {
    const place = name === undefined ? undefined : places.get(name);
    return place && name !== undefined ? { name, address: place.address, added: false } : undefined;
  };
  const named = hosts.map(([, { vars }]) => vars.etcd_host).find((name) => name !== undefined && places.has(name));
  const running = hosts.find(([, { processes }]) => processes.some(({ program }) => program === 'etcd'));
  const found = at(named) ?? at(running?.[0]);
  if (found) return found;
  const flannel = hosts.some(([, host]) => host.etcd || host.processes.some(({ program }) => program === 'flanneld'));
  if (!flannel) return undefined;
  const seen = hosts.map(([, { etcd }]) => /\/\/([\d.]+):/.exec(etcd?.endpoint ?? '')?.[1]).find(Boolean);
  const owner = [...places].find(([, { address }]) => address === seen);
  if (owner) return at(owner[0]);
  const address = seen && within(network, seen) && !taken.has(seen) ? seen : freeAddress(network, taken);
  return { name: freeName(places), address, added: true };
}

function freeName(places: ReadonlyMap<string, Place>): string {
  for (let number = 0; ; number++) {
    const name = number === 0 ? 'etcd' : `etcd-${number}`;
    if (!places.has(name)) return name;
  }
}

function within(network: Net, address: string): boolean {
  const ip = parseIp(address);
  return ip !== undefined && ip - (ip % sizeOf(network.length)) === network.ip;
}

/** The highest address that nobody has. */
function freeAddress(network: Net, taken: ReadonlySet<string>): string {
  for (let ip = network.ip + sizeOf(network.length) - 2; ip > network.ip; ip--) {
    if (!taken.has(formatIp(ip))) return formatIp(ip);
  }
  throw new Failure('refused', `${formatNet(network)} has no free address for the controller`);
}
