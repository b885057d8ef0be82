import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What the other sides need to know of the lab. */
export interface LabFacts {
  readonly inventory: string;
  readonly network: string;
  /** Address of etcd's host. */
  readonly etcd: string;
  readonly key: string;
  readonly knownHosts: string;
  readonly hosts: readonly string[];
  /** For ssh-loop.sh: a line `ADDRESS POD_ADDRESS POD_CIDR IFACE BRIDGE` for each node. */
  readonly nodes: string;
}

interface Inventory {
  readonly all: {
    readonly vars: Readonly<Record<string, string>>;
    readonly children: {
      readonly flannel: { readonly hosts: Readonly<Record<string, Readonly<Record<string, string>>>> };
      readonly etcd: { readonly hosts: Readonly<Record<string, Readonly<Record<string, string>>>> };
    };
  };
}

/** Reads the inventory that `runbook lab up` wrote. */
export function readLabFacts(inventory: string): LabFacts {
  return labFacts(inventory, readFileSync(inventory, 'utf8'));
}

/** Throws Error when the lab's inventory lacks something. */
export function labFacts(inventory: string, text: string): LabFacts {
  const { vars, children } = (parse(text) as Inventory).all;
  const etcdHost = need(vars, 'etcd_host');
  const nodes = Object.values(children.flannel.hosts).map((host) =>
    ['ansible_host', 'pod_ip', 'pod_cidr', 'iface', 'bridge'].map((name) => need(host, name)).join(' '),
  );
  return {
    inventory,
    network: need(vars, 'network'),
    etcd: need(children.etcd.hosts[etcdHost] ?? {}, 'ansible_host'),
    key: need(vars, 'ansible_ssh_private_key_file'),
    knownHosts: need(vars, 'ansible_ssh_known_hosts_file'),
    hosts: [...Object.keys(children.etcd.hosts), ...Object.keys(children.flannel.hosts)],
    nodes: `${nodes.join('\n')}\n`,
  };
}

function need(values: Readonly<Record<string, string>>, name: string): string {
  const value = values[name];
  if (value === undefined) throw new Error(`the lab's inventory does not tell ${name}`);
  return value;
}
