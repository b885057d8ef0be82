import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { link as module } from '../../../src/modules/link.ts';
import { asResource } from '../../support/laws.ts';
import { during, holdRestored, restoreOf } from '../../support/restoring.ts';
import { makeNamespace, moveOn, type Namespace, readOn } from '../../support/run-command.ts';
import { inBusybox, temporaryFolder } from '../../support/shells.ts';

const link = asResource(module);
const vxlan = { name: 'flannel.1' };
const bridge = { name: 'br0' };
const make = (more = '', mac = '02:00:00:00:00:01') =>
  `ip link add flannel.1 address ${mac} type vxlan id 1 local 10.9.7.21 dev eth7 dstport 8472 nolearning ${more}
  ip link set flannel.1 addrgenmode none; ip addr add 172.7.21.0/32 dev flannel.1; ip link set flannel.1 up`;
const set = `${make()}
  ip addr add 10.5.0.1/24 brd + dev flannel.1; ip addr add 10.5.0.2/24 dev flannel.1
  ip -6 addr add 2001:db8:5::1/64 dev flannel.1 nodad; ip -6 addr add 2001:db8:5::2/64 dev flannel.1 nodad
  for n in 22 23; do
    ip neigh add 172.7.$n.0 lladdr 02:00:00:00:00:$n dev flannel.1 nud permanent
    bridge fdb add 02:00:00:00:00:$n dst 10.9.7.$n dev flannel.1 self permanent
    ip route add 172.7.$n.0/24 via 172.7.$n.0 dev flannel.1 onlink
  done
  ip route add 172.7.40.0/24 dev flannel.1; ip route add 172.7.41.0/24 via 10.5.0.9 table 100
  ip -6 route add 2001:db8:70::/64 via 2001:db8:5::9; ip -6 route add default via 2001:db8:5::9 dev flannel.1`;
const bridgeSet = `ip link add br0 type bridge stp_state 1 forward_delay 400; ip link set br0 address 02:00:00:00:00:b0
  ip link set br0 addrgenmode none; ip addr add 10.6.0.1/24 dev br0; ip link set br0 up
  ip link add vx1 type vxlan id 7 dstport 4789; ip link add vx2 type vxlan id 8 dstport 4789; ip link set vx1 master br0; ip route add 172.8.0.0/16 via 10.6.0.9`;

/** Of the device's own sysctls. */
const sysctls = `${set}
  sysctl -qw net.ipv4.conf.flannel/1.rp_filter=2 net.ipv4.conf.flannel/1.proxy_arp=1 net.ipv6.conf.flannel/1.accept_ra=0`;

const table: readonly (readonly [string, JsonObject, string, string])[] = [
  ['a VXLAN device, as it was', vxlan, set, ':'],
  ['a VXLAN device that is gone', vxlan, set, 'ip link del flannel.1'],
  ['half: made again, without what it carried', vxlan, set, `ip link del flannel.1; ${make()}`],
  ['half: made again, and down', vxlan, set, `ip link del flannel.1; ${make()}; ip link set flannel.1 down`],
  ['one with sysctls of its own that is gone', vxlan, sysctls, 'ip link del flannel.1'],
  [
    'one with other sysctls',
    vxlan,
    sysctls,
    'sysctl -qw net.ipv4.conf.flannel/1.rp_filter=0 net.ipv4.conf.flannel/1.proxy_arp=0 net.ipv4.conf.flannel/1.accept_local=1 net.ipv6.conf.flannel/1.disable_ipv6=1',
  ],
  [
    'one with entries of all kinds that is gone',
    vxlan,
    `${set}; bridge fdb append 00:00:00:00:00:00 dst 10.9.7.99 port 8473 vni 7 via eth7 dev flannel.1 self permanent
    bridge fdb append 02:00:00:00:00:24 dst 10.9.7.24 dev flannel.1 self static
    ip neigh add 2001:db8:5::7 lladdr 02:00:00:00:00:77 router protocol bgp dev flannel.1 nud permanent
    ip neigh add 172.7.25.0 lladdr 02:00:00:00:00:25 extern_learn dev flannel.1 nud permanent
    ip addr add 10.5.7.1/24 dev flannel.1 metric 7 noprefixroute; ip addr add 10.5.8.1/32 dev flannel.1 label flannel.1:b`,
    'ip link del flannel.1',
  ],
  ['it is down', vxlan, set, 'ip link set flannel.1 down'],
  [
    'with another MAC, MTU and queue',
    vxlan,
    set,
    'ip link set flannel.1 address 02:00:00:00:00:99 mtu 1400 txqueuelen 9',
  ],
  [
    'one without a queue, as flannel makes it, that is gone',
    vxlan,
    `${set}; ip link set flannel.1 txqueuelen 0`,
    'ip link del flannel.1',
  ],
  [
    'another VXLAN device of its name',
    vxlan,
    set,
    'ip link del flannel.1; ip link add flannel.1 type vxlan id 9 dstport 4789; ip link set flannel.1 up',
  ],
  [
    'one that learns, with another lifetime',
    vxlan,
    set,
    `ip link del flannel.1; ${make('ageing 100 ttl 9').replace('nolearning', '')}`,
  ],
  ['one with settings that are not as usual', vxlan, set, `ip link del flannel.1; ${make('l2miss udp6zerocsumtx')}`],
  ['a bridge of its name', vxlan, set, 'ip link del flannel.1; ip link add flannel.1 type bridge'],
  [
    'others on it',
    vxlan,
    set,
    'ip neigh add 172.7.30.0 lladdr 02:00:00:00:00:30 dev flannel.1 nud permanent; bridge fdb add 02:00:00:00:00:30 dst 10.9.7.30 dev flannel.1 self permanent; ip addr add 10.5.0.3/24 dev flannel.1; ip link add br9 type bridge; ip link set flannel.1 master br9',
  ],
  [
    'some of it gone',
    vxlan,
    set,
    'ip neigh del 172.7.22.0 dev flannel.1; bridge fdb del 02:00:00:00:00:23 dst 10.9.7.23 dev flannel.1 self; ip addr del 10.5.0.1/24 dev flannel.1; ip -6 addr del 2001:db8:5::1/64 dev flannel.1',
  ],
  [
    'some of it replaced',
    vxlan,
    set,
    'ip neigh replace 172.7.22.0 lladdr 02:00:00:00:00:99 dev flannel.1 nud permanent; ip addr del 10.5.0.1/24 dev flannel.1; ip addr add 10.5.0.1/24 dev flannel.1; ip route replace 172.7.22.0/24 via 10.9.7.22',
  ],
  ['a device that was not there', vxlan, ':', set],
  ['a device that was not there and is not', vxlan, ':', ':'],
  ['a device that was down', vxlan, `${set}; ip link set flannel.1 down`, 'ip link set flannel.1 up'],
  ['a bridge, as it was', bridge, bridgeSet, ':'],
  [
    'a bridge with other settings and ports',
    bridge,
    bridgeSet,
    'ip link set br0 type bridge stp_state 0 forward_delay 500 priority 9; ip link set vx1 nomaster; ip link set vx2 master br0',
  ],
  ['a bridge that is gone', bridge, bridgeSet, 'ip link del br0'],
  ['a port', { name: 'vx1' }, bridgeSet, 'ip link set vx1 nomaster'],
  ['one that was no port', { name: 'vx2' }, bridgeSet, 'ip link set vx2 master br0 up'],
  [
    'a device that cannot be made again, changed',
    { name: 've1' },
    'ip link add ve1 type veth peer name ve2; ip link set ve1 addrgenmode none; ip addr add 10.6.0.1/24 dev ve1; ip link set ve1 up',
    'ip link set ve1 down mtu 1300; ip addr flush dev ve1',
  ],
];

const busybox = inBusybox({ ip: '/sbin/ip', bridge: '/sbin/bridge' });
let ns: Namespace;
beforeEach(async () => {
  ns = await makeNamespace();
  await ns.sh(`ip link set lo up; ip link add eth7 type bridge; ip link set eth7 addrgenmode none; ip link set eth7 up
    ip addr add 10.9.7.21/24 dev eth7`);
});
afterEach(() => ns.remove());

test.each(table)('a device comes back: %s', async (name, args, before, disturb) => {
  const told = await holdRestored(ns, link, { name, args, before, disturb });
  if (disturb === ':') expect(told).toEqual([]);
});

test.each(table)('with the tools of BusyBox: %s', async (name, args, before, disturb) => {
  await holdRestored(ns, link, { name, args, before, disturb }, (command) => ns.run(busybox(command)));
});

describe('where ip tells of a VXLAN device as it does from 6.4 on', () => {
  const tools = temporaryFolder();
  const setUp = make().replace('nolearning', 'nolearning noudpcsum udp6zerocsumtx');
  beforeEach(() => {
    const real = execFileSync('sh', ['-c', 'command -v ip'], { encoding: 'utf8' }).trim();
    const text = `#!/bin/sh
      told=$(${real} "$@") || exit
      [ -z "$told" ] || printf '%s\\n' "$told" | sed -E -e '/ vxlan .* udp_csum /b' -e 's/( (no)?learning)?( ttl [a-z]* ageing 300) (no)?udpcsum (no)?udp6zerocsumtx (no)?udp6zerocsumrx/\\3 reserved_bits 0xf7ffffff000000ff\\1 \\4udp_csum \\5udp_zero_csum6_tx \\6udp_zero_csum6_rx/' \\
        -e 's/ (udp_csum|noudp_zero_csum6_[tr]x)( |$)/ /g' -e 's/ (udp_csum|noudp_zero_csum6_[tr]x)( |$)/ /g'`;
    writeFileSync(join(tools.path, 'ip'), text, { mode: 0o755 });
  });
  const run: Namespace['run'] = (command) =>
    ns.run({ ...command, env: { ...command.env, PATH: `${tools.path}:${process.env.PATH}` } });

  test.each([
    [':', 'as it was'],
    ['ip link del flannel.1', 'gone'],
    [`ip link del flannel.1; ${make()}`, 'with other checksums'],
    [`ip link del flannel.1; ${make('l3miss')}`, 'with settings that are not as usual'],
  ])('%s: a device %s', async (disturb) => {
    const told = await holdRestored(ns, link, { name: '', args: vxlan, before: setUp, disturb }, run);
    if (disturb === ':') expect(told).toEqual([]);
    expect(await ns.sh('ip -d link show flannel.1')).toMatch(/nolearning .*noudp_?csum udp(_zero_csum6_|6zerocsum)tx/);
  });
});

test('a device that is only down is not made again, and what is on it stays', async () => {
  await ns.sh(set);
  const before = await readOn(ns.run, link, vxlan);
  const index = await ns.sh('cat /sys/class/net/flannel.1/ifindex');
  await ns.sh('ip link set flannel.1 down');
  const told = await during(ns, async () => {
    expect(await ns.run(restoreOf(link, before, vxlan))).toMatchObject({ exit: 0, stderr: '' });
  });
  expect(await ns.sh('cat /sys/class/net/flannel.1/ifindex')).toBe(index);
  expect(told.filter((line) => /^Deleted .*(inet|10\.5\.)/.test(line))).toEqual([]);
});

test('what an older journal does not say of a device is left as it is', async () => {
  await ns.sh(set);
  const { queue, conf, ...older } = (await readOn(ns.run, link, vxlan)) as JsonObject;
  expect(queue).toBe(1000);
  await ns.sh('ip link set flannel.1 txqueuelen 9 mtu 1400');
  expect(await ns.run(restoreOf(link, older, vxlan))).toMatchObject({ exit: 0, stderr: '' });
  const now = await readOn(ns.run, link, vxlan);
  expect(now).toEqual({ ...older, conf, queue: 9 });
  expect(link.restored?.(older, now, vxlan)).toBe(true);
});

test('a route that others put in its place while the device was gone stays in front', async () => {
  await ns.sh(set);
  const before = await readOn(ns.run, link, vxlan);
  await ns.sh('ip link del flannel.1; ip route add 172.7.22.0/24 via 10.9.7.22');
  expect(await ns.run(restoreOf(link, before, vxlan))).toMatchObject({ exit: 0, stderr: '' });
  const routes = (await ns.sh('ip route show 172.7.22.0/24')).split('\n');
  expect(routes.map((line) => line.trim())).toEqual([
    '172.7.22.0/24 via 10.9.7.22 dev eth7',
    '172.7.22.0/24 via 172.7.22.0 dev flannel.1 onlink',
    '',
  ]);
});

describe('a route that went while the device was up', () => {
  const over = 'via 172.7.22.0 dev flannel.1 onlink';
  const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['takes its place back', ':', 'ip route replace 172.7.22.0/24 via 10.9.7.22', [over]],
    [
      'stands behind one that the kernel keeps',
      ':',
      'ip addr add 172.7.22.1/24 dev eth7; ip route del 172.7.22.0/24 dev flannel.1',
      ['dev eth7 proto kernel scope link src 172.7.22.1', over],
    ],
    [
      'stands in front of others again',
      'ip route append 172.7.22.0/24 via 10.9.7.23; ip route append 172.7.22.0/24 via 10.9.7.24',
      'ip route del 172.7.22.0/24 dev flannel.1',
      [over, 'via 10.9.7.23 dev eth7', 'via 10.9.7.24 dev eth7'],
    ],
    [
      'does not take the place of its twin',
      'ip route append 172.7.22.0/24 via 172.7.22.9 dev flannel.1 onlink',
      'ip route del 172.7.22.0/24 via 172.7.22.0 dev flannel.1',
      ['via 172.7.22.9 dev flannel.1 onlink', over],
    ],
  ];
  const routes = async () => {
    const lines = (await ns.sh('ip route show 172.7.22.0/24')).trim().split('\n');
    return lines.map((line) => line.replace('172.7.22.0/24 ', '').trim());
  };
  const disturbed = async (more: string, disturb: string) => {
    await ns.sh(`${set}; ${more}`);
    const before = await readOn(ns.run, link, vxlan);
    await ns.sh(disturb);
    return before;
  };

  test.each(cases)('%s', async (_, more, disturb, after) => {
    const before = await disturbed(more, disturb);
    expect(await moveOn(ns.run, link, vxlan, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await routes()).toEqual(after);
  });

  test.each(cases)('%s, by the guard', async (_, more, disturb, after) => {
    const before = await disturbed(more, disturb);
    expect(await ns.run(restoreOf(link, before, vxlan))).toMatchObject({ exit: 0, stderr: '' });
    expect((await routes()).toSorted()).toEqual([...after].toSorted());
  });
});

describe('routes with the key of routes of others', () => {
  const own = 'via 172.7.22.0 dev flannel.1 onlink';
  const twin = 'via 172.7.22.9 dev flannel.1 onlink';
  const other = 'via 10.9.7.22 dev eth7';
  const list = async () => {
    const lines = (await ns.sh('ip route show 172.7.22.0/24')).trim().split('\n');
    return lines.map((line) => line.replace('172.7.22.0/24 ', '').trim());
  };
  const before: readonly (readonly [string, string, readonly string[]])[] = [
    ['in front', `ip route append 172.7.22.0/24 ${other}`, [own, other]],
    [
      'in front, two',
      `ip route append 172.7.22.0/24 ${twin}; ip route append 172.7.22.0/24 ${other}`,
      [own, twin, other],
    ],
    ['behind', `ip route prepend 172.7.22.0/24 ${other}`, [other, own]],
    [
      'in front and behind',
      `ip route append 172.7.22.0/24 ${other}; ip route append 172.7.22.0/24 ${twin}`,
      [own, other, twin],
    ],
  ];
  const disturbed = [
    'ip link del flannel.1',
    `ip route del 172.7.22.0/24 ${own}`,
    `ip route del 172.7.22.0/24 ${own}; ip route append 172.7.22.0/24 ${own}`,
    `ip route del 172.7.22.0/24 ${other}; ip route prepend 172.7.22.0/24 ${other}`,
  ];
  const cases = before.flatMap(([where, more, after]) =>
    disturbed.map((disturb) => [where, disturb, more, after] as const),
  );

  test.each(cases)('%s: stand there again after %s', async (_, disturb, more, after) => {
    await ns.sh(`${set}; ${more}`);
    expect(await list()).toEqual(after);
    const was = await readOn(ns.run, link, vxlan);
    for (const back of [() => ns.run(restoreOf(link, was, vxlan)), () => moveOn(ns.run, link, vxlan, was)]) {
      await ns.sh(disturb);
      for (const outcome of [await back()].flat()) expect(outcome).toMatchObject({ exit: 0, stderr: '' });
      const now = await readOn(ns.run, link, vxlan);
      expect([await list(), link.restored?.(was, now, vxlan)]).toEqual([after, true]);
    }
  });

  test('are told from those of another metric and table', async () => {
    await ns.sh(`${set}; ip route add 172.7.22.0/24 ${other} metric 7; ip route add 172.7.22.0/24 ${other} table 9`);
    expect(await readOn(ns.run, link, vxlan)).toMatchObject({ order: [] });
  });
});

test('a device of a kind that cannot be made is not taken for one that can, and nothing of another is destroyed', async () => {
  await ns.sh('ip link add ve1 type veth peer name ve2');
  const before = await readOn(ns.run, link, { name: 've1' });
  await ns.sh('ip link del ve1; ip link add ve1 type bridge; ip link set ve1 up');
  const { exit, stderr } = await ns.run(restoreOf(link, before, { name: 've1' }));
  expect([exit, stderr]).toEqual([1, expect.stringMatching(/cannot be made again[\s\S]*is missing: kind veth/)]);
  expect(await ns.sh('ip -d link show ve1')).toContain('bridge');
});

test.each([
  ['ip link set flannel.1 alias x', 'its alias'],
  ['ip link property add dev flannel.1 altname longname.flannel', 'its other names'],
  ['ip link set flannel.1 group 7', 'its group'],
  ['ip link set flannel.1 arp off', 'the flag NOARP'],
  ['ip neigh add proxy 172.7.98.0 dev flannel.1', 'neighbours that it answers for'],
  ['ip neigh add 172.7.98.0 lladdr 02:00:00:00:00:98 dev flannel.1 nud noarp', 'neighbours without ARP'],
  ['ip addr add 10.5.9.1 peer 10.5.9.2/32 dev flannel.1', 'the other end of an address'],
  ['ip -6 addr add 2001:db8:9::1/64 dev flannel.1 preferred_lft 0', 'the end of an address'],
  [
    'ip -6 route append 2001:db8:70::/64 dev eth7 metric 1024',
    'the place of its route to 2001:db8:70::/64 among others',
  ],
  [
    'ip route prepend 172.7.22.0/24 via 10.9.7.1; ip route append 172.7.22.0/24 via 10.9.7.2',
    'the place of its route to 172.7.22.0/24 among others',
  ],
  [
    'ip link add br9 type bridge; ip link set flannel.1 master br9; bridge link set dev flannel.1 hairpin on cost 7',
    'hairpin as a port, cost as a port',
  ],
  [
    'ip link add br9 type bridge; ip link set flannel.1 master br9; bridge fdb add 02:00:00:00:00:31 dev flannel.1 master static',
    'forwarding entries of its bridge',
  ],
])('what could not be given back keeps a device: %s', async (more, what) => {
  await ns.sh(`${set}; ${more}`);
  const before = await readOn(ns.run, link, vxlan);
  expect(() => link.want({ ...vxlan, state: 'absent' }, before)).toThrow(
    `flannel.1 is not removed: ${what} could not be put back`,
  );
  expect(() => link.want({ ...vxlan, state: 'up', vxlan: { port: 4789 } }, before)).toThrow(`not made anew: ${what}`);
  expect(await ns.run(restoreOf(link, before, vxlan))).toMatchObject({ exit: 0, stderr: '' });
  await ns.sh('ip link del flannel.1');
  const { exit, stderr } = await ns.run(restoreOf(link, before, vxlan));
  expect([exit, stderr]).toEqual([1, expect.stringContaining(`made again, flannel.1 has not: ${what.split(', ')[0]}`)]);
  const now = await readOn(ns.run, link, vxlan);
  expect(now).toMatchObject({ kind: 'vxlan', up: true });
  expect(link.restored?.(before, now, vxlan)).toBe(false);
});

test.each([
  ['ip link set br0 type bridge mcast_snooping 0 group_fwd_mask 8', 'its group_fwd_mask, its mcast_snooping'],
  ['bridge link set dev vx1 hairpin on', 'hairpin of its port vx1'],
])('what could not be given back keeps a bridge: %s', async (more, what) => {
  await ns.sh(`${bridgeSet}; ${more}`);
  const before = await readOn(ns.run, link, bridge);
  expect(() => link.want({ ...bridge, state: 'absent' }, before)).toThrow(
    `br0 is not removed: ${what} could not be put back`,
  );
});

test.each([vxlan, bridge])('of $name as it is made usually nothing is lost', async (args) => {
  await ns.sh(`${set}; ${bridgeSet}; ip link set flannel.1 txqueuelen 0; ip link set vx1 up`);
  expect(await readOn(ns.run, link, args)).toMatchObject({
    lost: [],
    conf: [expect.stringContaining('addr_gen_mode')],
  });
});

test('what keeps it from coming back is said', async () => {
  await ns.sh(set);
  const before = await readOn(ns.run, link, vxlan);
  await ns.sh('ip link del flannel.1; ip link add other type vxlan id 1 dstport 8472 local 10.9.7.21 dev eth7');
  const { exit, stderr } = await ns.run(restoreOf(link, before, vxlan));
  expect([exit, stderr]).toEqual([1, expect.stringContaining('VXLAN device with the specified VNI already exists')]);
});

test('a move brings the sysctls of a device back', async () => {
  await ns.sh(sysctls);
  const before = await readOn(ns.run, link, vxlan);
  expect(before).toMatchObject({
    conf: ['ipv4 proxy_arp 1', 'ipv4 rp_filter 2', 'ipv6 accept_ra 0', expect.anything()],
  });
  for (const disturb of [
    'ip link del flannel.1',
    'sysctl -qw net.ipv4.conf.flannel/1.rp_filter=1 net.ipv4.conf.flannel/1.log_martians=1',
  ]) {
    await ns.sh(disturb);
    expect(link.restored?.(before, await readOn(ns.run, link, vxlan), vxlan)).toBe(false);
    expect(await moveOn(ns.run, link, vxlan, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await readOn(ns.run, link, vxlan)).toEqual(before);
  }
});

test('a move makes a device again with its IPv6 addresses in their order', async () => {
  await ns.sh(set);
  const before = await readOn(ns.run, link, vxlan);
  await ns.sh('ip link del flannel.1');
  expect(await moveOn(ns.run, link, vxlan, before)).toMatchObject([{ exit: 0, stderr: '' }]);
  expect(await readOn(ns.run, link, vxlan)).toEqual(before);
});
