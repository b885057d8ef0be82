import { entryOf } from '../../core/entry-of.ts';
import { isJsonObject, type Json, type JsonObject, sameJson } from '../../core/json.ts';
import { didYouMean } from '../../core/nearest.ts';
import { field, networkChanges, networkErrors, parseConfig } from './flannel-network.ts';

/** What may be allowed by name. */
export const allowable = ['network_change', 'unknown_type', 'unknown_option'] as const;
export type Allowable = (typeof allowable)[number];

/** Why a network config must not be written. */
export interface Flaw {
  /** null: nobody can want this. */
  readonly kind: Allowable | null;
  readonly says: string;
}

/** What an option takes, in words for a message. */
const kinds = {
  text: 'a text',
  number: 'a whole number that is not negative',
  port: 'a number up to 65535',
  vni: 'a number up to 16777215',
  boolean: 'a boolean',
  object: 'an object',
} as const;
type Kind = keyof typeof kinds;
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
    VNI: 'vni',
    Port: 'port',
    GBP: 'boolean',
    DirectRouting: 'boolean',
    MTU: 'number',
    Learning: 'boolean',
  },
  'host-gw': {},
  udp: { Port: 'port' },
  ipip: { DirectRouting: 'boolean' },
  ipsec: { PSK: 'text', UDPEncap: 'boolean', ESPProposal: 'text' },
  wireguard: {
    PSK: 'text',
    ListenPort: 'port',
    ListenPortV6: 'port',
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
  const [one, other] = [parseConfig(a), parseConfig(b)];
  return one !== undefined && other !== undefined && sameJson(meaning(one), meaning(other));
}

/** What flannel would stumble over, or worse, understand: a changed network makes it delete its lease. */
export function flawsOf(text: string, current: string | null): readonly Flaw[] {
  const config = parseConfig(text);
  if (!isJsonObject(config))
    return [{ kind: null, says: 'it is not a JSON object, and flanneld would wait for a better one' }];
  const backend = field(config, 'Backend');
  return [
    ...numberFlaws(text),
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
      { kind: null, says: `${where}option ${name} is ${JSON.stringify(value)}, and it must be ${kinds[wanted]}` },
    ];
  });
}

function isOf(kind: Kind, value: Json): boolean {
  if (kind === 'text') return typeof value === 'string';
  if (kind === 'object') return isJsonObject(value);
  if (kind === 'boolean') return typeof value === 'boolean';
  const most = { number: Number.MAX_SAFE_INTEGER, port: 65_535, vni: 16_777_215 }[kind];
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}

function networkFlaws(config: JsonObject, current: string | null): readonly Flaw[] {
  const errors = networkErrors(config);
  if (errors.length > 0) return errors.map((says) => ({ kind: null, says }));
  return networkChanges(parseConfig(current ?? ''), config).map((says) => ({
    kind: 'network_change',
    says: `${says}, and every node whose lease does not fit would lose it`,
  }));
}

/** 1.0 and 1e3 are whole numbers to JSON, but not to Go. */
function numberFlaws(text: string): readonly Flaw[] {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g) ?? [];
  const found = tokens.filter((token) => /^[^"].*[.eE]/.test(token) && Number.isInteger(Number(token)));
  return found.map((token) => ({ kind: null, says: `the number ${token} must be written as ${Number(token)}` }));
}

function meaning(config: Json): Json {
  if (!isJsonObject(config)) return config;
  const fields = Object.entries(config).map(([key, value]) => [key.toLowerCase(), meaning(value)] as const);
  return Object.fromEntries(
    fields.map(([key, value]) => [key, key === 'type' && typeof value === 'string' ? value.toLowerCase() : value]),
  );
}

function asAside(guess: string | undefined): string {
  return guess === undefined ? '' : `. ${guess.replace(/\?$/, '')}`;
}
