import { describe, expect, test } from 'vitest';
import { flawsOf, isFlannelKey, sameConfig } from '../../../src/modules/flannel/flannel-config.ts';

const network = '172.7.0.0/16';
const current = JSON.stringify({ Network: network, Backend: { Type: 'host-gw' } });
const config = (backend: object, rest: object = {}): string =>
  JSON.stringify({ Network: network, Backend: backend, ...rest });

test.each([
  ['the type in any case', config({ Type: 'VxLAN' })],
  ['the type in capitals', config({ Type: 'VXLAN' })],
  ['keys in any case', `{"network":"${network}","backend":{"type":"vxlan","Directrouting":true}}`],
  ['every option of vxlan', config({ Type: 'vxlan', VNI: 2, Port: 8472, GBP: false, DirectRouting: true })],
  ['a type of a later flannel', config({ Type: 'wireguard', PSK: 'x', PersistentKeepaliveInterval: 25 })],
  ['the subnet length that it has anyway', config({ Type: 'host-gw' }, { SubnetLen: 24 })],
  [
    'the range of subnets that it has anyway',
    config({ Type: 'udp' }, { SubnetMin: '172.7.1.0', SubnetMax: '172.7.255.0' }),
  ],
  ['a wider range', config({ Type: 'udp' }, { SubnetMin: '172.7.0.0', SubnetMax: '0.0.0.0' })],
  ['an IPv6 network that is not in use', config({ Type: 'udp' }, { IPv6Network: 'fd00:7::/48', EnableIPv6: false })],
  ['the same network, written with host bits', config({ Type: 'udp' }, { Network: '172.7.9.9/16' })],
])('flanneld takes %s', (_, text) => {
  expect(flawsOf(text, current)).toEqual([]);
});

test.each([
  ['broken JSON', '{"Network":', null, /not a JSON object/],
  ['JSON that is no object', '[]', null, /not a JSON object/],
  ['an unknown type', config({ Type: 'Model' }), 'unknown_type', /"Model" is not known/],
  ['a typing error', config({ Type: 'vxlam' }), 'unknown_type', /Did you mean "vxlan"/],
  ['a type with a space', config({ Type: 'vxlan ' }), 'unknown_type', /"vxlan " is not known.*"vxlan"/],
  ['a type that is no text', config({ Type: 1 }), null, /no Type that is text/],
  ['a backend without a type', config({}), null, /no Type that is text/],
  ['no backend, which means udp', JSON.stringify({ Network: network }), 'unknown_type', /reads as udp/],
  ['a backend that is text', config('vxlan' as unknown as object), null, /Backend is "vxlan".*an object/],
  ['a boolean in quotes', config({ Type: 'vxlan', Directrouting: 'true' }), null, /Directrouting is "true".*boolean/],
  ['a number in quotes', config({ Type: 'vxlan', VNI: '2' }), null, /VNI is "2".*number/],
  [
    'a misspelt option',
    config({ Type: 'vxlan', DirectRuting: true }),
    'unknown_option',
    /"DirectRuting".*"DirectRouting"/,
  ],
  ['an option of another type', config({ Type: 'host-gw', VNI: 1 }), 'unknown_option', /"VNI" would be ignored/],
  ['a misspelt name at the top', config({ Type: 'vxlan' }, { SubnetLenght: 24 }), 'unknown_option', /"SubnetLen"/],
  ['no network', JSON.stringify({ Backend: { Type: 'vxlan' } }), null, /no Network, which flanneld reads as every/],
  ['a network without a length', config({ Type: 'vxlan' }, { Network: '172.7.0.0' }), null, /not a network such as/],
  ['a network that is too small', config({ Type: 'vxlan' }, { Network: '172.7.0.0/29' }), null, /too small/],
  ['another network', config({ Type: 'vxlan' }, { Network: '172.9.0.0/16' }), 'network_change', /lease does not fit/],
  [
    'a larger network',
    config({ Type: 'vxlan' }, { Network: '172.0.0.0/8' }),
    'network_change',
    /from 172.7.0.0\/16.* to 172.0.0.0\/8/,
  ],
  ['another subnet length', config({ Type: 'vxlan' }, { SubnetLen: 26 }), 'network_change', /to 172.7.0.0\/16 in \/26/],
  [
    'a narrower range',
    config({ Type: 'udp' }, { SubnetMin: '172.7.100.0' }),
    'network_change',
    /172.7.100.0 to 172.7.255.0\)/,
  ],
  [
    'a lower end',
    config({ Type: 'udp' }, { SubnetMax: '172.7.200.0' }),
    'network_change',
    /\(172.7.1.0 to 172.7.200.0\)/,
  ],
  [
    'a second network, of IPv6',
    config({ Type: 'vxlan' }, { IPv6Network: 'fd00:7::/48', EnableIPv6: true }),
    'network_change',
    /the IPv6 network from none to fd00:7::\/48 in \/64/,
  ],
  [
    'no IPv4 any more',
    config({ Type: 'vxlan' }, { EnableIPv4: false }),
    'network_change',
    /the network from 172.7.0.0\/16 .* to none/,
  ],
  ['no IPv6 network where one is needed', config({ Type: 'vxlan' }, { EnableIPv6: true }), null, /no IPv6Network/],
  [
    'an IPv6 network that is none',
    config({ Type: 'vxlan' }, { IPv6Network: '172.7.0.0/16' }),
    null,
    /such as fd00:7::/,
  ],
  ['a negative length', config({ Type: 'vxlan' }, { SubnetLen: -1 }), null, /SubnetLen is -1.*not negative/],
  ['a length with no room for subnets', config({ Type: 'vxlan' }, { SubnetLen: 16 }), null, /can be 18 to 30/],
  ['a length with no room for addresses', config({ Type: 'vxlan' }, { SubnetLen: 31 }), null, /can be 18 to 30/],
  ['a range outside', config({ Type: 'vxlan' }, { SubnetMin: '10.0.0.0' }), null, /10.0.0.0 is not in 172.7.0.0\/16/],
  ['a range astray', config({ Type: 'vxlan' }, { SubnetMax: '172.7.9.128' }), null, /is not the beginning of a \/24/],
  ['a network for a range', config({ Type: 'vxlan' }, { SubnetMin: '172.7.1.0/24' }), null, /not an address such as/],
  [
    'a range upside down',
    config({ Type: 'vxlan' }, { SubnetMin: '172.7.9.0', SubnetMax: '172.7.8.0' }),
    null,
    /SubnetMin is after SubnetMax/,
  ],
  ['a port below zero', config({ Type: 'vxlan', Port: -5 }), null, /Port is -5.*up to 65535/],
  ['a port that is too high', config({ Type: 'vxlan', Port: 84_720 }), null, /Port is 84720/],
  ['a network id that is too high', config({ Type: 'vxlan', VNI: 2 ** 24 }), null, /VNI is 16777216/],
  [
    'a whole number with a point',
    `{"Network":"${network}","Backend":{"Type":"vxlan","VNI":1.0}}`,
    null,
    /the number 1.0 must be written as 1/,
  ],
])('flanneld stumbles over %s', (_, text, kind, says) => {
  expect(flawsOf(text, current)).toEqual([{ kind, says: expect.stringMatching(says) }]);
});

test('of IPv6, nodes keep the leases that still fit', () => {
  const six = (rest: object): string => config({ Type: 'vxlan' }, { EnableIPv6: true, ...rest });
  const now = six({ IPv6Network: 'fd00:7::/48' });
  expect(flawsOf(six({ IPv6Network: 'fd00:7::/48', IPv6SubnetMin: 'fd00:7:0:1::' }), now)).toEqual([]);
  for (const rest of [{ IPv6SubnetMin: 'fd00:7:0:100::' }, { IPv6SubnetLen: 72 }, { IPv6Network: 'fd00:99::/48' }]) {
    expect(flawsOf(six({ IPv6Network: 'fd00:7::/48', ...rest }), now)).toMatchObject([{ kind: 'network_change' }]);
  }
  expect(flawsOf(current, now)).toEqual([
    { kind: 'network_change', says: expect.stringMatching(/IPv6 network .* to none/) },
  ]);
});

test('of two keys that differ in case only, the last one counts, as in Go', () => {
  const text = `{"Network":"${network}","network":"172.9.0.0/16","Backend":{"Type":"vxlam","type":"vxlan"}}`;
  expect(flawsOf(text, current).map(({ kind }) => kind)).toEqual(['network_change']);
});

test('where there is no config yet, or none that can be read, any network will do', () => {
  for (const none of [null, '', '{"Network":"nonsense"}', '{}']) {
    expect(flawsOf(config({ Type: 'vxlan' }, { Network: '10.0.0.0/8' }), none)).toEqual([]);
  }
});

describe('the meaning of a config', () => {
  test.each([
    ['case of keys and type', `{"network":"${network}","backend":{"type":"HOST-GW"}}`, true],
    ['order and spacing', `{ "Backend": {"Type": "host-gw"}, "Network": "${network}" }`, true],
    ['another value', config({ Type: 'host-gw', DirectRouting: true }), false],
    ['a number for a text', config({ Type: 'host-gw', X: 1 }), false],
    ['no JSON', 'x', false],
  ])('%s', (_, text, same) => {
    expect(sameConfig(text, current)).toBe(same);
    expect(sameConfig(current, text)).toBe(same);
  });
});

test.each([
  ['/coreos.com/network/config', true],
  ['/kube/flannel/network/config', true],
  ['/coreos.com/network/config2', false],
  ['/network/config/x', false],
])('%s is a key of flannel: %s', (key, is) => {
  expect(isFlannelKey(key)).toBe(is);
});
