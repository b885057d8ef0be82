import { expect, test } from 'vitest';
import { differencesOf } from '../../../../src/lab/rehearse/compare.ts';
import { capturedFiles } from '../../../../src/lab/rehearse/files.ts';
import { planRehearsal } from '../../../../src/lab/rehearse/plan.ts';
import { loadableRules } from '../../../../src/lab/rehearse/rules.ts';
import { usesOf } from '../../../../src/lab/rehearse/shadow.ts';
import type { HostSnapshot, Snapshot } from '../../../../src/lab/snapshot/shape.ts';
import { hostSnapshot } from '../snapshot/host-snapshot.ts';

function planned(hosts: Record<string, HostSnapshot>) {
  const snapshot: Snapshot = { format: 'runbook-snapshot/1', taken: '2026-01-01T00:00:00Z', hosts };
  return planRehearsal(snapshot, { name: 'x' }, { rules: new Map(), spare: 'dummy' });
}

const flanneld = (...argv: string[]): HostSnapshot['processes'] => [
  { program: 'flanneld', pid: 9, parent: 1, cwd: '/opt/flannel', argv: ['./flanneld', ...argv] },
];

test('hosts keep their names, addresses and links, and the controller takes the place of their gateway', () => {
  const { plan, missing } = planned({ 'a.example.com': hostSnapshot() });
  expect(missing).toEqual([]);
  expect(plan).toMatchObject({ network: '10.4.7.0/24', controller: { address: '10.4.7.254' } });
  expect(plan.hosts).toMatchObject([
    {
      name: 'a.example.com',
      address: '10.4.7.21',
      role: 'node',
      captured: { link: 'ens3', port: 'host0', flanneld: null },
    },
  ]);
});

test('hosts of two networks are refused', () => {
  const far = hostSnapshot({ address: null, addresses: [{ dev: 'ens3', address: '10.9.9.9/24', scope: 'global' }] });
  expect(() => planned({ a: hostSnapshot(), b: far })).toThrow('The hosts do not share one network: b has 10.9.9.9');
});

test('what a lab cannot have is told with its reason', () => {
  const host = hostSnapshot({
    processes: flanneld('--iface=ens3', '--etcd-cafile=ca.pem', '--subnet-file=./subnet.env', '-v=2'),
    supervisor: [
      { name: 'flannel:flanneld-7-21', state: 'RUNNING', pid: 9 },
      { name: 'kubelet', state: 'STOPPED' },
    ],
    links: [...hostSnapshot().links, { name: 'tunl0', kind: 'ipip', mac: '0.0.0.0', mtu: 1480, up: true }],
    routes: ['unicast 10.7.0.0/16 dev tunl0 table main proto boot scope link'],
  });
  const { plan, missing } = planned({ a: host });
  expect(missing.map(({ host, what }) => `${host}: ${what}`)).toEqual([
    'a: link tunl0',
    'a: route unicast 10.7.0.0/16 dev tunl0 table main proto boot scope link',
    'a: flag --etcd-cafile=ca.pem',
    'a: program kubelet',
    'etcd: host',
  ]);
  expect(plan.hosts.find(({ name }) => name === 'a')?.captured?.flanneld).toEqual({
    name: 'flannel:flanneld-7-21',
    autostart: true,
    flags: [
      '--public-ip=10.4.7.21',
      '--iface=ens3',
      '--etcd-endpoints=http://10.4.7.253:2379',
      '--subnet-file=/opt/flannel/subnet.env',
    ],
  });
});

test('words of a command line that a shell would obey do not come along', () => {
  const processes = flanneld('--subnet-file=/opt/$(reboot).env', '--healthz-ip=`reboot`', '--healthz-port=1;reboot');
  const { plan, missing } = planned({ a: hostSnapshot({ processes }) });
  const flags = plan.hosts.find(({ name }) => name === 'a')?.captured?.flanneld?.flags;
  expect(flags).toContain('--subnet-file=/run/flannel/subnet.env');
  expect(flags?.join(' ')).not.toContain('reboot');
  expect(missing.filter(({ what }) => what.includes('reboot'))).toHaveLength(3);
});

test('a file in memory is put there at the first boot', () => {
  const { plan } = planned({ a: hostSnapshot({ files: { '/var/run/flannel/subnet.env': 'FLANNEL_MTU=1450\n' } }) });
  const [host] = plan.hosts;
  if (!host?.captured) throw new Error('nothing was captured');
  expect(capturedFiles(plan, host, host.captured)).toContainEqual(
    expect.objectContaining({ path: '/opt/lab/run/flannel/subnet.env', text: 'FLANNEL_MTU=1450\n' }),
  );
});

test('what is only in memory comes up once, a gateway before the routes through it', () => {
  const host = hostSnapshot({
    links: [
      ...hostSnapshot().links,
      {
        name: 'flannel.1',
        kind: 'vxlan',
        mac: '3a:5c:f1:d2:6d:08',
        mtu: 1450,
        up: true,
        options: 'id 1 local 10.4.7.21 dev ens3 dstport 8472 nolearning',
      },
    ],
    addresses: [...hostSnapshot().addresses, { dev: 'flannel.1', address: '172.7.21.0/32', scope: 'global' }],
    routes: [
      'unicast 172.7.22.0/24 via 172.7.22.0 dev flannel.1 table main proto boot scope global onlink',
      'unicast 10.8.0.0/16 via 10.5.5.5 dev ens3 table main proto static scope global',
      'unicast 10.5.5.5 dev ens3 table main proto static scope link',
    ],
    neighbours: [
      '172.7.22.0 dev flannel.1 lladdr 86:c8:6a:ff:78:00 PERMANENT',
      '10.4.7.1 dev ens3 lladdr 86:00:00:00:00:00 STALE',
    ],
    forwarding: ['86:c8:6a:ff:78:00 dev flannel.1 dst 10.4.7.22 self permanent'],
  });
  const captured = planned({ a: host }).plan.hosts[0]?.captured;
  expect(captured?.always).toEqual([
    'ip link set lo up',
    'ip link set ens3 address 0c:c4:7a:00:00:01 mtu 1500',
    'ip address add 10.4.7.21/24 dev ens3 scope global',
    'ip link set ens3 up',
    'ip route append unicast 10.5.5.5 dev ens3 table main proto static scope link',
    'ip route append unicast 10.8.0.0/16 via 10.5.5.5 dev ens3 table main proto static scope global',
  ]);
  expect(captured?.once).toEqual([
    'ip link add flannel.1 type vxlan id 1 local 10.4.7.21 dev ens3 dstport 8472 nolearning',
    'ip link set flannel.1 address 3a:5c:f1:d2:6d:08 mtu 1450',
    'ip address add 172.7.21.0/32 dev flannel.1 scope global',
    'ip link set flannel.1 up',
    'ip route append unicast 172.7.22.0/24 via 172.7.22.0 dev flannel.1 table main proto boot scope global onlink',
    'ip neigh replace 172.7.22.0 lladdr 86:c8:6a:ff:78:00 dev flannel.1 nud permanent',
    'bridge fdb append 86:c8:6a:ff:78:00 dev flannel.1 dst 10.4.7.22 self permanent',
  ]);
});

test('differences are told both ways, and an open table without rules is none', () => {
  const real = hostSnapshot({
    iptables: { 'iptables-nft': ['*nat', ':OUTPUT ACCEPT [0:0]', '-A OUTPUT -j RETURN', 'COMMIT'] },
  });
  const copy = hostSnapshot({
    iptables: {
      'iptables-nft': ['*filter', ':FORWARD DROP [0:0]', 'COMMIT', '*raw', ':OUTPUT ACCEPT [0:0]', 'COMMIT'],
    },
    supervisor: [{ name: 'flanneld', state: 'STOPPED' }],
  });
  expect(differencesOf({ ...real, supervisor: [{ name: 'flanneld', state: 'FATAL' }] }, copy)).toEqual([
    { what: 'iptables-nft nat: -A OUTPUT -j RETURN', why: 'it is not there' },
    { what: 'iptables-nft filter: :FORWARD DROP [0:0]', why: 'the real host does not have it' },
    { what: 'program flanneld', why: 'it is STOPPED, was FATAL' },
  ]);
  expect(differencesOf(real, real)).toEqual([]);
});

test('a machine that uses the network is told how it does', () => {
  const network = { ip: 0x0a_04_07_00, length: 24 };
  const none = {
    addresses: '2: eth0    inet 192.0.2.2/24 scope global eth0',
    routes: 'default via 192.0.2.1 dev eth0',
    tcp: '',
  };
  expect(usesOf(network, none)).toBeUndefined();
  expect(usesOf(network, { ...none, addresses: '3: tun0    inet 10.4.0.1/16 scope global tun0' })).toBe(
    'tun0 has 10.4.0.1/16',
  );
  expect(usesOf(network, { ...none, routes: '10.0.0.0/8 via 192.0.2.9 dev eth0 ' })).toContain('10.0.0.0/8 via');
  const tcp = '   1: 020200C0:0016 C807040A:D2F0 01 00000000:00000000';
  expect(usesOf(network, { ...none, tcp })).toBe('it has a connection with 10.4.7.200');
  expect(usesOf(network, { ...none, tcp: tcp.replace(' 01 ', ' 06 ') })).toBeUndefined();
  expect(usesOf(network, { ...none, tcp: tcp.replace('020200C0', '0207040A') })).toBeUndefined();
});

test('rules that this machine does not take are left out by name, the others load in their order', async () => {
  const good = ['-A OUTPUT -d 10.0.0.1/32 -j RETURN', '-A OUTPUT -d 10.0.0.2/32 -j RETURN', '-A OUTPUT -j RETURN'];
  const [one = '', two = '', three = ''] = good;
  const dump = [
    '*nat',
    ':OUTPUT ACCEPT [0:0]',
    one,
    '-A OUTPUT -m nosuch --x 1 -j RETURN',
    two,
    '-A OUTPUT -j GONE',
    three,
    'COMMIT',
  ];
  const { lines, left } = await loadableRules('iptables-nft', dump);
  expect(lines).toEqual(['*nat', ':OUTPUT ACCEPT [0:0]', ...good, 'COMMIT']);
  expect(left.map(({ what }) => what)).toEqual([
    'iptables-nft nat: -A OUTPUT -m nosuch --x 1 -j RETURN',
    'iptables-nft nat: -A OUTPUT -j GONE',
  ]);
});
