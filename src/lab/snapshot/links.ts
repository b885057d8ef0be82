import type { AddressSnapshot, LinkSnapshot } from './shape.ts';

/** Reads `ip -o -d link show`: text, because hosts in service have an `ip` that speaks no JSON. */
export function readLinks(stdout: string): LinkSnapshot[] {
  return stdout.split('\n').flatMap((line) => {
    const [head = '', layer = '', ...details] = line.split('\\').map(squeezed);
    const [, name, flags = '', rest = ''] = /^\d+: ([^:\s]+?)(?:@\S+)?: <([^>]*)>(.*)$/.exec(head) ?? [];
    if (name === undefined) return [];
    const [kind, options] = kindOf(details);
    const master = / master (\S+)/.exec(rest)?.[1];
    return [
      {
        name,
        kind: kind ?? (layer.startsWith('link/loopback') ? 'loopback' : 'physical'),
        mac: /^link\/\S+ ([0-9a-f:.]+)/.exec(layer)?.[1] ?? '',
        mtu: Number(/ mtu (\d+)/.exec(rest)?.[1] ?? 0),
        // ip says nothing of a queue of 0.
        queue: Number(/ qlen (\d+)/.exec(rest)?.[1] ?? 0),
        up: flags.split(',').includes('UP'),
        ...(master === undefined ? {} : { master }),
        ...(options === undefined ? {} : { options }),
      },
    ];
  });
}

/** The kind stands on a line of its own; a port's own line (`bridge_slave ...`) is not one. */
function kindOf(details: readonly string[]): readonly [string?, string?] {
  const [, kind, text = ''] = /^([a-z][\w-]*)(?: (.*))?$/.exec(details[0] ?? '') ?? [];
  if (kind === undefined || /_slave$/.test(kind)) return [];
  if (kind === 'vxlan') return [kind, vxlanOptions(text)];
  if (kind === 'bridge') return [kind, bridgeOptions(text)];
  return [kind];
}

/** What makes a VXLAN device what it is, as `ip link add` takes it. */
function vxlanOptions(text: string): string {
  const named = ['id', 'group', 'remote', 'local', 'dev', 'dstport'].flatMap((name) => {
    const value = new RegExp(`(?:^| )${name} (\\S+)`).exec(text)?.[1];
    return value === undefined ? [] : [`${name} ${value}`];
  });
  const flags = ['nolearning', 'gbp'].filter((flag) => text.split(' ').includes(flag));
  return [...named, ...flags].join(' ');
}

function bridgeOptions(text: string): string {
  return ['stp_state', 'vlan_filtering']
    .flatMap((name) => {
      const value = new RegExp(`(?:^| )${name} (\\d+)`).exec(text)?.[1];
      return value === undefined || value === '0' ? [] : [`${name} ${value}`];
    })
    .join(' ');
}

/** Reads `ip -4 -o address show`. */
export function readAddresses(stdout: string): AddressSnapshot[] {
  return stdout.split('\n').flatMap((line) => {
    const [, dev, text = ''] = /^\d+: (\S+)\s+inet (.*)$/.exec(line.split('\\')[0] ?? '') ?? [];
    if (dev === undefined) return [];
    const words = squeezed(text).split(' ');
    const after = (name: string): string | undefined => {
      const at = words.indexOf(name);
      return at < 0 ? undefined : words[at + 1];
    };
    const [local = ''] = words;
    const label = words.at(-1);
    const [peer, broadcast] = [after('peer'), after('brd')];
    return [
      {
        dev,
        address: local.includes('/') ? local : `${local}/32`,
        ...(peer === undefined ? {} : { peer: peer.includes('/') ? peer : `${peer}/32` }),
        ...(broadcast === undefined ? {} : { broadcast }),
        scope: after('scope') ?? 'global',
        ...(label?.startsWith(`${dev}:`) ? { label } : {}),
      },
    ];
  });
}

/** One space between words. */
export function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
