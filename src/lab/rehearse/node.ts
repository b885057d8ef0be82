import { formatIp, formatNet, type Net, parseIp, parseNet } from '../flanneld/address.ts';
import type { LabHost } from '../plan.ts';
import { subnetFileOf } from '../snapshot/host.ts';
import { flagValue } from '../snapshot/processes.ts';
import { type HostSnapshot, keptFile, type ProcessSnapshot } from '../snapshot/shape.ts';
import type { Captured } from './shape.ts';

/** What does not come along, and why. */
export type Left = (what: string, why: string) => void;

/** flannel's own network, from the config that was read; undefined when it says none. */
export function podsNetwork(config: string | null): Net | undefined {
  try {
    const { Network } = JSON.parse(config ?? '') as { Network?: unknown };
    return typeof Network === 'string' ? parseNet(Network) : undefined;
  } catch {
    return undefined;
  }
}

/** The bridge that has the first address of the node's subnet, and the one pod that the lab puts behind it. */
export function podOf(
  host: HostSnapshot,
  pods: Net | undefined,
  left: Left,
): { bridge: string | null } & Pick<LabHost, 'pod'> {
  const subnet = Object.values(host.files)
    .map((text) => /^FLANNEL_SUBNET=(\S+)$/m.exec(text)?.[1])
    .find(Boolean);
  const bridges = host.links.filter(({ kind }) => kind === 'bridge').map(({ name }) => name);
  const bridge =
    bridges.find((name) => addressOn(host, name) === subnet) ?? bridges.find((name) => name === host.vars.bridge);
  const gateway = bridge === undefined ? undefined : addressOn(host, bridge);
  const net = parseNet(gateway ?? '');
  if (bridge === undefined || gateway === undefined || !net) {
    if (subnet !== undefined) left('pod', `no bridge has the address ${subnet}`);
    return { bridge: null };
  }
  if (pods === undefined) return { bridge };
  const seen = host.neighbours.flatMap((line) => {
    const [, ip, device] = /^(\S+) dev (\S+) lladdr \S+/.exec(line) ?? [];
    return ip !== undefined && device === bridge && parseIp(ip) !== undefined ? [ip] : [];
  });
  const next = formatIp((parseIp(gateway.split('/')[0] ?? '') ?? net.ip) + 1);
  const known = host.vars.pod_ip !== undefined && parseIp(host.vars.pod_ip) ? host.vars.pod_ip : undefined;
  const address = known ?? seen[0] ?? next;
  for (const other of seen) if (other !== address) left(`pod ${other}`, 'one pod of each node is rebuilt');
  return { bridge, pod: { cidr: formatNet(net), gateway: gateway.split('/')[0] ?? '', address } };
}

function addressOn(host: HostSnapshot, device: string): string | undefined {
  return host.addresses.find(({ dev }) => dev === device)?.address;
}

/** flanneld's flags that mean the same in a lab. */
const carried = [
  'public-ip',
  'iface',
  'etcd-prefix',
  'healthz-ip',
  'healthz-port',
  'ip-masq',
  'iptables-resync',
  'iptables-forward-rules',
  'subnet-lease-renew-margin',
];
/** Those that only say where the log goes. */
const logging = /^-?-(v|vmodule|log_dir|logtostderr|alsologtostderr|stderrthreshold)(=|$)/;

/** How flanneld runs on a host; null when it has none. One that is stopped has left its subnet file. */
export function flanneldOf(
  host: HostSnapshot,
  place: { address: string; link: string },
  etcd: string | undefined,
  left: Left,
): Captured['flanneld'] {
  const process = host.processes.find(({ program }) => program === 'flanneld');
  const program = supervisorProgramOf(host, process) ?? host.supervisor?.find(({ name }) => /flannel/i.test(name));
  const path = Object.keys(host.files).find((file) => file.endsWith('.env'));
  if (!process && !program && path === undefined) return null;
  const argv = process?.argv ?? [];
  const named = process && subnetFileOf(argv, process.cwd);
  const flags = new Map([
    ['public-ip', place.address],
    ['iface', place.link],
    ['etcd-endpoints', `http://${etcd}:2379`],
    ['subnet-file', named !== undefined && keptFile.test(named) ? named : (path ?? '/run/flannel/subnet.env')],
  ]);
  for (const name of carried) {
    const value = flagValue(argv, name);
    if (value !== undefined && /^[\w.,:/-]+$/.test(value) && !value.startsWith('-')) flags.set(name, value);
  }
  for (const word of argv.filter((word) => word.startsWith('-'))) {
    const name = /^--?([^=]+)/.exec(word)?.[1] ?? word;
    if (name === 'etcd-endpoints' && flagValue(argv, name) !== flags.get(name))
      left(`flag ${word}`, `the lab's flanneld asks ${flags.get(name)}`);
    else if (name === 'subnet-file' && named !== flags.get(name)) left(`flag ${word}`, `it is ${flags.get(name)} here`);
    else if (!flags.has(name) && !logging.test(word)) left(`flag ${word}`, 'it has no place in a lab');
  }
  if (!program) left('program flanneld', 'supervisord does not have it, in the lab it does');
  const name = program && /^[\w.+-]+(:[\w.+-]+)?$/.test(program.name) ? program.name : 'flanneld';
  const autostart = program ? /^(RUNNING|STARTING)$/.test(program.state) : process !== undefined;
  return { name, autostart, flags: [...flags].map(([flag, value]) => `--${flag}=${value}`) };
}

/** The program of supervisord that a process belongs to, itself or as the child of a wrapper. */
export function supervisorProgramOf(host: HostSnapshot, process: ProcessSnapshot | undefined) {
  return host.supervisor?.find(({ pid }) => pid !== undefined && (pid === process?.pid || pid === process?.parent));
}
