import { isInside, prefixOf } from '../shared/prefix.ts';
import type { FlannelFacts } from './flannel-facts.ts';
import { logRow } from './flannel-log.ts';
import { usualOptions, vxlanOptions, vxlanOverhead } from './flannel-options.ts';
import { forwardingRow, nodesRow, pathRow, podsRow, reversePathRow } from './flannel-traffic.ts';
import { type FlannelNode, type FlannelSettings, type Row, row, short, type View } from './flannel-view.ts';

/** Judges what a host answered, row by row, in the order of cause and effect. */
export function flannelRows(facts: FlannelFacts, settings: FlannelSettings): readonly Row[] {
  const outer = facts.addresses.get(settings.iface) ?? [];
  const own = settings.nodes.find(({ public_ip }) => outer.some((address) => address.startsWith(`${public_ip}/`)));
  const leaseOf = new Map((facts.leases ?? []).map((lease) => [lease.subnet, lease]));
  const options = (facts.config === undefined ? undefined : vxlanOptions(facts.config)) ?? usualOptions;
  const view = { facts, settings, own, peers: settings.nodes.filter((node) => node !== own), leaseOf, options };
  const { model } = settings;
  return [
    hostRow(view),
    connectionRow(view),
    leasesRow(view),
    ...(model === 'any' || model === 'host-gw' ? [] : [configRow(view)]),
    processRow(view),
    ...(facts.log === undefined ? [] : [logRow(view)]),
    fileRow(view),
    ...(model === 'any' ? [] : modelRows(view)),
    forwardingRow(view),
    ...(facts.counters === undefined
      ? []
      : [nodesRow(view), podsRow(view), ...(model === 'any' ? [] : [pathRow(view)])]),
    reversePathRow(view),
  ];
}

function modelRows(view: View): readonly Row[] {
  return [
    deviceRow(view),
    ...(view.settings.model === 'vxlan' ? [neighboursRow(view)] : []),
    routesRow(view),
    ...(view.settings.leftovers === 'allow' ? [] : [leftoversRow(view)]),
    ...(view.own === undefined ? [] : [lookupRow(view)]),
  ];
}

function hostRow({ own, settings, facts }: View): Row {
  const have = (facts.addresses.get(settings.iface) ?? []).join(' ') || 'none';
  const wrong = own === undefined ? [`no node has an address of ${settings.iface} (${have})`] : [];
  return row('host', wrong, own?.public_ip ?? '');
}

/** The type that a node of this model publishes; undefined: any. */
function leaseType({ settings }: View): string | undefined {
  if (settings.model === 'any') return undefined;
  return settings.model === 'host-gw' ? 'host-gw' : 'vxlan';
}

function connectionRow({ facts, settings }: View): Row {
  const from = facts.controller;
  const isInPods = from !== '' && !from.includes(':') && isInside(from, prefixOf(settings.network));
  return row(
    'connection',
    isInPods ? [`the controller comes from ${from}, inside ${settings.network}`] : [],
    from || 'local',
  );
}

function leasesRow(view: View): Row {
  const { facts, settings } = view;
  const type = leaseType(view);
  if (facts.leases === undefined) return row('leases', [`etcd gave none: ${short(facts.leasesText)}`], '');
  const known = new Set(settings.nodes.map(({ pod_cidr }) => pod_cidr));
  const ofNodes = settings.nodes.flatMap(({ pod_cidr, public_ip }) => {
    const lease = view.leaseOf.get(pod_cidr);
    if (lease === undefined) return [`${pod_cidr} of ${public_ip} is not leased`];
    if (lease.publicIp !== public_ip) return [`${pod_cidr} is leased by ${lease.publicIp}, not ${public_ip}`];
    return type === undefined || lease.type === type ? [] : [`${public_ip} has published ${lease.type}, not ${type}`];
  });
  const others = facts.leases
    .filter((lease) => !known.has(lease.subnet))
    .flatMap(({ subnet, publicIp, type: other }) => {
      if (settings.nodes.some(({ public_ip }) => public_ip === publicIp))
        return [`${publicIp} has leased ${subnet} too`];
      return type === undefined || other === type
        ? []
        : [`${publicIp}, which is no node of these, has published ${other}`];
    });
  return row(
    'leases',
    [...ofNodes, ...others],
    `${facts.leases.length} ${type ?? [...new Set(facts.leases.map((lease) => lease.type))].join(' and ')}`,
  );
}

/** A host that cannot ask etcd is a matter of the leases. */
function configRow({ facts, settings, options }: View): Row {
  const { config, configText } = facts;
  const isNone = config === undefined && facts.leases !== undefined;
  const isNoConfig = config !== undefined && vxlanOptions(config) === undefined;
  const wrong = [
    ...(isNone ? [`etcd gave none: ${short(configText)}`] : []),
    ...(isNoConfig ? [`it is not JSON: ${short(config)}`] : []),
    ...(options.vni === settings.vni ? [] : [`its VNI is ${options.vni}, \`vni\` is ${settings.vni}`]),
  ];
  return row('config', wrong, `VNI ${options.vni}`);
}

function processRow({ facts, settings }: View): Row {
  const { before, after } = facts.processes;
  const [one] = after;
  if (one === undefined || after.length !== 1) {
    return row(
      'process',
      [after.length === 0 ? 'none runs' : `${after.length} run: ${after.map(({ pid }) => pid)}`],
      '',
    );
  }
  const isSame = before.length === 1 && before[0]?.pid === one.pid && before[0].start === one.start;
  if (!isSame)
    return row('process', [`${one.pid} has just been started in place of ${before.map(({ pid }) => pid)}`], '');
  const seconds = facts.uptime - one.start / 100;
  const young = seconds * 1000 < settings.aliveMs ? [`${one.pid} was started ${seconds.toFixed(1)} s ago`] : [];
  return row('process', young, `${one.pid}`);
}

function fileRow({ facts, settings, own, options }: View): Row {
  const { subnetFile } = facts;
  const held = (name: string) => subnetFile.get(`FLANNEL_${name}`);
  const [subnet, mtu] = [held('SUBNET'), held('MTU')];
  const bridge = facts.addresses.get(settings.bridge) ?? [];
  const outer = facts.links.get(settings.iface)?.mtu ?? 0;
  // From 0.21.3 on flannel heeds the config's MTU, and from 0.18 on it uses the API 3 alone.
  const limit = settings.api === 3 ? options.mtu : undefined;
  const inner = settings.model === 'host-gw' ? outer : (limit ?? outer) - vxlanOverhead;
  const leaves = limit === undefined ? `${settings.model} leaves ${inner}` : `the config's ${limit} leaves ${inner}`;
  const wrong = [
    ...(subnet === undefined ? ['there is none'] : []),
    ...(subnet !== undefined && !bridge.includes(subnet)
      ? [`it says ${subnet}, ${settings.bridge} has ${bridge.join(' ') || 'no address'}`]
      : []),
    ...(subnet !== undefined && own !== undefined && prefixFrom(subnet) !== own.pod_cidr
      ? [`it says ${subnet}, the node has ${own.pod_cidr}`]
      : []),
    ...(subnet !== undefined && held('NETWORK') !== settings.network ? [`its network is ${held('NETWORK')}`] : []),
    ...(settings.model !== 'any' && mtu !== undefined && Number(mtu) !== inner ? [`its MTU is ${mtu}, ${leaves}`] : []),
  ];
  const bridgeMtu = facts.links.get(settings.bridge)?.mtu ?? 0;
  const note = bridgeMtu > inner ? ` (${settings.bridge} has ${bridgeMtu}: pods rest on path MTU discovery)` : '';
  return row('subnet file', wrong, `${subnet} MTU ${mtu}${note}`);
}

function prefixFrom(address: string): string {
  const [start, length] = address.split('/');
  const octets = (start ?? '').split('.').map(Number);
  const bits = Number(length);
  const masked = octets.map((octet, i) => octet & (0xff << Math.min(8, Math.max(0, 8 * (i + 1) - bits))) & 0xff);
  return `${masked.join('.')}/${length}`;
}

function deviceRow(view: View): Row {
  const { facts, settings, own, options } = view;
  const name = settings.model === 'host-gw' ? settings.iface : settings.device;
  const link = facts.links.get(name);
  if (link === undefined) return row('device', [`there is no ${name}`], '');
  const down = link.up ? [] : [`${name} is down`];
  if (settings.model === 'host-gw') return row('device', down, `${name} up`);
  const said = (word: string): string | undefined => new RegExp(`(?:^| )${word} (\\S+)`).exec(link.text)?.[1];
  const lease = own === undefined ? undefined : view.leaseOf.get(own.pod_cidr);
  const address = own === undefined ? '' : `${own.pod_cidr.split('/')[0]}/32`;
  const mtu = facts.subnetFile.get('FLANNEL_MTU');
  const wrong = [
    ...down,
    ...(said('vxlan id') === String(settings.vni) ? [] : [`${name} is no VXLAN device of id ${settings.vni}`]),
    ...(own !== undefined && said('local') !== own.public_ip
      ? [`${name} sends from ${said('local') ?? 'anywhere'}`]
      : []),
    ...(options.port === undefined || said('dstport') === String(options.port)
      ? []
      : [`${name} sends to port ${said('dstport')}, the config says ${options.port}`]),
    ...(/ gbp\b/.test(link.text) === options.gbp
      ? []
      : [options.gbp ? `${name} lacks GBP, the config says it` : `${name} has GBP, the config does not`]),
    ...(options.learning || / nolearning\b/.test(link.text) ? [] : [`${name} learns addresses`]),
    ...(lease?.mac !== undefined && lease.mac !== link.mac
      ? [`${name} has MAC ${link.mac}, the lease says ${lease.mac}: restart flanneld`]
      : []),
    ...((facts.addresses.get(name) ?? []).includes(address) ? [] : [`${name} lacks ${address}`]),
    ...(mtu !== undefined && Number(mtu) !== link.mtu
      ? [`${name} has MTU ${link.mtu}, the subnet file says ${mtu}`]
      : []),
  ];
  return row('device', wrong, `${name} up, MAC as leased`);
}

function neighboursRow({ facts, settings, peers, leaseOf }: View): Row {
  const wrong = peers.flatMap(({ pod_cidr, public_ip }) => {
    const mac = leaseOf.get(pod_cidr)?.mac;
    if (mac === undefined) return [];
    const gateway = pod_cidr.split('/')[0] ?? '';
    const neighbour = facts.neighbours.find((line) => line.startsWith(`${gateway} `))?.toLowerCase();
    const known = neighbour === undefined ? undefined : /lladdr (\S+)/.exec(neighbour)?.[1];
    const sent = facts.fdb.find((line) => line.toLowerCase().startsWith(`${mac} `));
    const to = sent === undefined ? undefined : /\bdst (\S+)/.exec(sent)?.[1];
    return [
      ...(known === mac ? [] : [`${gateway} is ${known ?? 'not known'}, its lease says ${mac}`]),
      ...(to === public_ip ? [] : [`${mac} is forwarded to ${to ?? 'nobody'}, not ${public_ip}`]),
    ];
  });
  return row('neighbours', wrong, `${peers.length} on ${settings.device}`);
}

/** How the one route to a peer's pods must look. */
function shape({ settings }: View, peer: FlannelNode): { via: string; dev: string } {
  if (settings.model === 'vxlan') return { via: peer.pod_cidr.split('/')[0] ?? '', dev: settings.device };
  return { via: peer.public_ip, dev: settings.iface };
}

function fits(view: View, peer: FlannelNode, route: FlannelFacts['routes'][number]): boolean {
  const { via, dev } = shape(view, peer);
  const table = route.attributes.get('table') ?? 'main';
  const isRight = route.attributes.get('via') === via && route.attributes.get('dev') === dev && table === 'main';
  return isRight && (view.settings.model !== 'vxlan' || route.onlink);
}

function routesRow(view: View): Row {
  const { facts, peers } = view;
  const wrong = peers.flatMap((peer) => {
    const found = facts.routes.filter(({ prefix }) => prefix === peer.pod_cidr);
    if (found.some((route) => fits(view, peer, route))) return [];
    const { via, dev } = shape(view, peer);
    const seen = found.map(brief).join(' and ') || 'no route';
    return [`${peer.pod_cidr} has ${seen}, not via ${via} dev ${dev}`];
  });
  return row('routes', wrong, `${peers.length} by ${view.settings.model}`);
}

function leftoversRow(view: View): Row {
  const { facts, settings, peers } = view;
  const network = prefixOf(settings.network);
  const spare = facts.routes.filter((route) => {
    if (!isInside(route.prefix, network) || route.devices.includes(settings.bridge)) return false;
    const peer = peers.find(({ pod_cidr }) => pod_cidr === route.prefix);
    if (peer !== undefined) return !fits(view, peer, route);
    // Another node's subnet may be needed; what nobody has leased is an orphan.
    return view.facts.leases !== undefined && !view.leaseOf.has(route.prefix);
  });
  return row(
    'leftovers',
    spare.map((route) => `${route.prefix} ${brief(route)}`),
    'none',
  );
}

function brief({ attributes, type }: FlannelFacts['routes'][number]): string {
  const [via, table, metric] = ['via', 'table', 'metric'].map((name) => attributes.get(name));
  const words = [
    ...(type === 'unicast' ? [] : [type]),
    ...(via === undefined ? [] : [`via ${via}`]),
    ...(attributes.has('dev') ? [`dev ${attributes.get('dev')}`] : []),
    ...(metric === undefined ? [] : [`metric ${metric}`]),
    ...(table === undefined || table === 'main' ? [] : [`table ${table}`]),
  ];
  return words.join(' ');
}

function lookupRow(view: View): Row {
  const wrong = view.peers.flatMap((peer) => {
    const { dev, via } = shape(view, peer);
    const answer = view.facts.lookups.get(peer.pod_ip) ?? 'no answer';
    const isRight = `${answer} `.includes(` via ${via} dev ${dev} `);
    return isRight ? [] : [`a pod's packet to ${peer.pod_ip}: ${short(answer)}`];
  });
  return row('lookup', wrong, `${view.peers.length} by ${view.settings.model}`);
}
