import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { HostFile } from './files.ts';
import { labPlaces } from './places.ts';
import { etcdHost, type LabPlan, nodesOf } from './plan.ts';
import { must } from './shell.ts';

/** The keys of a lab: the operator's, and one per host as files for its disk. */
export interface LabKeys {
  operator: string;
  hostFiles: Map<string, HostFile[]>;
}

/** Makes the operator's key and every host's key, and writes `key`, `key.pub` and `known_hosts` into the lab's directory. */
export async function makeKeys(plan: LabPlan): Promise<LabKeys> {
  const place = labPlaces(plan);
  const keys = `${plan.dir}/hosts/keys`;
  await mkdir(keys, { recursive: true, mode: 0o700 });
  const [operator, ...pairs] = await Promise.all([
    keyPair(place.key, `runbook-lab-${plan.name}`),
    ...plan.hosts.map((host) => keyPair(`${keys}/${host.name}`, `root@${host.name}`)),
  ]);
  const hostFiles = new Map<string, HostFile[]>();
  const known: string[] = [];
  for (const [index, host] of plan.hosts.entries()) {
    const pair = pairs[index];
    if (!pair) continue;
    hostFiles.set(host.name, [
      { path: '/etc/ssh/lab_host_ed25519_key', text: pair.secret, mode: 0o600 },
      { path: '/etc/ssh/lab_host_ed25519_key.pub', text: pair.public },
    ]);
    known.push(`${host.address},${host.name} ${pair.public.split(' ').slice(0, 2).join(' ')}`);
  }
  await writeFile(place.knownHosts, `${known.join('\n')}\n`);
  return { operator: operator.public, hostFiles };
}

/** The lab's inventory, in Ansible's own YAML form. */
export function inventory(plan: LabPlan): string {
  const nodes = nodesOf(plan).map((host) => [
    host.name,
    {
      ansible_host: host.address,
      pod_ip: host.pod.address,
      pod_cidr: host.pod.cidr,
      pod_netns: 'pod',
      pod_page: `http://${host.pod.address}/`,
      pod_big_page: `http://${host.pod.address}/big`,
      bridge: 'docker0',
      iface: 'eth0',
    },
  ]);
  const etcd = plan.hosts
    .filter((host) => host.role === 'etcd')
    .map((host) => [host.name, { ansible_host: host.address }]);
  return stringify(
    {
      all: {
        vars: {
          ...connectionVars(plan),
          network: plan.pods,
          etcd_host: etcdHost,
        },
        children: {
          flannel: { hosts: Object.fromEntries(nodes) },
          etcd: { hosts: Object.fromEntries(etcd) },
        },
      },
    },
    { lineWidth: 0 },
  );
}

/** How the operator reaches every host: with the lab's own key, and only with the host keys that the lab has made. */
export function connectionVars(plan: LabPlan): Record<string, string> {
  const place = labPlaces(plan);
  return {
    ansible_user: 'root',
    ansible_ssh_private_key_file: place.key,
    ansible_ssh_known_hosts_file: place.knownHosts,
    ansible_ssh_common_args: `-o UserKnownHostsFile=${place.knownHosts} -o StrictHostKeyChecking=yes`,
  };
}

async function keyPair(path: string, comment: string): Promise<{ secret: string; public: string }> {
  await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', path]);
  return { secret: await readFile(path, 'utf8'), public: await readFile(`${path}.pub`, 'utf8') };
}
