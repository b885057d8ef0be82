import { readFile } from 'node:fs/promises';
import { hostPrograms, requestEtcd } from './cluster.ts';
import type { Lab } from './lab.ts';
import { configKeyOf, type LabHost } from './plan.ts';
import { initOf, insideHost } from './power.ts';
import { run } from './shell.ts';
import type { Program } from './supervisor-rpc.ts';

/** One host's state; of a host that is off nothing but that is known. */
type HostStatus = { on: false } | ({ on: true } & HostState);

/** Everything is in a stable order: as the kernel lists it where order means something, else sorted. */
export interface HostState {
  bootId: string;
  /** Does its sshd take connections? */
  sshd: boolean;
  /** Every table but `local`, without what the kernel adds by itself for addresses, each as input for `ip route append`. */
  routes: string[];
  /** flannel's devices and docker0 with what makes them what they are, and their addresses. */
  links: string[];
  /** The permanent neighbours and forwarding entries of flannel's devices. */
  neighbours: string[];
  forwarding: string[];
  /** Rules and policies, without counters. */
  nat: string[];
  filter: string[];
  programs: Program[];
  /** Contents of /opt/flannel/subnet.env and /etc/sysconfig/iptables, byte for byte; null for no such file. */
  subnetEnv: string | null;
  savedRules: string | null;
}

/** A lease of flannel as it stands in etcd. */
interface LeaseStatus {
  key: string;
  value: unknown;
  modifiedIndex: number;
  expiration: string | null;
}

export interface LabStatus {
  lab: string;
  /** What plays flanneld. */
  flanneld: 'stand-in' | 'real';
  /** Null when etcd does not answer. */
  etcd: { config: { value: string; modifiedIndex: number } | null; leases: LeaseStatus[] } | null;
  hosts: Record<string, HostStatus>;
}

/** The state of every host of a lab, read and not touched. */
export async function labStatus(lab: Lab): Promise<LabStatus> {
  const [etcd, states] = await Promise.all([
    etcdStatus(lab),
    Promise.all(lab.plan.hosts.map((host) => hostStatus(lab, host))),
  ]);
  const hosts = Object.fromEntries(
    lab.plan.hosts.map((host, index) => [host.name, states[index] ?? { on: false as const }]),
  );
  return { lab: lab.plan.name, flanneld: lab.plan.flanneld ? 'real' : 'stand-in', etcd, hosts };
}

/**
 * A status without what changes while nothing changes: process ids, boot ids, etcd's indexes and expirations. Two that are deeply equal are
 * the same state; with `pids` they also say that no program was restarted.
 */
export function comparable(status: LabStatus, options: { pids?: boolean } = {}): unknown {
  const hosts = Object.entries(status.hosts).map(([name, host]) => {
    if (!host.on) return [name, host];
    const { bootId: _, programs, ...rest } = host;
    return [name, { ...rest, programs: options.pids ? programs : programs.map(({ pid: __, ...program }) => program) }];
  });
  const etcd = status.etcd && {
    config: status.etcd.config?.value ?? null,
    leases: status.etcd.leases.map(({ key, value }) => ({ key, value })),
  };
  return { etcd, hosts: Object.fromEntries(hosts) };
}

async function etcdStatus(lab: Lab): Promise<LabStatus['etcd']> {
  const [config, leases] = await Promise.all([
    requestEtcd(lab.plan, configKeyOf(lab.plan)),
    requestEtcd(lab.plan, configKeyOf(lab.plan).replace(/config$/, 'subnets')),
  ]);
  if (!config || !leases) return null;
  const { node } = (await config.json()) as EtcdAnswer;
  const nodes = ((await leases.json()) as EtcdAnswer).node?.nodes ?? [];
  return {
    config: node ? { value: node.value ?? '', modifiedIndex: node.modifiedIndex } : null,
    leases: nodes
      .map((lease) => ({
        key: lease.key,
        value: parsed(lease.value ?? ''),
        modifiedIndex: lease.modifiedIndex,
        expiration: lease.expiration ?? null,
      }))
      .sort((one, other) => byText(one.key, other.key)),
  };
}

interface EtcdNode {
  key: string;
  value?: string;
  modifiedIndex: number;
  expiration?: string;
  nodes?: EtcdNode[];
}
type EtcdAnswer = { node?: EtcdNode };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** One shell on the host answers everything that only the host's own programs can say, one part after another. */
const script = `part() { printf '\\036%s\\n' "$1"; }
part routes; ip -4 -o -d route show table all
part links; for link in $(ls /sys/class/net); do case $link in flannel*|docker0|$1) ip -o -d link show dev $link; ip -o -4 address show dev $link;; esac; done
part neighbours; ip -4 -o neigh show nud permanent
part forwarding; bridge fdb show | grep -F ' dev flannel'
part rules; iptables-save
part sshd; kill -0 "$(cat /run/sshd.pid)" && echo up
exit 0`;

async function hostStatus(lab: Lab, host: LabHost): Promise<HostStatus> {
  const init = await initOf(lab.plan, host);
  if (!init) return { on: false };
  const root = `/proc/${init}/root`;
  const argv = await insideHost(lab.plan, host, ['sh', '-c', script, 'sh', host.captured?.bridge ?? 'docker0']);
  const [ran, programs, bootId, subnetEnv, savedRules] = await Promise.all([
    run(argv, { timeoutMs: 20_000 }),
    hostPrograms(lab.plan, host),
    content(`${root}/proc/sys/kernel/random/boot_id`),
    content(`${root}/opt/flannel/subnet.env`),
    content(`${root}/etc/sysconfig/iptables`),
  ]);
  const parts = splitParts(ran.stdout);
  const part = (name: string): string[] => parts.get(name) ?? [];
  return {
    on: true,
    bootId: (bootId ?? '').trim(),
    sshd: part('sshd').includes('up'),
    routes: normalRoutes(part('routes')),
    links: normalLinks(part('links')),
    neighbours: part('neighbours')
      .map(squeezed)
      .filter((line) => / dev flannel/.test(line))
      .sort(byText),
    forwarding: part('forwarding').map(squeezed).sort(byText),
    // One call for all tables: asked for a single one, iptables-save speaks of it even where it does not exist.
    nat: tableRules(part('rules'), 'nat'),
    filter: tableRules(part('rules'), 'filter'),
    programs: programs ?? [],
    subnetEnv: subnetEnv ?? null,
    savedRules: savedRules ?? null,
  };
}

/** The script's answer as lines by part. */
function splitParts(text: string): Map<string, string[]> {
  const parts = text.split('\u001e').slice(1);
  return new Map(
    parts.map((part) => part.trimEnd().split('\n')).map(([name = '', ...lines]) => [name, lines.filter(Boolean)]),
  );
}

/** Routes as `ip` would take them again: without the local table, the kernel's own, and flags that come and go. */
export function normalRoutes(lines: readonly string[]): string[] {
  return lines
    .map((line) => squeezed(line.replaceAll('\\', ' ').replace(/ (linkdown|dead|offload|rt_trap)\b/g, '')))
    .filter((line) => !/ table local\b| proto kernel\b/.test(line));
}

/** Links without their index, queueing and state words; flags that matter remain as `up` or `down`. */
export function normalLinks(lines: readonly string[]): string[] {
  return lines.map((line) => {
    const flat = squeezed(line.replaceAll('\\', ' ').replace(/^\d+: /, ''));
    const link = /^(\S+?):? <([^>]*)> mtu (\d+)/.exec(flat);
    if (!link) return flat.replace(/ valid_lft.*$/, '');
    const [, name, flags = '', mtu] = link;
    const state = flags.split(',').includes('UP') ? 'up' : 'down';
    const kind = / (vxlan id .*?|bridge) (?:addrgenmode|forward_delay|ageing|\w+_)/.exec(flat)?.[1] ?? '';
    const mac = / link\/ether (\S+)/.exec(flat)?.[1] ?? '';
    const queue = / qlen (\d+)/.exec(flat)?.[1] ?? '0';
    return squeezed(`link ${name} ${state} mtu ${mtu} queue ${queue} address ${mac} ${kind}`);
  });
}

/** The policies and rules of one table in what `iptables-save` prints, without comments and counters; none when there is no such table. */
export function tableRules(lines: readonly string[], table: string): string[] {
  const start = lines.indexOf(`*${table}`);
  if (start < 0) return [];
  return lines.slice(start + 1, lines.indexOf('COMMIT', start)).map((line) => line.replace(/ \[\d+:\d+\]$/, ''));
}

function byText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function squeezed(line: string): string {
  return line.replace(/\s+/g, ' ').trim();
}

async function content(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
