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
  ['a backend that is text', config('vxlan' as unknown as object), null, /Backend is "vxlan".*only a object/],
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
  ['another network', config({ Type: 'vxlan' }, { Network: '172.9.0.0/16' }), 'network_change', /lose its lease/],
  ['a larger network', config({ Type: 'vxlan' }, { Network: '172.0.0.0/8' }), 'network_change', /from 172.7.0.0\/16/],
  ['another subnet length', config({ Type: 'vxlan' }, { SubnetLen: 26 }), 'network_change', /to 172.7.0.0\/16 in \/26/],
])('flanneld stumbles over %s', (_, text, kind, says) => {
  expect(flawsOf(text, current)).toEqual([{ kind, says: expect.stringMatching(says) }]);
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
