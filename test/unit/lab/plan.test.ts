import { expect, test } from 'vitest';
import { inventory } from '../../../src/lab/access.ts';
import { planDigest, planLab } from '../../../src/lab/plan.ts';
import { normalLinks, normalRoutes, tableRules } from '../../../src/lab/status.ts';
import { parsePrograms } from '../../../src/lab/supervisor-rpc.ts';

test('a lab’s names and addresses follow from its options', () => {
  const plan = planLab({ name: 'mine', nodes: 3, network: '10.5.8.0/24', pods: '172.20.0.0/16' });
  expect(plan.controller).toEqual({ address: '10.5.8.2', link: 'rb-mine' });
  expect(plan.hosts.map((host) => [host.name, host.address, host.pod?.address])).toEqual([
    ['hdss7-12', '10.5.8.12', undefined],
    ['hdss7-21', '10.5.8.21', '172.20.21.2'],
    ['hdss7-22', '10.5.8.22', '172.20.22.2'],
    ['hdss7-23', '10.5.8.23', '172.20.23.2'],
  ]);
  expect(planDigest(plan)).not.toBe(
    planDigest(planLab({ ...plan, backend: { Type: 'vxlan' }, nodes: 3, flanneld: '/x' })),
  );
});

test.each([
  [{ name: 'Lab' }],
  [{ name: 'much-too-long' }],
  [{ nodes: 0 }],
  [{ nodes: 1.5 }],
  [{ network: '10.4.7.0/16' }],
  [{ network: '10.4.7.1/24' }],
  [{ network: '10.4.700.0/24' }],
  [{ pods: '172.7.0.0' }],
])('%j is no lab', (options) => {
  expect(() => planLab(options)).toThrow(expect.objectContaining({ code: 'invalid' }));
});

test('the inventory names hosts, groups and how to reach them', () => {
  const text = inventory(planLab({ nodes: 1 }));
  expect(text).toContain('ansible_ssh_known_hosts_file: /var/lib/runbook-lab/dev/known_hosts');
  expect(text).toMatch(/flannel:\n +hosts:\n +hdss7-21:\n +ansible_host: 10\.4\.7\.21\n +pod_ip: 172\.7\.21\.2\n/);
});

test('routes are told without the kernel’s own and without flags that come and go', () => {
  const lines = [
    'unicast 172.7.22.0/24 via 10.4.7.22 dev eth0 table main proto boot scope global linkdown ',
    'unicast 10.4.7.0/24 dev eth0 table main proto kernel scope link src 10.4.7.21 ',
    'local 10.4.7.21 dev eth0 table local proto kernel scope host src 10.4.7.21 ',
    'unicast 172.7.3.0/24 table main proto boot scope global \\\tnexthop via 10.4.7.22 dev eth0 weight 1 ',
  ];
  expect(normalRoutes(lines)).toEqual([
    'unicast 172.7.22.0/24 via 10.4.7.22 dev eth0 table main proto boot scope global',
    'unicast 172.7.3.0/24 table main proto boot scope global nexthop via 10.4.7.22 dev eth0 weight 1',
  ]);
});

test('links are told by what makes them what they are', () => {
  const lines = [
    '8: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN \\    link/ether 3a:5c:f1:d2:6d:08 brd ff:ff:ff:ff:ff:ff promiscuity 0 \\    vxlan id 1 local 10.4.7.21 dev eth0 srcport 0 0 dstport 8472 nolearning addrgenmode eui64',
    '8: flannel.1    inet 172.7.21.0/32 scope global flannel.1\\       valid_lft forever preferred_lft forever',
  ];
  expect(normalLinks(lines)).toEqual([
    'link flannel.1 up mtu 1450 queue 0 address 3a:5c:f1:d2:6d:08 vxlan id 1 local 10.4.7.21 dev eth0 srcport 0 0 dstport 8472 nolearning',
    'flannel.1 inet 172.7.21.0/32 scope global flannel.1',
  ]);
});

test('rules are told by table, without counters', () => {
  const lines = [
    '*filter',
    ':INPUT ACCEPT [3:180]',
    'COMMIT',
    '*nat',
    ':OUTPUT ACCEPT [0:0]',
    '-A OUTPUT -j RETURN',
    'COMMIT',
  ];
  expect(tableRules(lines, 'nat')).toEqual([':OUTPUT ACCEPT', '-A OUTPUT -j RETURN']);
  expect(tableRules(lines, 'mangle')).toEqual([]);
});

test('programs are read from supervisord’s answer', () => {
  const member = (name: string, value: string): string =>
    `<member>\n<name>${name}</name>\n<value>${value}</value>\n</member>\n`;
  const struct = (name: string, state: string, pid: number): string =>
    `<value><struct>\n${member('name', `<string>${name}</string>`)}${member('pid', `<int>${pid}</int>`)}${member('statename', `<string>${state}</string>`)}</struct></value>`;
  expect(parsePrograms(struct('b', 'RUNNING', 7) + struct('a', 'STOPPED', 0))).toEqual([
    { name: 'a', state: 'STOPPED', pid: 0 },
    { name: 'b', state: 'RUNNING', pid: 7 },
  ]);
});
