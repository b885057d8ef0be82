import { createHash } from 'node:crypto';
import { Failure } from '../core/failure.ts';
import type { JsonObject } from '../core/json.ts';
import type { Captured, Rehearsal } from './rehearse/shape.ts';

/** What a user may choose about a lab. */
export interface LabOptions {
  /** 1 to 8 of a-z and 0-9, starting with a letter; it is part of the names of links and namespaces. Default `dev`. */
  name?: string;
  /** How many flannel nodes, 1 to 80. Default 2. */
  nodes?: number;
  /** Where the lab keeps everything it writes. Default `/var/lib/runbook-lab/<name>`. */
  dir?: string;
  /** The /24 that the hosts and the controller share. Default `10.4.7.0/24`. */
  network?: string;
  /** The /16 that the pods' /24s are cut from. Default `172.7.0.0/16`. */
  pods?: string;
  /** The backend of the initial network config. Default `{ Type: 'host-gw' }`. */
  backend?: JsonObject;
  /** A real flanneld (with etcd v2: up to v0.17) to be used in place of the stand-in: an absolute path. */
  flanneld?: string;
  /** The hosts' rp_filter: 0 off (the kernel's default), 1 strict (RHEL's default), 2 loose. */
  rpFilter?: 0 | 1 | 2;
}

/** The flanneld that `RUNBOOK_LAB_FLANNELD` names; without it a lab has the stand-in. */
export function ownFlanneld(env: Readonly<Record<string, string | undefined>>): Pick<LabOptions, 'flanneld'> {
  const { RUNBOOK_LAB_FLANNELD: flanneld } = env;
  return flanneld === undefined ? {} : { flanneld };
}

/** One host of a lab. */
export interface LabHost {
  name: string;
  role: 'etcd' | 'node';
  /** Its address on the lab's network, without a prefix length. */
  address: string;
  /** The pod network of a node; absent for the etcd host. */
  pod?: { cidr: string; gateway: string; address: string };
  /** The name of its network namespace on this machine. */
  netns: string;
  /** What it has of a real host that it stands for. */
  captured?: Captured;
}

/** Everything about a lab that follows from its options alone. */
export interface LabPlan {
  name: string;
  dir: string;
  network: string;
  pods: string;
  backend: JsonObject;
  flanneld: string | null;
  rpFilter: 0 | 1 | 2;
  /** The controller's own address on the lab's network, and its link to it. */
  controller: { address: string; link: string };
  /** The namespace that holds the bridge between controller and hosts. */
  switchNetns: string;
  hosts: LabHost[];
  /** What it has of the real cluster that it stands for. */
  rehearsal?: Rehearsal;
}

export const configKey = '/coreos.com/network/config';
export const etcdHost = 'hdss7-12';

/**
 * The names, addresses and places of a lab. Throws Failure `invalid` for options outside of what their words above say.
 */
export function planLab(options: LabOptions): LabPlan {
  const name = options.name ?? 'dev';
  if (!/^[a-z][a-z0-9]{0,7}$/.test(name)) {
    throw new Failure('invalid', `"${name}" cannot be a lab's name`, {
      hint: 'Use 1 to 8 of a-z and 0-9, a letter first.',
    });
  }
  const nodes = options.nodes ?? 2;
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > 80) {
    throw new Failure('invalid', `A lab has 1 to 80 flannel nodes, not ${nodes}`);
  }
  const network = options.network ?? '10.4.7.0/24';
  const pods = options.pods ?? '172.7.0.0/16';
  const dir = options.dir ?? `/var/lib/runbook-lab/${name}`;
  const hosts: LabHost[] = [
    { name: etcdHost, role: 'etcd', address: within(network, 24, [12]), netns: `rb-${name}-${etcdHost}` },
  ];
  for (let index = 0; index < nodes; index++) {
    const number = 21 + index;
    hosts.push({
      name: `hdss7-${number}`,
      role: 'node',
      address: within(network, 24, [number]),
      pod: {
        cidr: `${within(pods, 16, [number, 0])}/24`,
        gateway: within(pods, 16, [number, 1]),
        address: within(pods, 16, [number, 2]),
      },
      netns: `rb-${name}-hdss7-${number}`,
    });
  }
  return {
    name,
    dir,
    network,
    pods,
    backend: options.backend ?? { Type: 'host-gw' },
    flanneld: options.flanneld ?? null,
    rpFilter: options.rpFilter ?? 0,
    controller: { address: within(network, 24, [2]), link: `rb-${name}` },
    switchNetns: `rb-${name}-switch`,
    hosts,
  };
}

/** The prefix length of the hosts' network. */
export function prefixLengthOf(plan: LabPlan): number {
  return Number(plan.network.split('/')[1]);
}

/** The host that runs etcd; a rehearsal of hosts without flannel has none. */
export function etcdOf(plan: LabPlan): LabHost | undefined {
  return plan.hosts.find((host) => host.role === 'etcd');
}

/** Under which key flannel's config stands. */
export function configKeyOf(plan: LabPlan): string {
  return plan.rehearsal?.etcd ? `${plan.rehearsal.etcd.prefix}/config` : configKey;
}

/** The host's link to the switch. */
export function linkOf(host: LabHost): string {
  return host.captured?.link ?? 'eth0';
}

/** The switch's port for a host: a link has at most 15 characters, a real host's name may have more. */
export function portOf(host: LabHost): string {
  return host.captured?.port ?? host.name;
}

/** Does flanneld belong on this host? */
export function hasFlanneld(host: LabHost): boolean {
  return host.captured ? host.captured.flanneld !== null : host.pod !== undefined;
}

/** The flannel nodes of a lab with a pod, in order. */
export function nodesOf(plan: LabPlan): (LabHost & { pod: NonNullable<LabHost['pod']> })[] {
  return plan.hosts.flatMap((host) => (host.pod ? [{ ...host, pod: host.pod }] : []));
}

/** The value of flannel's config key that a new lab starts with, byte for byte; null for none. */
export function initialConfig(plan: LabPlan): string | null {
  if (plan.rehearsal) return plan.rehearsal.etcd?.config ?? null;
  return JSON.stringify({ Network: plan.pods, Backend: plan.backend });
}

/** A word that tells two plans apart: a lab that is up is only left alone when it is the one that was asked for. */
export function planDigest(plan: LabPlan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 16);
}

/** The address in `cidr`, which must be a network of exactly `length` bits, with these last octets. */
function within(cidr: string, length: 16 | 24, last: number[]): string {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr)?.slice(1).map(Number);
  const network = octets?.slice(0, length / 8);
  const rest = octets?.slice(length / 8, 4);
  if (
    !network ||
    octets?.[4] !== length ||
    rest?.some((octet) => octet !== 0) ||
    network.some((octet) => octet > 255)
  ) {
    throw new Failure('invalid', `"${cidr}" is not an IPv4 network of /${length}`, {
      hint: `For instance ${length === 24 ? '10.4.7.0/24' : '172.7.0.0/16'}.`,
    });
  }
  return [...network, ...last].join('.');
}
