import type { EtcdSnapshot, RuleSet } from '../snapshot/shape.ts';

/** What a lab's host has of the real host that it stands for. Everything here was checked: lines are words of commands. */
export interface Captured {
  /** Its link to the switch, and that link's MTU. */
  link: string;
  mtu: number;
  /** The name of the switch's port for it. */
  port: string;
  /** The pods' bridge. */
  bridge: string | null;
  /** Commands of `ip` and `bridge`: at every boot, and what a reboot would lose. */
  always: string[];
  once: string[];
  /** Path below /proc/sys and value. */
  sysctl: [string, string][];
  /** Lines for `iptables-restore`. */
  rules: Partial<Record<RuleSet, string[]>>;
  /** Plain `iptables` speaks to the legacy backend. */
  legacy: boolean;
  files: Record<string, string>;
  /** flanneld's flags, and how supervisord knows it. */
  flanneld: { name: string; autostart: boolean; flags: string[] } | null;
  /** How supervisord knows etcd. */
  etcdProgram: string | null;
  groups: string[];
  vars: Record<string, string>;
}

/** What a lab has of the real cluster that it stands for. */
export interface Rehearsal {
  /** When the snapshot was taken. */
  taken: string;
  /** null: no etcd was seen, or none is needed. */
  etcd: Pick<EtcdSnapshot, 'prefix' | 'config' | 'leases'> | null;
}

/** A thing of the snapshot that the lab has not, or has otherwise. */
export interface Missing {
  host: string;
  /** For instance `route unicast 10.9.0.0/16 via 10.4.7.9 dev eth1 ...`. */
  what: string;
  why: string;
}
