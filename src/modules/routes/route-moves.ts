import { type Command, script } from '../../core/command.ts';
import { parseRouteLine, slotOf } from './ip-route-line.ts';
import { routeApplyScript } from './route-scripts.ts';
import type { RouteDevice } from './route-state.ts';

/** One `ip route` command on a line of the table. */
export interface RouteOperation {
  readonly verb: 'append' | 'replace' | 'del';
  readonly line: string;
}

/**
 * What brings the routes `from` to `to` (both as `routeLines` gives them). A prefix that has a route before and after is
 * never without one in between, routes on a link come before routes through a gateway on it, and routes that share a
 * prefix and a metric come to stand in the order of `to`. `isShared`: do others, that are in neither, stand in a slot too?
 */
export function routeOperations(
  from: readonly string[],
  to: readonly string[],
  isShared: (slot: string) => boolean = () => false,
): readonly RouteOperation[] {
  const [before, after] = [slots(from), slots(to)];
  const changes = [...new Set([...before.keys(), ...after.keys()])].map((slot) =>
    slotChange(before.get(slot) ?? [], after.get(slot) ?? [], isShared(slot)),
  );
  const add = changes.flatMap((change) => change.add);
  return [
    ...changes.flatMap((change) => change.makeRoom),
    ...add.filter(({ line }) => isOnLink(line)),
    ...add.filter(({ line }) => !isOnLink(line)),
    ...changes.flatMap((change) => change.remove),
  ];
}

function slots(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const bySlot = new Map<string, string[]>();
  for (const line of lines) bySlot.set(slotOf(line), [...(bySlot.get(slotOf(line)) ?? []), line]);
  return bySlot;
}

interface SlotChange {
  readonly makeRoom: readonly RouteOperation[];
  readonly add: readonly RouteOperation[];
  readonly remove: readonly RouteOperation[];
}

const operation = (verb: RouteOperation['verb']) => (line: string) => ({ verb, line });

function slotChange(from: readonly string[], to: readonly string[], isShared: boolean): SlotChange {
  const differs = from.findIndex((line, i) => line !== to[i]);
  const kept = differs === -1 ? from.length : differs;
  const [first, ...more] = to;
  const [stale, fresh] = [from.slice(kept), to.slice(kept)];
  const shadowed = stale.some((line, i) => from.slice(0, kept + i).some((earlier) => isTakenFor(earlier, line)));
  if (first === undefined) {
    // From the front, what a delete could take by mistake is gone already.
    return { makeRoom: [], add: [], remove: (shadowed ? stale : [...stale].reverse()).map(operation('del')) };
  }
  if (isShared) return besideOthers(from, to);
  if (shadowed) return oneByOne(from, first, more);
  if (kept > 0 || from.length === 0) {
    return { makeRoom: [...stale].reverse().map(operation('del')), add: fresh.map(operation('append')), remove: [] };
  }
  // `replace` swaps the first route of the slot in place; the others go before, or it could collide with its own twin.
  return {
    makeRoom: from.slice(1).reverse().map(operation('del')),
    add: [{ verb: 'replace', line: first }, ...more.map(operation('append'))],
    remove: [],
  };
}

/**
 * Where `replace` could take the place of a route that is none of these. What is missing comes last in the slot; then go those that are
 * too much, and those that would stand too far in front go and come back, one at a time.
 */
function besideOthers(from: readonly string[], to: readonly string[]): SlotChange {
  const gone = from.filter((line) => !to.includes(line));
  const stay = from.filter((line) => to.includes(line));
  const inPlace = stay.findIndex((line, i) => line !== to[i]);
  const kept = inPlace === -1 ? stay.length : inPlace;
  const [missing, behind] = kept === stay.length ? [to.slice(kept), []] : [[], to.slice(kept)];
  const again = behind.flatMap((line) => [
    ...(stay.includes(line) ? [operation('del')(line)] : []),
    operation('append')(line),
  ]);
  return { makeRoom: [], add: missing.map(operation('append')), remove: [...gone.map(operation('del')), ...again] };
}

/** From the front up to the last route, which is then replaced in place: no delete can take the wrong one, and one is always there. */
function oneByOne(from: readonly string[], first: string, more: readonly string[]): SlotChange {
  return {
    makeRoom: from.slice(0, -1).map(operation('del')),
    add: [{ verb: 'replace', line: first }, ...more.map(operation('append'))],
    remove: [],
  };
}

/** Would the kernel, told to delete `line`, take `earlier`? It compares only what is said, and of several ways only the first. */
function isTakenFor(earlier: string, line: string): boolean {
  const [is, said] = [parseRouteLine(earlier), parseRouteLine(line)];
  if (is.type !== said.type) return false;
  const [hop] = is.nexthops;
  if (said.nexthops.length > 0 && JSON.stringify(said.nexthops) !== JSON.stringify(is.nexthops)) return false;
  return [...said.attributes].every(([name, value]) => {
    const found = hop !== undefined && (name === 'via' || name === 'dev') ? hop[name] : is.attributes.get(name);
    return found === value;
  });
}

function isOnLink(line: string): boolean {
  const { attributes, devices } = parseRouteLine(line);
  return !line.includes(' via ') && !line.includes(' nexthop ') && devices.length > 0 && !attributes.has('encap');
}

/**
 * One command that may be run twice. Every operation is tried; exit 2 and a line on stderr for each that failed. A route over one of the
 * `devices` is written only while that is still the same device. `numbers` as `saidNumbers` gives them.
 */
export function routeCommand(
  family: 4 | 6,
  table: string,
  operations: readonly RouteOperation[],
  devices: readonly RouteDevice[],
  numbers: readonly string[] = [],
): readonly Command[] {
  if (operations.length === 0) return [];
  const used = new Set(operations.flatMap(({ verb, line }) => (verb === 'del' ? [] : parseRouteLine(line).devices)));
  const known = devices.filter(({ device }) => used.has(device));
  const lines = [
    ...known.map(({ device, kind, mac }) => `over ${device} ${kind} ${mac}`.trim()),
    ...operations.map(({ verb, line }) => `${verb} ${line}`),
  ];
  const stdin = lines.map((line) => `${line}\n`).join('');
  return [script(routeApplyScript, [`-${family}`, table, ...numbers], { stdin })];
}
