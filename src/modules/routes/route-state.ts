import { cut } from '../../core/cut.ts';
import { Failure } from '../../core/failure.ts';
import { explain, type Outcome } from '../../core/outcome.ts';
import { isInside, type Prefix, prefixOf } from '../shared/prefix.ts';
import { isKernelsOwn, parseRouteLine, printedRoutes, type RouteLine, slotOf } from './ip-route-line.ts';

/** What a device that a program made was when a route led over it: its name may mean another one later. */
export type RouteDevice = { readonly device: string; readonly kind: string; readonly mac: string };
/** A host without iproute2 shows only a part of each route. */
export type LimitedTool = { readonly tool: 'busybox' | 'proc' };
/** A route that the kernel itself keeps, with the key of one of ours: it is not to be replaced in its place. */
export type RouteBeside = { readonly beside: string };
/** The routes as lines of `ip -o -d route show`, in order; then the devices that programs made for them, and what stands beside them. */
export type RouteState = readonly (string | RouteDevice | RouteBeside | LimitedTool)[];

export function linesOf(state: RouteState | null): readonly string[] {
  return (state ?? []).filter((item) => typeof item === 'string');
}

export function devicesOf(state: RouteState | null): readonly RouteDevice[] {
  return (state ?? []).filter((item): item is RouteDevice => typeof item === 'object' && 'device' in item);
}

/** The slots (see `slotOf`) in which the kernel has routes of its own beside those of the state. */
export function sharedSlots(state: RouteState | null): ReadonlySet<string> {
  return new Set(
    (state ?? []).flatMap((item) => (typeof item === 'object' && 'beside' in item ? [slotOf(item.beside)] : [])),
  );
}

export function limitOf(state: RouteState | null): LimitedTool['tool'] | undefined {
  return (state ?? []).find((item): item is LimitedTool => typeof item === 'object' && 'tool' in item)?.tool;
}

/** Those routes of a state that are chosen, with the devices that they lead over. */
export function chosen(state: RouteState, choose: (route: RouteLine) => boolean): RouteState {
  const lines = linesOf(state).map(parseRouteLine).filter(choose);
  const used = new Set(lines.flatMap(({ devices }) => devices));
  const devices = devicesOf(state).filter(({ device }) => used.has(device));
  const slots = new Set(lines.map(({ line }) => slotOf(line)));
  const others = state.filter(
    (item) => typeof item === 'object' && ('tool' in item || ('beside' in item && slots.has(slotOf(item.beside)))),
  );
  return [...lines.map(({ line }) => line), ...devices, ...others];
}

/** Reads what `routeProbeScript` printed. Throws Failure `unreadable`. */
export function readRoutes(
  outcome: Outcome,
  at: { prefix: Prefix; select: 'exact' | 'root'; table: string },
): RouteState {
  const { prefix, select, table } = at;
  if (outcome.exit !== 0) {
    if (/FIB table does not exist/.test(outcome.stderr)) return [];
    throw new Failure('unreadable', `The routes could not be listed: ${explain(outcome)}.`, {
      hint: `Nothing was changed. Try: ip -${prefix.family} -o -d route show table ${table}`,
    });
  }
  if (outcome.truncated === true) {
    throw new Failure('unreadable', 'The list of routes is too long and was cut off.', {
      hint: 'Name a smaller prefix in `within`.',
    });
  }
  const [routes = '', rest = ''] = outcome.stdout.split(/^=== /m);
  const [section = '', ...lines] = rest.split('\n');
  if (section === 'busybox') return [...busyboxLines(lines), { tool: 'busybox' }];
  if (section === 'proc') return [...procLines(lines).filter((line) => fits(line, prefix, select)), { tool: 'proc' }];
  return [...routesOf(routes), ...lines.filter((line) => line !== '').map(device)];
}

/** Ours, and those of the kernel that share a slot with one of them. */
function routesOf(stdout: string): RouteState {
  const all = printedRoutes(stdout);
  const own = all.filter((line) => !isKernelsOwn(line));
  const slots = new Set(own.map(slotOf));
  const beside = all.filter((line) => isKernelsOwn(line) && slots.has(slotOf(line)));
  return [...own, ...beside.map((line) => ({ beside: line }))];
}

function device(line: string): RouteDevice {
  const [name = '', kind = '', mac = ''] = line.split(' ');
  return { device: name, kind, mac };
}

/** BusyBox prints no type unless it is odd, and neither proto nor metrics. Routes of an address are the kernel's. */
function busyboxLines(lines: readonly string[]): readonly string[] {
  return lines
    .map((line) => line.trim().split(/\s+/).join(' '))
    .filter((line) => line !== '' && !(/ scope link src /.test(line) && !line.includes(' via ')))
    .map((line) => (/^(unicast|blackhole|unreachable|prohibit|throw) /.test(line) ? line : `unicast ${line}`));
}

const [flagUp, flagReject] = [0x1, 0x200];

/** `/proc/net/route`: device, destination, gateway, flags, ..., metric, mask, mtu; addresses as hexadecimal, last byte first. */
function procLines(lines: readonly string[]): readonly string[] {
  return lines.slice(1).flatMap((line) => {
    const [dev = '', destination = '', gateway = '', flags = '', , , metric = '', mask = '', mtu = ''] = line
      .trim()
      .split(/\s+/);
    if (dev === '') return [];
    if (![destination, gateway, mask].every((word) => /^[0-9A-F]{8}$/.test(word))) {
      throw new Failure('unreadable', `"${cut(line, 200)}" is not a line of /proc/net/route`, {
        hint: 'Nothing was changed. Install iproute2 on the host.',
      });
    }
    const bits = Number.parseInt(flags, 16);
    if ((bits & flagUp) === 0) return [];
    const length = [...Number.parseInt(mask, 16).toString(2)].filter((bit) => bit === '1').length;
    const to = prefixOf(`${dotted(destination)}/${length}`).text;
    const via = gateway === '00000000' ? [] : ['via', dotted(gateway)];
    const way =
      dev === '*' ? [(bits & flagReject) === 0 ? 'blackhole' : 'unreachable', to] : ['unicast', to, ...via, 'dev', dev];
    const more = [...(metric === '0' ? [] : ['metric', metric]), ...(mtu === '0' ? [] : ['mtu', mtu])];
    return [[...way, ...more].join(' ')];
  });
}

function dotted(hex: string): string {
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.');
}

function fits(line: string, prefix: Prefix, select: 'exact' | 'root'): boolean {
  const to = line.split(' ')[1] ?? '';
  return select === 'exact' ? to === prefix.text : isInside(to, prefix);
}

/**
 * Who makes routes that stay as they were made: `ip`, scripts and most programs. All others, with a name or without, keep theirs as the
 * network is: what was once is not what should be.
 */
export const steady = /^(boot|static|unspec)?$/;

export function isRoutersOwn(line: string): boolean {
  return !steady.test(parseRouteLine(line).attributes.get('proto') ?? '');
}

export function withoutRouters(state: RouteState | null): readonly string[] {
  return linesOf(state).filter((line) => !isRoutersOwn(line));
}
