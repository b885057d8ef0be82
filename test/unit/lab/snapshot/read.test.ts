import { expect, test } from 'vitest';
import { readAddresses, readLinks } from '../../../../src/lab/snapshot/links.ts';
import { flagValue, readProcesses, readPrograms } from '../../../../src/lab/snapshot/processes.ts';
import { parseSnapshot, type Snapshot } from '../../../../src/lab/snapshot/shape.ts';
import { hostSnapshot } from './host-snapshot.ts';

test('links are read from the text that an ip without JSON prints', () => {
  const text = [
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN qlen 1\\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0 addrgenmode eui64 ',
    '2: ens3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9000 qdisc mq master bond0 state UP qlen 1000\\    link/ether 0c:c4:7a:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 1 \\    bond_slave state ACTIVE mii_status UP addrgenmode eui64 ',
    '7: flannel.1: <BROADCAST,MULTICAST> mtu 1450 qdisc noqueue state DOWN \\    link/ether 3a:5c:f1:d2:6d:08 brd ff:ff:ff:ff:ff:ff promiscuity 0 \\    vxlan id 1 local 10.4.7.21 dev ens3 srcport 0 0 dstport 8472 nolearning ageing 300 noudpcsum addrgenmode none ',
    '9: docker0: <BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state UP \\    link/ether 02:42:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0 \\    bridge forward_delay 1500 stp_state 1 vlan_filtering 0 addrgenmode eui64 ',
    '11: veth1@if10: <BROADCAST,UP> mtu 1500 qdisc noqueue master docker0 state UP \\    link/ether 02:42:00:00:00:02 brd ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 1 \\    veth \\    bridge_slave state forwarding addrgenmode eui64 ',
  ].join('\n');
  expect(readLinks(text)).toEqual([
    { name: 'lo', kind: 'loopback', mac: '00:00:00:00:00:00', mtu: 65536, queue: 1, up: true },
    { name: 'ens3', kind: 'physical', mac: '0c:c4:7a:00:00:01', mtu: 9000, queue: 1000, up: true, master: 'bond0' },
    {
      name: 'flannel.1',
      kind: 'vxlan',
      mac: '3a:5c:f1:d2:6d:08',
      mtu: 1450,
      queue: 0,
      up: false,
      options: 'id 1 local 10.4.7.21 dev ens3 dstport 8472 nolearning',
    },
    {
      name: 'docker0',
      kind: 'bridge',
      mac: '02:42:00:00:00:01',
      mtu: 1500,
      queue: 0,
      up: true,
      options: 'stp_state 1',
    },
    { name: 'veth1', kind: 'veth', mac: '02:42:00:00:00:02', mtu: 1500, queue: 0, up: true, master: 'docker0' },
  ]);
});

test('addresses are read with their peer, broadcast and label', () => {
  const text = [
    '2: eth0    inet 10.4.7.21/24 brd 10.4.7.255 scope global noprefixroute eth0\\       valid_lft forever preferred_lft forever',
    '2: eth0    inet 10.4.7.99/24 scope global secondary eth0:1\\       valid_lft forever preferred_lft forever',
    '5: tun0    inet 10.8.0.1 peer 10.8.0.2/32 scope global tun0\\       valid_lft forever preferred_lft forever',
  ].join('\n');
  expect(readAddresses(text)).toEqual([
    { dev: 'eth0', address: '10.4.7.21/24', broadcast: '10.4.7.255', scope: 'global' },
    { dev: 'eth0', address: '10.4.7.99/24', scope: 'global', label: 'eth0:1' },
    { dev: 'tun0', address: '10.8.0.1/32', peer: '10.8.0.2/32', scope: 'global' },
  ]);
});

test('no password of a command line comes along', () => {
  const words = [
    './flanneld',
    '--etcd-password=secret1',
    '--etcd-password',
    'secret2',
    '--etcd-endpoints=http://u:secret3@e:1',
  ];
  const text = `7\u001d1\u001d/opt/flannel/flanneld\u001d/opt/flannel\u001d${words.join('\u001e')}\u001e\n`;
  const [process] = readProcesses(text);
  expect(process).toMatchObject({ program: 'flanneld', pid: 7, parent: 1, cwd: '/opt/flannel' });
  expect(process?.argv).toEqual([
    './flanneld',
    '--etcd-password=***',
    '--etcd-password',
    '***',
    '--etcd-endpoints=http://***@e:1',
  ]);
});

test('a flag is read in all of its forms', () => {
  expect(flagValue(['x', '-iface=eth0'], 'iface')).toBe('eth0');
  expect(flagValue(['x', '--iface', 'eth1'], 'iface')).toBe('eth1');
  expect(flagValue(['x', '--iface-regex=e'], 'iface')).toBeUndefined();
});

test('programs are read from supervisorctl, and its complaints are not taken for programs', () => {
  const text = 'a                RUNNING   pid 58, uptime 0:00:07\ng:b              FATAL     Exited too quickly\n';
  expect(readPrograms(text)).toEqual([
    { name: 'a', state: 'RUNNING', pid: 58 },
    { name: 'g:b', state: 'FATAL' },
  ]);
  expect(readPrograms('unix:///run/supervisor.sock no such file\n')).toBeUndefined();
});

const sound: Snapshot = { format: 'runbook-snapshot/1', taken: '2026-01-01T00:00:00Z', hosts: { a: hostSnapshot() } };

test('a snapshot is read back', async () => {
  expect(await parseSnapshot(JSON.stringify(sound), 'x.json')).toEqual(sound);
});

test.for<[string, object]>([
  ['two lines in one', { routes: ['unicast 10.0.0.0/8\nlink del eth0'] }],
  ['a file outside of its place', { files: { '/etc/../root/.ssh/authorized_keys': 'x' } }],
  ["a host's own script", { files: { '/opt/lab/boot': 'x' } }],
  ['a file of another program', { files: { '/etc/profile.d/x.env': 'x' } }],
  ['a device that a shell would run', { addresses: [{ dev: '$(reboot)', address: '10.0.0.1/8', scope: 'global' }] }],
  ['a setting that is none', { sysctl: { 'kernel/core_pattern': '1' } }],
  ['a device with a slash', { addresses: [{ dev: '../x', address: '10.0.0.1/8', scope: 'global' }] }],
  ['an unknown part', { more: 1 }],
])('a file with %s is refused', async ([, part]) => {
  const text = JSON.stringify({ ...sound, hosts: { a: { ...hostSnapshot(), ...part } } });
  await expect(parseSnapshot(text, 'x.json')).rejects.toMatchObject({ code: 'invalid' });
});
