import { type Command, script } from '../../core/command.ts';
import { parseRouteLine } from './ip-route-line.ts';

/** One `ip route` command on a line of the table. */
export interface RouteOperation {
  readonly verb: 'append' | 'replace' | 'del';
  readonly line: string;
}

/**
 * What brings the routes `from` to `to` (both as `routeLines` gives them). A prefix that has a route before and after is
 * never without one in between, routes on a link come before routes through a gateway on it, and routes that share a
 * prefix and a metric come to stand in the order of `to`.
 */
export function routeOperations(from: readonly string[], to: readonly string[]): readonly RouteOperation[] {
  const [before, after] = [slots(from), slots(to)];
  const changes = [...new Set([...before.keys(), ...after.keys()])].map((slot) =>
    slotChange(before.get(slot) ?? [], after.get(slot) ?? []),
  );
  const add = changes.flatMap((change) => change.add);
  return [
    ...changes.flatMap((change) => change.makeRoom),
    ...add.filter(({ line }) => isOnLink(line)),
    ...add.filter(({ line }) => !isOnLink(line)),
    ...changes.flatMap((change) => change.remove),
  ];
}

/** The kernel's key of a route: prefix, type of service, metric. Several may share it, in an order. */
function slots(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const bySlot = new Map<string, string[]>();
  for (const line of lines) {
    const { prefix, attributes } = parseRouteLine(line);
    const slot = ['table', 'tos', 'metric'].map((name) => attributes.get(name) ?? '').join('|');
    const key = `${prefix}|${slot}`;
    bySlot.set(key, [...(bySlot.get(key) ?? []), line]);
  }
  return bySlot;
}

interface SlotChange {
  readonly makeRoom: readonly RouteOperation[];
  readonly add: readonly RouteOperation[];
  readonly remove: readonly RouteOperation[];
}

function slotChange(from: readonly string[], to: readonly string[]): SlotChange {
  const operation = (verb: RouteOperation['verb']) => (line: string) => ({ verb, line });
  const differs = from.findIndex((line, i) => line !== to[i]);
  const kept = differs === -1 ? from.length : differs;
  const [first] = to;
  if (first === undefined) return { makeRoom: [], add: [], remove: [...from].reverse().map(operation('del')) };
  if (kept > 0 || from.length === 0) {
    const [stale, fresh] = [from.slice(kept).reverse(), to.slice(kept)];
    return { makeRoom: stale.map(operation('del')), add: fresh.map(operation('append')), remove: [] };
  }
  // `replace` swaps the first route of the slot in place; the others go before, or it could collide with its own twin.
  return {
    makeRoom: from.slice(1).reverse().map(operation('del')),
    add: [{ verb: 'replace', line: first }, ...to.slice(1).map(operation('append'))],
    remove: [],
  };
}

function isOnLink(line: string): boolean {
  const { attributes, devices } = parseRouteLine(line);
  return !line.includes(' via ') && !line.includes(' nexthop ') && devices.length > 0 && !attributes.has('encap');
}

/**
 * Deletes only a line that is listed: a delete without a metric would otherwise take the next metric's route.
 * A line is split into words with globbing off, never evaluated.
 */
const applyScript = `family=$1 table=$2 failed=0
set -f
list() {
  ip "$family" -o -d route show table "$table" "$@" 2>/dev/null | tr -s '\\\\ \\t' ' ' |
    sed -E -e ':flags' -e 's/ (linkdown|dead|(rt_)?offload(_failed)?|(rt_)?trap|cache|pervasive)( |$)/ /' -e 'tflags' \
      -e 's/ expires [0-9]+sec//' -e 's/ +/ /g' -e 's/ $//'
}
at_first=$(list)
while read -r verb type prefix rest; do
  line="$type $prefix\${rest:+ $rest}"
  if [ "$verb" = del ]; then printf '%s\\n' "$at_first" | grep -Fqx -- "$line" || continue; fi
  problem=$(ip "$family" route "$verb" "$type" "$prefix" table "$table" $rest 2>&1 </dev/null) && continue
  if [ "$verb" = append ]; then list exact "$prefix" | grep -Fqx -- "$line" && continue; fi
  echo "ip route $verb $line (table $table): $problem" >&2
  failed=2
done
exit "$failed"`;

/** One command that may be run twice. Every operation is tried; exit 2 and a line on stderr for each that failed. */
export function routeCommand(family: 4 | 6, table: string, operations: readonly RouteOperation[]): readonly Command[] {
  if (operations.length === 0) return [];
  const stdin = operations.map(({ verb, line }) => `${verb} ${line}\n`).join('');
  return [script(applyScript, [`-${family}`, table], { stdin })];
}
