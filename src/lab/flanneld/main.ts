import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { formatNet } from './address.ts';
import type { Backend } from './backend.ts';
import { type Config, parseConfig, vxlanOptions } from './config.ts';
import { type EtcdClient, etcdClient } from './etcd.ts';
import { forwardRules, keepRules, masqueradeRules } from './firewall.ts';
import { type Flags, parseFlags } from './flags.ts';
import { hostGw } from './host-gw.ts';
import { type ExtIface, extIface } from './iface.ts';
import { log } from './log.ts';
import { previousSubnet, writeSubnetFile } from './subnet-file.ts';
import { acquireLease, keepLease, watchLeases } from './subnets.ts';
import { vxlan } from './vxlan.ts';

// A stand-in for flanneld v0.11 with etcd's v2 API: the same flags, the same traces in etcd, kernel, files and log.

/** The types that v0.11 has and the stand-in has not. */
const notDone = ['udp', 'ipip', 'ipsec', 'alloc', 'extension', 'aws-vpc', 'gce', 'ali-vpc'];

class Fatal extends Error {}

async function flanneld(flags: Flags): Promise<void> {
  log.warning('stand-in', 'this is a stand-in for flanneld v0.11, made for a lab; it does host-gw and vxlan');
  process.on('SIGTERM', exitCleanly);
  process.on('SIGINT', exitCleanly);
  if (flags.renewMarginMinutes <= 0 || flags.renewMarginMinutes >= 24 * 60)
    throw new Fatal('Invalid subnet-lease-renew-margin option, out of acceptable range');
  const iface = await extIface(flags).catch(fatal);
  const publicIp = flags.publicIp || iface.address;
  const etcd = etcdClient(flags.etcdEndpoints);
  const previous = previousSubnet(flags.subnetFile);
  const words = previous ? formatNet(previous) : 'None';
  log.info('main.go:244', `Created subnet manager: Etcd Local Manager with Previous Subnet: ${words}`);
  log.info('main.go:247', 'Installing signal handlers');
  serveHealth(flags);

  const config = await readConfig(etcd, flags);
  const backend = await chooseBackend(config, iface, publicIp);
  const own = await acquireLease(etcd, flags.etcdPrefix, config, backend.attributes, previous).catch(registering);
  await backend.configure(own).catch(registering);
  const network = formatNet(config.network);
  if (flags.ipMasq) {
    log.info('main.go:297', 'Setting up masking rules');
    keepRules(masqueradeRules(network, formatNet(own.subnet)), flags.iptablesResync);
  }
  if (flags.iptablesForwardRules) {
    log.info('main.go:305', 'Changing default FORWARD chain policy to ACCEPT');
    keepRules(forwardRules(network), flags.iptablesResync);
  }
  writeSubnetFile(flags.subnetFile, {
    network: config.network,
    subnet: own.subnet,
    mtu: backend.mtu,
    ipMasq: flags.ipMasq,
  });
  log.info('main.go:317', `Wrote subnet file to ${flags.subnetFile}`);
  log.info('main.go:321', 'Running backend.');
  keepLease(etcd, own, flags.renewMarginMinutes);
  backend.begin();
  await watchLeases(etcd, flags.etcdPrefix, own, backend, () => {
    log.error('main.go:448', 'Lease has been revoked. Shutting down daemon.');
    process.exit(0);
  });
}

function exitCleanly(): void {
  log.info('main.go:337', 'shutdownHandler sent cancel signal...');
  log.info('main.go:454', 'Stopped monitoring lease');
  log.info('main.go:351', 'Waiting for all goroutines to exit');
  log.info('main.go:370', 'Exiting cleanly...');
  process.exit(0);
}

/** Healthy means no more than: the process runs. */
function serveHealth(flags: Flags): void {
  if (flags.healthzPort <= 0) return;
  const address = `${flags.healthzIp}:${flags.healthzPort}`;
  log.info('main.go:598', `Start healthz server on ${address}`);
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/healthz' ? 200 : 404;
    response.end(request.url === '/healthz' ? 'flanneld is running' : '404 page not found\n');
  });
  server.on('error', (error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'address already in use' : error.message;
    log.error('main.go:609', `Start healthz server error. listen tcp ${address}: bind: ${why}`);
    process.stderr.write(`panic: listen tcp ${address}: bind: ${why}\n\ngoroutine 1 [running]:\n`);
    process.exit(2);
  });
  server.listen(flags.healthzPort, flags.healthzIp);
}

/** Asks for the config until it can be read, once a second; everything else waits for it. */
async function readConfig(etcd: EtcdClient, flags: Flags): Promise<Config> {
  for (;;) {
    try {
      const config = parseConfig((await etcd.get(`${flags.etcdPrefix}/config`)).value);
      log.info('main.go:386', `Found network config - Backend type: ${config.backendType}`);
      return config;
    } catch (error) {
      log.error('main.go:382', `Couldn't fetch network config: ${(error as Error).message}`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      process.stdout.write('timed out\n');
    }
  }
}

async function chooseBackend(config: Config, iface: ExtIface, publicIp: string): Promise<Backend> {
  const type = config.backendType.toLowerCase();
  if (type === 'host-gw') return made('Error fetching backend', () => hostGw(iface, publicIp));
  if (type === 'vxlan')
    return made('Error registering network', () => vxlan(iface, publicIp, vxlanOptions(config.backend)));
  if (notDone.includes(type))
    throw new Fatal(`Error fetching backend: the stand-in does not do ${type}; flanneld v0.11 does`);
  throw new Fatal(`Error fetching backend: unknown backend type: ${type}`);
}

async function made(failing: string, make: () => Backend | Promise<Backend>): Promise<Backend> {
  try {
    return await make();
  } catch (error) {
    throw new Fatal(`${failing}: ${(error as Error).message}`);
  }
}

function fatal(error: Error): never {
  throw new Fatal(error.message);
}

function registering(error: Error): never {
  throw new Fatal(`Error registering network: ${error.message}`);
}

const flags = parseFlags(process.argv.slice(2));
if (typeof flags === 'string') {
  // Usage is all that follows, and to flanneld that is no failure.
  process.stderr.write(`${flags}\nUsage: ${process.argv0} [OPTION]...\n`);
  process.exit(0);
}
if (flags.version) {
  process.stderr.write('v0.11.0 (stand-in)\n');
  process.exit(0);
}
// Newer Node names its main thread; who looks for flanneld looks for this name.
writeFileSync('/proc/self/comm', 'flanneld');
flanneld(flags).catch((error: Error) => {
  log.error('main.go:289', error instanceof Fatal ? error.message : (error.stack ?? error.message));
  process.exit(1);
});
