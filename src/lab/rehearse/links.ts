import { reason } from '../../core/failure.ts';
import { parseRouteLine } from '../../modules/routes/ip-route-line.ts';
import { type Net, overlaps, parseNet } from '../flanneld/address.ts';
import type { AddressSnapshot, HostSnapshot, LinkSnapshot } from '../snapshot/shape.ts';

/** What of a host's network a lab can have, as commands, and what it cannot. */
interface Commands {
  readonly always: readonly string[];
  readonly once: readonly string[];
  readonly left: readonly { readonly what: string; readonly why: string }[];
}

export interface LinkContext {
  /** The link to the switch. */
  readonly main: string;
  readonly bridge: string | null;
  /** flannel's network: the routes into it are lost with a reboot. */
  readonly pods: Net | undefined;
  /** What stands for a network card that leads nowhere: `dummy`, or a bridge without ports. */
  readonly spare: 'dummy' | 'bridge';
}

/** The commands that make a host's links, addresses, routes, rules and neighbours, in an order that works. */
export function networkCommands(host: HostSnapshot, around: LinkContext): Commands {
  const always: string[] = ['ip link set lo up'];
  const once: string[] = [];
  const left: { what: string; why: string }[] = [];
  const built = new Map<string, string[]>([['lo', always]]);
  const ordered = [...host.links].sort((a, b) => rank(a, around) - rank(b, around));
  for (const link of ordered) {
    if (link.name === 'lo') continue;
    const made = creation(link, around, built);
    if (typeof made === 'string') {
      if (!isPodsPort(link, around)) left.push({ what: `link ${link.name}`, why: made });
      continue;
    }
    const list = link.kind === 'vxlan' && link.name !== around.main ? once : always;
    list.push(...made, ...settings(link));
    built.set(link.name, list);
    const changed = otherThanReal(link, around);
    if (changed !== undefined) left.push({ what: `link ${link.name}`, why: changed });
  }
  for (const address of host.addresses) {
    const list = built.get(address.dev);
    if (!list) left.push(withoutDevice(`address ${address.address} dev ${address.dev}`, address.dev));
    else if (address.dev !== 'lo' || address.scope !== 'host') list.push(addition(address));
  }
  for (const { name, up } of ordered) if (up && name !== 'lo') built.get(name)?.push(`ip link set ${name} up`);
  for (const line of inOrder(host.routes)) {
    const lacking = unbuiltDevice(line, built);
    if (lacking !== undefined) left.push({ what: `route ${line}`, why: lacking });
    else (isPodRoute(line, around, built, once) ? once : always).push(`ip route append ${line}`);
  }
  always.push(...host.rules.map(ruleCommand));
  once.push(...tunnelEnds(host, built, once));
  return { always, once, left };
}

function rank({ name, kind }: LinkSnapshot, { main }: LinkContext): number {
  if (name === main) return 0;
  return kind === 'bridge' ? 1 : kind === 'vxlan' ? 3 : 2;
}

/** The commands that make a link; text says why it cannot be made. */
function creation(link: LinkSnapshot, around: LinkContext, built: ReadonlyMap<string, unknown>): string[] | string {
  const { name, kind, options = '' } = link;
  if (name === around.main) return [];
  if (kind === 'bridge') return [`ip link add ${name} type bridge ${options}`.trim()];
  if (kind === 'vxlan') {
    const lower = /(?:^| )dev (\S+)/.exec(options)?.[1];
    if (lower !== undefined && !built.has(lower)) return `its device ${lower} is not rebuilt`;
    return [`ip link add ${name} type vxlan ${options}`];
  }
  if (kind === 'dummy' || (kind === 'physical' && /^(?!00:00:00:00:00:00)[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(link.mac)))
    return [`ip link add ${name} type ${around.spare}`];
  return `a link of kind ${kind} is not rebuilt`;
}

/** What is there under its name, but is not the thing. */
function otherThanReal({ name, kind, master }: LinkSnapshot, { main }: LinkContext): string | undefined {
  if (name === main) return kind === 'physical' || kind === 'veth' ? undefined : `it is a plain link, not a ${kind}`;
  if (kind === 'physical')
    return `nothing answers on it${master === undefined ? '' : `, and it is no port of ${master}`}`;
  return undefined;
}

function settings({ name, mac, mtu, queue, kind }: LinkSnapshot): string[] {
  const address = mac === '' || mac === '00:00:00:00:00:00' ? '' : ` address ${mac}`;
  const length = queue === undefined ? '' : ` txqueuelen ${queue}`;
  return kind === 'loopback' ? [] : [`ip link set ${name}${address} mtu ${mtu}${length}`];
}

function addition({ dev, address, peer, broadcast, scope, label }: AddressSnapshot): string {
  const words = [
    peer === undefined ? address : `${address.split('/')[0]} peer ${peer}`,
    ...(broadcast === undefined ? [] : [`broadcast ${broadcast}`]),
    `dev ${dev} scope ${scope}`,
    ...(label === undefined ? [] : [`label ${label}`]),
  ];
  return `ip address add ${words.join(' ')}`;
}

/** The lab's own pod has the place of the pods' ends of the bridge. */
function isPodsPort({ kind, master }: LinkSnapshot, { bridge }: LinkContext): boolean {
  return kind === 'veth' && bridge !== null && master === bridge;
}

/** A gateway has to be in reach before routes go through it. */
function inOrder(routes: readonly string[]): string[] {
  const direct = (line: string): boolean => / scope link( |$)/.test(line);
  return [...routes.filter(direct), ...routes.filter((line) => !direct(line))];
}

function unbuiltDevice(line: string, built: ReadonlyMap<string, unknown>): string | undefined {
  if (/ nhid \d/.test(line)) return 'it uses a nexthop object';
  try {
    const lacking = parseRouteLine(line).devices.find((device) => !built.has(device));
    return lacking === undefined ? undefined : `its device ${lacking} is not rebuilt`;
  } catch (error) {
    return reason(error);
  }
}

function isPodRoute(
  line: string,
  { pods, main }: LinkContext,
  built: ReadonlyMap<string, string[]>,
  once: string[],
): boolean {
  const { prefix, devices } = parseRouteLine(line);
  if (devices.some((device) => device !== main && built.get(device) === once)) return true;
  const to = parseNet(prefix.includes('/') ? prefix : `${prefix}/32`);
  return to !== undefined && pods !== undefined && to.length >= pods.length && overlaps(to, pods);
}

/** `100: from all lookup 7`, as `ip rule add` takes it. */
function ruleCommand(line: string): string {
  const [, priority = '', words = ''] = /^(\d+): (.*)$/.exec(line) ?? [];
  return `ip rule add priority ${priority} ${words.replace(/ \[[a-z]+\]/g, '')}`;
}

/** What leads through the tunnels: permanent neighbours, and entries with a far end. */
function tunnelEnds(host: HostSnapshot, built: ReadonlyMap<string, string[]>, once: string[]): string[] {
  const neighbours = host.neighbours.flatMap((line) => {
    const [, ip, device = '', mac] = /^(\S+) dev (\S+) lladdr (\S+) (?:.* )?PERMANENT$/.exec(line) ?? [];
    return ip === undefined || built.get(device) !== once
      ? []
      : [`ip neigh replace ${ip} lladdr ${mac} dev ${device} nud permanent`];
  });
  const forwarding = host.forwarding.flatMap((line) => {
    const [, mac, device = '', to] = /^(\S+) dev (\S+) dst (\S+) .*permanent$/.exec(line) ?? [];
    return mac === undefined || built.get(device) !== once
      ? []
      : [`bridge fdb append ${mac} dev ${device} dst ${to} self permanent`];
  });
  return [...neighbours, ...forwarding];
}

function withoutDevice(what: string, device: string): { what: string; why: string } {
  return { what, why: `its device ${device} is not rebuilt` };
}
