import { Address4, AddressError } from 'ip-address';
import { entryOf } from '../../core/entry-of.ts';
import { isJsonObject, type Json, type JsonObject, sameJson } from '../../core/json.ts';
import { didYouMean } from '../../core/nearest.ts';

/** What may be allowed by name. */
export const allowable = ['network_change', 'unknown_type', 'unknown_option'] as const;
export type Allowable = (typeof allowable)[number];

/** Why a network config must not be written. */
export interface Flaw {
  /** null: nobody can want this. */
  readonly kind: Allowable | null;
  readonly says: string;
}

type Kind = 'text' | 'number' | 'boolean' | 'object';
type Options = Readonly<Record<string, Kind>>;

const topLevel: Options = {
  Network: 'text',
  SubnetLen: 'number',
  SubnetMin: 'text',
  SubnetMax: 'text',
  Backend: 'object',
  EnableIPv4: 'boolean',
  EnableIPv6: 'boolean',
  EnableNFTables: 'boolean',
  IPv6Network: 'text',
  IPv6SubnetLen: 'number',
  IPv6SubnetMin: 'text',
  IPv6SubnetMax: 'text',
};

/** The backends of flannel v0.11 to v0.28 and their options. */
const backends: Readonly<Record<string, Options>> = {
  vxlan: {
    VNI: 'number',
    Port: 'number',
    GBP: 'boolean',
    DirectRouting: 'boolean',
    MTU: 'number',
    Learning: 'boolean',
  },
  'host-gw': {},
  udp: { Port: 'number' },
  ipip: { DirectRouting: 'boolean' },
  ipsec: { PSK: 'text', UDPEncap: 'boolean', ESPProposal: 'text' },
  wireguard: {
    PSK: 'text',
    ListenPort: 'number',
    ListenPortV6: 'number',
    MTU: 'number',
    Mode: 'text',
    PersistentKeepaliveInterval: 'number',
  },
  alloc: {},
  extension: {
    PreStartupCommand: 'text',
    PostStartupCommand: 'text',
    SubnetAddCommand: 'text',
    SubnetRemoveCommand: 'text',
  },
  'aws-vpc': { RouteTableID: 'text' },
  gce: {},
  'ali-vpc': { AccessKeyID: 'text', AccessKeySecret: 'text' },
  'tencent-vpc': { AccessKeyID: 'text', AccessKeySecret: 'text' },
};

/** Is this flannel's own key, whatever its prefix? */
export function isFlannelKey(key: string): boolean {
  return key.endsWith('/network/config');
}

/** Do two values mean the same config to flannel? Keys and the type match in any case. Values that are no JSON mean nothing. */
export function sameConfig(a: string, b: string): boolean {
  const [one, other] = [parse(a), parse(b)];
  return one !== undefined && other !== undefined && sameJson(meaning(one), meaning(other));
}

/** What flannel would stumble over, or worse, understand: a changed network makes it delete its lease. */
export function flawsOf(text: string, current: string | null): readonly Flaw[] {
  const config = parse(text);
  if (!isJsonObject(config))
    return [{ kind: null, says: 'it is not a JSON object, and flanneld would wait for a better one' }];
  const backend = field(config, 'Backend');
  return [
    ...optionFlaws(config, topLevel, ''),
    ...networkFlaws(config, current),
    ...(isJsonObject(backend) ? backendFlaws(backend) : backend === undefined ? [noBackend] : []),
  ];
}

const noBackend: Flaw = { kind: 'unknown_type', says: 'it has no Backend, which flanneld reads as udp' };

function backendFlaws(backend: JsonObject): readonly Flaw[] {
  const type = field(backend, 'Type');
  if (typeof type !== 'string') return [{ kind: null, says: 'Backend has no Type that is text' }];
  const options = entryOf(backends, type.toLowerCase());
  if (options !== undefined) return optionFlaws(backend, { Type: 'text', ...options }, `Backend (${type}) `);
  const guess = didYouMean(type, Object.keys(backends));
  return [{ kind: 'unknown_type', says: `the backend type "${type}" is not known to flanneld${asAside(guess)}` }];
}

function optionFlaws(given: JsonObject, known: Options, where: string): readonly Flaw[] {
  return Object.entries(given).flatMap(([name, value]): readonly Flaw[] => {
    const found = Object.keys(known).find((option) => option.toLowerCase() === name.toLowerCase());
    if (found === undefined) {
      const guess = didYouMean(name, Object.keys(known));
      return [{ kind: 'unknown_option', says: `${where}option "${name}" would be ignored silently${asAside(guess)}` }];
    }
    const wanted = known[found] as Kind;
    if (isOf(wanted, value)) return [];
    return [
      { kind: null, says: `${where}option ${name} is ${JSON.stringify(value)}, and flanneld takes only a ${wanted}` },
    ];
  });
}

function isOf(kind: Kind, value: Json): boolean {
  if (kind === 'text') return typeof value === 'string';
  if (kind === 'object') return isJsonObject(value);
  return kind === 'number' ? Number.isInteger(value) : typeof value === 'boolean';
}

function networkFlaws(config: JsonObject, current: string | null): readonly Flaw[] {
  const network = field(config, 'Network');
  if (network === undefined) return [{ kind: null, says: 'it has no Network, which flanneld reads as every address' }];
  if (typeof network !== 'string') return [];
  const net = netOf(network);
  if (net === undefined) return [{ kind: null, says: `Network "${network}" is not a network such as 172.7.0.0/16` }];
  if (net.subnetMask > 28) return [{ kind: null, says: `Network ${network} is too small: /28 is the smallest` }];
  const [now, next] = [parse(current ?? ''), { net, length: subnetLength(config, net) }];
  const was = isJsonObject(now) ? netOf(String(field(now, 'Network'))) : undefined;
  if (!isJsonObject(now) || was === undefined) return [];
  const text = ({ net: { subnetMask }, length }: typeof next, start: string) => `${start}/${subnetMask} in /${length}`;
  const [before, after] = [{ net: was, length: subnetLength(now, was) }, next].map((each) =>
    text(each, each.net.startAddress().correctForm()),
  );
  if (before === after) return [];
  return [
    {
      kind: 'network_change',
      says: `it changes the network from ${before} to ${after}, and every node would lose its lease`,
    },
  ];
}

function netOf(text: string): Address4 | undefined {
  try {
    return text.includes('/') ? new Address4(text) : undefined;
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}

/** As flannel works it out where it is not given. */
function subnetLength(config: JsonObject, { subnetMask }: Address4): number {
  const given = field(config, 'SubnetLen');
  if (typeof given === 'number' && given > 0) return given;
  return subnetMask <= 22 ? 24 : subnetMask + 2;
}

/** As Go reads it: in any case, the last one wins. */
function field(object: JsonObject, name: string): Json | undefined {
  return Object.entries(object).findLast(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

function meaning(config: Json): Json {
  if (!isJsonObject(config)) return config;
  const fields = Object.entries(config).map(([key, value]) => [key.toLowerCase(), meaning(value)] as const);
  return Object.fromEntries(
    fields.map(([key, value]) => [key, key === 'type' && typeof value === 'string' ? value.toLowerCase() : value]),
  );
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function asAside(guess: string | undefined): string {
  return guess === undefined ? '' : `. ${guess.replace(/\?$/, '')}`;
}
