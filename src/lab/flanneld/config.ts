import { formatIp, masked, type Net, parseIp, parseNet, sizeOf } from './address.ts';
import { type Fields, goFields, goValue } from './gojson.ts';

/** flannel's network config as v0.11 understands it. Addresses are unsigned 32-bit numbers. */
export interface Config {
  network: Net;
  subnetMin: number;
  subnetMax: number;
  subnetLen: number;
  /** As written; compare lower-cased. */
  backendType: string;
  /** The Backend object's fields; empty when there is none. */
  backend: Fields;
}

/** The options of the vxlan backend. */
export interface VxlanOptions {
  vni: number;
  port: number;
  gbp: boolean;
  directRouting: boolean;
}

/** Reads the config key's value. Throws Error in the words of Go's decoder and of flannel for what v0.11 cannot read. */
export function parseConfig(text: string): Config {
  const top = goFields(text);
  const networkText = goValue(top, 'Network', 'string', '');
  const network = networkText === '' ? { ip: 0, length: 0 } : parseNet(networkText);
  if (!network) throw new Error(`invalid CIDR address: ${networkText}`);
  const subnetLen = subnetLength(goValue(top, 'SubnetLen', 'uint', 0), network);
  const size = sizeOf(subnetLen);
  const backend = goValue(top, 'Backend', 'object', undefined);
  return {
    network,
    subnetLen,
    subnetMin: bound(goValue(top, 'SubnetMin', 'string', ''), network.ip + size, subnetLen, 'SubnetMin', network),
    subnetMax: bound(
      goValue(top, 'SubnetMax', 'string', ''),
      network.ip + sizeOf(network.length) - size,
      subnetLen,
      'SubnetMax',
      network,
    ),
    // Without a Backend v0.11 falls back to udp.
    backendType: backend ? goValue(backend, 'Type', 'string', '') : 'udp',
    backend: backend ?? {},
  };
}

/** Reads the vxlan backend's options. Throws Error in the words of Go's decoder for a value of the wrong type. */
export function vxlanOptions(backend: Fields): VxlanOptions {
  try {
    return {
      vni: goValue(backend, 'VNI', 'int', 1),
      port: goValue(backend, 'Port', 'int', 0),
      gbp: goValue(backend, 'GBP', 'bool', false),
      directRouting: goValue(backend, 'DirectRouting', 'bool', false),
    };
  } catch (error) {
    throw new Error(`error decoding VXLAN backend config: ${(error as Error).message}`);
  }
}

function subnetLength(given: number, network: Net): number {
  if (given > 0) {
    if (given > 30) throw new Error('SubnetLen must be less than /31');
    if (given < network.length + 2) throw new Error('Network must be able to accommodate at least four subnets');
    return given;
  }
  if (network.length > 28) throw new Error('Network is too small. Minimum useful network prefix is /28');
  return network.length <= 22 ? 24 : network.length + 2;
}

function bound(text: string, otherwise: number, length: number, name: string, network: Net): number {
  if (text === '') return otherwise;
  const ip = parseIp(text);
  if (ip === undefined) throw new Error(`invalid IP address: ${text}`);
  if (masked(ip, network.length) !== network.ip) throw new Error(`${name} is not in the range of the Network`);
  if (masked(ip, length) !== ip) throw new Error(`${name} is not on a SubnetLen boundary: ${formatIp(ip)}`);
  return ip;
}
