import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readWays, waysCommand } from '../../src/run/way-probe.ts';
import { makeNamespace, type Namespace } from '../support/run-command.ts';

/** Who resolves names is not reached, and that is known at once. */
const network = `ip link set lo up
  ip link add eth0 type veth peer name peer0; ip link set peer0 up; ip link set eth0 addrgenmode none; ip link set eth0 up
  ip addr add 10.4.7.21/24 dev eth0; ip -6 addr add 2001:db8::21/64 dev eth0 nodad; ip -6 addr add fe80::21/64 dev eth0 nodad
  ip route add default via 10.4.7.254; ip -6 route add default via 2001:db8::1
  ip route add 10.9.0.0/16 via 10.4.7.1 metric 50; ip route add 10.9.0.0/16 via 10.4.7.2 metric 60
  ip route add 10.10.0.0/16 nexthop via 10.4.7.1 nexthop via 10.4.7.1 onlink dev eth0
  ip route add default via 10.4.7.9 table 100; ip rule add from 10.4.7.21 to 8.8.8.8 lookup 100
  ip route add unreachable 10.66.0.0/16
  ip link add br9 type bridge; ip link add v9 type veth peer name w9; ip link set v9 master br9; ip addr add 10.99.0.1/16 dev br9
  ip link set br9 up
  ip rule add ipproto udp dport 53 unreachable pref 1`;

const own = '10.4.7.21';
const main = { purpose: 'p', from: own, device: 'eth0', below: [], metric: 0, table: 'main' };
const table: Readonly<Record<string, readonly [string, string | undefined, object | undefined]>> = {
  'on the link': ['10.4.7.1', own, { ...main, to: '10.4.7.1', prefix: '10.4.7.0/24' }],
  'through a gateway': ['9.9.9.9', own, { ...main, to: '9.9.9.9', via: '10.4.7.254', prefix: 'default' }],
  'without an address of its own': [
    '9.9.9.9',
    undefined,
    { ...main, to: '9.9.9.9', via: '10.4.7.254', prefix: 'default' },
  ],
  'from an address that is not there': [
    '9.9.9.9',
    '10.4.7.99',
    { ...main, to: '9.9.9.9', via: '10.4.7.254', prefix: 'default' },
  ],
  'by a rule, from another table': [
    '8.8.8.8',
    own,
    { ...main, to: '8.8.8.8', via: '10.4.7.9', prefix: 'default', table: '100' },
  ],
  'with a metric': ['10.9.1.1', own, { ...main, to: '10.9.1.1', via: '10.4.7.1', prefix: '10.9.0.0/16', metric: 50 }],
  'one of several': ['10.10.1.1', own, { ...main, to: '10.10.1.1', via: '10.4.7.1', prefix: '10.10.0.0/16' }],
  'on a bridge': [
    '10.99.1.1',
    undefined,
    { ...main, to: '10.99.1.1', from: '10.99.0.1', device: 'br9', below: ['v9'], prefix: '10.99.0.0/16' },
  ],
  IPv6: [
    '2001:4860::1',
    '2001:db8::21',
    { ...main, to: '2001:4860::1', from: '2001:db8::21', via: '2001:db8::1', prefix: 'default', metric: 1024 },
  ],
  'a zone': [
    'fe80::1%eth0',
    'fe80::21%eth0',
    { ...main, to: 'fe80::1', from: 'fe80::21', prefix: 'fe80::/64', metric: 256 },
  ],
  'to itself': [own, own, undefined],
  'to itself by a name': ['localhost', undefined, undefined],
  'to nowhere': ['10.66.1.1', own, undefined],
  'to no name at all': ['-h', undefined, undefined],
};

const shells = { dash: ['dash'], bash: ['bash', '--norc'], busybox: ['busybox', 'sh'] };

describe.each(Object.entries(shells))('the ways of a host, in %s', (_, shell) => {
  let ns: Namespace;
  beforeAll(async () => {
    ns = await makeNamespace();
    await ns.sh(network);
  });
  afterAll(() => ns.remove());

  // BusyBox's own ip tells neither the table nor the prefix of a zone's address.
  const rows = Object.entries(table).filter(([name]) => shell[0] !== 'busybox' || !/another table|zone/.test(name));

  test.each(rows)('%s', async (_, [to, from, expected]) => {
    const ends = [{ purpose: 'p', to, ...(from === undefined ? {} : { from }) }];
    const [, ...words] = waysCommand(ends).argv;
    const { exit, stdout, stderr } = await ns.run({ argv: [...shell, ...words] });
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(readWays(stdout, ends)).toEqual(expected === undefined ? [] : [expected]);
  });

  test('several at once', async () => {
    const ends = ['10.4.7.1', '10.66.1.1', own, '9.9.9.9'].map((to) => ({ purpose: `to ${to}`, to }));
    const { stdout } = await ns.run(waysCommand(ends));
    expect(readWays(stdout, ends).map(({ purpose }) => purpose)).toEqual(['to 10.4.7.1', 'to 9.9.9.9']);
  });
});

test('what iproute2 of old and BusyBox print is understood', () => {
  const ends = [{ purpose: 'p', to: '10.9.1.1', from: own }];
  const old = `=== 10.9.1.1
get 10.9.1.1 via 10.4.7.1 dev eth0  src 10.4.7.21
match default via 10.4.7.254 dev eth0
match 10.9.0.0/16 via 10.4.7.2 dev eth0  metric 60
match 10.9.0.0/16 via 10.4.7.1 dev eth0  metric 50
`;
  expect(readWays(old, ends)).toEqual([
    { ...main, to: '10.9.1.1', via: '10.4.7.1', prefix: '10.9.0.0/16', metric: 50 },
  ]);
});
