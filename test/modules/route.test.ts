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
const moved = (...lines: readonly string[]) => [
  { script: /ip "\$family" route "\$verb"/, args: ['-4', 'main'], stdin: lines.map((line) => `${line}\n`).join('') },
];

laws(
  module,
  [
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
      name: 'a prefix with host bits is refused with the right one',
      args: { to: '172.7.50.1/24', dev: 'eth0' },
      host: 'bad-table',
      code: 'invalid',
      says: /172\.7\.50\.1\/24/,
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
    const undo = await moveOn(ns.run, route, target, state);
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
    const [outcome] = await moveOn(ns.run, route, target, before);
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
