import { describe, expect, test } from 'vitest';
import { formatNet, type Net, parseNet } from '../../src/lab/flanneld/address.ts';
import { parseConfig } from '../../src/lab/flanneld/config.ts';
import { judgeLeases, type Lease, onLink, parseLease } from '../../src/lab/flanneld/lease.ts';
import { goDuration } from '../../src/lab/flanneld/subnets.ts';

const config = parseConfig('{"Network":"172.7.0.0/16"}');

function lease(subnet: string, publicIp: string): Lease {
  const key = `/coreos.com/network/subnets/${subnet.replace('/', '-')}`;
  const node = {
    key,
    value: JSON.stringify({ PublicIP: publicIp, BackendType: 'vxlan' }),
    modifiedIndex: 1,
    expiration: null,
  };
  const parsed = parseLease(node);
  if (!parsed) throw new Error(`${key} is no lease`);
  return parsed;
}

function net(text: string): Net {
  const parsed = parseNet(text);
  if (!parsed) throw new Error(`${text} is no network`);
  return parsed;
}

const first = (): number => 0;
const mine = '10.4.7.21';

describe('which subnet a node takes', () => {
  test('the lease with its own address', () => {
    const leases = [lease('172.7.22.0/24', '10.4.7.22'), lease('172.7.21.0/24', mine)];
    expect(judgeLeases(config, leases, mine, net('172.7.5.0/24'), first)).toMatchObject({
      incompatible: [],
      choice: { kind: 'reuse', lease: { key: '/coreos.com/network/subnets/172.7.21.0-24' }, why: 'address' },
    });
  });

  test('else the one of its subnet file, created or taken over', () => {
    const previous = net('172.7.21.0/24');
    expect(judgeLeases(config, [], mine, previous, first).choice).toEqual({
      kind: 'create',
      subnet: previous,
      why: 'previous',
    });
    const taken = judgeLeases(config, [lease('172.7.21.0/24', '10.4.7.99')], mine, previous, first);
    expect(taken.choice).toMatchObject({ kind: 'reuse', why: 'previous' });
  });

  test('else a free one, picked among those that no lease touches', () => {
    const leases = [lease('172.7.1.0/24', '10.4.7.22')];
    const { choice } = judgeLeases(config, leases, mine, undefined, first);
    expect(choice?.kind === 'create' && formatNet(choice.subnet)).toBe('172.7.2.0/24');
    const last = judgeLeases(config, leases, mine, undefined, () => 0.999).choice;
    expect(last?.kind === 'create' && formatNet(last.subnet)).toBe('172.7.101.0/24');
  });

  test('one found by address and by subnet file that no longer fits is deleted twice, the second time in vain', () => {
    const other = parseConfig('{"Network":"172.9.0.0/16"}');
    const judged = judgeLeases(other, [lease('172.7.21.0/24', mine)], mine, net('172.7.21.0/24'), first);
    expect(judged.incompatible.map(({ why }) => why)).toEqual(['address', 'previous']);
  });

  test('a subnet file that does not fit is passed over', () => {
    const other = parseConfig('{"Network":"172.9.0.0/16"}');
    const judged = judgeLeases(other, [], mine, net('172.7.21.0/24'), first);
    expect(judged).toMatchObject({
      incompatible: [],
      previousDoesNotFit: true,
      choice: { kind: 'create', why: 'picked' },
    });
  });

  test('none, when every subnet is taken', () => {
    const small = parseConfig('{"Network":"172.7.0.0/26"}');
    const leases = [lease('172.7.0.0/24', '10.4.7.22')];
    expect(judgeLeases(small, leases, mine, undefined, first).choice).toBeUndefined();
  });
});

test('a key that is no lease is none', () => {
  expect(parseLease({ key: '/x/subnets/nonsense', value: '{}', modifiedIndex: 1, expiration: null })).toBeUndefined();
  expect(
    parseLease({ key: '/x/subnets/172.7.1.0-24', value: '{', modifiedIndex: 1, expiration: null }),
  ).toBeUndefined();
});

test('a peer in the link’s own network needs no router', () => {
  const iface = { address: '10.4.7.21', length: 24 };
  expect(onLink(iface, '10.4.7.22')).toBe(true);
  expect(onLink(iface, '10.4.8.22')).toBe(false);
});

test('durations read as Go’s', () => {
  expect([82_799_998, 61_500, 0].map(goDuration)).toEqual(['22h59m59.998s', '1m1.5s', '0s']);
});
