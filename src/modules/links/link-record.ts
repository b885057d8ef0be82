import { cut } from '../../core/cut.ts';
import { Failure } from '../../core/failure.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';
import { explain, type Outcome } from '../../core/outcome.ts';
import { parseRouteLine, routeLines } from '../routes/ip-route-line.ts';
import { sections } from '../shared/probe-sections.ts';
import { lostPlaces, lostWith } from './link-lost.ts';
import { usualBridge, usualVxlan, vxlanFlags } from './link-settings.ts';
import { linkFromText, neighbourObjects } from './link-text.ts';

/** All that is needed to make a link again as it was. Lists of lines are words for `ip` and `bridge`. */
export type LinkRecord = {
  /** vxlan, bridge, dummy, veth, ...; physical for a device that no program made. */
  readonly kind: string;
  readonly mac: string;
  /** Bytes. */
  readonly mtu: number;
  /** Packets that may wait in it. flannel makes its device with 0, `ip` with 1000. Absent in journals that did not have it, and of a device yet to be made. */
  readonly queue?: number;
  readonly up: boolean;
  /** The bridge that it is a port of. */
  readonly master?: string;
  /** What stands after `type KIND` when it is made. */
  readonly options: string;
  /** Settings that are not as usual and that `options` cannot give back. */
  readonly unkept: readonly string[];
  readonly addresses: readonly string[];
  readonly neighbours: readonly string[];
  readonly fdb: readonly string[];
  /** Links that are ports of it. */
  readonly ports: readonly string[];
  readonly routes: readonly string[];
  /** Its own sysctls that differ from those of a new device: `ipv4 rp_filter 2`. Absent in journals that did not have them, and of a device yet to be made. */
  readonly conf?: readonly string[];
  /** How its routes stand to others with the same key: `front LINE`, `behind LINE`, `between LINE`. Absent as `conf` is. */
  readonly order?: readonly string[];
  /** What it has that nothing here gives back, in words. Absent as `conf` is. */
  readonly lost?: readonly string[];
  /** Where something would be lost: the kernel's number of the device, which a device made again does not have. */
  readonly index?: number;
};

/** Reads what `linkProbeScript` printed. null: no such link. Throws Failure `unreadable`. */
export function readLink(outcome: Outcome, name: string): LinkRecord | null {
  const parts = sections(outcome.stdout);
  if (outcome.exit === 0 && parts.has('absent')) return null;
  if (outcome.exit !== 0 || outcome.truncated === true || !parts.has('routes')) {
    throw unreadable(name, explain(outcome));
  }
  const texts = parts.has('text') ? linkFromText(parts, name) : undefined;
  const list = (section: string): readonly JsonObject[] => {
    const given = parts.get(section) ?? '';
    if (texts !== undefined) return texts.get(section) ?? [];
    return /^(neighbours|proxies|noarp)$/.test(section) && !given.trimStart().startsWith('[')
      ? neighbourObjects(given)
      : objects(given, name);
  };
  const lines = (section: string): readonly string[] =>
    (parts.get(section) ?? '').split('\n').filter((line) => line !== '');
  const link = list('link').find((entry) => entry.ifname === name);
  if (link === undefined) throw unreadable(name, 'it is not in the list');
  const own = basics(link);
  // The kernel makes these itself with the device.
  const first = /(?:remote|group) (\S+)/.exec(own.options)?.[1];
  return {
    ...own,
    addresses: addressesOf(link),
    neighbours: sorted(list('neighbours').map(neighbourWords)),
    fdb: sorted(
      list('fdb')
        .filter(isOwnEntry)
        .filter(({ mac, dst }) => dst !== first || mac !== '00:00:00:00:00:00')
        .map(entryWords),
    ),
    ports: sorted(list('ports').map(({ ifname }) => text(ifname))),
    routes: routeLines(parts.get('routes') ?? '').filter((line) => parseRouteLine(line).devices.includes(name)),
    ...(parts.has('conf') ? { conf: lines('conf') } : {}),
    ...(parts.has('order') ? { order: lines('order') } : {}),
    ...(parts.has('order') ? lost(link, list, lines('order')) : {}),
  };
}

function lost(
  link: JsonObject,
  list: (section: string) => readonly JsonObject[],
  order: readonly string[],
): Pick<LinkRecord, 'lost' | 'index'> {
  const all = [...lostWith(link, list), ...lostPlaces(order)];
  return { lost: all, ...(all.length > 0 && typeof link.ifindex === 'number' ? { index: link.ifindex } : {}) };
}

function neighbourWords({ dst, lladdr, router, extern_learn, protocol }: JsonObject): string {
  const more = [...(router === undefined ? [] : ['router']), ...(extern_learn === undefined ? [] : ['extern_learn'])];
  const by = protocol === undefined ? [] : ['protocol', text(protocol)];
  return [text(dst), 'lladdr', text(lladdr), ...more, ...by].join(' ');
}

function entryWords({ mac, dst, port, vni, viaIf, state }: JsonObject): string {
  const said = Object.entries({ dst, port, vni, via: viaIf }).flatMap(([word, value]) =>
    value === undefined ? [] : [word, text(value)],
  );
  return [text(mac), ...said, ...(state === 'static' ? ['static'] : [])].join(' ');
}

function basics(
  link: JsonObject,
): Pick<LinkRecord, 'kind' | 'mac' | 'mtu' | 'queue' | 'up' | 'master' | 'options' | 'unkept'> {
  const info = isJsonObject(link.linkinfo) ? link.linkinfo : {};
  const data = isJsonObject(info.info_data) ? info.info_data : {};
  const kind = text(info.info_kind) === '' ? 'physical' : text(info.info_kind);
  return {
    kind,
    mac: text(link.address),
    mtu: count(link, 'mtu', 'an MTU'),
    // ip says nothing of a queue of 0.
    queue: count({ txqlen: 0, ...link }, 'txqlen', 'the length of a queue'),
    up: Array.isArray(link.flags) && link.flags.includes('UP'),
    ...(typeof link.master === 'string' ? { master: link.master } : {}),
    ...settings(kind, data),
  };
}

function settings(kind: string, data: JsonObject): Pick<LinkRecord, 'options' | 'unkept'> {
  if (kind === 'bridge') {
    // Only what is not as usual: a kernel may not even know how to be told the rest.
    const own = Object.keys(usualBridge).filter((key) => key in data && data[key] !== usualBridge[key]);
    return { options: own.map((key) => `${key} ${text(data[key])}`).join(' '), unkept: [] };
  }
  if (kind !== 'vxlan') return { options: '', unkept: sorted(Object.keys(data)) };
  const { id, local, local6, group, group6, remote, remote6, link, port, learning, ttl, ageing, ...others } = data;
  const worded: readonly (readonly [string, Json | undefined])[] = [
    ['id', id],
    ['local', local ?? local6],
    ['group', group ?? group6],
    ['remote', remote ?? remote6],
    ['dev', link],
    ['dstport', port],
    ['ttl', ttl === 0 ? undefined : ttl],
    ['ageing', ageing === 300 ? undefined : ageing],
  ];
  const own = Object.keys(others).filter((key) => JSON.stringify(others[key]) !== JSON.stringify(usualVxlan[key]));
  const flags = Object.keys(vxlanFlags).filter((key) => own.includes(key) && typeof others[key] === 'boolean');
  const unkept = own.filter((key) => !flags.includes(key));
  const words = worded.flatMap(([word, value]) => (value === undefined ? [] : [`${word} ${text(value)}`]));
  const more = flags.map((key) => vxlanFlags[key] ?? '');
  const options = [...words, learning === false ? 'nolearning' : 'learning', ...more].join(' ');
  return { options, unkept: sorted(unkept) };
}

const addressFlags = ['noprefixroute', 'nodad', 'home', 'mngtmpaddr', 'autojoin'];

/** Without what the kernel or a router gives by itself: IPv6 link-local addresses, and those with an end. */
function addressesOf(link: JsonObject): readonly string[] {
  const listed = Array.isArray(link.addr_info) ? link.addr_info.filter(isJsonObject) : [];
  return listed
    .filter(({ family, scope, dynamic }) => dynamic !== true && !(family === 'inet6' && scope === 'link'))
    .map(({ local, prefixlen, broadcast, scope, metric, label, ...flags }) => {
      const brd = broadcast === undefined ? '' : ` broadcast ${text(broadcast)}`;
      const more = [
        ...(metric === undefined ? [] : ['metric', text(metric)]),
        ...(text(label).includes(':') ? ['label', text(label)] : []),
        ...addressFlags.filter((flag) => flags[flag] === true),
      ];
      return [`${text(local)}/${text(prefixlen)}${brd} scope ${text(scope)}`, ...more].join(' ');
    });
}

function count(link: JsonObject, field: string, what: string): number {
  const value = link[field];
  if (Number.isSafeInteger(Number(value)) && value !== null) return Number(value);
  throw unreadable(text(link.ifname), `"${cut(text(value), 100)}" is not ${what}`);
}

/** Only what somebody put there to reach a tunnel's end. */
function isOwnEntry({ dst, state }: JsonObject): boolean {
  return typeof dst === 'string' && (state === 'permanent' || state === 'static');
}

function objects(json: string, name: string): readonly JsonObject[] {
  if (json.trim() === '') return [];
  try {
    const value = JSON.parse(json, finite) as Json;
    return Array.isArray(value) ? value.filter(isJsonObject) : [];
  } catch {
    throw unreadable(name, `"${cut(json, 100)}" is not JSON`);
  }
}

/** 1e400 would be kept as null. */
function finite(_: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('a number that JSON cannot keep');
  return value;
}

function sorted(lines: readonly string[]): readonly string[] {
  return [...lines].sort((a, b) => (a < b ? -1 : 1));
}

function text(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function unreadable(name: string, why: string): Failure {
  return new Failure('unreadable', `The link ${name} could not be read: ${why}.`, {
    hint: 'Nothing was changed. Links are read with iproute2: try ip -d address show, and bridge -V.',
  });
}
