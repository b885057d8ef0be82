import type { Way } from '../../core/way.ts';

interface LinkState {
  readonly up: boolean;
  readonly master?: string;
  readonly addresses: readonly string[];
}

/** Why a device that goes, goes down, gets another master or is made anew (not `inPlace`) cuts a way. Undefined: it does not. */
export function cutByLink(
  way: Way,
  name: string,
  from: LinkState | null,
  to: LinkState | null,
  inPlace: boolean,
): string | undefined {
  if (from === null) return undefined;
  const carries = name === way.device || way.below.includes(name);
  const leads = name === way.device ? `it leaves by ${name}` : `it leaves by ${way.device}, which rests on ${name}`;
  const has = from.addresses.some((address) => address.split('/')[0] === way.from);
  if (to === null && (carries || has))
    return carries ? `${leads}, which goes` : `${name} goes, and ${way.from} with it`;
  if (to === null || !carries) return undefined;
  if (from.up && !to.up) return `${leads}, which goes down`;
  if (from.master !== to.master)
    return `${leads}, which ${to.master ? `becomes a port of ${to.master}` : 'is a port no more'}`;
  return inPlace ? undefined : `${leads}, which is made anew`;
}

/** Why a change of a device's configured neighbours (words for `ip neigh replace`) cuts a way: the one that is its next hop. */
export function cutByNeighbours(
  way: Way,
  dev: string,
  before: readonly string[],
  after: readonly string[],
): string | undefined {
  const hop = way.via ?? way.to;
  const entryIn = (list: readonly string[]) => list.find((words) => words.split(' ')[0] === hop);
  const [was, is] = [entryIn(before), entryIn(after)];
  if (dev !== way.device || was === undefined) return undefined;
  if (is === undefined) return `the link-layer address of its next hop ${hop} goes`;
  return hardware(is) === hardware(was) ? undefined : `its next hop ${hop} gets another link-layer address`;
}

function hardware(words: string): string | undefined {
  const list = words.split(' ');
  return list[list.indexOf('lladdr') + 1];
}
