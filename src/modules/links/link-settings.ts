import type { JsonObject } from '../../core/json.ts';
import { addressText } from '../shared/prefix.ts';

/** What a user says of a device that can be made. */
export interface LinkSettings {
  readonly kind?: 'vxlan' | 'bridge' | 'dummy';
  readonly vxlan?: {
    readonly id?: number;
    readonly local?: string;
    readonly remote?: string;
    readonly group?: string;
    readonly dev?: string;
    readonly port?: number;
    readonly learning?: boolean;
    readonly ttl?: number;
    readonly ageing?: number;
  };
  readonly bridge?: { readonly [setting: string]: number };
}

/** What a user says of a device. */
export interface LinkArgs extends LinkSettings {
  readonly name: string;
  readonly state?: 'up' | 'down' | 'present' | 'absent';
  readonly mac?: string;
  readonly mtu?: number;
  readonly master?: string;
}

/**
 * How the kernel makes a VXLAN device when nothing else is said. From 6.4 on `ip` tells of all that is on or off (`external` was `metadata` at
 * first), before only of what is not as usual.
 */
export const usualVxlan: JsonObject = {
  port_range: { low: 0, high: 0 },
  df: 'unset',
  udp_csum: true,
  udp_zero_csum6_tx: false,
  udp_zero_csum6_rx: false,
  external: false,
  metadata: false,
  vnifilter: false,
  proxy: false,
  rsc: false,
  l2miss: false,
  l3miss: false,
  remcsum_tx: false,
  remcsum_rx: false,
  localbypass: true,
  mcroute: false,
  reserved_bits: '0xf7ffffff000000ff',
};

/** The words that `ip` takes for those that are the other way; on an older kernel the first always is. From 6.4 on it prints the names instead. */
export const vxlanFlags: Readonly<Record<string, string>> = {
  udp_csum: 'noudpcsum',
  udp_zero_csum6_tx: 'udp6zerocsumtx',
  udp_zero_csum6_rx: 'udp6zerocsumrx',
};
const flags = ['learning', 'nolearning', ...Object.values(vxlanFlags)];

/** And a bridge. */
export const usualBridge: Readonly<Record<string, number>> = {
  stp_state: 0,
  vlan_filtering: 0,
  forward_delay: 1500,
  hello_time: 200,
  max_age: 2000,
  ageing_time: 30000,
  priority: 32768,
};

const vxlanOrder = ['id', 'local', 'group', 'remote', 'dev', 'dstport', 'ttl', 'ageing'];

/** What stands after `type KIND`, with what is asked for in the place of what is there; equal to `now` when it is as asked. */
export function wantedOptions(kind: string, now: string, { vxlan, bridge }: LinkSettings): string {
  if (kind === 'bridge') {
    const asked = { ...usualBridge, ...pairs(now), ...bridge };
    const own = Object.keys(usualBridge).filter((name) => Number(asked[name]) !== usualBridge[name]);
    return own.map((name) => `${name} ${asked[name]}`).join(' ');
  }
  if (kind !== 'vxlan') return now;
  const { learning, port, ...rest } = vxlan ?? {};
  const is: Record<string, string> = { dstport: '8472', ...pairs(now) };
  const asked = Object.entries({ ...rest, dstport: port }).filter(([, value]) => value !== undefined);
  for (const [name, value] of asked)
    is[name] = /[.:]/.test(String(value)) && name !== 'dev' ? addressText(String(value)) : String(value);
  const words = vxlanOrder.flatMap((name) => (is[name] === undefined ? [] : [`${name} ${is[name]}`]));
  const said = now.split(' ');
  const learns = learning ?? !said.includes('nolearning');
  const kept = Object.values(vxlanFlags).filter((flag) => said.includes(flag));
  return [...words, learns ? 'learning' : 'nolearning', ...kept].join(' ');
}

/** The same settings as a user says them, each of them; of a kind without settings nothing. */
export function saidOptions(kind: string, options: string): LinkSettings {
  const said = Object.entries(pairs(options)).map(
    ([name, value]) => [name === 'dstport' ? 'port' : name, /^\d+$/.test(value) ? Number(value) : value] as const,
  );
  if (kind === 'bridge')
    return { kind, bridge: { ...usualBridge, ...(Object.fromEntries(said) as Record<string, number>) } };
  if (kind !== 'vxlan') return {};
  return { kind, vxlan: { ...Object.fromEntries(said), learning: !options.split(' ').includes('nolearning') } };
}

/** Words that bring a bridge from the settings `from` to `to`: what is no longer said is as usual again. */
export function bridgeWords(from: string, to: string): string {
  const [is, wanted] = [pairs(from), pairs(to)];
  const names = [...new Set([...Object.keys(is), ...Object.keys(wanted)])];
  return names.map((name) => `${name} ${wanted[name] ?? usualBridge[name]}`).join(' ');
}

function pairs(words: string): Readonly<Record<string, string>> {
  const list = words.split(' ').filter((word) => word !== '' && !flags.includes(word));
  return Object.fromEntries(list.flatMap((word, i) => (i % 2 === 0 ? [[word, list[i + 1] ?? '']] : [])));
}
