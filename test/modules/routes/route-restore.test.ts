import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { route as module } from '../../../src/modules/route.ts';
import { asResource } from '../../support/laws.ts';
import { during, holdRestored, restoreOf } from '../../support/restoring.ts';
import { applyOn, makeNamespace, type Namespace, type Run, readOn } from '../../support/run-command.ts';
import { inBusybox } from '../../support/shells.ts';

const route = asResource(module);
const network = `ip link set lo up
  for n in 7 8; do
    ip link add eth$n type bridge; ip addr add 10.9.$n.21/24 dev eth$n
    ip -6 addr add 2001:db8:$n::21/64 dev eth$n nodad; ip link set eth$n addrgenmode none; ip link set eth$n up
  done
  ip addr add 10.9.7.121/24 dev eth7`;
const within = { within: '172.7.0.0/16' };
const six = { within: '2001:db8:70::/44' };
const set = `ip route add 172.7.22.0/24 via 10.9.7.22
  ip route append 172.7.22.0/24 via 10.9.7.23
  ip route append 172.7.22.0/24 via 10.9.8.24 mtu lock 1400
  ip route add 172.7.22.0/24 via 10.9.8.25 metric 50
  ip route add 172.7.23.0/24 nexthop via 10.9.7.22 weight 2 nexthop via 10.9.8.22 dev eth8 onlink
  ip route add blackhole 172.7.24.0/24
  ip route add 172.7.99.0/24 dev eth8
  ip route add 172.7.25.0/24 via 172.7.99.1
  ip route add 172.7.26.0/24 encap ip id 100 dst 10.9.7.22 tos 4 dev eth7`;
const sixSet = `ip -6 route add 2001:db8:70::/64 via 2001:db8:7::1
  ip -6 route append 2001:db8:70::/64 via 2001:db8:7::2
  ip -6 route add 2001:db8:71::/64 via 2001:db8:7::1 metric 5 mtu 1300
  ip -6 route add 2001:db8:72::/64 dev eth8`;
const flush = 'ip route flush root 172.7.0.0/16; ip -6 route flush root 2001:db8:70::/44';

const table: readonly (readonly [string, JsonObject, string, string])[] = [
  ['a set that is as it was', within, set, ':'],
  ['a set that is gone', within, set, flush],
  ['a set that is half gone', within, set, 'ip route del 172.7.22.0/24; ip route del 172.7.24.0/24'],
  [
    'a set with others in it',
    within,
    set,
    'ip route add 172.7.77.0/24 via 10.9.7.77; ip route append 172.7.23.0/24 via 10.9.7.77; ip route prepend 172.7.22.0/24 via 10.9.7.78',
  ],
  [
    'another order',
    within,
    set,
    'ip route del 172.7.22.0/24 via 10.9.7.22; ip route append 172.7.22.0/24 via 10.9.7.22',
  ],
  [
    'replaced by something else',
    within,
    set,
    'ip route replace 172.7.23.0/24 via 10.9.8.77; ip route replace unreachable 172.7.24.0/24; ip route replace 172.7.22.0/24 via 10.9.7.78',
  ],
  [
    'a narrower twin in front',
    within,
    set,
    'ip route prepend 172.7.22.0/24 via 10.9.7.23 src 10.9.7.121; ip route prepend 172.7.22.0/24 via 10.9.8.24 mtu 1300',
  ],
  ['a set that was empty', within, ':', set],
  [
    'what a daemon keeps stays, before and since',
    within,
    `${set}; ip route add 172.7.30.0/24 via 10.9.7.30 proto bird`,
    `${flush}; ip route add 172.7.31.0/24 via 10.9.7.30 proto bird; ip route add 172.7.22.0/24 via 10.9.7.40 proto bird`,
  ],
  ['a link came and went', within, set, 'ip link set eth8 down; ip link set eth8 up'],
  [
    'one prefix, written',
    { to: '172.7.22.0/24', via: '10.9.7.99' },
    set,
    'ip route flush exact 172.7.22.0/24; ip route add 172.7.22.0/24 via 10.9.7.99',
  ],
  [
    'one prefix, not there before',
    { to: '172.7.40.0/24', via: '10.9.7.99' },
    set,
    'ip route add 172.7.40.0/24 via 10.9.7.99; ip route add 172.7.40.0/24 via 10.9.7.98 metric 7',
  ],
  [
    'one prefix in a table of its own',
    { to: '172.7.40.0/24', via: '10.9.7.99', table: 100 },
    'ip route add 172.7.40.0/24 via 10.9.7.1 table 100',
    'ip route flush table 100; ip route add 172.7.40.0/24 via 10.9.7.2',
  ],
  ['a table that is empty, and was', { to: '172.7.40.0/24', via: '10.9.7.99', table: 101 }, ':', ':'],
  [
    'the routes over one device',
    { within: '172.7.0.0/16', dev: 'eth8', state: 'absent' },
    set,
    'ip route del 172.7.23.0/24; ip route append 172.7.22.0/24 via 10.9.8.77; ip route del 172.7.25.0/24; ip route del 172.7.99.0/24',
  ],
  [
    'the routes of one origin, in order',
    { within: '172.7.0.0/16', proto: 'static' },
    `${set}; for n in 1 2 3; do ip route append 172.7.22.0/24 via 10.9.7.3$n proto static; done`,
    'ip route del 172.7.22.0/24 via 10.9.7.31; ip route append 172.7.22.0/24 via 10.9.7.31 proto static; ip route append 172.7.22.0/24 via 10.9.8.1 proto static',
  ],
  ['IPv6, as it was', six, sixSet, ':'],
  ['IPv6, gone', six, sixSet, flush],
  [
    'IPv6, other sizes and ways',
    six,
    sixSet,
    'ip -6 route replace 2001:db8:71::/64 via 2001:db8:7::1 metric 5 mtu 1400; ip -6 route del 2001:db8:70::/64 via 2001:db8:7::1; ip -6 route append 2001:db8:70::/64 via 2001:db8:8::9; ip -6 route append 2001:db8:72::/64 dev eth7; ip -6 route add 2001:db8:73::/64 dev eth7',
  ],
];

describe('routes come back', () => {
  const busybox = inBusybox({ ip: '/sbin/ip' });
  let ns: Namespace;
  beforeEach(async () => {
    ns = await makeNamespace();
    await ns.sh(network);
  });
  afterEach(() => ns.remove());

  test.each(table)('%s', async (name, args, before, disturb) => {
    const told = await holdRestored(ns, route, { name, args, before, disturb });
    if (disturb === ':') expect(told).toEqual([]);
  });

  test.each(table)('with the tools of BusyBox: %s', async (name, args, before, disturb) => {
    await holdRestored(ns, route, { name, args, before, disturb }, (command) => ns.run(busybox(command)));
  });

  test('the other routes of a set that are there are not touched, and a changed one is replaced in place', async () => {
    const told = await holdRestored(ns, route, {
      name: '',
      args: within,
      before: set,
      disturb: 'ip route replace 172.7.23.0/24 via 10.9.8.77; ip route add 172.7.77.0/24 via 10.9.7.77',
    });
    expect(told).toEqual([
      expect.stringMatching(/^172\.7\.23\.0\/24 .*nexthop via 10\.9\.7\.22 dev eth7 weight 2/),
      expect.stringMatching(/^Deleted 172\.7\.77\.0\/24/),
    ]);
  });

  test('what a daemon keeps of a remembered set neither goes nor comes back', async () => {
    await ns.sh(`${set}; ip route add 172.7.30.0/24 via 10.9.7.30 proto bird`);
    const before = await readOn(ns.run, route, within);
    await ns.sh(
      `${flush}; ip route add 172.7.31.0/24 via 10.9.7.30 proto bird; ip route add 172.7.22.0/24 via 10.9.7.40 proto bird`,
    );
    expect(await ns.run(restoreOf(route, before, within))).toMatchObject({ exit: 0, stderr: '' });
    const kept = ((await readOn(ns.run, route, within)) as string[]).filter((line) => line.includes(' bird '));
    expect(kept).toEqual([expect.stringContaining('172.7.22.0/24'), expect.stringContaining('172.7.31.0/24')]);
  });

  test('of an ip that tells an error code with a route that leads nowhere', async () => {
    const older: Run = (command) => {
      const [sh = '', option = '', text = '', ...words] = command.argv;
      const ip = `ip() { /sbin/ip "$@" | sed 's/^\\(unreachable .*metric [0-9]*\\)/\\1 error -113/'; }`;
      return ns.run({ ...command, argv: [sh, option, `${ip}\n${text}`, ...words] });
    };
    const args = { to: '2001:db8:79::/64', state: 'absent' };
    await ns.sh('ip -6 route add unreachable 2001:db8:79::/64 metric 7');
    const { before, after } = await applyOn(older, route, args);
    expect([before, after]).toEqual([[expect.stringMatching(/^unreachable .* metric 7 pref medium$/)], []]);
    const command = restoreOf(route, before, args);
    expect(await older(command)).toMatchObject({ exit: 0, stderr: '' });
    expect(await readOn(ns.run, route, args)).toEqual(before);
    expect(await older(command)).toMatchObject({ exit: 0, stderr: '' });
  });

  test('a route that others replaced is there all the time', async () => {
    await ns.sh(set);
    const before = await readOn(ns.run, route, within);
    await ns.sh(
      'ip route flush exact 172.7.22.0/24; for n in 1 2 3; do ip route append 172.7.22.0/24 via 10.9.7.4$n; done',
    );
    let there = 3;
    const told = await during(ns, async () => {
      expect(await ns.run(restoreOf(route, before, within))).toMatchObject({ exit: 0 });
    });
    for (const line of told.filter((event) => /172\.7\.22\.0\/24 (?!.*metric 50)/.test(event))) {
      there += line.startsWith('Deleted') ? -1 : 1;
      expect(there).toBeGreaterThan(0);
    }
    expect(await readOn(ns.run, route, within)).toEqual(before);
  });

  test('over another device of the same name nothing comes back, what leads on stays, and it is said', async () => {
    const make = (
      mac: string,
    ) => `ip link add flannel.1 address ${mac} type vxlan id 1 local 10.9.7.21 dev eth7 dstport 8472
      ip address add 172.7.21.0/32 dev flannel.1; ip link set flannel.1 up`;
    await ns.sh(`${make('02:00:00:00:00:01')}; ip route add 172.7.22.0/24 via 172.7.22.0 dev flannel.1 onlink
      ip route add 172.7.23.0/24 via 10.9.7.23; ip route add 172.7.24.0/24 via 172.7.24.0 dev flannel.1 onlink`);
    const before = await readOn(ns.run, route, within);
    await ns.sh(`ip link del flannel.1; ${make('02:00:00:00:00:02')}; ip route add 172.7.22.0/24 via 10.9.7.22
      ip route add 172.7.24.0/24 via 10.9.7.24 metric 9; ip route del 172.7.23.0/24`);
    const command = restoreOf(route, before, within);
    const outcome = await ns.run(command);
    expect(outcome).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(
        /is not put back: flannel.1 is another device than it was[\s\S]*this route is missing/,
      ),
    });
    expect(await readOn(ns.run, route, within)).toEqual([
      'unicast 172.7.22.0/24 via 10.9.7.22 dev eth7 proto boot scope global',
      'unicast 172.7.23.0/24 via 10.9.7.23 dev eth7 proto boot scope global',
      'unicast 172.7.24.0/24 via 10.9.7.24 dev eth7 proto boot scope global metric 9',
    ]);
    await ns.sh('ip link set flannel.1 address 02:00:00:00:00:01');
    expect(await ns.run(command)).toMatchObject({ exit: 0, stderr: '' });
    expect(await readOn(ns.run, route, within)).toEqual(before);
  });

  test('a route whose device is gone is named, and the others come back', async () => {
    await ns.sh(set);
    const before = await readOn(ns.run, route, within);
    await ns.sh(`${flush}; ip link del eth8`);
    const { exit, stderr } = await ns.run(restoreOf(route, before, within));
    expect(exit).toBe(1);
    expect(stderr).toContain('Cannot find device "eth8"');
    expect(stderr).toContain('this route is missing: unicast 172.7.99.0/24 dev eth8');
    expect(await ns.sh('ip route show 172.7.22.0/24')).toContain('10.9.7.22');
  });

  test('a table that cannot be listed is not taken for an empty one', async () => {
    const { exit, stderr } = await ns.run(restoreOf(route, [], { to: '172.7.22.0/24', table: 'nosuchname' }));
    expect([exit, stderr]).toEqual([1, expect.stringContaining('could not be listed')]);
  });
});

test('what BusyBox or /proc showed only a part of cannot be put back', () => {
  expect(route.restore?.([{ tool: 'busybox' }], null, within)).toBeNull();
});
