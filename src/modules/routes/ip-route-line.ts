import { cut } from '../../core/cut.ts';
import { Failure } from '../../core/failure.ts';
import { originName, tosName } from '../shared/ip-names.ts';

/** One line of `ip -o -d route show`, taken apart. */
export interface RouteLine {
  readonly line: string;
  readonly type: string;
  /** As printed: `default`, an address, or address/length. */
  readonly prefix: string;
  /** `via`, `dev`, `proto`, `scope`, `src`, `metric`, `mtu`, `table`, ...: what stands before the nexthops. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly onlink: boolean;
  /** Path MTU discovery does not change its mtu. */
  readonly mtuLocked: boolean;
  /** Devices of the route, of each nexthop where there are several. */
  readonly devices: readonly string[];
  /** Of a route with several ways: each with what stands after its `nexthop`. */
  readonly nexthops: readonly RouteHop[];
}

/** One way of several. */
export interface RouteHop {
  readonly via?: string;
  readonly dev?: string;
  readonly weight: number;
  readonly onlink: boolean;
}

const types = new Set(
  'unicast local broadcast multicast throw unreachable prohibit blackhole nat anycast xresolve'.split(' '),
);
/** What the kernel reports of a moment, and nobody configured. */
const volatile = /^(linkdown|dead|offload|offload_failed|rt_trap|trap|rt_offload|rt_offload_failed|cache|pervasive)$/;
/** Who brings such a route back: the kernel with its address, or a router's next advertisement. */
const ownedByTheKernel = new Set(['kernel', 'ra', 'redirect']);

/**
 * The routes that `ip -o -d route show` printed, in order, each a line that `ip route append|del` accepts: without
 * continuation marks and flags of the moment, and without routes that the kernel itself keeps. Throws Failure `unreadable`.
 */
export function routeLines(stdout: string): readonly string[] {
  return printedRoutes(stdout).filter((line) => !isKernelsOwn(line));
}

/** The same with those that the kernel keeps. */
export function printedRoutes(stdout: string): readonly string[] {
  return withoutObjects(stdout)
    .map(cleaned)
    .filter((line) => line !== '');
}

/** What a route's nexthop object is stands on a line of its own, which is no route. */
export function withoutObjects(stdout: string): readonly string[] {
  return stdout.split('\n').filter((line) => !/^\s*nh_info /.test(line));
}

export function isKernelsOwn(line: string): boolean {
  return ownedByTheKernel.has(originName(parseRouteLine(line).attributes.get('proto') ?? ''));
}

/** The kernel's key of a route: prefix, type of service, metric, and of IPv6 where the packet is from. Several may share it, in an order. */
export function slotOf(line: string): string {
  const { prefix, attributes } = parseRouteLine(line);
  const tos = tosName(attributes.get('tos') ?? '');
  return [prefix, tos, ...['table', 'metric', 'from'].map((name) => attributes.get(name) ?? '')].join('|');
}

/**
 * As `ip` takes it back: of an IPv6 route that leads nowhere older kernels tell an error code, a least timeout of TCP is always locked, and
 * the segments of a tunnel are told with their number.
 */
function cleaned(line: string): string {
  const words = line.split(/[\s\\]+/).filter((word) => word !== '');
  return words
    .filter((word, i) => word !== 'expires' && words[i - 1] !== 'expires')
    .filter((word) => !volatile.test(word))
    .join(' ')
    .replace(/ error -?\d+(?= |$)/, '')
    .replace(' rto_min lock ', ' rto_min ')
    .replace(/ segs \d+ \[ ([^\]]+) \]/, (_, segments: string) => ` segs ${segments.replaceAll(' ', ',')}`);
}

/** Throws Failure `unreadable` for what is not a route. */
export function parseRouteLine(line: string): RouteLine {
  const [type = '', prefix = '', ...words] = line.split(' ');
  if (!types.has(type) || !/^(default|[0-9a-fA-F.:]+(\/\d+)?)$/.test(prefix)) {
    throw new Failure('unreadable', `"${cut(line, 200)}" is not a line of ip -o -d route show`, {
      hint: 'Routes are read with iproute2; see what `ip -V` and `ip -o -d route show` print on the host.',
    });
  }
  const single = words.indexOf('nexthop') === -1 ? words : words.slice(0, words.indexOf('nexthop'));
  const { attributes, flags } = pairs(single);
  const devices = words.flatMap((word, i) => (words[i - 1] === 'dev' ? [word] : []));
  return {
    line,
    type,
    prefix,
    attributes,
    onlink: flags.has('onlink'),
    mtuLocked: flags.has('mtu lock'),
    devices,
    nexthops: hops(words),
  };
}

function hops(words: readonly string[]): readonly RouteHop[] {
  const starts = words.flatMap((word, i) => (word === 'nexthop' ? [i] : []));
  return starts.map((start, i) => {
    const { attributes, flags } = pairs(words.slice(start + 1, starts[i + 1]));
    const [via, dev] = [attributes.get('via'), attributes.get('dev')];
    return {
      ...(via === undefined ? {} : { via }),
      ...(dev === undefined ? {} : { dev }),
      weight: Number(attributes.get('weight') ?? 1),
      onlink: flags.has('onlink'),
    };
  });
}

function pairs(words: readonly string[]): { attributes: ReadonlyMap<string, string>; flags: ReadonlySet<string> } {
  const attributes = new Map<string, string>();
  const flags = new Set<string>();
  for (let i = 0; i < words.length; i += 1) {
    const key = words[i] ?? '';
    if (key === 'onlink') {
      flags.add(key);
    } else if (key === 'encap') {
      // A tunnel's own attributes have the same names as the route's: they reach up to the nexthop.
      const end = words.findIndex((word, at) => at > i && /^(via|dev|table|proto)$/.test(word));
      const stop = end === -1 ? words.length : end;
      attributes.set(key, words.slice(i + 1, stop).join(' '));
      i = stop - 1;
    } else {
      const qualified = words[i + 1] === 'lock' || (key === 'via' && /^inet6?$/.test(words[i + 1] ?? ''));
      if (words[i + 1] === 'lock') flags.add(`${key} lock`);
      attributes.set(key, words[i + (qualified ? 2 : 1)] ?? '');
      i += qualified ? 2 : 1;
    }
  }
  return { attributes, flags };
}
