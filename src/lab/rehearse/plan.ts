import { Failure } from '../../core/failure.ts';
import { formatNet } from '../flanneld/address.ts';
import { type LabHost, type LabPlan, planLab } from '../plan.ts';
import { type EtcdSnapshot, type HostSnapshot, type RuleSet, ruleSets, type Snapshot } from '../snapshot/shape.ts';
import { type Layout, layOut } from './layout.ts';
import { type LinkContext, networkCommands } from './links.ts';
import { flanneldOf, type Left, podOf, podsNetwork, supervisorProgramOf } from './node.ts';
import type { Captured, Missing } from './shape.ts';

/** What was found out by trying: which rules of which host this machine takes, and which kind of link it has for a spare. */
export interface Trials {
  readonly rules: ReadonlyMap<string, Partial<Record<RuleSet, string[]>>>;
  readonly spare: LinkContext['spare'];
}

export interface RehearsalOptions {
  readonly name?: string;
  readonly dir?: string;
  readonly flanneld?: string;
}

/**
 * The plan of a lab that stands for the hosts of a snapshot, with their own names and addresses, and what it will not have of them.
 * Throws Failure `refused` or `invalid` for hosts that one lab cannot stand for.
 */
export function planRehearsal(
  snapshot: Snapshot,
  options: RehearsalOptions,
  trials: Trials,
): { plan: LabPlan; missing: Missing[] } {
  const bare = planLab(options);
  const layout = layOut(snapshot);
  const missing: Missing[] = [];
  const etcd = seenEtcd(snapshot, missing);
  const entries = Object.entries(snapshot.hosts);
  const hosts = entries.map(([name, host], index) =>
    planHost(name, host, { index, layout, trials, etcd, lab: bare.name }, (what, why) => {
      missing.push({ host: name, what, why });
    }),
  );
  if (layout.etcd?.added) {
    hosts.unshift(addedEtcd(bare.name, entries.length, layout.etcd));
    missing.push({
      host: layout.etcd.name,
      what: 'host',
      why: 'the snapshot has no host with etcd: this one is added',
    });
  }
  const pods = podsNetwork(etcd?.config ?? null);
  return {
    plan: {
      ...bare,
      network: layout.network,
      pods: pods ? formatNet(pods) : '',
      controller: { ...bare.controller, address: layout.controller },
      hosts,
      rehearsal: {
        taken: snapshot.taken,
        etcd: etcd && { prefix: etcd.prefix, config: etcd.config, leases: etcd.leases },
      },
    },
    missing,
  };
}

interface Around {
  readonly index: number;
  readonly layout: Layout;
  readonly trials: Trials;
  readonly etcd: EtcdSnapshot | null;
  readonly lab: string;
}

function planHost(name: string, host: HostSnapshot, around: Around, left: Left): LabHost {
  const { layout, trials, etcd } = around;
  const place = layout.places.get(name);
  if (!place) throw new Failure('internal', `${name} has no place`);
  const pods = podsNetwork(etcd?.config ?? null);
  const { bridge, pod } = podOf(host, pods, left);
  const network = networkCommands(host, { main: place.link, bridge, pods, spare: trials.spare });
  for (const { what, why } of network.left) left(what, why);
  const isEtcd = layout.etcd?.name === name;
  const etcdProcess = host.processes.find(({ program }) => program === 'etcd');
  const flanneld = layout.etcd ? flanneldOf(host, place, layout.etcd.address, left) : null;
  const etcdProgram = isEtcd ? (supervisorProgramOf(host, etcdProcess)?.name ?? 'etcd') : null;
  if (etcdProcess && !isEtcd) left('program etcd', `the lab's one etcd is on ${layout.etcd?.name}`);
  for (const program of host.supervisor ?? []) {
    if (program.name !== flanneld?.name && program.name !== etcdProgram)
      left(`program ${program.name}`, `only flanneld and etcd are rebuilt; it was ${program.state}`);
  }
  for (const note of host.notes) left('snapshot', note);
  const captured: Captured = {
    link: place.link,
    mtu: host.links.find((link) => link.name === place.link)?.mtu ?? 1500,
    port: `host${around.index}`,
    bridge,
    always: [...network.always],
    once: [...network.once],
    sysctl: Object.entries(host.sysctl),
    rules: trials.rules.get(name) ?? {},
    legacy: host.iptablesDefault === 'legacy',
    files: { ...host.files },
    flanneld,
    etcdProgram:
      etcdProgram !== null && /^[\w.+-]+(:[\w.+-]+)?$/.test(etcdProgram) ? etcdProgram : etcdProgram && 'etcd',
    groups: host.groups.filter((group) => group !== 'ungrouped'),
    vars: { ...host.vars },
  };
  return {
    name,
    role: isEtcd ? 'etcd' : 'node',
    address: place.address,
    ...(pod ? { pod } : {}),
    netns: `rb-${around.lab}-${name}`,
    captured,
  };
}

function addedEtcd(lab: string, index: number, { name, address }: { name: string; address: string }): LabHost {
  const captured: Captured = {
    link: 'eth0',
    mtu: 1500,
    port: `host${index}`,
    bridge: null,
    always: ['ip link set lo up', `ip address add ${address}/24 dev eth0`, 'ip link set eth0 up'],
    once: [],
    sysctl: [],
    rules: {},
    legacy: false,
    files: {},
    flanneld: null,
    etcdProgram: 'etcd',
    groups: ['etcd'],
    vars: {},
  };
  return { name, role: 'etcd', address, netns: `rb-${lab}-${name}`, captured };
}

/** flannel's keys as the first host saw them that saw any. */
function seenEtcd(snapshot: Snapshot, missing: Missing[]): EtcdSnapshot | null {
  const seen = Object.entries(snapshot.hosts).flatMap(([name, { etcd }]) => (etcd ? [{ name, etcd }] : []));
  const [first] = seen;
  if (!first) return null;
  for (const { name, etcd } of seen) {
    if (etcd.prefix === first.etcd.prefix && etcd.config === first.etcd.config) continue;
    missing.push({ host: name, what: 'etcd config', why: `it differs from what ${first.name} saw, which the lab has` });
  }
  if (first.etcd.api === 3)
    missing.push({
      host: first.name,
      what: 'etcd API v3',
      why: "the lab's flanneld reads its keys by v2: they are there",
    });
  const sound = first.etcd.leases.filter(({ key }) => /^(\/[\w.-]+)+$/.test(key));
  return { ...first.etcd, leases: sound };
}

/** The rule sets of a host that were read. */
export function ruleSetsOf(host: HostSnapshot): [RuleSet, readonly string[]][] {
  return ruleSets.flatMap((set) => {
    const lines = host.iptables[set];
    return lines && lines.length > 0 ? [[set, lines] as [RuleSet, readonly string[]]] : [];
  });
}
