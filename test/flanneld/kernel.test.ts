import { describe, expect, test } from 'vitest';
import { parseFlags } from '../../src/lab/flanneld/flags.ts';
import { parseRoutes } from '../../src/lab/flanneld/host-gw.ts';
import { logLine } from '../../src/lab/flanneld/log.ts';
import { subnetFileText } from '../../src/lab/flanneld/subnet-file.ts';
import { incompatible, parseDevice } from '../../src/lab/flanneld/vxlan.ts';

// As iproute2 6.1 prints it, with -o -d, the backslashes taken away.
const shown =
  '8: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN mode DEFAULT group default     link/ether 3a:5c:f1:d2:6d:08 brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 maxmtu 65535     vxlan id 1 local 10.4.7.21 dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300 udpcsum noudp6zerocsumtx noudp6zerocsumrx addrgenmode eui64 numtxqueues 1';

describe('an existing device', () => {
  const wanted = { id: 1, dev: 'eth0', local: '10.4.7.21', port: 0, gbp: false };

  test('is read from what ip shows', () => {
    expect(parseDevice(shown)).toEqual({ id: 1, dev: 'eth0', local: '10.4.7.21', port: 8472, gbp: false });
    expect(
      parseDevice('8: flannel.1: <UP> mtu 1500 link/ether 3a:5c:f1:d2:6d:08 dummy addrgenmode eui64'),
    ).toBeUndefined();
  });

  test.each([
    [{ id: 1, dev: 'eth0', local: '10.4.7.21', port: 8472 }, undefined],
    [{ id: 1 }, undefined],
    [{ id: 2, dev: 'eth0' }, 'vni: 1 vs 2'],
    [{ id: 1, dev: 'eth1' }, 'vtep (external) interface: eth0 vs eth1'],
    [{ id: 1, local: '10.4.7.22' }, 'vtep (external) IP: 10.4.7.21 vs 10.4.7.22'],
    [{ id: 1, gbp: true }, 'gbp: false vs true'],
  ])('%j is adopted unless it contradicts', (existing, conflict) => {
    expect(incompatible(wanted, existing)).toBe(conflict);
  });

  test('with another port contradicts only when a port is asked for', () => {
    expect(incompatible({ ...wanted, port: 4789 }, { id: 1, port: 8472 })).toBe('port: 4789 vs 8472');
  });
});

test('routes are read as far as host-gw compares them', () => {
  const text =
    '172.7.22.0/24 via 10.4.7.22 dev eth0 \n172.7.23.0/24 via 172.7.23.0 dev flannel.1 onlink \nblackhole 172.7.4.0/24 \n';
  expect(parseRoutes(text).slice(0, 2)).toEqual([
    { to: '172.7.22.0/24', via: '10.4.7.22', dev: 'eth0' },
    { to: '172.7.23.0/24', via: '172.7.23.0', dev: 'flannel.1' },
  ]);
});

test('the subnet file has the subnet’s first address', () => {
  const file = {
    network: { ip: 0xac070000, length: 16 },
    subnet: { ip: 0xac071500, length: 24 },
    mtu: 1450,
    ipMasq: false,
  };
  expect(subnetFileText(file)).toBe(
    'FLANNEL_NETWORK=172.7.0.0/16\nFLANNEL_SUBNET=172.7.21.1/24\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=false\n',
  );
});

test('a log line is glog’s, with the pid as third field', () => {
  const at = new Date(2026, 9, 20, 14, 52, 50, 397);
  expect(logLine('I', at, 104157, 'main.go:386', 'Found it')).toBe(
    'I1020 14:52:50.397000  104157 main.go:386] Found it',
  );
});

describe('flags', () => {
  test('are read as Go reads them', () => {
    expect(parseFlags(['--public-ip=10.4.7.21', '-iface', 'eth0', '--ip-masq', '-healthz-port=2401'])).toMatchObject({
      publicIp: '10.4.7.21',
      iface: ['eth0'],
      ipMasq: true,
      healthzPort: 2401,
      etcdPrefix: '/coreos.com/network',
    });
  });

  test('that v0.11 does not have are refused', () => {
    expect(parseFlags(['--publicip=1'])).toBe('flag provided but not defined: -publicip');
    expect(parseFlags(['--iface'])).toBe('flag needs an argument: -iface');
    expect(parseFlags(['--ip-masq=maybe'])).toBe('invalid boolean value "maybe" for -ip-masq: parse error');
  });

  test('that name interfaces may stand several times', () => {
    expect(parseFlags(['-iface=eth1', '-iface-regex', '^10\\.', '-iface=eth0'])).toMatchObject({
      iface: ['eth1', 'eth0'],
      ifaceRegex: ['^10\\.'],
    });
    expect(parseFlags([])).toMatchObject({ iface: [], ifaceRegex: [] });
  });
});
