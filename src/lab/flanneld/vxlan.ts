import { formatIp, formatNet } from './address.ts';
import type { Backend } from './backend.ts';
import type { VxlanOptions } from './config.ts';
import type { ExtIface } from './iface.ts';
import { bridge, execute, ip, macOf } from './ip.ts';
import { type Lease, onLink } from './lease.ts';
import { log } from './log.ts';

/** The kernel's own port for VXLAN, which flannel leaves to it. */
const kernelPort = 8472;
const overhead = 50;

/** The vxlan backend: a device per VNI, and for each peer a neighbour, a forwarding entry and a route. Throws Error when the device cannot be made. */
export async function vxlan(iface: ExtIface, publicIp: string, options: VxlanOptions): Promise<Backend> {
  const { vni, port, gbp, directRouting } = options;
  log.info('vxlan.go:120', `VXLAN config: VNI=${vni} Port=${port} GBP=${gbp} DirectRouting=${directRouting}`);
  const device = `flannel.${vni}`;
  await ensureDevice(device, iface, options);

  const direct = (peer: Lease): boolean => directRouting && onLink(iface, peer.attributes.PublicIP);

  async function added(peer: Lease): Promise<void> {
    if (ignores(peer)) return;
    const { PublicIP: node } = peer.attributes;
    const to = formatNet(peer.subnet);
    if (direct(peer)) {
      await ip(`route replace ${to} via ${node} dev ${iface.name}`).catch((error: Error) => {
        log.error('vxlan_network.go:141', `Error adding route to ${to} via ${node}: ${error.message}`);
      });
      return;
    }
    const gateway = formatIp(peer.subnet.ip);
    const mac = vtepMac(peer);
    if (!mac) return;
    // In this order: the route is turned over only when what it leads to is there.
    try {
      await ip(`neigh replace ${gateway} lladdr ${mac} dev ${device} nud permanent`);
      await bridge(`fdb replace ${mac} dev ${device} dst ${node} self permanent`);
    } catch (error) {
      log.error('vxlan_network.go:147', `AddARP failed: ${(error as Error).message}`);
      return;
    }
    await ip(`route replace ${to} via ${gateway} dev ${device} onlink`).catch((error: Error) => {
      log.error('vxlan_network.go:161', `failed to add vxlanRoute (${to} -> ${gateway}): ${error.message}`);
    });
  }

  async function removed(peer: Lease): Promise<void> {
    if (ignores(peer)) return;
    const to = formatNet(peer.subnet);
    const gateway = formatIp(peer.subnet.ip);
    if (direct(peer)) {
      await complain(ip(`route del ${to} via ${peer.attributes.PublicIP} dev ${iface.name}`), 'Error deleting route');
      return;
    }
    const mac = vtepMac(peer);
    if (!mac) return;
    await complain(ip(`neigh del ${gateway} dev ${device}`), 'DelARP failed');
    await complain(bridge(`fdb del ${mac} dev ${device} dst ${peer.attributes.PublicIP} self`), 'DelFDB failed');
    await complain(
      ip(`route del ${to} via ${gateway} dev ${device} onlink`),
      `failed to delete vxlanRoute (${to} -> ${gateway})`,
    );
  }

  return {
    attributes: { PublicIP: publicIp, BackendType: 'vxlan', BackendData: { VtepMAC: macOf(device) } },
    mtu: iface.mtu - overhead,
    configure: (own) => configure(device, `${formatIp(own.subnet.ip)}/32`),
    begin: () => log.info('vxlan_network.go:60', 'watching for new subnet leases'),
    added,
    removed,
  };
}

/** What of an existing device matters: a difference in any of it means the device has to be made again. */
export interface VxlanDevice {
  id: number;
  /** The link it sends through; absent when unset. */
  dev?: string;
  local?: string;
  port?: number;
  gbp?: boolean;
}

/** What about an existing device contradicts the wanted one; undefined when it can be used. Unset means compatible, and neither MAC nor learning counts. */
export function incompatible(wanted: VxlanDevice, existing: VxlanDevice): string | undefined {
  if (wanted.id !== existing.id) return `vni: ${wanted.id} vs ${existing.id}`;
  if (existing.dev && wanted.dev !== existing.dev) return `vtep (external) interface: ${wanted.dev} vs ${existing.dev}`;
  if (existing.local && wanted.local !== existing.local)
    return `vtep (external) IP: ${wanted.local} vs ${existing.local}`;
  if (existing.port && wanted.port && wanted.port !== existing.port) return `port: ${wanted.port} vs ${existing.port}`;
  if ((wanted.gbp ?? false) !== (existing.gbp ?? false))
    return `gbp: ${wanted.gbp ?? false} vs ${existing.gbp ?? false}`;
  return undefined;
}

/** Reads what `ip -d link show` prints of a VXLAN device; undefined for a link of another kind. */
export function parseDevice(text: string): VxlanDevice | undefined {
  const match = / vxlan (.*?)(?: addrgenmode|\n|$)/.exec(text);
  const words = match?.[1];
  if (words === undefined) return undefined;
  const after = (name: string): string | undefined => new RegExp(`(?:^| )${name} (\\S+)`).exec(words)?.[1];
  const [dev, local, port] = [after('dev'), after('local'), after('dstport')];
  return {
    id: Number(after('id')),
    ...(dev ? { dev } : {}),
    ...(local ? { local } : {}),
    ...(port ? { port: Number(port) } : {}),
    gbp: / gbp( |$)/.test(words),
  };
}

async function ensureDevice(device: string, iface: ExtIface, options: VxlanOptions): Promise<void> {
  const port = options.port || kernelPort;
  const gbp = options.gbp ? ' gbp' : '';
  // Up at once, not only when the lease is written: a peer may send to it from that moment on, and flanneld needs a tenth of
  // the time that this takes until then. It has no queue, as netlink makes it.
  const add = [
    `link add ${device} txqueuelen 0 type vxlan id ${options.vni} dev ${iface.name} local ${iface.address} dstport ${port} nolearning${gbp}`,
    `link set ${device} up`,
  ];
  const shown = await execute('ip', ['-d', '-o', 'link', 'show', device]);
  if (shown.exit !== 0) return ip(...add);
  const existing = parseDevice(shown.stdout.replaceAll('\\', ''));
  const wanted = { id: options.vni, dev: iface.name, local: iface.address, port: options.port, gbp: options.gbp };
  const conflict = existing ? incompatible(wanted, existing) : 'link type';
  if (conflict === undefined) return ip(`link set ${device} up`);
  log.warning(
    'device.go:81',
    `"${device}" already exists with incompatable configuration: ${conflict}; recreating device`,
  );
  await ip(`link del ${device}`, ...add);
}

async function configure(device: string, address: string): Promise<void> {
  const shown = await execute('ip', ['-o', '-4', 'address', 'show', 'dev', device]);
  const present = [...shown.stdout.matchAll(/ inet (\S+)/g)].map((match) => match[1] ?? '');
  if (present.length > 1)
    throw new Error(`link has incompatible addresses. Remove additional addresses and try again. ${device}`);
  const old = present.filter((other) => other !== address && other !== address.replace('/32', ''));
  const add = present.length > old.length ? [] : [`address add ${address} dev ${device}`];
  await ip(...old.map((other) => `address del ${other} dev ${device}`), ...add, `link set ${device} up`);
}

function vtepMac(peer: Lease): string | undefined {
  const mac = peer.attributes.BackendData?.VtepMAC;
  if (mac && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac)) return mac;
  log.error('vxlan_network.go:104', `error decoding subnet lease JSON: invalid MAC ${JSON.stringify(mac ?? null)}`);
  return undefined;
}

function ignores(peer: Lease): boolean {
  if (peer.attributes.BackendType === 'vxlan') return false;
  const type = peer.attributes.BackendType ?? '';
  log.warning('vxlan_network.go:100', `ignoring non-vxlan subnet(${formatNet(peer.subnet)}): type=${type}`);
  return true;
}

async function complain(work: Promise<void>, words: string): Promise<void> {
  await work.catch((error: Error) => log.error('vxlan_network.go:170', `${words}: ${error.message}`));
}
