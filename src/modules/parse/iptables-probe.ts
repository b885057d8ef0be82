import { Failure } from '../../core/failure.ts';
import { explain, type Outcome } from '../../core/outcome.ts';
import { ruleText } from './iptables-words.ts';

/** A chain, and the rule in question in the form that this host's iptables gives it. */
export type ChainState = {
  readonly rule: string;
  readonly replaces: string | null;
  /** All rules of the chain in order, without `-A CHAIN`. null: there is no such chain. */
  readonly chain: readonly string[] | null;
};

interface Section {
  /** Exit code, `absent` or `unknown`. */
  readonly code: string;
  readonly lines: readonly string[];
}

/** Reads what iptables_rule's probe printed. Throws Failure `unreadable`, or `invalid` for a rule iptables rejects. */
export function readChain(
  outcome: Outcome,
  chain: string,
  rule: readonly string[],
  replaces: readonly string[] | undefined,
): ChainState {
  const [listing, first, second] = sections(outcome.stdout);
  const complete = first !== undefined && (replaces === undefined || second !== undefined);
  if (outcome.exit !== 0 || outcome.truncated === true || listing === undefined || !complete) {
    throw new Failure('unreadable', `The chain ${chain} could not be listed: ${explain(outcome)}.`, { hint });
  }
  return {
    rule: canonical(first, chain, rule),
    replaces: replaces === undefined ? null : canonical(second ?? first, chain, replaces),
    chain: rulesOf(listing, chain),
  };
}

const hint = 'Nothing was changed. Look at the chain with iptables -S on the host; it needs root.';

function sections(stdout: string): readonly Section[] {
  return stdout
    .split(/^=== /m)
    .slice(1)
    .map((text) => {
      const [head = '', ...lines] = text.split('\n');
      return { code: head.split(' ')[1] ?? '', lines: lines.filter((line) => line !== '') };
    });
}

function rulesOf({ code, lines }: Section, chain: string): readonly string[] | null {
  if (code === 'absent') return null;
  const native = lines.find((line) => line.includes('incompatible'));
  if (code !== '0' || native !== undefined) {
    const why = native ?? lines.at(-1) ?? `exit ${code}`;
    throw new Failure('unreadable', `The chain ${chain} could not be listed: ${why}`, { hint });
  }
  return linesOf(lines, chain);
}

function linesOf(lines: readonly string[], chain: string): readonly string[] {
  const start = `-A ${chain}`;
  return lines
    .filter((line) => line === start || line.startsWith(`${start} `))
    .map((line) => line.slice(start.length).trimStart());
}

function canonical({ code, lines }: Section, chain: string, words: readonly string[]): string {
  // Without a network namespace to try it in, the rule has to be written as iptables-save writes it.
  if (code === 'unknown') return ruleText(words);
  const [line, ...more] = linesOf(lines, chain);
  if (code !== '0' || line === undefined) {
    const why = lines.find((text) => !text.startsWith('#')) ?? `exit ${code}`;
    throw new Failure('invalid', `iptables does not accept the rule ${ruleText(words)}: ${why}`, {
      hint: 'Nothing was changed. Write the rule as iptables-save prints it, without -A and the chain.',
    });
  }
  if (more.length === 0) return line;
  throw new Failure('invalid', `iptables makes ${more.length + 1} rules of ${ruleText(words)}.`, {
    hint: 'Nothing was changed. Write a task for each of them.',
  });
}
