import { type Command, script } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import { sameJson } from '../core/json.ts';
import { defineResource } from '../core/module.ts';
import { type LinkRecord, linkProbeScript, readLink } from './parse/link-record.ts';

const about = `
Owns a network device, keyed on its name: whether it is there and up. Its state is all that is needed to make it again: kind, MAC,
MTU, the attributes of a VXLAN device or a bridge, addresses, permanent neighbours, forwarding entries, and the routes over
it, which the kernel deletes with it. An undo makes these again in the order that works. Only VXLAN, bridge and dummy devices with settings
that can be made again may be absent; a physical device or a veth pair is refused.

Carrier, counters, learned neighbours and the interface index are not part of the state. Without \`state\` it is only read, for
\`protect: true\`. A device that others send their traffic through is removed last in an undo.

\`\`\`yaml
link: { name: flannel.1, state: absent }
\`\`\`
`;

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { type: 'string', pattern: '^[^\\s/]{1,15}$', description: 'Name of the device.' },
    state: { enum: ['up', 'down', 'absent'], description: 'What it is to be. Left out: only read.' },
  },
} as const;

interface Args {
  readonly name: string;
  readonly state?: 'up' | 'down' | 'absent';
}

export const link = defineResource({
  name: 'link',
  summary: 'A network device: up, down or absent.',
  about,
  schema,
  carriesTraffic: true,
  examples: [
    { title: 'Remove the VXLAN device that flannel leaves behind', args: { name: 'flannel.1', state: 'absent' } },
    { title: 'Remember a device that a program may make (with protect: true)', args: { name: 'flannel.1' } },
  ],
  reversible: () => true,
  asks: ({ state }: Args) => state !== undefined,
  key: ({ name }: Args) => name,
  probe: ({ name }: Args) => script(linkProbeScript, [name]),
  read: (outcome, { name }: Args) => readLink(outcome, name),
  want,
  move: (from: LinkRecord | null, to: LinkRecord | null, { name }: Args): readonly Command[] => {
    const lines = from === null && to === null ? [] : operations(from, to, name);
    return lines.length === 0 ? [] : [script(applyScript, [], { stdin: lines.map((line) => `${line}\n`).join('') })];
  },
  same: (a: LinkRecord | null, b: LinkRecord | null, { state }: Args) =>
    state === undefined ? isRestored(a, b) : a?.up === b?.up,
  restored: isRestored,
  affects: ({ state }: Args) => (state === undefined ? [] : ['route:']),
  restate: (now: LinkRecord | null, { name, state }: Args) => {
    if (now === null) return { name, state: 'absent' };
    // No arguments describe a device that has to be made or set right in all that it has.
    return state === 'up' || state === 'down' ? { name, state: now.up ? 'up' : 'down' } : null;
  },
});

const canBeMade = ['vxlan', 'bridge', 'dummy'];

function want({ name, state }: Args, now: LinkRecord | null): LinkRecord | null {
  if (state === undefined || (state === 'absent' && now === null)) return now;
  if (now === null) {
    throw new Failure('refused', `There is no device ${name} on this host.`, {
      hint: 'Nothing was changed. Start what makes it, or correct the name.',
    });
  }
  if (state !== 'absent') return { ...now, up: state === 'up' };
  if (canBeMade.includes(now.kind) && now.unkept.length === 0) return null;
  const why = canBeMade.includes(now.kind) ? `its settings ${now.unkept.join(', ')}` : `a ${now.kind} device`;
  throw new Failure('refused', `${name} is not removed: ${why} could not be put back by an undo.`, {
    hint: 'Nothing was changed. Use state: down, or a `command` with an `undo` of your own.',
  });
}

/** Routes may have been added since; what was there has to be there. */
function isRestored(before: LinkRecord | null, now: LinkRecord | null): boolean {
  if (before === null || now === null) return before === now;
  const { routes, ...rest } = before;
  const { routes: routesNow, ...restNow } = now;
  return sameJson(rest, restNow) && routes.every((line) => routesNow.includes(line));
}

/** Lines of words, never evaluated. All are tried: a later one may be what matters most. */
const applyScript = `failed=0
set -f
while read -r line; do
  set -- $line
  problem=$("$@" 2>&1 </dev/null) && continue
  echo "$line: $problem" >&2
  failed=2
done
exit "$failed"`;

function operations(from: LinkRecord | null, to: LinkRecord | null, name: string): readonly string[] {
  if (to === null) return [`ip link del dev ${name}`];
  const made = from !== null && from.kind === to.kind && from.options === to.options ? from : null;
  const remake = from !== null && made === null ? [`ip link del dev ${name}`] : [];
  const create = `ip link add name ${name} address ${to.mac} mtu ${to.mtu} type ${to.kind} ${to.options}`;
  return [
    ...(made === null ? [...remake, create.trim()] : attributes(made, to, name)),
    ...difference(made?.addresses, to.addresses, (line) => `ip address del ${line} dev ${name}`),
    ...difference(to.addresses, made?.addresses, (line) => `ip address add ${line} dev ${name}`),
    ...difference(made?.ports, to.ports, (port) => `ip link set dev ${port} nomaster`),
    ...difference(to.ports, made?.ports, (port) => `ip link set dev ${port} master ${name}`),
    ...(made?.master === to.master
      ? []
      : [`ip link set dev ${name} ${to.master === undefined ? 'nomaster' : `master ${to.master}`}`]),
    ...((made?.up ?? false) === to.up ? [] : [`ip link set dev ${name} ${to.up ? 'up' : 'down'}`]),
    ...reach(made, to, name),
    ...(to.up ? routesBack(made, to) : []),
  ];
}

function attributes(from: LinkRecord, to: LinkRecord, name: string): readonly string[] {
  return [
    ...(from.mac === to.mac ? [] : [`ip link set dev ${name} address ${to.mac}`]),
    ...(from.mtu === to.mtu ? [] : [`ip link set dev ${name} mtu ${to.mtu}`]),
  ];
}

/** Without these entries a VXLAN device has routes and answers nothing. */
function reach(from: LinkRecord | null, to: LinkRecord, name: string): readonly string[] {
  const address = (line: string): string => line.split(' ')[0] ?? '';
  return [
    ...difference(from?.neighbours, to.neighbours, (line) => `ip neigh del ${address(line)} dev ${name}`),
    ...difference(to.neighbours, from?.neighbours, (line) => `ip neigh replace ${line} dev ${name} nud permanent`),
    ...difference(from?.fdb, to.fdb, (line) => `bridge fdb del ${line} dev ${name} self`),
    ...difference(to.fdb, from?.fdb, (line) => `bridge fdb append ${line} dev ${name} self permanent`),
  ];
}

/**
 * Routes that the kernel took with the device are added again, beside others that are there by now; a route that went
 * while the device was up has been replaced, and takes its place back.
 */
function routesBack(from: LinkRecord | null, to: LinkRecord): readonly string[] {
  const verb = from?.up === true ? 'replace' : 'append';
  const onLink = (line: string): boolean => !line.includes(' via ');
  const lost = difference(to.routes, from?.routes, (line) => line);
  return [...lost.filter(onLink), ...lost.filter((line) => !onLink(line))].map(
    (line) => `ip ${/^\S+ \S*:/.test(line) ? '-6' : '-4'} route ${verb} ${line}`,
  );
}

/** What is in `some` and not in `others`. */
function difference(
  some: readonly string[] = [],
  others: readonly string[] = [],
  say: (line: string) => string,
): readonly string[] {
  return some.filter((line) => !others.includes(line)).map(say);
}
