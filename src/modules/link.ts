import { type Command, script } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import { type JsonObject, sameJson } from '../core/json.ts';
import { defineResource } from '../core/module.ts';
import type { Way } from '../core/way.ts';
import { linkFaults } from './links/link-faults.ts';
import { canBecome, linkOperations, recordLines } from './links/link-moves.ts';
import { astray } from './links/link-order.ts';
import { type LinkRecord, readLink } from './links/link-record.ts';
import { linkRestoreScript } from './links/link-restore.ts';
import { linkSchema as schema } from './links/link-schema.ts';
import { linkApplyScript, linkProbeScript } from './links/link-scripts.ts';
import { type LinkArgs as Args, saidOptions, wantedOptions } from './links/link-settings.ts';
import { cutByLink } from './ways/way-links.ts';

const about = `
Owns a network device, keyed on its name: whether it is there, up, and as described. Its state is all that is needed to make it again: kind, MAC,
MTU, length of its queue, its own sysctls (under \`net.ipv4.conf\` and \`net.ipv6.conf\`, where they are not as a new device has them), the
attributes of a VXLAN device or a bridge, addresses, permanent neighbours, forwarding entries, and the routes over it, which the kernel deletes with it. An undo makes these again in the order that works. Only VXLAN, bridge and dummy devices with settings
that can be made again may be absent; a physical device or a veth pair is refused, and so is one that would lose what is not part of the state: its alias,
other names, group, flags, settings as a port, of its ports or of multicast, proxied neighbours, a place between routes of others.
What a device made again would lose unseen: its sysctls under \`net.*.neigh\` and, where \`ip\` knows no JSON, those settings of ports.
With a \`kind\` a device that is not there is made. A bridge takes other settings as it is; a VXLAN device is made anew, with all that it carries.

Carrier, counters, learned neighbours and the interface index are not part of the state. Without \`state\` it is only read, for
\`protect: true\`. A device that others send their traffic through is removed last in an undo.

\`\`\`yaml
link: { name: flannel.1, state: absent }
\`\`\`
`;

export const link = defineResource({
  name: 'link',
  summary: 'A network device: up, down or absent; a VXLAN device or a bridge.',
  about,
  schema,
  carriesTraffic: true,
  examples: [
    { title: 'Remove the VXLAN device that flannel leaves behind', args: { name: 'flannel.1', state: 'absent' } },
    { title: 'Remember a device that a program may make (with protect: true)', args: { name: 'flannel.1' } },
    {
      title: 'A VXLAN device',
      args: {
        name: 'vxlan42',
        state: 'up',
        kind: 'vxlan',
        mtu: 1450,
        vxlan: { id: 42, local: '10.4.7.21', dev: 'eth0', port: 4789, learning: false },
      },
    },
    { title: 'A bridge', args: { name: 'br0', state: 'up', kind: 'bridge', bridge: { stp_state: 1 } } },
    { title: 'A port of it', args: { name: 'vxlan42', state: 'up', master: 'br0' } },
  ],
  reversible: () => true,
  faults: linkFaults,
  volatile: () => true,
  asks: ({ state }: Args) => state !== undefined,
  key: ({ name }: Args) => name,
  probe: ({ name }: Args) => script(linkProbeScript, [name]),
  read: (outcome, { name }: Args) => readLink(outcome, name),
  want,
  move: (from: LinkRecord | null, to: LinkRecord | null, { name }: Args): readonly Command[] => {
    const lines = from === null && to === null ? [] : linkOperations(from, to, name);
    return lines.length === 0
      ? []
      : [script(linkApplyScript, [], { stdin: lines.map((line) => `${line}\n`).join('') })];
  },
  same: (a: LinkRecord | null, b: LinkRecord | null, args: Args) =>
    args.state === undefined
      ? isRestored(a, b)
      : a === null || b === null
        ? a === b
        : isAsAsked(a, args) === isAsAsked(b, args) && a.up === b.up,
  restored: isRestored,
  restore: (before: LinkRecord | null, _: LinkRecord | null, { name }: Args): Command => {
    const mode = before === null ? 'absent' : isMakeable(before) ? '' : 'unmakeable';
    const stdin =
      before === null
        ? ''
        : recordLines(before)
            .map((line) => `${line}\n`)
            .join('');
    return script(linkRestoreScript, [name, mode], { stdin });
  },
  cuts: (way: Way, from: LinkRecord | null, to: LinkRecord | null, { name }: Args) =>
    cutByLink(way, name, from, to, from === null || to === null || canBecome(from, to)),
  affects: ({ name, state }: Args) => (state === undefined ? [] : ['route:', `address:${name} `, `neighbour:${name}`]),
  restate,
});

/** null where no arguments say it: that a device is nobody's port, or has not what it has now. */
function restate(before: LinkRecord | null, args: Args): JsonObject | null {
  const { name, state, mac, mtu, master, vxlan, bridge } = args;
  if (before === null) return { name, state: 'absent' };
  if (state === undefined || state === 'absent' || (master !== undefined && before.master === undefined)) return null;
  const said = vxlan === undefined && bridge === undefined ? {} : saidOptions(before.kind, before.options);
  if (Object.keys(vxlan ?? {}).some((setting) => !(setting in (said.vxlan ?? {})))) return null;
  return {
    name,
    state: before.up ? 'up' : 'down',
    ...(mac === undefined ? {} : { mac: before.mac }),
    ...(mtu === undefined ? {} : { mtu: before.mtu }),
    ...(master === undefined ? {} : { master: before.master ?? '' }),
    ...(said as JsonObject),
  };
}

const canBeMade = ['vxlan', 'bridge', 'dummy'];

function want(args: Args, now: LinkRecord | null): LinkRecord | null {
  const { name, state } = args;
  if (state === undefined || (state === 'absent' && now === null)) return now;
  if (now === null) return made(args);
  if (state === 'absent') {
    refuseUnmakeable(now, name, 'removed');
    refuseObjects(now, name, 'removed');
    return null;
  }
  if (isAsAsked(now, args)) return now;
  const wanted = changed(now, args);
  if (!canBecome(now, wanted)) refuseUnmakeable(now, name, 'made anew');
  if (now.up && !(wanted.up && canBecome(now, wanted))) refuseObjects(now, name, wanted.up ? 'made anew' : 'set down');
  return wanted;
}

/** The kernel forgets a nexthop object when its device goes down, and its routes with it. */
function refuseObjects(now: LinkRecord, name: string, what: string): void {
  const lost = now.routes.find((line) => / nhid \d/.test(line));
  if (lost === undefined) return;
  throw new Failure('refused', `${name} is not ${what}: "${lost}" uses a nexthop object and could not be put back.`, {
    hint: 'Nothing was changed. Have the program that made the route take it away first.',
  });
}

function isMakeable({ kind, unkept }: LinkRecord): boolean {
  return canBeMade.includes(kind) && unkept.length === 0;
}

function refuseUnmakeable(now: LinkRecord, name: string, what: string): void {
  const { kind, unkept, lost = [] } = now;
  if (isMakeable(now) && lost.length === 0) return;
  const settings = [...(unkept.length === 0 ? [] : [`its settings ${unkept.join(', ')}`]), ...lost].join(', ');
  const why = canBeMade.includes(kind) ? settings : `a ${kind} device`;
  throw new Failure('refused', `${name} is not ${what}: ${why} could not be put back by an undo.`, {
    hint: 'Nothing was changed. Use state: down, or have the program that made it remove it, as a `command` with an `undo` that starts it.',
  });
}

/** A new device, as far as it is known before it is there. */
function made(args: Args): LinkRecord {
  const { name, kind, state, mac = '', mtu = 0, master } = args;
  if (kind === undefined) {
    throw new Failure('refused', `There is no device ${name} on this host.`, {
      hint: 'Nothing was changed. Start what makes it, give its `kind` to make it here, or correct the name.',
    });
  }
  if (kind === 'vxlan' && args.vxlan?.id === undefined) {
    throw new Failure('invalid', `${name} is to be made, and its VNI is not said.`, {
      hint: 'Give `vxlan: { id: ... }`.',
    });
  }
  const empty = { unkept: [], addresses: [], neighbours: [], fdb: [], ports: [], routes: [] };
  const options = wantedOptions(kind, '', args);
  return {
    kind,
    mac: mac.toLowerCase(),
    mtu,
    up: state === 'up',
    options,
    ...empty,
    ...(master === undefined ? {} : { master }),
  };
}

function changed(now: LinkRecord, args: Args): LinkRecord {
  const { name, kind = now.kind, state, mac = now.mac, mtu = now.mtu, master = now.master } = args;
  if (kind !== now.kind) {
    throw new Failure('refused', `${name} is a ${now.kind} device already, and is not replaced by a ${kind}.`, {
      hint: 'Nothing was changed. Remove it in a task of its own, or take another name.',
    });
  }
  const up = state === 'present' ? now.up : state === 'up';
  const options = wantedOptions(kind, now.options, args);
  return { ...now, mac: mac.toLowerCase(), mtu, up, options, ...(master === undefined ? {} : { master }) };
}

/** In all that is said of it. */
function isAsAsked(link: LinkRecord, args: Args): boolean {
  const { kind = link.kind, state, mac = link.mac, mtu = link.mtu, master = link.master } = args;
  return (
    link.kind === kind &&
    (state === 'present' || state === 'absent' || link.up === (state === 'up')) &&
    link.mac === mac.toLowerCase() &&
    link.mtu === mtu &&
    link.master === master &&
    wantedOptions(kind, link.options, args) === link.options
  );
}

/** Routes may have been added since; what was there has to be there, and no more behind others than it was. */
function isRestored(before: LinkRecord | null, now: LinkRecord | null): boolean {
  if (before === null || now === null) return before === now;
  const { routes, queue, conf, order, lost = [], index: _, ...rest } = before;
  const {
    routes: routesNow,
    queue: queueNow,
    conf: confNow,
    order: orderNow,
    lost: lostNow = [],
    index: __,
    ...restNow
  } = now;
  return (
    (queue === undefined || queue === queueNow) &&
    (conf === undefined || sameJson(conf, confNow ?? [])) &&
    sameJson(rest, restNow) &&
    routes.every((line) => routesNow.includes(line)) &&
    astray(order, orderNow).length === 0 &&
    lost.every((what) => lostNow.includes(what))
  );
}
