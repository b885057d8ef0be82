import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { address as module } from '../../../src/modules/address.ts';
import { asResource } from '../../support/laws.ts';
import { during, holdRestored, restoreOf } from '../../support/restoring.ts';
import { makeNamespace, type Namespace, readOn } from '../../support/run-command.ts';
import { inBusybox } from '../../support/shells.ts';

const address = asResource(module);
const set = `ip addr add 10.9.7.21/24 brd + dev eth7
  ip addr add 10.9.7.121/24 dev eth7 label eth7:1; ip addr add 10.9.7.122/24 dev eth7
  ip addr add 192.0.2.1 peer 192.0.2.2 dev eth7
  ip route add 172.7.22.0/24 via 10.9.7.22; ip route add 172.7.23.0/24 via 10.9.7.23 src 10.9.7.21
  ip route add 172.7.24.0/24 dev eth7 table 100; ip route add 172.7.25.0/24 via 10.9.7.25 src 10.9.7.121`;
const first = { address: '10.9.7.21/24', dev: 'eth7' };
const second = { address: '10.9.7.121/24', dev: 'eth7' };
const peer = { address: '192.0.2.1', peer: '192.0.2.2', dev: 'eth7' };
const six = { address: '2001:db8:7::21/64', dev: 'eth7', nodad: true };
const sixSet = 'ip -6 addr add 2001:db8:7::21/64 dev eth7 nodad; ip -6 route add 2001:db8:70::/64 via 2001:db8:7::1';
const sixRoutes = `ip -6 addr add 2001:db8:7::21/64 dev eth7 nodad; ip -6 addr add 2001:db8:7::31/64 dev eth7 preferred_lft 0; ip -6 addr add 2001:db8:8::1/64 dev eth8
  ip -6 route add 2001:db8:70::/64 via 2001:db8:7::1 src 2001:db8:7::21 mtu 1400; ip -6 route add default via 2001:db8:8::9 src 2001:db8:7::21 table 9
  ip -6 route append 2001:db8:71::/64 dev eth7 src 2001:db8:7::21; ip -6 route append 2001:db8:71::/64 dev eth8 src 2001:db8:7::31
  ip -6 route add 2001:db8:72::/64 src 2001:db8:7::21 nexthop via 2001:db8:7::1 dev eth7 nexthop via 2001:db8:8::9 dev eth8`;
const fourRoutes = `${set}; ip addr add 10.9.8.1/24 dev eth8; ip route append 172.7.23.0/24 via 10.9.8.9; ip route append 172.7.23.0/24 via 10.9.7.99
  ip route add 172.7.26.0/24 via 10.9.8.9 src 10.9.7.121`;

const table: readonly (readonly [string, JsonObject, string, string])[] = [
  ['the first of its subnet, as it was', first, set, ':'],
  ['the first of its subnet, gone with all that rests on it', first, set, 'ip addr del 10.9.7.21/24 dev eth7'],
  [
    'the first of its subnet, last since',
    first,
    set,
    'ip addr del 10.9.7.21/24 dev eth7; ip addr add 10.9.7.122/24 dev eth7; ip addr add 10.9.7.21/24 dev eth7',
  ],
  ['all of the device gone', first, set, 'ip addr flush dev eth7'],
  [
    'half: the address without its routes',
    first,
    set,
    'ip addr flush dev eth7; ip addr add 10.9.7.21/24 brd + dev eth7',
  ],
  [
    'as something else',
    first,
    set,
    'ip addr flush dev eth7; ip addr add 10.9.7.21/24 dev eth7 scope link label eth7:x',
  ],
  ['with another address of the subnet since', first, set, 'ip addr add 10.9.7.200/24 dev eth7'],
  ['one behind another, gone', second, set, 'ip addr del 10.9.7.121/24 dev eth7'],
  [
    'one behind another, without its label',
    second,
    set,
    'ip addr del 10.9.7.121/24 dev eth7; ip addr add 10.9.7.121/24 dev eth7',
  ],
  ['one that was not there', { address: '10.9.7.99/24', dev: 'eth7' }, set, 'ip addr add 10.9.7.99/24 dev eth7'],
  ['one that was not there, and is not', { address: '10.9.7.99/24', dev: 'eth7' }, set, ':'],
  ['one that was not there on a device that is not', { address: '10.9.7.99/24', dev: 'eth9' }, set, ':'],
  [
    'one that was not there and is the first since',
    { address: '10.9.8.99/24', dev: 'eth8' },
    ':',
    'ip addr add 10.9.8.99/24 dev eth8; ip addr add 10.9.8.98/24 dev eth8; ip route add 172.7.30.0/24 via 10.9.8.1',
  ],
  ['with another end', peer, set, 'ip addr del 192.0.2.1 peer 192.0.2.2 dev eth7'],
  [
    'with another end, another',
    peer,
    set,
    'ip addr del 192.0.2.1 peer 192.0.2.2 dev eth7; ip addr add 192.0.2.1 peer 192.0.2.3 dev eth7',
  ],
  ['IPv6, as it was', six, sixSet, ':'],
  ['IPv6, gone', six, sixSet, 'ip -6 addr del 2001:db8:7::21/64 dev eth7; ip -6 route flush root 2001:db8:70::/60'],
  [
    'IPv6, as something else',
    six,
    sixSet,
    'ip -6 addr del 2001:db8:7::21/64 dev eth7; ip -6 addr add 2001:db8:7::21/64 dev eth7 noprefixroute nodad',
  ],
  ['IPv6, not there before', six, ':', sixSet],
  ['IPv6, its routes without a source', six, sixRoutes, 'ip -6 addr del 2001:db8:7::21/64 dev eth7'],
  [
    'IPv6, newer than it was',
    six,
    sixRoutes,
    'ip -6 addr del 2001:db8:7::21/64 dev eth7; ip -6 addr add 2001:db8:7::21/64 dev eth7 nodad; ip -6 route append 2001:db8:71::/64 dev lo',
  ],
  [
    'IPv6, there, its routes without a source',
    six,
    sixRoutes,
    `ip -6 addr del 2001:db8:7::21/64 dev eth7; ip -6 addr del 2001:db8:7::31/64 dev eth7
    ip -6 addr add 2001:db8:7::21/64 dev eth7 nodad; ip -6 addr add 2001:db8:7::31/64 dev eth7 preferred_lft 0`,
  ],
  ['with routes that share a key, gone', first, fourRoutes, 'ip addr del 10.9.7.21/24 dev eth7'],
  ['with routes that share a key, all gone', first, fourRoutes, 'ip addr flush dev eth7'],
];

const busybox = inBusybox({ ip: '/sbin/ip' });
let ns: Namespace;
beforeEach(async () => {
  ns = await makeNamespace();
  await ns.sh(
    'ip link set lo up; for n in 7 8; do ip link add eth$n type bridge; ip link set eth$n addrgenmode none; ip link set eth$n up; done',
  );
});
afterEach(() => ns.remove());

test.each(table)('an address comes back: %s', async (name, args, before, disturb) => {
  const told = await holdRestored(ns, address, { name, args, before, disturb });
  if (disturb === ':') expect(told).toEqual([]);
});

test.each(table)('with the tools of BusyBox: %s', async (name, args, before, disturb) => {
  await holdRestored(ns, address, { name, args, before, disturb }, (command) => ns.run(busybox(command)));
});

test.each([0, 1])(
  'what the kernel takes with an address that goes is given back, promote_secondaries %i',
  async (promotes) => {
    await ns.sh(`echo ${promotes} >/proc/sys/net/ipv4/conf/all/promote_secondaries
    ip addr add 10.9.8.99/24 dev eth8; ip addr add 10.9.8.98/24 dev eth8; ip addr add 10.9.8.97/24 dev eth8 valid_lft 500 preferred_lft 400
    ip route add 172.7.30.0/24 via 10.9.8.1; ip route add 172.7.31.0/24 via 10.9.8.1 src 10.9.8.99; ip route add 172.7.32.0/24 via 10.9.8.1 src 10.9.8.98`);
    const args = { address: '10.9.8.99/24', dev: 'eth8' };
    expect(await ns.run(restoreOf(address, null, args))).toMatchObject({ exit: 0, stderr: '' });
    expect(await readOn(ns.run, address, args)).toBeNull();
    const left = await ns.sh('ip -o address show dev eth8; ip route show');
    expect(left).toMatch(/10\.9\.8\.98\/24 scope global eth8/);
    expect(left).toMatch(/10\.9\.8\.97\/24 scope global secondary dynamic eth8.*valid_lft (500|4\d\d)sec/);
    expect(left).toMatch(/172\.7\.30\.0\/24 via 10\.9\.8\.1/);
    expect(left).toMatch(/172\.7\.32\.0\/24 via 10\.9\.8\.1 .*src 10\.9\.8\.98/);
    expect(left).not.toContain('172.7.31.0');
  },
);

test('what goes comes back in its place: IPv4', async () => {
  await ns.sh(`ip addr add 10.9.8.99/24 dev eth8; ip addr add 10.9.8.98/24 dev eth8; ip addr add 10.9.7.1/24 dev eth7
    ip route append 172.7.30.0/24 via 10.9.8.1 src 10.9.8.98; ip route append 172.7.30.0/24 via 10.9.7.9; ip route append 172.7.30.0/24 via 10.9.8.1`);
  const seen = await ns.sh('ip route show 172.7.30.0/24');
  expect(await ns.run(restoreOf(address, null, { address: '10.9.8.99/24', dev: 'eth8' }))).toMatchObject({
    exit: 0,
    stderr: '',
  });
  expect(await ns.sh('ip route show 172.7.30.0/24')).toBe(seen);
});

test('an address that is there is not taken away for a route that is missing', async () => {
  await ns.sh(set);
  const before = await readOn(ns.run, address, first);
  await ns.sh('ip route del 172.7.22.0/24');
  const told = await during(ns, async () => {
    expect(await ns.run(restoreOf(address, before, first))).toMatchObject({ exit: 0, stderr: '' });
  });
  expect(told).toEqual([expect.stringMatching(/^172\.7\.22\.0\/24 via 10\.9\.7\.22/)]);
});

test('where the device is gone it is said', async () => {
  await ns.sh(set);
  const before = await readOn(ns.run, address, first);
  await ns.sh('ip link del eth7');
  const { exit, stderr } = await ns.run(restoreOf(address, before, first));
  expect([exit, stderr]).toEqual([1, expect.stringContaining('this address is missing: 10.9.7.21/24')]);
  expect(stderr).toContain('Cannot find device "eth7"');
});
