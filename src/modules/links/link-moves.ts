import { Failure } from '../../core/failure.ts';
import { slotOf } from '../routes/ip-route-line.ts';
import { confOperations } from './link-conf.ts';
import { astray, isIpv6Route, lineOf, wordOf } from './link-order.ts';
import type { LinkRecord } from './link-record.ts';
import { bridgeWords } from './link-settings.ts';

/**
 * Commands of `ip` and `bridge` that bring the link `from` to `to`, in the order that works: link, addresses, up, neighbours, forwarding
 * entries, routes. Its own sysctls come before its addresses. A MAC of '', an MTU of 0 or a queue that is not said is left to the kernel. Throws Failure `unreadable` for a state with a line break in it: it
 * would become a command of its own.
 */
export function linkOperations(from: LinkRecord | null, to: LinkRecord | null, name: string): readonly string[] {
  const lines = operations(from, to, name);
  const broken = lines.find((line) => /[\u0000-\u001f]/.test(line));
  if (broken === undefined) return lines;
  throw new Failure('unreadable', `What the link ${name} was has control characters in it: ${broken}`, {
    hint: 'Nothing was changed. See what `ip -d address show` says of it.',
  });
}

function operations(from: LinkRecord | null, to: LinkRecord | null, name: string): readonly string[] {
  if (to === null) return [`ip link del dev ${name}`];
  const made = from !== null && canBecome(from, to) ? from : null;
  const remake = from !== null && made === null ? [`ip link del dev ${name}`] : [];
  const own = [
    ...(to.mac === '' ? [] : ['address', to.mac]),
    ...(to.mtu === 0 ? [] : ['mtu', to.mtu]),
    ...(to.queue === undefined ? [] : ['txqueuelen', to.queue]),
  ].join(' ');
  const create = `ip link add name ${name} ${own} type ${to.kind} ${to.options}`.replace(/ +/g, ' ');
  return [
    ...(made === null ? [...remake, create.trim()] : attributes(made, to, name)),
    ...(to.conf === undefined ? [] : confOperations(made?.conf ?? [], to.conf, name)),
    ...difference(made?.addresses, to.addresses, (line) => `ip address del ${line} dev ${name}`),
    ...difference(inAddOrder(to.addresses), made?.addresses, (line) => `ip address add ${line} dev ${name}`),
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

/** A bridge takes other settings as it is; a VXLAN device has to be made anew. */
export function canBecome(from: LinkRecord, to: LinkRecord): boolean {
  return from.kind === to.kind && (from.options === to.options || to.kind === 'bridge');
}

function attributes(from: LinkRecord, to: LinkRecord, name: string): readonly string[] {
  return [
    ...(from.options === to.options
      ? []
      : [`ip link set dev ${name} type bridge ${bridgeWords(from.options, to.options)}`]),
    ...(from.mac === to.mac || to.mac === '' ? [] : [`ip link set dev ${name} address ${to.mac}`]),
    ...(from.mtu === to.mtu || to.mtu === 0 ? [] : [`ip link set dev ${name} mtu ${to.mtu}`]),
    ...(from.queue === to.queue || to.queue === undefined ? [] : [`ip link set dev ${name} txqueuelen ${to.queue}`]),
  ];
}

/** Without these entries a VXLAN device has routes and answers nothing. */
function reach(from: LinkRecord | null, to: LinkRecord, name: string): readonly string[] {
  const address = (line: string): string => line.split(' ')[0] ?? '';
  return [
    ...difference(from?.neighbours, to.neighbours, (line) => `ip neigh del ${address(line)} dev ${name}`),
    ...difference(to.neighbours, from?.neighbours, (line) => `ip neigh replace ${line} dev ${name} nud permanent`),
    ...difference(from?.fdb, to.fdb, (line) => `bridge fdb del ${line} dev ${name} self`),
    ...difference(
      to.fdb,
      from?.fdb,
      (line) => `bridge fdb append ${line} dev ${name} self${line.endsWith(' static') ? '' : ' permanent'}`,
    ),
  ];
}

/**
 * Routes that the kernel took with the device are added again, beside others that are there by now; a route that went
 * while the device was up has been replaced, and takes its place back. One that stood in front of others' is put there again.
 */
function routesBack(from: LinkRecord | null, to: LinkRecord): readonly string[] {
  const onLink = (line: string): boolean => !line.includes(' via ');
  const place = new Map(to.order?.map((line) => [lineOf(line), wordOf(line)]));
  const isInFront = (line: string): boolean => place.get(line) === 'front' && !isIpv6Route(line);
  const moved = astray(to.order, from?.order)
    .map(lineOf)
    .filter((line) => isInFront(line) || place.get(line) === 'behind');
  const stay = from?.routes.filter((line) => !moved.includes(line));
  const missing = difference(to.routes, stay, (line) => line);
  const inOrder = [...missing.filter((line) => !isInFront(line)), ...missing.filter(isInFront).reverse()];
  const lost = [...inOrder.filter(onLink), ...inOrder.filter((line) => !onLink(line))];
  const slots = [...(stay ?? []).filter((line) => to.routes.includes(line)), ...lost].map(slotOf);
  const back = lost.map((line) => {
    const isFirst = slots.indexOf(slotOf(line)) === slots.length - lost.length + lost.indexOf(line);
    const alone = from?.up === true && isFirst && !place.has(line) ? 'replace' : 'append';
    return `ip ${familyOf(line)} route ${isInFront(line) ? 'prepend' : alone} ${line}`;
  });
  return [...moved.map((line) => `ip ${familyOf(line)} route del ${line}`), ...back];
}

function familyOf(line: string): string {
  return isIpv6Route(line) ? '-6' : '-4';
}

/** What is in `some` and not in `others`. */
function difference(
  some: readonly string[] = [],
  others: readonly string[] = [],
  say: (line: string) => string,
): readonly string[] {
  return some.filter((line) => !others.includes(line)).map(say);
}

/** The kernel lists the newest IPv6 address first. */
function inAddOrder(addresses: readonly string[]): readonly string[] {
  const [four, six] = [addresses.filter((line) => !isIpv6Address(line)), addresses.filter(isIpv6Address)];
  return [...four, ...six.reverse()];
}

/** Behind the address a label may have a colon too. */
function isIpv6Address(address: string): boolean {
  return address.split(' ')[0]?.includes(':') ?? false;
}

/** A link as the lines that the host's own script compares with what it reads: a word, and what belongs to it. */
export function recordLines(link: LinkRecord): readonly string[] {
  const {
    kind,
    mac,
    mtu,
    queue,
    up,
    master = '',
    options,
    unkept,
    neighbours,
    fdb,
    ports,
    conf,
    routes,
    order = [],
    lost = [],
    index,
  } = link;
  return [
    `kind ${kind}`,
    `mac ${mac}`,
    `mtu ${mtu}`,
    ...(queue === undefined ? [] : [`queue ${queue}`]),
    `up ${up ? 'yes' : 'no'}`,
    `master ${master}`,
    `options ${options}`,
    `unusual ${kind === 'vxlan' && unkept.length > 0 ? 'yes' : 'no'}`,
    ...inAddOrder(link.addresses).map((line) => `${isIpv6Address(line) ? 6 : 4} ${line}`),
    ...neighbours.map((line) => `neighbour ${line}`),
    ...fdb.map((line) => `fdb ${line}`),
    ...ports.map((line) => `port ${line}`),
    ...(conf ?? ['unknown']).map((line) => `conf ${line}`),
    ...routes.map((line) => `route ${line}`),
    ...order.map((line) => `order ${line}`),
    ...lost.map((what) => `lost ${what}`),
    ...(index === undefined ? [] : [`index ${index}`]),
  ];
}
