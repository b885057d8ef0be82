import { type PingReport, pingReport } from '../checks/ping.ts';
import { parseRouteLine, type RouteLine, routeLines } from '../routes/ip-route-line.ts';
import { type Lease, parseLeases, parseValue } from './flannel-leases.ts';
import { parts, sectionsUpTo } from './flannel-sections.ts';

export interface LinkFacts {
  readonly up: boolean;
  readonly mtu: number;
  readonly mac: string;
  /** What `ip -d` prints of the device's kind: `vxlan id 1 local ...`. */
  readonly text: string;
}

export interface Counters {
  readonly tx: number | undefined;
  readonly reversePath: number;
}

interface ProcessFacts {
  readonly pid: number;
  /** In clock ticks since boot. */
  readonly start: number;
}

/** One kind of ping to one peer: to its node and to its pod, each with a small packet and with the largest that must pass. */
export interface PingFacts {
  readonly kind: 'node' | 'outer' | 'small' | 'full';
  readonly to: string;
  readonly report: PingReport | undefined;
  readonly text: string;
}

/** What a host answered to the script of verify_flannel. */
export interface FlannelFacts {
  /** undefined: etcd gave no leases; `leasesText` says what it gave. */
  readonly leases: readonly Lease[] | undefined;
  readonly leasesText: string;
  /** The value of the network config; undefined: etcd gave none, or it was not asked for one. */
  readonly config: string | undefined;
  readonly configText: string;
  /** As `10.4.7.21/24`, by device. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  readonly links: ReadonlyMap<string, LinkFacts>;
  readonly routes: readonly RouteLine[];
  readonly neighbours: readonly string[];
  readonly fdb: readonly string[];
  readonly subnetFile: ReadonlyMap<string, string>;
  /** `ip_forward`, `conf/all/rp_filter`, ... */
  readonly kernel: ReadonlyMap<string, number>;
  readonly forward: readonly string[];
  readonly lookups: ReadonlyMap<string, string>;
  /** What the kernel would do with a peer's packet, by `POD_IP DEVICE` that it comes in by. */
  readonly arrivals: ReadonlyMap<string, string>;
  readonly counters: { readonly before: Counters; readonly after: Counters } | undefined;
  readonly pings: readonly PingFacts[];
  /** Bytes of payload of the largest packets, between pods and between nodes. */
  readonly fullSize: number;
  readonly outerSize: number;
  /** Where the controller's connection comes from; empty where there is none. */
  readonly controller: string;
  readonly processes: { readonly before: readonly ProcessFacts[]; readonly after: readonly ProcessFacts[] };
  /** Seconds since boot. */
  readonly uptime: number;
  /** Lines that the running process wrote; undefined when no log was asked for. */
  readonly log: readonly string[] | undefined;
}

/** Reads what the script printed. Throws Failure `unreadable` for routes that are not understood. */
export function flannelFacts(stdout: string): FlannelFacts {
  const all = sectionsUpTo(stdout, 'log');
  const text = (name: string): string => all.get(name) ?? '';
  const lines = (name: string): readonly string[] => linesOf(text(name));
  return {
    leases: parseLeases(text('leases')),
    leasesText: text('leases').trim(),
    config: parseValue(text('config')),
    configText: text('config').trim(),
    addresses: grouped(lines('addresses').flatMap((line) => pair(/^\d+: (\S+) +inet (\S+)/.exec(line)))),
    links: new Map(lines('links').flatMap(link)),
    routes: routeLines(text('routes')).map(parseRouteLine),
    neighbours: lines('neighbours'),
    fdb: lines('fdb'),
    subnetFile: new Map(lines('subnet_file').flatMap((line) => pair(/^(FLANNEL_\w+)=(.*)$/.exec(line)))),
    kernel: new Map(numbers(lines('kernel').flatMap((line) => pair(/^([^:]+):(\d+)$/.exec(line))))),
    forward: lines('forward').filter((line) => /^-[PA] FORWARD /.test(line)),
    lookups: answers(text('lookups')),
    arrivals: answers(text('arrivals')),
    counters: all.has('counters')
      ? { before: counters(text('counters')), after: counters(text('counters_after')) }
      : undefined,
    pings: parts(text('pings')).flatMap(ping),
    fullSize: Number(/^size (\d+)$/m.exec(text('pings'))?.[1] ?? 0),
    outerSize: Number(/^outer (\d+)$/m.exec(text('pings'))?.[1] ?? 0),
    controller: text('connection').trim().split(' ')[0] ?? '',
    processes: { before: processes(lines('processes')), after: processes(lines('processes_after')) },
    uptime: Number.parseFloat(text('uptime')) || 0,
    log: all.has('log') ? lines('log') : undefined,
  };
}

function answers(text: string): ReadonlyMap<string, string> {
  return new Map(parts(text).map((part) => [part.name, part.text.trim().replace(/\s+/g, ' ')]));
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

function pair(match: RegExpExecArray | null): readonly (readonly [string, string])[] {
  return match === null ? [] : [[match[1] ?? '', match[2] ?? '']];
}

function numbers(pairs: readonly (readonly [string, string])[]): readonly (readonly [string, number])[] {
  return pairs.map(([name, value]) => [name, Number(value)]);
}

function grouped(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  return groups;
}

function link(line: string): readonly (readonly [string, LinkFacts])[] {
  const match = /^\d+: ([^:@\s]+)(?:@\S+)?: <([^>]*)> mtu (\d+)/.exec(line);
  if (match === null) return [];
  const [, name = '', flags = '', mtu] = match;
  const mac = /link\/ether (\S+)/.exec(line)?.[1]?.toLowerCase() ?? '';
  return [[name, { up: flags.split(',').includes('UP'), mtu: Number(mtu), mac, text: line.replaceAll('\\', '') }]];
}

function counters(text: string): Counters {
  const dropped = /^reverse_path (\d+)$/m.exec(text)?.[1];
  const tx = /^tx (\d+)$/m.exec(text)?.[1];
  return { tx: tx === undefined ? undefined : Number(tx), reversePath: Number(dropped ?? 0) };
}

function ping({ name, text }: { readonly name: string; readonly text: string }): readonly PingFacts[] {
  const match = /^(node|outer|small|full) (\S+)$/.exec(name);
  if (match === null) return [];
  return [{ kind: match[1] as PingFacts['kind'], to: match[2] ?? '', report: pingReport(text), text }];
}

function processes(lines: readonly string[]): readonly ProcessFacts[] {
  return lines.flatMap((line) => {
    const match = /^(\d+) (\d+)$/.exec(line);
    return match === null ? [] : [{ pid: Number(match[1]), start: Number(match[2]) }];
  });
}
