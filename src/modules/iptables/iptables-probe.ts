import { cut } from '../../core/cut.ts';
import { Failure } from '../../core/failure.ts';
import { explain, type Outcome } from '../../core/outcome.ts';
import { assumedForm } from './iptables-form.ts';
import { ruleText } from './iptables-words.ts';

export type Backend = 'nft' | 'legacy';
export type Program = 'iptables' | 'ip6tables';

/** A chain in one backend. */
export type Listing = {
  readonly backend: Backend;
  /** false: its iptables-restore is too old to wait for the lock. */
  readonly waits?: false;
  /** Of a built-in chain. */
  readonly policy?: string;
  /** All rules of the chain in order, without `-A CHAIN`. null: there is no such chain. */
  readonly chain: readonly string[] | null;
};

/** A chain in one backend, and the rules in question in the form that this host's iptables gives them. */
export type Side = Listing & { readonly rule: string; readonly replaces: string | null };

/** Which rules are asked about, where. */
export interface Question {
  readonly program: Program;
  readonly backend: Backend | 'auto';
  readonly table: string;
  readonly chain: string;
  readonly rule: readonly string[];
  readonly replaces: readonly string[] | undefined;
}

interface Section {
  readonly head: readonly string[];
  readonly lines: readonly string[];
}

const hint = 'Nothing was changed. Look at the chain with iptables -S on the host; it needs root.';
/** The chains that the kernel has itself. */
export const builtInChains: readonly string[] = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

/**
 * Reads what the probe printed: the chain in the backend of the host's own program first, then in the other one, if that is in use.
 * Throws Failure `unreadable`, `missing`, or `invalid` for a rule that iptables rejects.
 */
export function readSides(outcome: Outcome, asked: Question): readonly Side[] {
  if (outcome.exit === 127) {
    throw new Failure('missing', `There is no ${asked.program} on this host: ${explain(outcome)}.`, {
      hint: 'Nothing was changed. Install the package iptables.',
    });
  }
  const all = sections(outcome.stdout);
  if (outcome.exit !== 0 || outcome.truncated === true || all[0]?.head[0] !== 'side')
    throw notListed(asked, explain(outcome));
  const gone = all.find(({ head }) => head[0] === 'missing')?.head[1];
  if (gone !== undefined && asked.backend !== (gone === 'nft' ? 'legacy' : 'nft')) {
    throw new Failure(
      'missing',
      `The ${gone} backend has rules too, or is asked for, and ${asked.program}-${gone} is not there.`,
      {
        hint: `Nothing was changed. Install it, or set \`backend\` to act in the other one only.`,
      },
    );
  }
  return all.flatMap(({ head }, i) => (head[0] === 'side' ? [sideOf(head, all.slice(i + 1), asked)] : []));
}

function notListed({ chain }: Question, why: string): Failure {
  return new Failure('unreadable', `The chain ${chain} could not be listed: ${why}.`, { hint });
}

function sections(stdout: string): readonly Section[] {
  return stdout
    .split(/^=== /m)
    .slice(1)
    .map((text) => {
      const [head = '', ...lines] = text.split('\n');
      return { head: head.split(' '), lines: lines.filter((line) => line !== '') };
    });
}

function sideOf([, backend, waits]: readonly string[], rest: readonly Section[], asked: Question): Side {
  const next = rest.findIndex(({ head }) => head[0] !== 'chain' && head[0] !== 'rule');
  const [listing, ...forms] = next === -1 ? rest : rest.slice(0, next);
  const [first, second] = forms;
  const complete =
    (first !== undefined || asked.rule.length === 0) && (second !== undefined || asked.replaces === undefined);
  const unasked = asked.rule.length === 0 && first !== undefined;
  if (listing === undefined || !complete || unasked) throw notListed(asked, 'the answer is not complete');
  const chain = rulesOf(listing, asked);
  const policy = policyOf(listing, asked.chain);
  return {
    backend: backend === 'legacy' ? 'legacy' : 'nft',
    ...(waits === 'never' ? { waits: false } : {}),
    ...(policy === undefined ? {} : { policy }),
    chain,
    rule: first === undefined ? '' : formOf(first, asked, asked.rule, chain),
    replaces:
      second === undefined || asked.replaces === undefined ? null : formOf(second, asked, asked.replaces, chain),
  };
}

/** In a table that nobody uses yet, a built-in chain is as the kernel will make it. */
function policyOf({ head: [, code], lines }: Section, chain: string): string | undefined {
  if (code === 'unused') return builtInChains.includes(chain) ? 'ACCEPT' : undefined;
  return lines.find((line) => line.startsWith(`-P ${chain} `))?.split(' ')[2];
}

function rulesOf({ head: [, code], lines }: Section, asked: Question): readonly string[] | null {
  if (code === 'absent') return null;
  if (code === 'unused') return builtInChains.includes(asked.chain) ? [] : null;
  const native = lines.find((line) => /^# .*incompatible/.test(line));
  if (code !== '0' || native !== undefined) throw notListed(asked, native ?? lines.at(-1) ?? `exit ${code}`);
  const foreign = lines.find((line) => !isListed(line, asked.chain));
  if (foreign !== undefined) throw notListed(asked, `"${cut(foreign, 200)}" is no line of iptables -S`);
  if (!lines.some((line) => /^-[NP] /.test(line))) throw notListed(asked, 'the answer is not complete');
  return linesOf(lines, asked.chain);
}

/** `iptables -S CHAIN` begins with the chain itself. */
function isListed(line: string, chain: string): boolean {
  const [option, name, ...rest] = line.split(' ');
  if (line.startsWith('#') || (option === '-A' && name === chain)) return true;
  return name === chain && (option === '-P' ? rest.length === 1 : option === '-N' && rest.length === 0);
}

function linesOf(lines: readonly string[], chain: string): readonly string[] {
  const start = `-A ${chain}`;
  return lines
    .filter((line) => line === start || line.startsWith(`${start} `))
    .map((line) => line.slice(start.length).trimStart());
}

function formOf(
  { head, lines }: Section,
  asked: Question,
  words: readonly string[],
  chain: readonly string[] | null,
): string {
  const [, code, tried] = head;
  if (code === 'tried') return triedForm(tried ?? '', lines, asked, words, chain ?? []);
  const [line, ...more] = linesOf(lines, asked.chain);
  if (code !== '0' || line === undefined) throw notAccepted(words, lines, code);
  if (more.length === 0) return line;
  throw new Failure('invalid', `iptables makes ${more.length + 1} rules of ${ruleText(words)}.`, {
    hint: 'Nothing was changed. Write a task for each of them.',
  });
}

function notAccepted(words: readonly string[], lines: readonly string[], code: string | undefined): Failure {
  const why = lines.find((text) => !text.startsWith('#')) ?? `exit ${code}`;
  return new Failure('invalid', `iptables does not accept the rule ${ruleText(words)}: ${why}`, {
    hint: 'Nothing was changed. Write the rule as iptables-save prints it, without -A and the chain.',
  });
}

/**
 * Where there is no network namespace to try the rule in, or it names a set of ipset, its form is worked out here, and the host's `-C` is the witness: 0 is
 * present and 1 is absent, and both must agree with the listing. Every other code is an error, never absence.
 */
function triedForm(
  code: string,
  lines: readonly string[],
  asked: Question,
  words: readonly string[],
  chain: readonly string[],
): string {
  const form = assumedForm(words, asked.program === 'iptables' ? 4 : 6);
  const noSuchJump = code === '2' && lines.some((line) => /does not exist|Couldn't load target/.test(line));
  if (code !== '0' && code !== '1' && !noSuchJump) {
    if (code === '2') throw notAccepted(words, lines, code);
    throw notListed(asked, lines.at(-1) ?? `iptables -C ended with ${code}`);
  }
  if (chain.includes(form) === (code === '0')) return form;
  throw new Failure('unreadable', `How iptables writes the rule ${ruleText(words)} could not be found out.`, {
    hint: 'Nothing was changed. It cannot be tried in a network namespace of its own: write the rule as iptables-save prints it.',
  });
}
