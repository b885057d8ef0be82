import { type Command, script } from '../../core/command.ts';
import { type Sides, sideOf } from './iptables-backends.ts';
import { placesOf } from './iptables-chain.ts';
import { ownOf } from './iptables-own.ts';
import { builtInChains, type Listing, type Program, type Side } from './iptables-probe.ts';
import { restoreChainScript, restoreRuleScript } from './iptables-restore-scripts.ts';

interface Where {
  readonly table?: string;
  readonly chain: string;
}

const backends = ['nft', 'legacy'] as const;

/** Brings the own rules of a chain back to their places, in each backend by one transaction; the rules of others stay. */
export function restoreRule(program: Program, where: Where, before: Sides<Side> | null): Command | null {
  const [first] = before?.sides ?? [];
  if (before === null || first === undefined) return null;
  const lines = backends.flatMap((backend) => {
    const side = sideOf(before, backend);
    const own = [side?.rule ?? first.rule, side === undefined ? first.replaces : side.replaces];
    const owned = own.flatMap((rule) => (rule === null ? [] : [`own ${rule}`]));
    return [...chainLine(side), ...owned, ...placeLines(side)].map((line) => `${backend} ${line}`);
  });
  return command(restoreRuleScript, program, where, lines);
}

/** Brings a chain back with the rules it had, or removes it with those it has; of a built-in one it sets the policy. */
export function restoreChain(program: Program, where: Where, before: Sides<Listing> | null): Command | null {
  if (before === null) return null;
  const lines = before.sides.flatMap((side) => {
    const { backend, policy, chain } = side;
    const rules = builtInChains.includes(where.chain) ? [] : (chain ?? []).map((rule) => `was ${rule}`);
    const set = policy === undefined ? [] : [`policy ${policy}`];
    return [...chainLine(side), ...set, ...rules].map((line) => `${backend} ${line}`);
  });
  return command(restoreChainScript, program, where, lines);
}

function command(
  text: string,
  program: Program,
  { table = 'filter', chain }: Where,
  lines: readonly string[],
): Command {
  const words = [program, table, chain, builtInChains.includes(chain) ? 'yes' : 'no'];
  return script(text, words, { stdin: `${lines.join('\n')}\n`, timeoutMs: 60_000 });
}

function chainLine(side: Listing | undefined): readonly string[] {
  return side === undefined ? [] : [`chain ${side.chain === null ? 'absent' : 'present'}`];
}

function placeLines(side: Side | undefined): readonly string[] {
  return placesOf(side?.chain ?? [], ownOf(side)).flatMap(({ line, index, previous, next }) => [
    `at ${index}`,
    `rule ${line}`,
    ...(previous === undefined ? [] : [`prev ${previous}`]),
    ...(next === undefined ? [] : [`next ${next}`]),
  ]);
}
