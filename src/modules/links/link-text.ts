import type { Json, JsonObject } from '../../core/json.ts';
import { addressLines } from '../addresses/ip-address-line.ts';
import { neighbourLines } from '../neighbours/neighbour-line.ts';

/** Words of a line of `ip -o -d link show` that are not the device's kind. */
const notKinds = /^(altname|alias|vf|\w+_slave|)$/;
/** What `ip` prints of every device behind its kind. */
const generic =
  /^(addrgenmode|numtxqueues|numrxqueues|gso_max_size|gso_max_segs|tso_max_size|tso_max_segs|gro_max_size|gso_ipv4_max_size|gro_ipv4_max_size)$/;
const flags = new Set(
  'nolearning learning l2miss l3miss proxy rsc gbp gpe external vnifilter localbypass udpcsum noudpcsum udp6zerocsumtx noudp6zerocsumtx udp6zerocsumrx noudp6zerocsumrx'.split(
    ' ',
  ),
);

/**
 * The same objects as `ip -j` and `bridge -j` give, from the text of an `ip` that knows no JSON (iproute2 before 4.17): of the sections
 * of the probe those that the record of a link is made of.
 */
export function linkFromText(
  sections: ReadonlyMap<string, string>,
  name: string,
): ReadonlyMap<string, readonly JsonObject[]> {
  const lines = (section: string): readonly string[] =>
    (sections.get(section) ?? '').split('\n').filter((line) => line.trim() !== '');
  const found = lines('text').flatMap((line) => linkObject(line, name));
  const addresses = addressLines(sections.get('addresses') ?? '', name).map(
    ({ address, peer, scope, broadcast, lent, metric, label, flags: set }): JsonObject => ({
      family: address.includes(':') ? 'inet6' : 'inet',
      local: address.split('/')[0] ?? '',
      prefixlen: Number((peer ?? address).split('/')[1]),
      ...(peer === undefined ? {} : { address: peer.split('/')[0] ?? '' }),
      ...(broadcast === undefined ? {} : { broadcast }),
      scope,
      dynamic: lent,
      ...(metric === undefined ? {} : { metric }),
      ...(label === undefined ? {} : { label }),
      ...Object.fromEntries(set.map((flag) => [flag, true])),
    }),
  );
  return new Map<string, readonly JsonObject[]>([
    ['link', found.map((link) => ({ ...link, addr_info: addresses }))],
    ['neighbours', neighbourObjects(sections.get('neighbours') ?? '')],
    ['proxies', neighbourObjects(sections.get('proxies') ?? '')],
    ['noarp', neighbourObjects(sections.get('noarp') ?? '')],
    ['fdb', lines('fdb').map(fdbObject)],
    ['ports', lines('ports').map((line) => ({ ifname: /^\d+:\s+([^:@\s]+)/.exec(line)?.[1] ?? '' }))],
  ]);
}

/** The text of `ip neigh show`: an `ip` that tells links as JSON (before 4.17) may not tell neighbours so. Throws Failure `unreadable`. */
export function neighbourObjects(text: string): readonly JsonObject[] {
  return neighbourLines(text).map(({ address, lladdr = '', router, learned, protocol, nud }) => ({
    dst: address,
    lladdr,
    ...(nud === undefined ? {} : { state: [nud.toUpperCase()] }),
    ...(router ? { router: null } : {}),
    ...(learned ? { extern_learn: null } : {}),
    ...(protocol === undefined ? {} : { protocol }),
  }));
}

function linkObject(line: string, name: string): readonly JsonObject[] {
  const [head = '', link = '', ...more] = line.split('\\').map((part) => part.trim());
  const [, ifname, up, rest = ''] = /^\d+:\s+([^:@\s]+)(?:@\S+)?:\s+<([^>]*)>\s+(.*)$/.exec(head) ?? [];
  if (ifname !== name) return [];
  const words = rest.split(/\s+/);
  const after = (word: string): string | undefined =>
    words.includes(word) ? words[words.indexOf(word) + 1] : undefined;
  const master = after('master');
  const kindPart = more.find((part) => !notKinds.test(part.split(' ')[0] ?? ''));
  const [kind, ...settings] = kindPart?.split(/\s+/) ?? [];
  return [
    {
      ifname,
      flags: (up ?? '').split(','),
      mtu: Number(after('mtu')),
      txqlen: Number(after('qlen') ?? 0),
      ...(master === undefined ? {} : { master }),
      address: link.split(/\s+/)[1] ?? '',
      ...(kind === undefined
        ? {}
        : { linkinfo: { info_kind: kind, info_data: kind === 'vxlan' ? vxlanData(settings) : plainData(settings) } }),
    },
  ];
}

function plainData(words: readonly string[]): JsonObject {
  const data: Record<string, Json> = {};
  for (let i = 0; i + 1 < words.length && !generic.test(words[i] ?? ''); i += 2) {
    const value = words[i + 1] ?? '';
    data[words[i] ?? ''] = /^\d+$/.test(value) ? Number(value) : value;
  }
  return data;
}

function vxlanData(words: readonly string[]): JsonObject {
  const data: Record<string, Json> = {};
  for (let i = 0; i < words.length && !generic.test(words[i] ?? ''); i += 1) {
    const [word = '', value = ''] = [words[i], words[i + 1]];
    if (word === 'srcport') {
      data.port_range = { low: Number(value), high: Number(words[i + 2]) };
      i += 2;
    } else if (word.endsWith('learning')) data.learning = word === 'learning';
    else if (/^(no)?udp/.test(word)) {
      const plain = word.replace(/^no/, '');
      data[checksums[plain] ?? plain] = word === plain;
    } else if (flags.has(word)) data[word] = true;
    else {
      data[{ dev: 'link', dstport: 'port' }[word] ?? word] = /^\d+$/.test(value) ? Number(value) : value;
      i += 1;
    }
  }
  // Not printed is on, and no ttl is that of the packet inside.
  const { ttl, ...rest } = data;
  return { learning: true, ...rest, ...(ttl === undefined || ttl === 'auto' || ttl === 'inherit' ? {} : { ttl }) };
}

const checksums: Readonly<Record<string, string>> = {
  udpcsum: 'udp_csum',
  udp6zerocsumtx: 'udp_zero_csum6_tx',
  udp6zerocsumrx: 'udp_zero_csum6_rx',
};

/** `aa:bb:cc:dd:ee:01 dst 10.4.7.22 self permanent`. */
function fdbObject(line: string): JsonObject {
  const words = line.trim().split(/\s+/);
  const after = (word: string): string | undefined =>
    words.includes(word) ? words[words.indexOf(word) + 1] : undefined;
  const values = {
    dst: after('dst'),
    port: after('port'),
    vni: after('vni'),
    viaIf: after('via'),
    master: after('master'),
    nhid: after('nhid'),
  };
  const state = words.find((word) => word === 'permanent' || word === 'static');
  return {
    mac: words[0] ?? '',
    ...Object.fromEntries(
      Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    ),
    ...(state === undefined ? {} : { state }),
  };
}
