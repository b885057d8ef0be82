import { Failure } from '../../core/failure.ts';

/** What was read of real hosts at one moment, as it is written to a file. */
export interface Snapshot {
  readonly format: typeof snapshotFormat;
  /** ISO 8601, the clock of the machine that took it. */
  readonly taken: string;
  /** In the order of the inventory. */
  readonly hosts: Readonly<Record<string, HostSnapshot>>;
}

export const snapshotFormat = 'runbook-snapshot/1';

/** Lines are as the host's own programs printed them, without padding and what comes and goes by itself. */
export interface HostSnapshot {
  /** The address that the inventory gives; null when it gives none. */
  readonly address: string | null;
  readonly groups: readonly string[];
  /** Of the inventory's variables only those in {@link keptVariables}: others may be secrets. */
  readonly vars: Readonly<Record<string, string>>;
  /** For information: kernel, os, ip, iptables, supervisor, etcd, docker. */
  readonly versions: Readonly<Record<string, string>>;
  /** What could not be read, in words. */
  readonly notes: readonly string[];
  readonly links: readonly LinkSnapshot[];
  readonly addresses: readonly AddressSnapshot[];
  /** IPv4, all tables, each as input for `ip route append`; without the local table and what the kernel adds by itself. */
  readonly routes: readonly string[];
  /** IPv4 policy rules, each as `ip rule show` prints it; without the three that every host has. */
  readonly rules: readonly string[];
  /** IPv4 neighbours. */
  readonly neighbours: readonly string[];
  /** Forwarding entries of the VXLAN devices. */
  readonly forwarding: readonly string[];
  /** Lines for `iptables-restore` of each backend that was read: counters at zero, no comments. */
  readonly iptables: Readonly<Partial<Record<RuleSet, readonly string[]>>>;
  /** The backend that plain `iptables` speaks to. */
  readonly iptablesDefault: 'nft' | 'legacy';
  /** Path below /proc/sys -> value. */
  readonly sysctl: Readonly<Record<string, string>>;
  /** Path -> content, byte for byte: saved rules and flannel's subnet file. */
  readonly files: Readonly<Record<string, string>>;
  /** null: supervisord was not asked, or did not answer. */
  readonly supervisor: readonly ProgramSnapshot[] | null;
  /** The processes that matter, on the host's own network. */
  readonly processes: readonly ProcessSnapshot[];
  /** flannel's keys as this host sees them; null when it sees no etcd. */
  readonly etcd: EtcdSnapshot | null;
}

export const keptVariables = ['bridge', 'etcd_host', 'iface', 'network', 'pod_cidr', 'pod_ip'] as const;

/** The files that come along: saved rules, and flannel's subnet file. Others could be more than data to a host. */
export const keptFile =
  /^(\/etc\/(sysconfig\/ip6?tables|iptables\/rules\.v[46])|\/(?!etc\/|root\/)([\w@%+-][\w.@%+-]*\/)*[\w@%+-][\w.@%+-]*\.env)$/;

export const ruleSets = ['iptables-nft', 'iptables-legacy', 'ip6tables-nft', 'ip6tables-legacy'] as const;
export type RuleSet = (typeof ruleSets)[number];

export interface LinkSnapshot {
  readonly name: string;
  /** `physical` for a device that no program made. */
  readonly kind: string;
  readonly mac: string;
  readonly mtu: number;
  /** Packets that may wait. Older snapshots do not say it. */
  readonly queue?: number;
  readonly up: boolean;
  readonly master?: string;
  /** What stands behind the kind, for a VXLAN device or a bridge. */
  readonly options?: string;
}

export interface AddressSnapshot {
  readonly dev: string;
  /** With its prefix length. */
  readonly address: string;
  readonly peer?: string;
  readonly broadcast?: string;
  readonly scope: string;
  readonly label?: string;
}

export interface ProgramSnapshot {
  /** `group:process` where the two differ. */
  readonly name: string;
  readonly state: string;
  readonly pid?: number;
}

export interface ProcessSnapshot {
  readonly program: 'flanneld' | 'etcd';
  readonly pid: number;
  readonly parent: number;
  readonly cwd: string;
  /** Passwords are masked. */
  readonly argv: readonly string[];
}

export interface EtcdSnapshot {
  readonly endpoint: string;
  readonly api: 2 | 3;
  /** flannel's prefix, `/coreos.com/network` as a rule. */
  readonly prefix: string;
  /** Byte for byte, by a quorum read; null when the key is not there. */
  readonly config: string | null;
  /** `ttl` in seconds; null for a key without an end. */
  readonly leases: readonly { readonly key: string; readonly value: string; readonly ttl: number | null }[];
}

/** Reads a snapshot's file. Throws Failure `invalid` for what `runbook snapshot` does not write. */
export async function parseSnapshot(text: string, name: string): Promise<Snapshot> {
  const wrong = (why: string): Failure =>
    new Failure('invalid', `${name} is not a snapshot: ${why}`, { hint: '`runbook snapshot -o FILE` writes one.' });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong(`it is not JSON (${(error as Error).message})`);
  }
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const validate = new Ajv2020({ strict: false }).compile<Snapshot>(schema);
  if (validate(value)) return value;
  const [first] = validate.errors ?? [];
  throw wrong(`${first?.instancePath || 'the whole'} ${first?.message ?? 'does not fit'}`);
}

// One line each, of printable characters: they become words of commands, never text of a script.
const line = { type: 'string', maxLength: 4096, pattern: '^[^\\x00-\\x1f\\x7f]*$' };
const lines = { type: 'array', items: line };
// These become parts of paths and scripts of the lab's hosts.
const device = { type: 'string', pattern: '^[A-Za-z0-9_][\\w.-]{0,14}$' };
const ip = '\\d{1,3}(\\.\\d{1,3}){3}';
const cidr = { type: 'string', pattern: `^${ip}/\\d{1,2}$` };
const some = (required: Record<string, object>, optional: Record<string, object> = {}) => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(required),
  properties: { ...required, ...optional },
});
const map = (names: object, values: object) => ({ type: 'object', propertyNames: names, additionalProperties: values });
const file = { type: 'string', pattern: keptFile.source };

const hostSchema = some({
  address: { anyOf: [line, { type: 'null' }] },
  groups: lines,
  vars: map({ enum: keptVariables }, line),
  versions: map(line, line),
  notes: lines,
  links: {
    type: 'array',
    items: some(
      { name: device, kind: line, mac: { type: 'string', pattern: '^[0-9a-f:.]*$' }, mtu: { type: 'integer' } },
      {
        up: { type: 'boolean' },
        queue: { type: 'integer' },
        master: device,
        options: { type: 'string', pattern: '^[\\w .:]*$' },
      },
    ),
  },
  addresses: {
    type: 'array',
    items: some(
      { dev: device, address: cidr, scope: { type: 'string', pattern: '^\\w+$' } },
      {
        peer: cidr,
        broadcast: { type: 'string', pattern: `^${ip}$` },
        label: { type: 'string', pattern: '^[^\\s/]+$' },
      },
    ),
  },
  routes: lines,
  rules: lines,
  neighbours: lines,
  forwarding: lines,
  iptables: map({ enum: ruleSets }, lines),
  iptablesDefault: { enum: ['nft', 'legacy'] },
  sysctl: map(
    { type: 'string', pattern: '^net/ipv4/(ip_forward|conf/[^/\\s]+/rp_filter)$', not: { pattern: '\\.\\.' } },
    {
      type: 'string',
      pattern: '^\\d+$',
    },
  ),
  files: map(file, { type: 'string' }),
  supervisor: {
    anyOf: [
      { type: 'null' },
      { type: 'array', items: some({ name: line, state: line }, { pid: { type: 'integer' } }) },
    ],
  },
  processes: {
    type: 'array',
    items: some({
      program: { enum: ['flanneld', 'etcd'] },
      pid: { type: 'integer' },
      parent: { type: 'integer' },
      cwd: line,
      argv: lines,
    }),
  },
  etcd: {
    anyOf: [
      { type: 'null' },
      some({
        endpoint: line,
        api: { enum: [2, 3] },
        prefix: { type: 'string', pattern: '^(/[\\w.-]+)+$' },
        config: { type: ['string', 'null'] },
        leases: {
          type: 'array',
          items: some({ key: line, value: { type: 'string' }, ttl: { type: ['integer', 'null'] } }),
        },
      }),
    ],
  },
});

const schema = some({
  format: { const: snapshotFormat },
  taken: line,
  hosts: {
    ...map({ type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' }, hostSchema),
    minProperties: 1,
  },
});
