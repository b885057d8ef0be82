import type { HostSnapshot } from '../../../../src/lab/snapshot/shape.ts';

/** A host with one card, 10.4.7.21, and nothing else, but for these parts. */
export function hostSnapshot(parts: Partial<HostSnapshot> = {}): HostSnapshot {
  return {
    address: '10.4.7.21',
    groups: [],
    vars: {},
    versions: {},
    notes: [],
    links: [
      { name: 'lo', kind: 'loopback', mac: '00:00:00:00:00:00', mtu: 65536, up: true },
      { name: 'ens3', kind: 'physical', mac: '0c:c4:7a:00:00:01', mtu: 1500, up: true },
    ],
    addresses: [{ dev: 'ens3', address: '10.4.7.21/24', scope: 'global' }],
    routes: ['unicast default via 10.4.7.254 dev ens3 table main proto boot scope global'],
    rules: [],
    neighbours: [],
    forwarding: [],
    iptables: {},
    iptablesDefault: 'nft',
    sysctl: {},
    files: {},
    supervisor: null,
    processes: [],
    etcd: null,
    ...parts,
  };
}
