import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { address as module } from '../../src/modules/address.ts';
import { asResource, laws } from '../support/laws.ts';
import { applyOn, makeNamespace, moveOn, type Namespace, readOn } from '../support/run-command.ts';

const address = asResource(module);
const args = { address: '10.4.7.21/24', dev: 'eth0' };
const behind = ['10.4.7.31/24 scope global label eth0:1'];
const route = 'unicast 172.7.22.0/24 via 10.4.7.22 dev eth0 table main proto boot scope global src 10.4.7.21';
const primary = { words: '10.4.7.21/24 scope global', behind, routes: [route] };
const alone = { words: '192.0.2.10/32 scope global', behind: [], routes: [] };
const newer = '2001:db8::31/64 scope global nodad preferred_lft 0';
const sixSources = {
  words: '2001:db8::21/64 scope global nodad',
  behind: [newer],
  routes: [
    'unicast 2001:db8:b::/48 dev lo table 7 proto boot scope global src 2001:db8::31 metric 1024 pref medium',
    'unicast 2001:db8:a::/48 dev eth0 table main proto boot scope global src 2001:db8::21 metric 1024 pref medium',
    'unicast 2001:db8:a::/48 dev lo table main proto boot scope global metric 1024 pref medium',
  ],
};
const lines = (family: string, ...stdin: readonly string[]) => [
  {
    script: /address del "\$@"/,
    args: ['eth0', family],
    stdin: stdin.map((line) => `${line}\n`).join(''),
  },
];

laws(
  module,
  [
    {
      name: 'a new address, and away again',
      args: { address: '192.0.2.10', dev: 'eth0' },
      host: 'absent',
      before: null,
      after: alone,
      apply: lines('-4', 'add 192.0.2.10/32 scope global'),
      applied: 'added',
      undo: lines('-4', 'del 192.0.2.10/32'),
    },
    {
      name: 'an address that is there, with all that is said of it',
      args: { ...args, scope: 'global' },
      host: 'primary',
      before: primary,
    },
    {
      name: 'the first address of a subnet goes, the second stays; it comes back as the first, with its routes',
      args: { ...args, state: 'absent' },
      host: 'primary',
      before: primary,
      after: null,
      apply: lines('-4', 'del 10.4.7.21/24', `keep ${behind[0]}`),
      applied: 'primary-gone',
      undo: lines('-4', `aside ${behind[0]}`, 'add 10.4.7.21/24 scope global', `keep ${behind[0]}`, `route ${route}`),
    },
    {
      name: 'another label is another entry: taken off and put on, with what hangs on it',
      args: { ...args, label: 'eth0:main' },
      host: 'primary',
      before: primary,
      after: { ...primary, words: '10.4.7.21/24 scope global label eth0:main' },
      apply: lines(
        '-4',
        `aside ${behind[0]}`,
        'del 10.4.7.21/24',
        'add 10.4.7.21/24 scope global label eth0:main',
        `keep ${behind[0]}`,
        `route ${route}`,
      ),
      undo: lines(
        '-4',
        `aside ${behind[0]}`,
        'del 10.4.7.21/24',
        'add 10.4.7.21/24 scope global',
        `keep ${behind[0]}`,
        `route ${route}`,
      ),
    },
    {
      name: 'a point-to-point address is keyed with the length of its peer',
      args: { address: '10.9.0.1', peer: '10.9.0.2', dev: 'eth0', state: 'absent' },
      host: 'peer',
      before: { words: '10.9.0.1 peer 10.9.0.2/32 scope global', behind: [], routes: [] },
      after: null,
      apply: lines('-4', 'del 10.9.0.1 peer 10.9.0.2/32 scope global'),
      undo: lines('-4', 'add 10.9.0.1 peer 10.9.0.2/32 scope global'),
    },
    {
      name: 'IPv6, with flags',
      args: { address: '2001:db8:0::21/64', dev: 'eth0', nodad: true, state: 'absent' },
      host: 'six',
      before: { words: '2001:db8::21/64 scope global nodad', behind: [], routes: [] },
      after: null,
      apply: lines('-6', 'del 2001:db8::21/64'),
      undo: lines('-6', 'add 2001:db8::21/64 scope global nodad'),
    },
    {
      name: 'IPv6: the newer one is put behind again, and routes get their source back in their place',
      args: { address: '2001:db8::21/64', dev: 'eth0', state: 'absent' },
      host: 'six-sources',
      before: sixSources,
      after: null,
      apply: lines('-6', 'del 2001:db8::21/64'),
      applied: 'six-sources-gone',
      undo: lines(
        '-6',
        `aside ${newer}`,
        'add 2001:db8::21/64 scope global nodad',
        `keep ${newer}`,
        ...sixSources.routes.map((line) => `route ${line}`),
      ),
    },
    {
      name: 'an address that is there for a time is there',
      args: { address: '10.5.0.1/24', dev: 'eth0' },
      host: 'lent',
      before: { words: '10.5.0.1/24 scope global', behind: [], routes: [], lent: true },
    },
    {
      name: 'a device that is not there has no address',
      args: { address: '10.5.0.1/24', dev: 'nosuch', state: 'absent' },
      host: 'no-device',
      before: null,
    },
    {
      name: 'BusyBox says the same of an absent device',
      args: { address: '10.5.0.1/24', dev: 'nosuch', state: 'absent' },
      host: 'busybox-no-device',
      before: null,
    },
    {
      name: 'BusyBox shows addresses as iproute2 does',
      args,
      host: 'busybox',
      before: { words: '10.4.7.21/24 scope global', behind, routes: [] },
    },
  ],
  [
    {
      name: 'what was lent is not taken',
      args: { address: '10.5.0.1/24', dev: 'eth0', state: 'absent' },
      host: 'lent',
      code: 'refused',
      says: /lent by a DHCP client/,
    },
    {
      name: 'a program that is not there is not taken for absence',
      args,
      host: { exit: 1, stderr: 'sh: ip: not found' },
      code: 'unreadable',
      says: /ip: not found/,
    },
    {
      name: 'a line that is not an address is not skipped',
      args,
      host: { stdout: '=== addresses\n2: eth1    inet 10.4.7.21/24 scope global eth1\\ \n=== routes\n=== end\n' },
      code: 'unreadable',
      says: /not a line of ip -o address show/,
    },
  ],
);

describe('on a real kernel', () => {
  let ns: Namespace;
  /** In order inside the subnet, and else as a set. */
  const all = () =>
    ns.sh(`ip -o address show | sed 's/^[0-9]*: //' | grep -F ' 10.4.7.'
      { ip -o address show | sed 's/^[0-9]*: //; s/ tentative//'; ip -d route show table all; ip -6 route show; } | sort`);

  beforeEach(async () => {
    ns = await makeNamespace();
    await ns.sh(`ip link set lo up; ip link add eth0 type bridge; ip link set eth0 up
      ip address add 10.4.7.21/24 dev eth0; ip address add 10.4.7.31/24 dev eth0 label eth0:1
      ip address add 10.4.7.41/24 dev eth0; ip address add 10.9.0.1 peer 10.9.0.2/32 dev eth0
      ip address add 10.6.0.1/24 brd + dev eth0 scope link noprefixroute metric 50
      ip -6 address add 2001:db8::21/64 dev eth0 nodad
      ip route add 172.7.22.0/24 via 10.4.7.22 src 10.4.7.21; ip route add 172.7.23.0/24 via 10.4.7.23 src 10.4.7.31
      ip route add 172.7.24.0/24 via 10.4.7.24 table 100 src 10.4.7.21; ip route add 172.7.25.0/24 via 10.4.7.25`);
  });
  afterEach(() => ns.remove());

  test.each(['10.4.7.21/24', '10.4.7.31/24', '10.4.7.41/24', '10.9.0.1/32', '10.6.0.1/24', '2001:db8::21/64'])(
    '%s goes alone, and comes back in its place with all that hung on it',
    async (one) => {
      const target: JsonObject = { address: one, dev: 'eth0', state: 'absent' };
      const seen = await all();
      const { before, after } = await applyOn(ns.run, address, target);
      expect(after).toBeNull();
      const left = await ns.sh('ip -o address show dev eth0');
      expect(left.trim().split('\n')).toHaveLength(6); // with the link-local one
      expect(await moveOn(ns.run, address, target, before)).toMatchObject([{ exit: 0, stderr: '' }]);
      expect(await readOn(ns.run, address, target)).toEqual(before);
      expect(await all()).toBe(seen);
    },
  );

  test('the secondary address keeps its route when the primary goes', async () => {
    await applyOn(ns.run, address, { address: '10.4.7.21/24', dev: 'eth0', state: 'absent' });
    expect(await ns.sh('ip route show 172.7.23.0/24')).toContain('src 10.4.7.31');
    expect(await ns.sh('ip route show 172.7.22.0/24')).toBe('');
  });

  test('it is the same where secondaries are promoted', async () => {
    await ns.sh('echo 1 >/proc/sys/net/ipv4/conf/all/promote_secondaries');
    const target = { address: '10.4.7.21/24', dev: 'eth0', state: 'absent' };
    const seen = await all();
    const { before } = await applyOn(ns.run, address, target);
    expect(await moveOn(ns.run, address, target, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await all()).toBe(seen);
  });

  test('a move may be run twice', async () => {
    const target = { address: '10.4.7.21/24', dev: 'eth0', label: 'eth0:x', broadcast: '10.4.7.255' };
    const seen = await all();
    const before = await readOn(ns.run, address, target);
    const wanted = address.want(target, before);
    for (const [from, to] of [
      [before, wanted],
      [before, wanted],
      [wanted, before],
      [wanted, before],
    ] as const) {
      for (const command of address.move(from, to, target)) {
        expect(await ns.run(command)).toMatchObject({ exit: 0, stderr: '' });
      }
      expect(address.same?.(await readOn(ns.run, address, target), to, target)).toBe(true);
    }
    expect(await all()).toBe(seen);
  });

  test('an address for a device that is not there is an error that names it', async () => {
    const [outcome] = await moveOn(ns.run, address, { address: '10.5.0.1/24', dev: 'nosuch' }, alone);
    expect(outcome).toMatchObject({ exit: 2, stderr: expect.stringContaining('Cannot find device "nosuch"') });
  });
});

describe('what the kernel takes with an address, on a real kernel', () => {
  let ns: Namespace;
  const routes = (family: string) => ns.sh(`ip ${family} -d route show table all | grep -v ' proto kernel '`);
  const addresses = () => ns.sh(`ip -o address show | sed -e 's/^[0-9]*: //' -e 's/ tentative//' -e 's/valid_lft.*//'`);

  beforeEach(async () => {
    ns = await makeNamespace();
    await ns.sh(`ip link set lo up; for n in 0 1; do ip link add eth$n type bridge; ip link set eth$n up; done
      ip address add 2001:db8::21/64 dev eth0; ip address add 2001:db8::31/64 dev eth0
      ip address add 2001:db8::41/64 dev eth0 preferred_lft 0 nodad; ip address add 2001:db8:1::21/64 dev eth1
      ip address add 10.4.7.21/24 dev eth0; ip address add 10.4.7.31/24 dev eth0; ip address add 10.5.7.21/24 dev eth1`);
  });
  afterEach(() => ns.remove());

  const six = { address: '2001:db8::21/64', dev: 'eth0', state: 'absent' };
  const four = { address: '10.4.7.21/24', dev: 'eth0', state: 'absent' };
  test.each([
    ['a route', six, 'ip route add 2001:db8:a::/48 via 2001:db8::1 src 2001:db8::21 proto static metric 77 mtu 1400'],
    ['one of another table', six, 'ip -6 route add 2001:db8:a::/48 via 2001:db8::1 src 2001:db8::21 table 100'],
    ['the default route', six, 'ip -6 route add default via 2001:db8::1 src 2001:db8::21'],
    ['one over another device', six, 'ip -6 route add 2001:db8:a::/48 via 2001:db8:1::1 dev eth1 src 2001:db8::21'],
    ['one on the link', six, 'ip -6 route add 2001:db8:a::/48 dev eth0 src 2001:db8::21'],
    [
      'one with several ways',
      six,
      'ip -6 route add 2001:db8:a::/48 src 2001:db8::21 nexthop via 2001:db8::1 dev eth0 weight 2 nexthop via 2001:db8:1::2 dev eth1',
    ],
    [
      'one of several to a prefix',
      six,
      `ip -6 route append 2001:db8:a::/48 dev eth0 src 2001:db8::21; ip -6 route append 2001:db8:a::/48 via 2001:db8:1::1 dev eth1
      ip -6 route append 2001:db8:a::/48 dev eth1 src 2001:db8::31; ip -6 route append 2001:db8:a::/48 dev lo src 2001:db8::21
      ip -6 route add 2001:db8:a::/48 dev eth1 metric 5`,
    ],
    [
      'those of addresses that came later',
      six,
      'ip -6 route add 2001:db8:a::/48 via 2001:db8:1::1 dev eth1 src 2001:db8::31; ip -6 route add 2001:db8:b::/48 via 2001:db8:1::1 dev eth1 src 2001:db8::41 table 7',
    ],
    [
      'of IPv4, one of several to a prefix',
      four,
      `ip route add 172.7.3.0/24 via 10.4.7.1 src 10.4.7.21; ip route append 172.7.3.0/24 via 10.5.7.1; ip route append 172.7.3.0/24 via 10.4.7.1
      ip route append 172.7.3.0/24 via 10.5.7.1 src 10.4.7.21; ip route append 172.7.3.0/24 dev eth1 proto bird; ip route add 172.7.3.0/24 via 10.5.7.9 metric 3`,
    ],
    [
      'of IPv4, those of addresses behind it',
      four,
      `ip route add 172.7.1.0/24 via 10.5.7.1 src 10.4.7.31; ip route add 172.7.2.0/24 via 10.5.7.1 src 10.4.7.31 table 100
      ip route add 172.7.4.0/24 nexthop via 10.5.7.1 nexthop via 10.4.7.1`,
    ],
  ])('comes back as it was: %s', async (_, target, set) => {
    await ns.sh(set);
    const family = target === six ? '-6' : '-4';
    const seen = [await routes(family), await addresses()];
    const { before, after } = await applyOn(ns.run, address, target);
    expect(after).toBeNull();
    expect(await moveOn(ns.run, address, target, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect([await routes(family), await addresses()]).toEqual(seen);
    expect(address.restored?.(before, await readOn(ns.run, address, target), target)).toBe(true);
  });

  test('a route that came since stays, behind those that were there', async () => {
    await ns.sh('ip -6 route add 2001:db8:a::/48 dev eth0 src 2001:db8::21');
    const { before } = await applyOn(ns.run, address, six);
    await ns.sh(
      'ip -6 route append 2001:db8:a::/48 via 2001:db8:1::1 dev eth1; ip -6 route add 2001:db8:c::/48 dev eth1',
    );
    expect(await moveOn(ns.run, address, six, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await ns.sh('ip -6 route show 2001:db8:a::/48')).toMatch(
      /dev eth0 src 2001:db8::21 .*\n.*via 2001:db8:1::1/,
    );
    expect(await ns.sh('ip -6 route show 2001:db8:c::/48')).toContain('dev eth1');
  });

  test('an address that is taken away for the order is usable at once, and as it was', async () => {
    await ns.sh(`sysctl -qw net.ipv6.conf.eth0.accept_dad=1
      ip address add 2001:db8::51/64 dev eth0 nodad; ip address change 2001:db8::51/64 dev eth0`);
    const { before } = await applyOn(ns.run, address, six);
    expect(await moveOn(ns.run, address, six, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await ns.sh('ip -6 address show dev eth0')).toMatch(/2001:db8::51\/64 scope global *\n/);
  });

  test('a route that the kernel left without its source is not restored', async () => {
    await ns.sh('ip -6 route add 2001:db8:a::/48 via 2001:db8::1 src 2001:db8::21');
    const before = await readOn(ns.run, address, six);
    await ns.sh('ip address del 2001:db8::21/64 dev eth0; ip address add 2001:db8::21/64 dev eth0');
    expect(address.restored?.(before, await readOn(ns.run, address, six), six)).toBe(false);
  });
});
