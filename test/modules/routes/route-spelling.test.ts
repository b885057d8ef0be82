import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { route as module } from '../../../src/modules/route.ts';
import { routeFaults } from '../../../src/modules/routes/route-faults.ts';
import { asResource } from '../../support/laws.ts';
import { holdRestored, restoreOf } from '../../support/restoring.ts';
import { applyOn, makeNamespace, moveOn, type Namespace, readOn } from '../../support/run-command.ts';
import { inBusybox } from '../../support/shells.ts';

const route = asResource(module);
const network = `ip link set lo up
  for n in 7 8; do
    ip link add eth$n type bridge; ip addr add 10.9.$n.21/24 dev eth$n
    ip -6 addr add 2001:db8:$n::21/64 dev eth$n nodad; ip link set eth$n addrgenmode none; ip link set eth$n up
  done`;

describe('on a real kernel', () => {
  const busybox = inBusybox({ ip: '/sbin/ip' });
  let ns: Namespace;
  beforeEach(async () => {
    ns = await makeNamespace();
    await ns.sh(network);
  });
  afterEach(() => ns.remove());
  const all = () => ns.sh('ip -d route show; ip -d -6 route show');

  const four = { to: '172.7.22.0/24', via: '10.9.7.22' };
  test.each<[JsonObject, RegExp]>([
    [{ ...four, proto: '4' }, / proto static /],
    [{ ...four, proto: '0xba' }, / proto bgp /],
    [{ ...four, tos: '0x20' }, / tos CS1 /],
    [{ ...four, tos: 'cs1' }, / tos CS1 /],
    [{ ...four, tos: '0x8' }, / tos 0x08 /],
    [{ ...four, realm: '3/5' }, / realms 3\/5/],
    [{ ...four, realm: '0/5' }, / realm 5/],
    [{ to: '172.7.22.0/24', dev: 'eth8', scope: '253' }, / scope link/],
    [{ to: '172.7.22.0/24', dev: 'eth8', scope: '0' }, / scope global/],
    [{ to: '2001:db8:70::/64', via: '2001:db8:7::1', metric: 0 }, / metric 1024 /],
    [{ ...four, table: '0xfe' }, / via 10\.9\.7\.22 dev eth7 /],
  ])('%j is as asked, changes in place and is undone', async (args, printed) => {
    const seen = await all();
    const { before, after } = await applyOn(ns.run, route, args);
    expect(after).toEqual([expect.stringMatching(printed)]);
    expect(route.same?.(after, route.want(args, before), args)).toBe(true);
    expect(route.want(args, after)).toEqual(after);
    const other = { ...args, mtu: 1300 };
    await applyOn(ns.run, route, other);
    expect(await readOn(ns.run, route, args)).toHaveLength(1);
    expect(await moveOn(ns.run, route, args, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await all()).toBe(seen);
    await applyOn(ns.run, route, args);
    expect(await ns.run(restoreOf(route, before, args))).toMatchObject({ exit: 0, stderr: '' });
    expect(await all()).toBe(seen);
  });

  test.each<[string, JsonObject, string, string]>([
    [
      'a set of one origin, by its number',
      { within: '172.7.0.0/16', proto: '4', state: 'absent' },
      'ip route add 172.7.40.0/26 via 10.9.7.9 proto static; ip route add 172.7.50.0/24 via 10.9.7.50',
      'ip route del 172.7.40.0/26',
    ],
    [
      'IPv6 routes to one prefix, from several',
      { within: '2001:db8:70::/44' },
      `ip -6 route add 2001:db8:70::/64 from 2001:db8:7::/64 via 2001:db8:7::1; ip -6 route add 2001:db8:70::/64 via 2001:db8:8::1
        ip -6 route add 2001:db8:70::/64 from 2001:db8:8::/64 via 2001:db8:8::1`,
      `ip -6 route del 2001:db8:70::/64 from 2001:db8:7::/64; ip -6 route replace 2001:db8:70::/64 via 2001:db8:8::5`,
    ],
    [
      'what ip prints otherwise than it takes it',
      { within: '172.7.0.0/16', state: 'absent' },
      'ip route add 172.7.13.0/24 via 10.9.7.1 rto_min 40ms',
      'ip route flush root 172.7.0.0/16',
    ],
    [
      'the segments of a tunnel',
      { within: '2001:db8:70::/44', state: 'absent' },
      `ip -6 route add 2001:db8:70::/64 encap seg6 mode encap segs fc00::1,fc00::2,fc00::3 dev eth7
        ip -6 route add 2001:db8:71::/64 encap seg6 mode encap segs fc00::1 dev eth7`,
      'ip -6 route flush root 2001:db8:70::/44',
    ],
  ])('the guard and the undo bring back: %s', async (name, args, before, disturb) => {
    await holdRestored(ns, route, { name, args, before, disturb }, (command) => ns.run(busybox(command)));
    const state = await readOn(ns.run, route, args);
    const seen = await all();
    await ns.sh(disturb);
    for (const outcome of await moveOn(ns.run, route, args, state))
      expect(outcome).toMatchObject({ exit: 0, stderr: '' });
    expect(route.restored?.(state, await readOn(ns.run, route, args), args)).toBe(true);
    expect(await all()).toBe(seen);
  });

  test('what a routing daemon keeps stays as it became, with a name and without', async () => {
    const args = { within: '172.7.0.0/16' };
    await ns.sh('ip route add 172.7.40.0/26 via 10.9.7.9 proto 80; ip route add 172.7.50.0/24 via 10.9.7.50');
    const before = await readOn(ns.run, route, args);
    await ns.sh(`ip route replace 172.7.40.0/26 via 10.9.7.10 proto 80; ip route add 172.7.41.0/26 via 10.9.7.11 proto 190
      ip route add 172.7.42.0/26 via 10.9.7.12 proto mrt; ip route del 172.7.50.0/24`);
    const undone =
      /172\.7\.40\.0\/26 via 10\.9\.7\.10 .*[\s\S]*172\.7\.41\.0[\s\S]*172\.7\.42\.0[\s\S]*172\.7\.50\.0\/24 via 10\.9\.7\.50/;
    expect(await ns.run(busybox(restoreOf(route, before, args)))).toMatchObject({ exit: 0, stderr: '' });
    expect(await ns.sh('ip route show root 172.7.0.0/16')).toMatch(undone);
    await ns.sh('ip route del 172.7.50.0/24');
    expect(await moveOn(ns.run, route, args, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await ns.sh('ip route show root 172.7.0.0/16')).toMatch(undone);
    expect(route.restored?.(before, await readOn(ns.run, route, args), args)).toBe(true);
  });

  test('one route to a prefix takes the place of those from somewhere', async () => {
    await ns.sh('ip -6 route add 2001:db8:70::/64 from 2001:db8:7::/64 via 2001:db8:7::1');
    const args = { to: '2001:db8:70::/64', via: '2001:db8:8::1' };
    const seen = await all();
    const { before, after } = await applyOn(ns.run, route, args);
    expect(after).toEqual([expect.stringContaining('2001:db8:70::/64 via 2001:db8:8::1 ')]);
    await moveOn(ns.run, route, args, before);
    expect(await all()).toBe(seen);
  });
});

test.each<[JsonObject, RegExp]>([
  [{ proto: '2' }, /say static/],
  [{ table: 'all' }, /^Name one/],
  [{ table: '0100' }, /^Did you mean "100"\?$/],
])('what could not be found again is refused: %j', (said, hint) => {
  expect(routeFaults({ to: '172.7.22.0/24', via: '10.9.7.22', ...said })).toMatchObject([
    { hint: expect.stringMatching(hint) },
  ]);
});
