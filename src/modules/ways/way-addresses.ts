import type { Way } from '../../core/way.ts';
import { addressText, networkOf, prefixOf } from '../shared/prefix.ts';
import { covers, lengthOf } from './ways.ts';

/** One address of a device, as a step means it. */
export interface AddressAt {
  readonly dev: string;
  readonly cidr: string;
  readonly peer?: string;
  readonly metric?: number;
}

interface AddressState {
  readonly words: string;
  readonly behind: readonly string[];
  readonly routes: readonly string[];
}

/** Why an address that goes (`to` is null) or comes cuts a way or turns it. Undefined: it does not. */
export function cutByAddress(
  way: Way,
  at: AddressAt,
  from: AddressState | null,
  to: AddressState | null,
): string | undefined {
  if (to === null) return from === null ? undefined : gone(way, at, from);
  const bare = to.words.split(' ').includes('noprefixroute');
  if (from !== null) {
    const loses = bare && !from.words.split(' ').includes('noprefixroute') && isTaken(way, at);
    return loses ? `its route to ${way.prefix} goes, by which it is reached` : undefined;
  }
  const own = addressText(at.cidr.split('/')[0] ?? '');
  if (own === way.to) return `${own} would be the host’s own address`;
  return bare ? undefined : drawn(way, at);
}

function gone(way: Way, at: AddressAt, { behind, routes }: AddressState): string | undefined {
  const own = addressText(at.cidr.split('/')[0] ?? '');
  if (own === way.from) return `${own} on ${at.dev} is the host’s own address on it`;
  const route = routes.find((line) => ` ${line} `.includes(` src ${own} `) && line.split(' ')[1] === way.prefix);
  if (route !== undefined) return `the route to ${way.prefix} goes with ${own}`;
  const others = behind.length > 0 || covers(networkOf(at.cidr), way.from);
  if (others || at.dev !== way.device) return undefined;
  if (isTaken(way, at)) return `the route to ${way.prefix} goes with ${own}, by which it is reached`;
  const throughIt = way.via !== undefined && covers(subnetOf(at), way.via);
  return throughIt
    ? `the route to ${subnetOf(at)} goes with ${own}, by which its gateway ${way.via} is reached`
    : undefined;
}

/** The kernel adds a route to the subnet of an address. */
function drawn(way: Way, at: AddressAt): string | undefined {
  const subnet = subnetOf(at);
  if (at.dev === way.device && way.via === undefined) return undefined;
  const longer = lengthOf(subnet) - lengthOf(way.prefix);
  const metric = at.metric ?? (subnet.includes(':') ? 256 : 0);
  if (!covers(subnet, way.to) || longer < 0 || (longer === 0 && metric >= way.metric)) return undefined;
  return `the route to ${subnet} dev ${at.dev} comes with it, and would be taken instead of the one to ${way.prefix}`;
}

function isTaken(way: Way, at: AddressAt): boolean {
  return way.via === undefined && way.device === at.dev && way.prefix === subnetOf(at);
}

function subnetOf({ cidr, peer }: AddressAt): string {
  const own = cidr.split('/');
  const text = peer === undefined ? cidr : `${peer.split('/')[0]}/${peer.split('/')[1] ?? own[1] ?? ''}`;
  return prefixOf(networkOf(text)).text;
}
