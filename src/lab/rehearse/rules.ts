import { cut } from '../../core/cut.ts';
import { run } from '../shell.ts';
import type { RuleSet } from '../snapshot/shape.ts';

/** Lines that `iptables-restore` of this machine takes, and those that it does not. */
interface Loadable {
  readonly lines: string[];
  readonly left: readonly { readonly what: string; readonly why: string }[];
}

/** Beyond this many rules of one table that this machine does not take, the rest of the table is left out too. */
const patience = 100;

/**
 * Tries the rules of a snapshot in a network namespace that vanishes with the trial, and leaves out each that this machine cannot load: a
 * match it does not have, a set that is not there.
 */
export async function loadableRules(set: RuleSet, dump: readonly string[]): Promise<Loadable> {
  const lines: string[] = [];
  const left: { what: string; why: string }[] = [];
  for (const table of tablesOf(dump)) {
    const tried = await loadableTable(set, table);
    lines.push(...tried.lines);
    left.push(...tried.left);
  }
  return { lines, left };
}

async function loadableTable(set: RuleSet, table: readonly string[]): Promise<Loadable> {
  const what = `${set} ${table[0]?.slice(1)}`;
  const head = table.filter((line) => /^(\*\w+$|:\S+ \S+ \[0:0\]$)/.test(line));
  const rules = table.filter((line) => line.startsWith('-A '));
  const left: { what: string; why: string }[] = [];
  let said = await refusal(set, head);
  if (said !== undefined) return { lines: [], left: [{ what, why: said }] };
  for (;;) {
    said = await refusal(set, [...head, ...rules]);
    if (said === undefined) return { lines: [...head, ...rules, 'COMMIT'], left };
    // The shortest beginning that is refused ends with a rule that is refused.
    let [taken, refused] = [0, rules.length];
    while (refused - taken > 1) {
      const middle = Math.floor((taken + refused) / 2);
      const words = await refusal(set, [...head, ...rules.slice(0, middle)]);
      if (words === undefined) taken = middle;
      else [refused, said] = [middle, words];
    }
    const [rule = ''] = rules.splice(taken, 1);
    left.push({ what: `${what}: ${rule}`, why: said });
    if (left.length < patience) continue;
    const rest = rules.splice(taken);
    left.push({ what: `${what}: ${rest.length} rules after it`, why: 'too many before them were refused' });
  }
}

/** What `iptables-restore` has against these lines; undefined when it takes them. */
async function refusal(set: RuleSet, lines: readonly string[]): Promise<string | undefined> {
  const ran = await run(['unshare', '--net', `${set}-restore`], {
    stdin: `${lines.join('\n')}\nCOMMIT\n`,
    timeoutMs: 30_000,
  });
  if (ran.exit === 0) return undefined;
  const [first = ''] = ran.stderr
    .replace(/^(Warning|#).*\n?/gm, '')
    .trim()
    .split('\n');
  return cut(first, 200) || `exit ${ran.exit}`;
}

function tablesOf(dump: readonly string[]): string[][] {
  const tables: string[][] = [];
  for (const line of dump) {
    if (line.startsWith('*')) tables.push([line]);
    else tables.at(-1)?.push(line);
  }
  return tables;
}
