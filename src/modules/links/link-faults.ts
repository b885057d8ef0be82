import { Address4, Address6 } from 'ip-address';
import type { ArgumentFault } from '../../core/module.ts';
import { clash, familyOf, found, strange, wrong } from '../shared/faults.ts';
import type { LinkArgs } from './link-settings.ts';

/** What the arguments of `link` cannot mean together. */
export function linkFaults(args: LinkArgs): readonly ArgumentFault[] {
  const { name, state, kind, mac, master, vxlan, bridge } = args;
  const { group, remote, local, dev } = vxlan ?? {};
  const ends = remote ?? group;
  return found(
    mac !== undefined &&
      (Number.parseInt(mac.slice(0, 2), 16) % 2 === 1 || /^[0:]+$/.test(mac)) &&
      wrong('mac', 'is no address of one device', 'Its first byte must be even: 02:00:00:00:00:01.'),
    master === name && wrong('master', 'is the device itself', 'Name the bridge that it is a port of.'),
    dev === name && wrong(['vxlan', 'dev'], 'is the device itself', 'Name the device that its packets leave by.'),
    ...(['vxlan', 'bridge'] as const).map(
      (settings) =>
        args[settings] !== undefined &&
        (state === 'absent' || (kind !== undefined && kind !== settings)) &&
        clash(
          settings,
          state === 'absent'
            ? 'a device that is to be absent has no settings'
            : `a ${kind} has no settings of a ${settings}`,
          `Leave out "${settings}", or correct "${state === 'absent' ? 'state' : 'kind'}".`,
        ),
    ),
    vxlan !== undefined &&
      bridge !== undefined &&
      kind === undefined &&
      clash('bridge', 'no device is a VXLAN device and a bridge', 'Leave out one of them.'),
    group !== undefined &&
      remote !== undefined &&
      clash(['vxlan', 'remote'], '"remote" is the one other end, and "group" is of many', 'Leave out one of them.'),
    group !== undefined &&
      !isMulticast(group) &&
      wrong(
        ['vxlan', 'group'],
        `is no multicast group: "${group}"`,
        'Say `remote` for the one other end; groups are 224.0.0.0/4 and ff00::/8.',
      ),
    remote !== undefined &&
      isMulticast(remote) &&
      wrong(['vxlan', 'remote'], `is a multicast group: "${remote}"`, 'Say `group`.'),
    strange(['vxlan', 'local'], local, familyOf(ends), 'the other end is'),
  );
}

function isMulticast(text: string): boolean {
  return text.includes(':') ? new Address6(text).isMulticast() : new Address4(text).isMulticast();
}
