import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { isIpv6Route, lineOf, wordOf } from './link-order.ts';

/** What no record of a link keeps, as its sections tell it: a device that is made again would not have it. */
export function lostWith(link: JsonObject, sections: (name: string) => readonly JsonObject[]): readonly string[] {
  const info = isJsonObject(link.linkinfo) ? link.linkinfo : {};
  const data = isJsonObject(info.info_data) ? info.info_data : {};
  const ports = sections('ports');
  const listed = Array.isArray(link.addr_info) ? link.addr_info.filter(isJsonObject) : [];
  return [
    ...flagsOf(link, text(info.info_kind)).map((flag) => `the flag ${flag}`),
    ...said('its alias', link.ifalias !== undefined),
    ...said('its other names', link.altnames !== undefined),
    ...said('its group', !['', 'default', '0'].includes(text(link.group))),
    ...said(`its qdisc ${text(link.qdisc)}`, shapers.test(text(link.qdisc))),
    ...(info.info_kind === 'bridge' ? unusual(data, usualOfBridge).map((key) => `its ${key}`) : []),
    ...said('the VLANs of its ports', info.info_kind === 'bridge' && data.vlan_filtering === 1 && ports.length > 0),
    ...portSettings(link).map((key) => `${key} as a port`),
    ...ports.flatMap((port) => portSettings(port).map((key) => `${key} of its port ${text(port.ifname)}`)),
    ...said(
      'the other end of an address',
      listed.some(({ address }) => address !== undefined),
    ),
    ...said(
      'the end of an address',
      listed.some(({ dynamic, preferred_life_time: end }) => dynamic !== true && end !== undefined && end !== forever),
    ),
    ...said('neighbours that it answers for', sections('proxies').length > 0),
    ...said(
      'neighbours without ARP',
      info.info_kind !== 'dummy' && sections('noarp').some((entry) => !isKernels(entry)),
    ),
    ...said(
      'forwarding entries of its bridge',
      sections('fdb').some(({ master, state }) => master !== undefined && state === 'static'),
    ),
    ...said(
      'forwarding entries by nexthop',
      sections('fdb').some((entry) => entry.nhid !== undefined),
    ),
  ];
}

/** From the lines of `order`: a place among routes of others that `ip` cannot give back. */
export function lostPlaces(order: readonly string[]): readonly string[] {
  const stuck = order.filter(
    (placed) => wordOf(placed) === 'between' || (wordOf(placed) === 'front' && isIpv6Route(lineOf(placed))),
  );
  return stuck.map((placed) => `the place of its route to ${placed.split(' ')[2]} among others`);
}

const forever = 4294967295;
const shapers = /^(htb|hfsc|tbf|netem|prio|cbq|cake|drr|ets|qfq|sfb|sfq|red|taprio|mqprio)$/;

function flagsOf({ flags }: JsonObject, kind: string): readonly string[] {
  const has = (flag: string): boolean => Array.isArray(flags) && flags.includes(flag);
  return ['NOARP', 'PROMISC', 'ALLMULTI'].filter((flag) => has(flag) && !(flag === 'NOARP' && kind === 'dummy'));
}

/** Settings of a bridge that are the same on all kernels. */
const usualOfBridge: Readonly<Record<string, Json>> = {
  group_fwd_mask: '0',
  group_addr: '01:80:c2:00:00:00',
  mcast_snooping: 1,
  mcast_router: 1,
  mcast_querier: 0,
  mcast_query_use_ifaddr: 0,
  mcast_stats_enabled: 0,
  mcast_vlan_snooping: 0,
  mst_enabled: 0,
  no_linklocal_learn: 0,
  vlan_default_pvid: 1,
  vlan_protocol: '802.1Q',
  vlan_stats_enabled: 0,
  vlan_stats_per_port: 0,
  fdb_max_learned: 0,
  nf_call_iptables: 0,
  nf_call_ip6tables: 0,
  nf_call_arptables: 0,
};

const usualOfPort: Readonly<Record<string, Json>> = {
  priority: 32,
  hairpin: false,
  guard: false,
  root_block: false,
  fastleave: false,
  learning: true,
  flood: true,
  proxy_arp: false,
  proxy_arp_wifi: false,
  multicast_router: 1,
  mcast_flood: true,
  bcast_flood: true,
  mcast_to_unicast: false,
  neigh_suppress: false,
  group_fwd_mask: '0',
  vlan_tunnel: false,
  isolated: false,
  locked: false,
};
/** What the kernel gives a port by its speed. */
const usualCosts = [2, 4, 5, 19, 100];

function portSettings({ linkinfo }: JsonObject): readonly string[] {
  const info = isJsonObject(linkinfo) ? linkinfo : {};
  const data = isJsonObject(info.info_slave_data) ? info.info_slave_data : undefined;
  if (info.info_slave_kind !== 'bridge' || data === undefined) return [];
  return [
    ...unusual(data, usualOfPort),
    ...said('cost', typeof data.cost === 'number' && !usualCosts.includes(data.cost)),
  ];
}

function unusual(data: JsonObject, usual: Readonly<Record<string, Json>>): readonly string[] {
  return Object.keys(usual).filter((key) => key in data && String(data[key]) !== String(usual[key]));
}

/** Of a group, the whole network or the host itself; among those without ARP `ip` lists permanent ones of other programs too. */
function isKernels({ dst, lladdr, state }: JsonObject): boolean {
  const isOther = !(Array.isArray(state) && state.includes('NOARP'));
  const isOfMany = /^(ff|2(2[4-9]|3\d)\.|255\.255\.255\.255)/i.test(text(dst));
  return isOther || isOfMany || /^(ff:){5}ff$|^(00:){5}00$/i.test(text(lladdr));
}

function said(what: string, isSo: boolean): readonly string[] {
  return isSo ? [what] : [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
