import { formatIp, formatNet, type Net } from './address.ts';
import type { Backend } from './backend.ts';
import type { Config } from './config.ts';
import { type EtcdClient, EtcdError } from './etcd.ts';
import { judgeLeases, type Lease, type LeaseAttributes, parseLease, subnetOf } from './lease.ts';
import { log } from './log.ts';

const leaseSeconds = 24 * 3600;
const retryMs = 1000;

/** Takes a subnet for this node. Throws EtcdError or Error when there is none to take, or etcd refuses. */
export async function acquireLease(
  etcd: EtcdClient,
  prefix: string,
  config: Config,
  attributes: LeaseAttributes,
  previous: Net | undefined,
): Promise<Lease> {
  // Another node may take the same subnet between the look and the write: then the choice is made again.
  for (let attempt = 0; attempt < 10; attempt++) {
    const lease = await tryAcquire(etcd, prefix, config, attributes, previous);
    if (lease) return lease;
  }
  throw new Error('Max retries reached trying to acquire a subnet');
}

/** Tells a backend of the other nodes' leases, from now on. `revoked` is called when this node's own goes. Never resolves. */
export async function watchLeases(
  etcd: EtcdClient,
  prefix: string,
  own: Lease,
  backend: Backend,
  revoked: () => void,
): Promise<never> {
  let known = new Map<string, Lease>();
  let index: number | undefined;
  for (;;) {
    try {
      if (index === undefined) {
        const listed = await etcd.list(`${prefix}/subnets`);
        // flanneld ends when it is told of its lease's end, not when it finds it gone.
        if (!listed.nodes.some((node) => node.key === own.key))
          log.error('watch.go:190', `Subnet watch failed: 100: Key not found (${own.key}) [${listed.index}]`);
        const leases = listed.nodes.flatMap((node) => parseLease(node) ?? []).filter((lease) => lease.key !== own.key);
        // As in v0.11, a lease that was known before is not told of again, even if it has changed meanwhile.
        for (const lease of leases) if (!known.has(lease.key)) await backend.added(lease);
        const present = new Set(leases.map((lease) => lease.key));
        for (const [key, lease] of known) if (!present.has(key)) await backend.removed(lease);
        known = new Map(leases.map((lease) => [lease.key, lease]));
        index = listed.index;
      }
      const change = await etcd.watch(`${prefix}/subnets`, index + 1);
      index = change.node.modifiedIndex;
      const gone = change.action === 'delete' || change.action === 'expire';
      if (change.node.key === own.key) {
        if (gone) revoked();
      } else if (gone) {
        await forget(known, change.node.key, backend);
      } else {
        const lease = parseLease(change.node);
        if (!lease) continue;
        known.set(lease.key, lease);
        await backend.added(lease);
      }
    } catch (error) {
      if (error instanceof EtcdError && error.errorCode === 401) {
        log.warning('local_manager.go:355', 'Watch of subnet leases failed because etcd index outside history window');
        index = undefined;
        continue;
      }
      // A long poll that etcd ends without a word is asked again.
      if ((error as Error).message === 'unexpected end of JSON input') continue;
      log.error('watch.go:43', `Watch subnets: ${(error as Error).message}`);
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

/** Renews this node's lease before it ends, for as long as the process lives. A reservation has no end. */
export function keepLease(etcd: EtcdClient, own: Lease, marginMinutes: number): void {
  if (own.expiration === null) return;
  const waitMs = Math.max(0, Date.parse(own.expiration) - Date.now() - marginMinutes * 60_000);
  log.info('main.go:429', `Waiting for ${goDuration(waitMs)} to renew lease`);
  setTimeout(() => {
    etcd.put(own.key, JSON.stringify(own.attributes), leaseSeconds, 'set').then(
      (node) => {
        log.info('main.go:441', `Lease renewed, new expiration: ${node.expiration}`);
        keepLease(etcd, { ...own, expiration: node.expiration }, marginMinutes);
      },
      (error: Error) => {
        log.error('main.go:436', `Error renewing lease (trying again in 1 min): ${error.message}`);
        setTimeout(() => keepLease(etcd, own, marginMinutes), 60_000);
      },
    );
  }, waitMs);
}

async function tryAcquire(
  etcd: EtcdClient,
  prefix: string,
  config: Config,
  attributes: LeaseAttributes,
  previous: Net | undefined,
): Promise<Lease | undefined> {
  const listed = await etcd.list(`${prefix}/subnets`);
  const leases = listed.nodes.flatMap((node) => parseLease(node) ?? []);
  const { incompatible, previousDoesNotFit, choice } = judgeLeases(
    config,
    leases,
    attributes.PublicIP,
    previous,
    Math.random,
  );
  for (const { lease, why } of incompatible) {
    log.info(
      'local_manager.go:160',
      `Found lease (${formatNet(lease.subnet)}) ${found(why, attributes)} but not compatible with current config, deleting`,
    );
    await etcd.remove(lease.key);
  }
  if (previous && previousDoesNotFit) {
    const words = 'that is not compatible with the Etcd network config, ignoring';
    log.error('local_manager.go:199', `Found previously leased subnet (${formatNet(previous)}) ${words}`);
  }
  if (!choice) throw new Error('out of subnets');
  if (choice.kind === 'reuse') {
    const { lease, why } = choice;
    log.info('local_manager.go:147', `Found lease (${formatNet(lease.subnet)}) ${found(why, attributes)}, reusing`);
    const seconds = lease.expiration === null ? 0 : leaseSeconds;
    const node = await etcd.put(lease.key, JSON.stringify(attributes), seconds, 'set');
    return { ...lease, attributes, expiration: node.expiration };
  }
  return create(etcd, prefix, config, attributes, choice.subnet, choice.why);
}

async function create(
  etcd: EtcdClient,
  prefix: string,
  config: Config,
  attributes: LeaseAttributes,
  subnet: Net,
  why: 'previous' | 'picked',
): Promise<Lease | undefined> {
  const range = `${formatIp(config.subnetMin)} ... ${formatIp(config.subnetMax)}`;
  if (why === 'previous')
    log.info('local_manager.go:196', `Found previously leased subnet (${formatNet(subnet)}), reusing`);
  else log.info('local_manager.go:234', `Picking subnet in range ${range}`);
  const key = `${prefix}/subnets/${formatNet(subnet).replace('/', '-')}`;
  try {
    const node = await etcd.put(key, JSON.stringify(attributes), leaseSeconds, 'create');
    log.info(
      'local_manager.go:220',
      `Allocated lease (${formatNet(subnet)}) to current node (${attributes.PublicIP}) `,
    );
    return { key: node.key, subnet, attributes, expiration: node.expiration };
  } catch (error) {
    if (error instanceof EtcdError && error.errorCode === 105) return undefined;
    throw error;
  }
}

function found(why: 'address' | 'previous', attributes: LeaseAttributes): string {
  return why === 'address' ? `for current IP (${attributes.PublicIP})` : 'matching previously leased subnet';
}

async function forget(known: Map<string, Lease>, key: string, backend: Backend): Promise<void> {
  const lease = known.get(key);
  if (!lease) {
    const subnet = subnetOf(key);
    log.error('watch.go:171', `Removed subnet (${subnet ? formatNet(subnet) : key}) was not found`);
    return;
  }
  known.delete(key);
  await backend.removed(lease);
}

/** A duration as Go prints it: `22h59m59.998s`. */
export function goDuration(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = (ms % 60_000) / 1000;
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${Number(seconds.toFixed(3))}s`;
}
