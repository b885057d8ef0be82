import { sameJson } from '../../core/json.ts';
import { backendsOf, type Sides, sideOf } from './iptables-backends.ts';
import { chainWith, standsAs } from './iptables-chain.ts';
import type { Side } from './iptables-probe.ts';

type State = Sides<Side>;

/** Which lines of a chain are a task's own: the rule, and the one that it replaces. */
export function ownOf(side: Side | undefined): (line: string) => boolean {
  return (line) => line === side?.rule || line === side?.replaces;
}

export function ownRules(side: Side | undefined): readonly string[] {
  return (side?.chain ?? []).filter(ownOf(side));
}

/** The same own rules, and no empty chain where there was none. */
export function sameOwn(a: State | null, b: State | null): boolean {
  return sameRules(a, b) && !isLeftEmpty(a, b) && !isLeftEmpty(b, a);
}

/** The same own rules, each where it stood, and no empty chain left where there was none. */
export function restoredOwn(before: State | null, now: State | null): boolean {
  if (!sameRules(before, now) || isLeftEmpty(before, now)) return false;
  return backendsOf(before, now).every((backend) => {
    const [was, is] = [sideOf(before, backend), sideOf(now, backend)];
    const [old, lines, own] = [was?.chain ?? [], is?.chain ?? [], ownOf(was ?? is)];
    // Where neighbours are gone and the chain is shorter, it is enough that an undo would put it there.
    return standsAs(old, lines, own) || sameJson(chainWith(lines, old, own), lines);
  });
}

function sameRules(a: State | null, b: State | null): boolean {
  return backendsOf(a, b).every((backend) => sameJson(ownRules(sideOf(a, backend)), ownRules(sideOf(b, backend))));
}

/** Is there an empty chain now that was not there before? The other way round it is not this rule's doing. */
function isLeftEmpty(before: State | null, now: State | null): boolean {
  return backendsOf(before, now).some(
    (backend) => sideOf(before, backend)?.chain === null && sideOf(now, backend)?.chain?.length === 0,
  );
}
