import { describe, expect, test } from 'vitest';
import { formatIp, formatNet } from '../../src/lab/flanneld/address.ts';
import { parseConfig, vxlanOptions } from '../../src/lab/flanneld/config.ts';

describe('the network config as v0.11 reads it', () => {
  test('types keep their case, keys have none, the last of two wins', () => {
    const config = parseConfig('{"network":"172.7.0.0/16","BACKEND":{"Type":"x","type":"VxLAN"}}');
    expect(config).toMatchObject({ backendType: 'VxLAN', subnetLen: 24 });
    expect(formatNet(config.network)).toBe('172.7.0.0/16');
    expect([config.subnetMin, config.subnetMax].map(formatIp)).toEqual(['172.7.1.0', '172.7.255.0']);
  });

  test('without a Backend the type is udp, without a Network it is everything', () => {
    expect(parseConfig('{"Network":"10.0.0.0/8"}').backendType).toBe('udp');
    expect(formatNet(parseConfig('{"Backend":{"Type":"host-gw"}}').network)).toBe('0.0.0.0/0');
  });

  test.each([
    ['', 'unexpected end of JSON input'],
    ['{"Network":', 'unexpected end of JSON input'],
    ['{Network: 1}', 'invalid character'],
    ['[]', 'json: cannot unmarshal array into Go value of type subnet.Config'],
    ['{"Network":"172.7.0.0"}', 'invalid CIDR address: 172.7.0.0'],
    ['{"Network":"172.7.0.0/300"}', 'invalid CIDR address: 172.7.0.0/300'],
    ['{"Network":"172.7.0.0/29"}', 'Network is too small. Minimum useful network prefix is /28'],
    ['{"Network":"172.7.0.0/16","SubnetLen":"24"}', 'json: cannot unmarshal string into Go struct field .SubnetLen'],
    ['{"Network":"172.7.0.0/16","SubnetLen":17}', 'at least four subnets'],
    ['{"Network":"172.7.0.0/16","SubnetMin":"10.0.0.0"}', 'SubnetMin is not in the range of the Network'],
  ])('%s is unreadable', (text, words) => {
    expect(() => parseConfig(text)).toThrow(words);
  });

  test('a small network is cut into quarters', () => {
    expect(parseConfig('{"Network":"10.9.0.0/25"}').subnetLen).toBe(27);
  });
});

describe('the vxlan options', () => {
  test('have the kernel’s defaults, and misspelt names are ignored', () => {
    expect(vxlanOptions({ DirectRoutings: true })).toEqual({ vni: 1, port: 0, gbp: false, directRouting: false });
  });

  test('are taken in any case', () => {
    expect(vxlanOptions({ vni: 7, PORT: 4789, Directrouting: true })).toMatchObject({
      vni: 7,
      port: 4789,
      directRouting: true,
    });
  });

  test.each([
    [{ Directrouting: 'true' }, 'json: cannot unmarshal string into Go struct field .DirectRouting of type bool'],
    [{ VNI: '2' }, 'json: cannot unmarshal string into Go struct field .VNI of type int'],
    [{ Port: 1.5 }, 'json: cannot unmarshal number 1.5 into Go struct field .Port of type int'],
  ])('%j is of the wrong type', (backend, words) => {
    expect(() => vxlanOptions(backend)).toThrow(words);
  });
});
