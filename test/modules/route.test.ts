import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { route as module } from '../../src/modules/route.ts';
import { asResource, laws } from '../support/laws.ts';
import { applyOn, makeNamespace, moveOn, type Namespace, readOn } from '../support/run-command.ts';

const route = asResource(module);
const viaNode = 'unicast 172.7.22.0/24 via 10.4.7.22 dev eth0 proto boot scope global';
const viaNode23 = 'unicast 172.7.23.0/24 via 10.4.7.23 dev eth0 proto boot scope global';
const overVxlan = 'unicast 172.7.22.0/24 via 172.7.22.0 dev flannel.1 proto boot scope global onlink';
const equal = [
  overVxlan,
  'unicast 172.7.22.0/24 via 10.4.7.33 dev eth0 proto boot scope global metric 50',
  'unicast 172.7.22.0/24 via 10.4.7.31 dev eth0 proto boot scope global metric 50',
  'unicast 172.7.22.0/24 via 10.4.7.30 dev eth0 proto boot scope global metric 100',
];
const flannel = { device: 'flannel.1', kind: 'vxlan', mac: '2e:bf:3c:46:c0:e1' };
const twoWays =
  'unicast 172.7.26.0/24 proto bird scope global nexthop via 10.4.7.26 dev eth0 weight 2 nexthop via 10.4.7.27 dev eth0 weight 1';
const moved = (...lines: readonly string[]) => [
  { script: /ip "\$family" route "\$verb"/, args: ['-4', 'main'], stdin: lines.map((line) => `${line}\n`).join('') },
];

const limited = (tool: string, ...lines: readonly string[]) => [...lines, { tool }];

laws(
  module,
  [
    {
      name: 'a device that a program made is remembered with its MAC, and a route goes back only over the same one',
      args: { to: '172.7.22.0/24', state: 'absent' },
      host: 'device',
      before: [overVxlan, flannel],
      after: [],
      apply: moved(`del ${overVxlan}`),
      applied: 'no-route',
      undo: moved('over flannel.1 vxlan 2e:bf:3c:46:c0:e1', `append ${overVxlan}`),
    },
    {
      name: 'of a set only the routes over one device',
      args: { within: '172.7.0.0/16', dev: 'flannel.1', state: 'absent' },
      host: 'mixed-set',
      before: [overVxlan, flannel],
      after: [],
      apply: moved(`del ${overVxlan}`),
      undo: moved('over flannel.1 vxlan 2e:bf:3c:46:c0:e1', `append ${overVxlan}`),
    },
    {
      name: 'of a set only the routes of one origin; what is not selected may share a prefix, so nothing is replaced',
      args: { within: '172.7.0.0/16', proto: 'bird' },
      protect: true,
      host: 'mixed-set',
      before: [twoWays],
      now: ['unicast 172.7.26.0/24 via 10.4.7.28 dev eth0 proto bird scope global'],
      undo: moved(`append ${twoWays}`, 'del unicast 172.7.26.0/24 via 10.4.7.28 dev eth0 proto bird scope global'),
    },
    {
      name: 'what a routing daemon keeps is not brought back with a set, nor taken away',
      args: { within: '172.7.0.0/16' },
      protect: true,
      host: 'mixed-set',
      before: [
        overVxlan,
        'unicast 172.7.23.0/24 via 10.4.7.23 dev eth0 proto boot scope global metric 7 mtu 1400',
        'blackhole 172.7.24.0/24 proto boot scope global',
        'unreachable 172.7.25.0/24 proto boot scope global',
        twoWays,
        flannel,
      ],
      now: [overVxlan, 'unicast 172.7.27.0/24 via 10.4.7.27 dev eth0 proto bgp scope global', flannel],
      undo: moved(
        'append unicast 172.7.23.0/24 via 10.4.7.23 dev eth0 proto boot scope global metric 7 mtu 1400',
        'append blackhole 172.7.24.0/24 proto boot scope global',
        'append unreachable 172.7.25.0/24 proto boot scope global',
      ),
    },
    {
      name: 'several ways, with their weights',
      args: {
        to: '172.7.26.0/24',
        proto: 'bird',
        nexthops: [{ via: '10.4.7.26', dev: 'eth0', weight: 2 }, { via: '10.4.7.27' }],
      },
      host: 'no-route',
      before: [],
      after: [
        'unicast 172.7.26.0/24 proto bird scope global nexthop via 10.4.7.26 dev eth0 weight 2 nexthop via 10.4.7.27 weight 1',
      ],
      apply: moved(
        'append unicast 172.7.26.0/24 proto bird scope global nexthop via 10.4.7.26 dev eth0 weight 2 nexthop via 10.4.7.27 weight 1',
      ),
      applied: 'several',
      undo: moved(`del ${twoWays}`),
    },
    {
      name: 'BusyBox shows enough to see that a route is as wanted',
      args: { to: '172.7.23.0/24', via: '10.4.7.23', dev: 'eth0', metric: 7 },
      host: 'busybox',
      before: limited('busybox', 'unicast 172.7.23.0/24 via 10.4.7.23 dev eth0 metric 7'),
    },
    {
      name: 'BusyBox shows of several ways none',
      args: { within: '172.7.0.0/16', except: { to: '172.7.0.0/16' }, state: 'absent' },
      host: 'busybox-set',
      before: limited(
        'busybox',
        'unicast 172.7.22.0/24 via 172.7.22.0 dev flannel.1 onlink',
        'unicast 172.7.23.0/24 via 10.4.7.23 dev eth0 metric 7',
        'blackhole 172.7.24.0/24',
        'unreachable 172.7.25.0/24',
        'unicast 172.7.26.0/24',
      ),
    },
    {
      name: 'without any ip, the kernel’s own file shows enough too',
      args: { to: '172.7.23.0/24', via: '10.4.7.23', dev: 'eth0' },
      host: 'proc',
      before: limited('proc', 'unicast 172.7.23.0/24 via 10.4.7.23 dev eth0 metric 7'),
    },
    {
      name: 'and which routes there are in a set',
      args: { within: '172.7.0.0/16' },
      host: 'proc-set',
      before: limited(
        'proc',
        'unicast 172.7.22.0/24 via 172.7.22.0 dev flannel.1',
        'unicast 172.7.23.0/24 via 10.4.7.23 dev eth0 metric 7',
        'blackhole 172.7.24.0/24',
        'unreachable 172.7.25.0/24',
        'unicast 172.7.26.0/24 via 10.4.7.26 dev eth0',
      ),
    },
    {
      name: 'and that there is none',
      args: { to: '172.7.99.0/24', state: 'absent' },
      host: 'proc-none',
      before: [{ tool: 'proc' }],
    },
    {
      name: 'a missing route is added',
      args: { to: '172.7.22.0/24', via: '10.4.7.22', dev: 'eth0' },
      host: 'no-route',
      before: [],
      after: [viaNode],
      apply: moved(`append ${viaNode}`),
      applied: 'host-gw',
      undo: moved(`del ${viaNode}`),
    },
    {
      name: 'a gateway without its device is completed by the kernel',
      args: { to: '172.7.22.0/24', via: '10.4.7.22' },
      host: 'no-route',
      before: [],
      after: ['unicast 172.7.22.0/24 via 10.4.7.22 proto boot scope global'],
      apply: moved('append unicast 172.7.22.0/24 via 10.4.7.22 proto boot scope global'),
      applied: 'host-gw',
      undo: moved(`del ${viaNode}`),
    },
    {
      name: 'a route that leads elsewhere is replaced in place',
      args: { to: '172.7.22.0/24', via: '172.7.22.0', dev: 'flannel.1', onlink: true },
      host: 'host-gw',
      before: [viaNode],
      after: [overVxlan],
      apply: moved(`replace ${overVxlan}`),
      applied: 'vxlan',
      undo: moved(`replace ${viaNode}`),
    },
    {
      name: 'a route that is as described in all that is said of it stays',
      args: { to: '172.7.22.0/24', dev: 'flannel.1' },
      host: 'vxlan',
      before: [overVxlan],
    },
    {
      name: 'all routes to a prefix go, and come back in their order',
      args: { to: '172.7.22.0/24', state: 'absent' },
      host: 'equal-prefixes',
      before: equal,
      after: [],
      apply: moved(`del ${equal[0]}`, `del ${equal[2]}`, `del ${equal[1]}`, `del ${equal[3]}`),
      applied: 'no-route',
      undo: moved(...equal.map((line) => `append ${line}`)),
    },
    {
      name: 'a table that does not exist has no routes',
      args: { to: '172.7.22.0/24', table: 4242, state: 'absent' },
      host: 'no-table',
      before: [],
    },
    {
      name: 'leftovers of a set go, the excepted devices and the kernel’s own routes stay',
      args: { within: '172.7.0.0/16', except: { dev: ['docker0', 'flannel.1'] }, state: 'absent' },
      host: 'half-switched-set',
      before: [overVxlan, viaNode23],
      after: [overVxlan],
      apply: moved(`del ${viaNode23}`),
      undo: moved(`append ${viaNode23}`),
    },
    {
      name: 'a protected set comes back whole, in place, and what appeared since goes',
      args: { within: '172.7.0.0/16' },
      protect: true,
      host: 'host-gw-set',
      before: [viaNode, viaNode23],
      now: [overVxlan, 'unicast 172.7.99.0/24 via 10.4.7.99 dev eth0 proto boot scope global'],
      undo: moved(
        `replace ${viaNode}`,
        `append ${viaNode23}`,
        'del unicast 172.7.99.0/24 via 10.4.7.99 dev eth0 proto boot scope global',
      ),
    },
    {
      name: 'a lost carrier does not change a route',
      args: { within: '172.7.0.0/16' },
      host: 'no-carrier-set',
      before: [...equal, viaNode23],
    },
  ],
  [
    {
      name: 'where only BusyBox’s ip is, nothing is changed that could not come back',
      args: { to: '172.7.23.0/24', via: '10.4.7.99' },
      host: 'busybox',
      code: 'refused',
      says: /not changed: this host has only BusyBox/,
    },
    {
      name: 'nor is a set cleaned up there',
      args: { within: '172.7.0.0/16', state: 'absent' },
      host: 'busybox-set',
      code: 'refused',
      says: /shows neither origin nor metrics/,
    },
    {
      name: 'nor is a route added where there is no ip at all',
      args: { to: '172.7.99.0/24', via: '10.4.7.99' },
      host: 'proc-none',
      code: 'refused',
      says: /only \/proc\/net\/route/,
    },
    {
      name: 'IPv6 is not guessed there',
      args: { to: '2001:db8::/64' },
      host: 'nothing',
      code: 'unreadable',
      says: /ip: not found/,
    },
    {
      name: 'a table that has no name is not taken for an empty one',
      args: { to: '172.7.22.0/24', table: 'nosuchname', state: 'absent' },
      host: 'bad-table',
      code: 'unreadable',
      says: /could not be listed.*table id value is invalid/,
    },
    {
      name: 'what is not a route is not skipped',
      args: { to: '172.7.22.0/24', state: 'absent' },
      host: { stdout: '172.7.22.0/24 via 10.4.7.22 dev eth0\n' },
      code: 'unreadable',
      says: /not a line of ip/,
    },
    {
      name: 'a route over a nexthop object is not deleted, since it could not come back',
      args: { to: '172.7.11.0/24', state: 'absent' },
      host: { stdout: 'unicast 172.7.11.0/24 nhid 10 via 10.9.7.77 dev eth0 proto boot scope global \n' },
      code: 'refused',
      says: /nexthop object/,
    },
  ],
);

test('a new route needs to lead somewhere', () => {
  const args = { to: '172.7.22.0/24' };
  expect(() => route.move([], route.want(args, []), args)).toThrow(/does not say where/);
});

test('what is printed of the moment is left out', () => {
  const stdout =
    'unicast 172.7.22.0/24 via 10.4.7.22 dev eth0 proto boot scope global dead linkdown \n' +
    'unicast 2001:db8:2::/64 proto ra scope global metric 1024 expires 297sec pref medium\n' +
    'unicast 2001:db8:3::/64 proto boot scope global metric 1024 expires 297sec pref medium\\\tnexthop via fe80::1 dev eth0 weight 1 \n';
  const outcome = { exit: 0, stdout, stderr: '', startedAt: '', ms: 0 };
  expect(route.read(outcome, { within: '::/0' })).toEqual([
    viaNode,
    'unicast 2001:db8:3::/64 proto boot scope global metric 1024 pref medium nexthop via fe80::1 dev eth0 weight 1',
  ]);
});

test('the error code of a route that leads nowhere is no word of it', () => {
  const stdout = 'unreachable 2001:db8::/32 dev lo proto boot scope global metric 1024 error -113 pref medium\n';
  const args = { to: '2001:db8::/32', state: 'absent' };
  const before = route.read({ exit: 0, stdout, stderr: '', startedAt: '', ms: 0 }, args);
  expect(before).toEqual(['unreachable 2001:db8::/32 dev lo proto boot scope global metric 1024 pref medium']);
});

describe('on a real kernel', () => {
  let ns: Namespace;

  beforeEach(async () => {
    ns = await makeNamespace();
    await ns.sh(`ip link set lo up
      for n in 7 8; do
        ip link add eth$n type bridge; ip addr add 10.9.$n.21/24 dev eth$n; ip link set eth$n up
      done
      ip addr add 10.9.7.121/24 dev eth7; ip -6 addr add 2001:db8:9::21/64 dev eth7 nodad`);
  });
  afterEach(() => ns.remove());

  const exotic = `
    ip route add 172.7.1.0/24 tos 0x10 via 10.9.7.22 dev eth7 proto static src 10.9.7.121 metric 77 mtu lock 1400 advmss 1360 initcwnd 20
    ip route add 172.7.2.0/24 dev eth8
    ip route add 172.7.3.0/24 proto bird nexthop via 10.9.7.22 dev eth7 weight 3 nexthop via 10.9.8.22 dev eth8 weight 1 onlink
    ip route add blackhole 172.7.4.0/24
    ip route add unreachable 172.7.5.0/24 metric 9
    ip route add 172.7.12.0/24 via 172.7.12.0 dev eth8 onlink
    ip route add 172.7.13.0/24 via inet6 2001:db8:9::7 dev eth7
    ip route add 172.7.14.0/24 via 10.9.7.22 realm 7
    ip route add 172.7.15.1 via 10.9.7.22
    ip route add 172.7.22.0/24 via 10.9.7.22
    ip route append 172.7.22.0/24 via 10.9.7.22 proto bgp
    ip route append 172.7.22.0/24 via 10.9.7.33 metric 50
    ip route append 172.7.22.0/24 via 10.9.7.31 metric 50
    ip route append 172.7.22.0/24 via 10.9.7.32 metric 50
    ip route append 172.7.22.0/24 via 10.9.7.22 metric 100
    ip -6 route add 2001:db8:70::/64 via 2001:db8:9::1
    ip -6 route append 2001:db8:70::/64 via 2001:db8:9::2
    ip -6 route add 2001:db8:71::/64 via 2001:db8:71::1 dev eth7 onlink metric 5 mtu 1300 pref high
    ip -6 route add blackhole 2001:db8:72::/64
    ip -6 route add 2001:db8:73::/64 dev eth8`;
  const everything = 'ip -d route show; ip -d -6 route show';

  test.each([
    ['IPv4', { within: '172.7.0.0/16' }, 15],
    ['IPv6', { within: '2001:db8:70::/44' }, 4],
    ['one prefix with many routes', { to: '172.7.22.0/24' }, 6],
  ])('every kind of route is deleted and comes back byte for byte: %s', async (_, target: JsonObject, count) => {
    await ns.sh(exotic);
    const before = await ns.sh(everything);
    const { before: state, after } = await applyOn(ns.run, route, { ...target, state: 'absent' });
    expect(state).toHaveLength(count);
    expect(after).toEqual([]);
    const undo = await moveOn(ns.run, route, { ...target, state: 'absent' }, state);
    expect(undo.map(({ exit, stderr }) => ({ exit, stderr }))).toEqual([{ exit: 0, stderr: '' }]);
    expect(await ns.sh(everything)).toBe(before);
  });

  test('a move may be run twice', async () => {
    await ns.sh(exotic);
    const target = { to: '172.7.22.0/24' };
    const before = (await readOn(ns.run, route, target)) as string[];
    const to = [before[1], before[0], before[4]] as string[];
    for (const command of [...route.move(before, to, target), ...route.move(before, to, target)]) {
      expect(await ns.run(command)).toMatchObject({ exit: 0, stderr: '' });
    }
    expect(await readOn(ns.run, route, target)).toEqual(to);
  });

  test('a changed route is never missing in between', async () => {
    await ns.sh('ip route add 172.7.22.0/24 via 10.9.7.22; ip route append 172.7.22.0/24 via 10.9.7.23');
    const target = { to: '172.7.22.0/24', via: '10.9.8.22' };
    const before = await readOn(ns.run, route, target);
    const events = await during(ns, async () => {
      const { after } = await applyOn(ns.run, route, target);
      expect(after).toEqual(['unicast 172.7.22.0/24 via 10.9.8.22 dev eth8 proto boot scope global']);
      await moveOn(ns.run, route, target, before);
    });
    expect(await readOn(ns.run, route, target)).toEqual(before);
    expect(events.filter((line) => line.includes('172.7.22.0/24'))).toEqual([
      'Deleted 172.7.22.0/24 via 10.9.7.23 dev eth7',
      '172.7.22.0/24 via 10.9.8.22 dev eth8',
      '172.7.22.0/24 via 10.9.7.22 dev eth7',
      '172.7.22.0/24 via 10.9.7.23 dev eth7',
    ]);
  });

  const attributes: readonly (readonly [string, JsonObject])[] = [
    ['tos, metric, proto, src', { via: '10.9.7.22', tos: '0x10', metric: 77, proto: 'static', src: '10.9.7.121' }],
    [
      'mtu locked, and what TCP does',
      {
        via: '10.9.7.22',
        mtu: 1400,
        mtu_lock: true,
        advmss: 1360,
        window: 4096,
        initcwnd: 20,
        initrwnd: 30,
        quickack: 1,
        congctl: 'cubic',
      },
    ],
    ['a gateway on a device that no address leads to', { via: '172.7.90.0', dev: 'eth8', onlink: true }],
    ['a gateway of the other family', { via: '2001:db8:9::7', dev: 'eth7' }],
    ['a realm', { via: '10.9.7.22', realm: '7' }],
    ['a tunnel of its own', { dev: 'eth7', encap: 'ip id 100  dst 10.9.7.22' }],
    [
      'several ways',
      {
        nexthops: [
          { via: '10.9.7.22', weight: 3 },
          { via: '10.9.8.99', dev: 'eth8', onlink: true },
        ],
      },
    ],
    ['blackhole', { type: 'blackhole' }],
    ['prohibit, in a table', { type: 'prohibit', table: 77, metric: 5 }],
    ['of a link', { dev: 'eth8', scope: 'link' }],
  ];
  test.each(attributes)('what is asked for is what is there: %s', async (_, told) => {
    const args = { to: '172.7.90.0/24', ...told };
    await ns.sh('ip route add 172.7.90.0/24 via 10.9.7.99; ip route append 172.7.90.0/24 via 10.9.7.98 metric 3');
    const { before, after } = await applyOn(ns.run, route, args);
    expect(after).toHaveLength(1);
    expect(route.same?.(after, route.want(args, before), args)).toBe(true);
    expect(route.want(args, after)).toEqual(after);
    await moveOn(ns.run, route, args, before);
    expect(await readOn(ns.run, route, args)).toEqual(before);
  });
  test.each<[string, JsonObject]>([
    ['a gateway with a preference', { via: '2001:db8:9::1', pref: 'high', metric: 5, mtu: 1300 }],
    ['several ways', { nexthops: [{ via: '2001:db8:9::1' }, { via: '2001:db8:9::2' }] }],
    ['unreachable', { type: 'unreachable' }],
  ])('and of IPv6: %s', async (_, told) => {
    const args = { to: '2001:db8:90::/64', ...told };
    const { before, after } = await applyOn(ns.run, route, args);
    expect([before, (after as string[]).length]).toEqual([[], 1]);
    expect(route.want(args, after)).toEqual(after);
    await moveOn(ns.run, route, args, before);
    expect(await readOn(ns.run, route, args)).toEqual([]);
  });

  test.each([
    ['with a narrower one before it', 'via 10.9.7.22 src 10.9.7.121', 'via 10.9.7.22'],
    ['with one of another size before it', 'via 10.9.7.22 mtu 1400', 'via 10.9.7.22'],
    ['whose way is the first of several before it', 'nexthop via 10.9.7.22 nexthop via 10.9.7.23', 'via 10.9.7.22'],
  ])('a route %s goes alone, and comes back, and one is always there', async (_, first, second) => {
    await ns.sh(`ip route add 172.7.91.0/24 ${first}; ip route append 172.7.91.0/24 ${second}`);
    const target = { to: '172.7.91.0/24' };
    const before = (await readOn(ns.run, route, target)) as readonly string[];
    expect(before).toHaveLength(2);
    const events = await during(ns, async () => {
      expect(await moveOn(ns.run, route, target, before.slice(0, 1))).toMatchObject([{ exit: 0, stderr: '' }]);
      expect(await readOn(ns.run, route, target)).toEqual(before.slice(0, 1));
      expect(await moveOn(ns.run, route, target, before)).toMatchObject([{ exit: 0, stderr: '' }]);
      expect(await readOn(ns.run, route, target)).toEqual(before);
    });
    let there = 2;
    for (const line of events.filter((event) => /172\.7\.91\.0/.test(event))) {
      // A replacement is told as a new route; the kernel holds no more than it held.
      there = line.startsWith('Deleted') ? there - 1 : Math.min(2, there + 1);
      expect(there).toBeGreaterThan(0);
    }
    await applyOn(ns.run, route, { ...target, state: 'absent' });
    expect(await readOn(ns.run, route, target)).toEqual([]);
  });

  test('a route does not come back over another device of the same name', async () => {
    const make = (
      mac: string,
    ) => `ip link add flannel.1 address ${mac} type vxlan id 1 local 10.9.7.21 dev eth7 dstport 8472
      ip address add 172.7.21.0/32 dev flannel.1; ip link set flannel.1 up`;
    await ns.sh(`${make('02:00:00:00:00:01')}; ip route add 172.7.22.0/24 via 172.7.22.0 dev flannel.1 onlink
      ip route add 172.7.23.0/24 via 10.9.7.23`);
    const target = { within: '172.7.0.0/16' };
    const before = await readOn(ns.run, route, target);
    await applyOn(ns.run, route, { ...target, state: 'absent' });
    await ns.sh(`ip link del flannel.1; ${make('02:00:00:00:00:02')}`);
    const [outcome] = await moveOn(ns.run, route, target, before);
    expect(outcome).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('flannel.1 is another device than it was'),
    });
    expect(await ns.sh('ip route show 172.7.0.0/16; ip route show root 172.7.0.0/16')).not.toContain('flannel.1');
    expect(await ns.sh('ip route show 172.7.23.0/24')).toContain('10.9.7.23');
    await ns.sh('ip link set flannel.1 address 02:00:00:00:00:01');
    expect(await moveOn(ns.run, route, target, before)).toMatchObject([{ exit: 0 }]);
    expect(await readOn(ns.run, route, target)).toEqual(before);
  });

  test('a part of a set is changed without what shares its prefixes', async () => {
    await ns.sh(
      'ip route add 172.7.22.0/24 via 10.9.7.22 proto bird; ip route append 172.7.22.0/24 via 10.9.7.22 proto static',
    );
    const target = { within: '172.7.0.0/16', proto: 'static' };
    const { before } = await applyOn(ns.run, route, { ...target, state: 'absent' });
    expect(await ns.sh('ip route show 172.7.22.0/24')).toBe('172.7.22.0/24 via 10.9.7.22 dev eth7 proto bird \n');
    await moveOn(ns.run, route, target, before);
    expect(await ns.sh('ip route show 172.7.22.0/24')).toContain('proto static');
    expect(await readOn(ns.run, route, target)).toEqual(before);
  });

  test('another table is read and written alone', async () => {
    await ns.sh('ip route add 172.7.22.0/24 via 10.9.7.22');
    const args = { to: '172.7.22.0/24', via: '10.9.7.99', table: 100 };
    const { before, after } = await applyOn(ns.run, route, args);
    expect([before, after]).toEqual([[], ['unicast 172.7.22.0/24 via 10.9.7.99 dev eth7 proto boot scope global']]);
    expect(await ns.sh('ip route show 172.7.22.0/24')).toContain('10.9.7.22');
    await moveOn(ns.run, route, args, before);
    expect(await readOn(ns.run, route, args)).toEqual([]);
  });

  test('a route whose device is gone is named, and the others come back', async () => {
    await ns.sh(exotic);
    const target = { within: '172.7.0.0/16' };
    const before = await readOn(ns.run, route, target);
    await applyOn(ns.run, route, { ...target, state: 'absent' });
    await ns.sh('ip link del eth8');
    const [outcome] = await moveOn(ns.run, route, { ...target, state: 'absent' }, before);
    expect(outcome?.exit).toBe(2);
    expect(outcome?.stderr).toContain('ip route append unicast 172.7.2.0/24 dev eth8');
    expect(outcome?.stderr).toContain('Cannot find device "eth8"');
    expect(await readOn(ns.run, route, target)).toHaveLength(12);
  });
});

/** The kernel's own account of its routes while something is done. */
async function during(ns: Namespace, act: () => Promise<void>): Promise<readonly string[]> {
  const monitor = spawn('ip', ['netns', 'exec', ns.name, 'ip', 'monitor', 'route']);
  let text = '';
  monitor.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const ended = once(monitor, 'close');
  const seen = async (marker: string) => {
    while (!text.includes(marker)) await ns.sh(`ip route replace blackhole ${marker}; ip route del ${marker}`);
  };
  await seen('172.8.0.0/24');
  await act();
  await seen('172.9.0.0/24');
  monitor.kill();
  await ended;
  return text.split('\n').map((line) => line.trim());
}
