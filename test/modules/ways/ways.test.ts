import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Module } from '../../../src/core/module.ts';
import type { Way } from '../../../src/core/way.ts';
import { address } from '../../../src/modules/address.ts';
import { etcdKey } from '../../../src/modules/etcd_key.ts';
import { link } from '../../../src/modules/link.ts';
import { neighbour } from '../../../src/modules/neighbour.ts';
import { route } from '../../../src/modules/route.ts';
import { rule } from '../../../src/modules/rule.ts';
import { readWays, waysCommand } from '../../../src/run/way-probe.ts';
import { asResource } from '../../support/laws.ts';
import { makeNamespace, moveOn, type Namespace, readOn } from '../../support/run-command.ts';

/** The far end is behind a gateway, unless a row says otherwise; table 100 leads elsewhere. */
const network = `ip link set lo up
  for n in 7 8; do
    ip link add eth$n type bridge; ip addr add 10.9.$n.21/24 dev eth$n
    ip -6 addr add 2001:db8:$n::21/64 dev eth$n nodad; ip link set eth$n addrgenmode none; ip link set eth$n up
  done
  ip addr add 10.9.7.121/24 dev eth7
  ip route add default via 10.9.7.254; ip route add default via 10.9.8.254 table 100
  ip -6 route add default via 2001:db8:7::254`;

const far = '10.1.1.1';
const near = '10.9.7.1';
const six = '2001:db8:1::1';
const set = `ip route add 172.7.22.0/24 via 10.9.7.22; ip route add 172.7.23.0/24 via 10.9.7.23`;

interface Row {
  readonly module: Module;
  readonly args: JsonObject;
  readonly to?: string;
  readonly setUp?: string;
  /** Only remembered. */
  readonly protect?: true;
  /** Undefined: the way stays. */
  readonly cut?: RegExp;
  /** What the kernel does not show in where it would send a packet. */
  readonly unseen?: true;
}

const table: Readonly<Record<string, Row>> = {
  'a host of its own in a black hole': {
    module: route,
    args: { to: far, type: 'blackhole' },
    cut: /blackhole 10\.1\.1\.1 would be taken instead of default via 10\.9\.7\.254 dev eth7/,
  },
  'a longer prefix over another device': {
    module: route,
    args: { to: '10.1.0.0/16', via: '10.9.8.1', dev: 'eth8' },
    cut: /10\.1\.0\.0\/16 via 10\.9\.8\.1 dev eth8 would be taken/,
  },
  'a longer prefix, the same way': { module: route, args: { to: '10.1.0.0/16', via: '10.9.7.254', dev: 'eth7' } },
  'a longer prefix for others': { module: route, args: { to: '10.2.0.0/16', via: '10.9.8.1' } },
  'another gateway': {
    module: route,
    args: { to: 'default', via: '10.9.8.1' },
    cut: /default via 10\.9\.8\.1 would be taken instead of the route default via 10\.9\.7\.254 dev eth7/,
  },
  'the same gateway with another MTU': { module: route, args: { to: 'default', via: '10.9.7.254', mtu: 1400 } },
  'its route goes': {
    module: route,
    args: { to: 'default', via: '10.9.7.254', state: 'absent' },
    cut: /default via 10\.9\.7\.254 dev eth7 goes/,
  },
  'a route of another table': { module: route, args: { to: far, type: 'blackhole', table: 200 } },
  'a better metric': {
    module: route,
    args: { to: '10.1.0.0/16', via: '10.9.8.1', metric: 5 },
    setUp: 'ip route add 10.1.0.0/16 via 10.9.7.3 metric 10',
    cut: /via 10\.9\.8\.1 would be taken/,
  },
  'behind the route of its subnet': { module: route, args: { to: '10.9.7.0/24', dev: 'eth8' }, to: near },
  'before the route of its subnet': {
    module: route,
    args: { to: near, dev: 'eth8' },
    to: near,
    cut: /10\.9\.7\.1 dev eth8 would be taken instead of 10\.9\.7\.0\/24 dev eth7/,
  },
  'one of several ways': {
    module: route,
    args: { to: '10.1.0.0/16', state: 'absent' },
    setUp: 'ip route add 10.1.0.0/16 nexthop via 10.9.7.2 nexthop via 10.9.7.3',
    cut: /10\.1\.0\.0\/16 dev eth7 dev eth7 goes/,
  },
  'the route to its gateway': {
    module: route,
    args: { to: '10.9.9.1', state: 'absent' },
    to: '10.2.2.2',
    setUp: 'ip route add 10.9.9.1 dev eth7; ip route add 10.2.0.0/16 via 10.9.9.1',
    cut: /10\.9\.9\.1 dev eth7 goes, by which its gateway 10\.9\.9\.1 is reached/,
    unseen: true,
  },
  'a set that it goes through is removed': {
    module: route,
    args: { within: '172.7.0.0/16', state: 'absent' },
    to: '172.7.22.2',
    setUp: set,
    cut: /goes through the routes within 172\.7\.0\.0\/16/,
  },
  'a set that it goes through is left to others': {
    module: route,
    args: { within: '172.7.0.0/16' },
    protect: true,
    to: '172.7.22.2',
    setUp: set,
    cut: /goes through the routes within 172\.7\.0\.0\/16/,
    unseen: true,
  },
  'a set that it may go through later': {
    module: route,
    args: { within: '172.7.0.0/16' },
    protect: true,
    to: '172.7.99.2',
    setUp: set,
    cut: /within 172\.7\.0\.0\/16/,
    unseen: true,
  },
  'a set that is not on its way': { module: route, args: { within: '172.7.0.0/16', state: 'absent' }, setUp: set },
  'all routes are only remembered': { module: route, args: { within: '0.0.0.0/0' }, protect: true, to: near },
  'IPv6: another gateway': {
    module: route,
    args: { to: 'default', via: '2001:db8:8::1' },
    to: six,
    cut: /default via 2001:db8:8::1/,
  },
  'IPv6: of the other family': { module: route, args: { to: 'default', via: '10.9.8.1' }, to: six },

  'a rule that takes all from its address elsewhere': {
    module: rule,
    args: { from: '10.9.7.21', table: 100 },
    cut: /"from 10\.9\.7\.21 lookup 100" would decide/,
  },
  'a rule for others': { module: rule, args: { priority: 1000, to: '192.0.2.0/24', table: 100 } },
  'a rule for what comes in by a device': { module: rule, args: { priority: 1000, iif: 'eth8', table: 100 } },
  'a rule behind the one that decides': { module: rule, args: { priority: 40000, from: '10.9.7.21', table: 100 } },
  'a rule for all but what is marked': {
    module: rule,
    args: { priority: 1000, not: true, fwmark: '0x1', table: 100 },
    cut: /would decide/,
  },
  'a rule for what is marked': { module: rule, args: { priority: 1000, fwmark: '0x1', table: 100 } },
  'a rule that refuses': {
    module: rule,
    args: { priority: 1000, to: '10.1.0.0/16', type: 'unreachable' },
    cut: /would decide/,
  },
  'a rule into its own table': { module: rule, args: { priority: 1000, to: '10.1.0.0/16', table: 'main' } },
  'the rule that sends it into its table goes': {
    module: rule,
    args: { priority: 1000, to: '10.1.0.0/16', table: 100, state: 'absent' },
    setUp: 'ip rule add priority 1000 to 10.1.0.0/16 lookup 100',
    cut: /goes, by which it is taken from table 100/,
  },

  'its own address goes': {
    module: address,
    args: { address: '10.9.7.21/24', dev: 'eth7', state: 'absent' },
    cut: /10\.9\.7\.21 on eth7 is the host’s own address on it/,
  },
  'another address of its device goes': {
    module: address,
    args: { address: '10.9.7.121/24', dev: 'eth7', state: 'absent' },
  },
  'an address of another device goes': {
    module: address,
    args: { address: '10.9.8.21/24', dev: 'eth8', state: 'absent' },
  },
  'an address comes with a route to its far end': {
    module: address,
    args: { address: '10.1.0.1/16', dev: 'eth8' },
    cut: /the route to 10\.1\.0\.0\/16 dev eth8 comes with it/,
  },
  'an address comes without a route': {
    module: address,
    args: { address: '10.1.0.1/16', dev: 'eth8', noprefixroute: true },
  },
  'the address of its far end comes': {
    module: address,
    args: { address: '10.1.1.1/32', dev: 'lo' },
    cut: /would be the host’s own address/,
  },
  'its address loses its subnet': {
    module: address,
    args: { address: '10.9.7.21/24', dev: 'eth7', noprefixroute: true },
    to: near,
    setUp: 'ip addr del 10.9.7.121/24 dev eth7',
    cut: /its route to 10\.9\.7\.0\/24 goes/,
  },

  'its device goes down': {
    module: link,
    args: { name: 'eth7', state: 'down' },
    cut: /leaves by eth7, which goes down/,
  },
  'its device goes': { module: link, args: { name: 'eth7', state: 'absent' }, cut: /leaves by eth7, which goes/ },
  'another device goes down': { module: link, args: { name: 'eth8', state: 'down' } },
  'the only port of its bridge goes down': {
    module: link,
    args: { name: 'v1', state: 'down' },
    to: '10.5.5.5',
    setUp: `ip link add v1 type veth peer name w1; ip link set w1 up; ip link add br5 type bridge
      ip link set v1 up master br5; ip link set br5 up; ip addr add 10.5.0.1/16 dev br5`,
    cut: /leaves by br5, which rests on v1, which goes down/,
    unseen: true,
  },
  'its device becomes a port': {
    module: link,
    args: { name: 'v1', state: 'up', master: 'eth8' },
    to: '10.5.5.5',
    setUp:
      'ip link add v1 type veth peer name w1; ip link set v1 up; ip link set w1 up; ip addr add 10.5.0.1/16 dev v1',
    cut: /leaves by v1, which becomes a port of eth8/,
    unseen: true,
  },

  'its next hop is forgotten': {
    module: neighbour,
    args: { address: '10.9.7.254', dev: 'eth7', state: 'absent' },
    setUp: 'ip neigh add 10.9.7.254 lladdr 02:00:00:00:00:01 dev eth7',
    cut: /the link-layer address of its next hop 10\.9\.7\.254 goes/,
    unseen: true,
  },
  'its next hop is mistaken': {
    module: neighbour,
    args: { address: '10.9.7.254', dev: 'eth7', lladdr: '02:00:00:00:00:02' },
    setUp: 'ip neigh add 10.9.7.254 lladdr 02:00:00:00:00:01 dev eth7',
    cut: /gets another link-layer address/,
    unseen: true,
  },
  'another neighbour is forgotten': {
    module: neighbour,
    args: { address: '10.9.7.9', dev: 'eth7', state: 'absent' },
    setUp: 'ip neigh add 10.9.7.9 lladdr 02:00:00:00:00:01 dev eth7',
  },
};

describe('a way to a far end', () => {
  let ns: Namespace;
  beforeEach(async () => {
    ns = await makeNamespace();
    await ns.sh(network);
  });
  afterEach(() => ns.remove());

  async function wayTo(to: string): Promise<Way | undefined> {
    const ends = [{ purpose: 'a test', to, ...(to === far ? { from: '10.9.7.21' } : {}) }];
    const { stdout } = await ns.run(waysCommand(ends));
    return readWays(stdout, ends)[0];
  }

  test.each(Object.entries(table))('%s', async (_, { module, args, to = far, setUp = ':', protect, cut, unseen }) => {
    await ns.sh(setUp);
    const resource = asResource(module);
    const way = await wayTo(to);
    if (way === undefined) throw new Error(`there is no way to ${to}`);
    const before = await readOn(ns.run, resource, args);
    const wanted = protect ? before : resource.want(args, before);
    const said = resource.cuts?.(way, before, wanted, args);
    if (cut === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(cut);
    if (unseen) return;
    if (!protect) await moveOn(ns.run, resource, args, wanted);
    const now = await wayTo(to);
    const turned = now?.device !== way.device || now.via !== way.via || now.from !== way.from;
    expect(turned).toBe(cut !== undefined);
  });
});

test('a table that the host has a name for is that of its number, as far as can be told', () => {
  const way: Way = {
    ...{ purpose: 'a test', to: far, from: '10.9.7.21', device: 'eth7', via: '10.9.7.254', below: [] },
    ...{ prefix: 'default', metric: 0, table: 'mgmt' },
  };
  const ofTable = (table: string | number) => {
    const args = { to: 'default', via: '10.9.7.254', table, state: 'absent' };
    return asResource(route).cuts?.(way, ['unicast default via 10.9.7.254 dev eth7 proto boot scope global'], [], args);
  };
  for (const table of ['mgmt', 200, '0xc8']) expect(ofTable(table)).toMatch(/goes, by which it is reached/);
  for (const table of ['other', 'main', 254]) expect(ofTable(table)).toBeUndefined();
  const words = 'priority 100 from all lookup 200 proto unspec';
  const gone = asResource(rule).cuts?.(way, { rules: [words], behind: [] }, null, { priority: 100, table: 200 });
  expect(gone).toMatch(/goes, by which it is taken from table mgmt/);
});

test('etcd is what a key talks to, wherever its endpoints are said to be', () => {
  const reaches = (args: JsonObject) => asResource(etcdKey).reaches?.({ key: '/a', api: 2, ...args });
  expect(reaches({})).toEqual(['127.0.0.1']);
  const endpoints = ['https://10.4.7.12:2379', '10.4.7.13:2379', 'http://[2001:db8::1]:2379/', 'http://etcd.lan'];
  expect(reaches({ endpoints })).toEqual(['10.4.7.12', '10.4.7.13', '2001:db8::1', 'etcd.lan']);
});
