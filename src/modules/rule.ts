import { type Command, script } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import { type JsonObject, sameJson } from '../core/json.ts';
import { defineResource } from '../core/module.ts';
import { explain, type Outcome } from '../core/outcome.ts';
import type { Way } from '../core/way.ts';
import { type RuleLine, ruleLine, ruleLines } from './rules/ip-rule-line.ts';
import { type RuleArgs as Args, described, family, isWhole } from './rules/rule-description.ts';
import { ruleFaults } from './rules/rule-faults.ts';
import { ruleOperations } from './rules/rule-moves.ts';
import { ruleRestoreScript } from './rules/rule-restore.ts';
import { ruleSchema as schema } from './rules/rule-schema.ts';
import { limitedMark, ruleApplyScript, ruleProbeScript } from './rules/rule-scripts.ts';
import { printedOtherwise } from './rules/rule-spelling.ts';
import { saidNumbers } from './shared/ip-listing.ts';
import { cutByRules } from './ways/way-rules.ts';

const about = `
Owns one rule of the policy routing database (\`ip rule\`): which table a packet is looked up in, by where it comes from, goes to, its mark,
its device. A rule is what it selects, in its order by \`priority\`. With a \`priority\`, the task owns the rule of that priority and selection, and
changes what it does in place: the new one is there before the old one goes. Without one it owns the rule of that selection and action wherever it stands;
the kernel places a new one before all others. With neither selection nor action it owns the whole list of a family, for \`protect: true\`.

The kernel's own rules (local, main, default) are neither counted nor touched. A rule that comes back takes its place again among others of the same priority.

\`\`\`yaml
rule: { priority: 1000, from: 10.1.0.0/16, table: 100 }
\`\`\`
`;

/** Words for `ip rule add`: the task's own rules, and what of the same priority stands behind the first of them, once rules of others are among it. */
type State = {
  readonly rules: readonly string[];
  readonly behind: readonly string[];
  /** BusyBox's ip shows only a part of each. */
  readonly limited?: true;
};

export const rule = defineResource({
  name: 'rule',
  summary: 'A rule of policy routing (ip rule).',
  about,
  schema,
  examples: [
    { title: 'Answer by the way the question came', args: { priority: 1000, from: '192.0.2.10', table: 100 } },
    { title: 'Marked packets take another table', args: { priority: 2000, fwmark: '0x10/0xff', table: 200 } },
    {
      title: 'Use the main table for all but its default route',
      args: { priority: 900, table: 'main', suppress_prefixlength: 0 },
    },
    { title: 'Remove a rule', args: { from: '10.1.0.0/16', table: 100, state: 'absent' } },
    { title: 'Remember all rules (with protect: true)', args: { family: 4 } },
  ],
  reversible: () => true,
  faults: ruleFaults,
  volatile: () => true,
  asks: (args: Args) => args.exactly !== undefined || !isWhole(args),
  key,
  probe: (args: Args) => script(ruleProbeScript, [`-${family(args)}`, ...numbers(args)]),
  read,
  want,
  move: (from: State | null, to: State | null, args: Args): readonly Command[] => {
    const lines = ruleOperations(from ?? none, to ?? none);
    const stdin = lines.map((line) => `${line}\n`).join('');
    return lines.length === 0 ? [] : [script(ruleApplyScript, [`-${family(args)}`, ...numbers(args)], { stdin })];
  },
  same: (a: State | null, b: State | null) => sameRules(a?.rules ?? [], b?.rules ?? []),
  restore,
  cuts: (way: Way, from: State | null, to: State | null, args: Args) =>
    cutByRules(way, family(args), from?.rules ?? [], to?.rules ?? []),
  affects: (args: Args) => [...(isWhole(args) ? [] : [`rule:all(${family(args)})`]), 'route:'],
  restate: (state: State | null, { state: _, ...args }: Args): JsonObject => ({
    ...args,
    exactly: state?.rules ?? [],
  }),
});

const none: State = { rules: [], behind: [] };

/** The table and the origin that the task says by number. */
function numbers({ table, proto }: Args): readonly string[] {
  return saidNumbers(table === undefined ? [] : [String(table)], proto === undefined ? [] : [proto]);
}

function key(args: Args): string {
  if (isWhole(args)) return `all(${family(args)})`;
  const { selectors, action } = described(args);
  const flat = [...selectors, ...(args.priority === undefined ? [...action].slice(0, 1) : [])].flat();
  const place = args.priority === undefined ? [] : [`priority ${args.priority}`];
  const six = family(args) === 6 ? ['(6)'] : [];
  return [...place, ...flat.filter((word) => word !== ''), ...six].join(' ') || 'from all';
}

function read(outcome: Outcome, args: Args): State | null {
  if (outcome.exit !== 0 || outcome.truncated === true) {
    throw new Failure('unreadable', `The rules could not be listed: ${explain(outcome)}.`, {
      hint: `Nothing was changed. Try: ip -${family(args)} rule show`,
    });
  }
  const limited = outcome.stdout.startsWith(limitedMark);
  const all = ruleLines(outcome.stdout.replace(limitedMark, ''));
  const own = all.filter((line) => isOurs(line, args));
  if (own.length === 0 && !limited) return null;
  return {
    rules: own.map(({ words }) => words),
    behind: behindFirst(all, own).map(({ words }) => words),
    ...(limited ? { limited } : {}),
  };
}

/** What stands behind the first of our rules of each priority: from one of others on, our own ones too. */
function behindFirst(all: readonly RuleLine[], own: readonly RuleLine[]): readonly RuleLine[] {
  return all.filter((line, at) => {
    const ahead = all.slice(0, at).filter(({ priority }) => priority === line.priority);
    const ofOthers = ahead.slice(ahead.findIndex((rule) => own.includes(rule))).some((rule) => !own.includes(rule));
    return ahead.some((rule) => own.includes(rule)) && (!own.includes(line) || ofOthers);
  });
}

function isOurs(line: RuleLine, args: Args): boolean {
  if (isWhole(args)) return true;
  const wanted = described(args);
  const places = args.priority === undefined || args.priority === line.priority;
  if (!places || !sameJson([...line.selectors].sort(), [...wanted.selectors].sort())) return false;
  const [verb] = wanted.action;
  return args.priority !== undefined || verb === undefined || line.action.get(verb[0]) === verb[1];
}

function want(args: Args, now: State | null): State | null {
  const wanted = wantedRules(args, now);
  if (now?.limited !== true || sameRules(now.rules, wanted?.rules ?? [])) return wanted;
  throw new Failure(
    'refused',
    `The rule ${key(args)} is not changed: this host has only BusyBox’s ip, which shows a part of each.`,
    {
      hint: 'Nothing was changed, because an undo could not bring it back. Install iproute2 on the host.',
    },
  );
}

/** What BusyBox showed only a part of is not put back. */
function restore(before: State | null, _: State | null, args: Args): Command | null {
  if (before?.limited === true) return null;
  const { selectors, action } = described(args);
  const chosen = [...selectors].map(([name, value]) => `${name} ${value}`).sort();
  const [verb = '', object = ''] = (args.priority === undefined ? [...action][0] : undefined) ?? [];
  const spellings = [...selectors].flatMap(([name, value]) =>
    printedOtherwise(name, value).map((other) => `${other}=${name} ${value}`),
  );
  const which = isWhole(args)
    ? ['all', '', '', '', '', '']
    : [
        '',
        String(args.priority ?? ''),
        ` ${chosen.map((words) => `${words} `).join('')}`,
        verb,
        object,
        spellings.join(';'),
      ];
  const lines = [
    ...(before?.rules ?? []).map((words) => `was ${words}`),
    ...(before?.behind ?? []).map((words) => `behind ${words}`),
  ];
  return script(ruleRestoreScript, [`-${family(args)}`, ...which, ...numbers(args)], {
    stdin: lines.map((line) => `${line}\n`).join(''),
  });
}

function wantedRules(args: Args, now: State | null): State | null {
  if (args.exactly !== undefined) return args.exactly.length === 0 ? null : { ...(now ?? none), rules: args.exactly };
  if (isWhole(args)) return now;
  if (args.state === 'absent') return now?.rules.length === 0 ? now : null;
  const wanted = described(args);
  const [only, ...more] = now?.rules ?? [];
  const holds = only !== undefined && more.length === 0 && isAsWanted(ruleLine(only), wanted);
  return holds ? now : { rules: [wanted.words], behind: now?.behind ?? [] };
}

/** In all that is said of it. What is not said of a rule is not there; only its origin may be anybody's. */
function isAsWanted(is: RuleLine, wanted: RuleLine): boolean {
  const told = (action: ReadonlyMap<string, string>): readonly unknown[] =>
    [...action].filter(([name]) => name !== 'proto' || wanted.action.has('proto')).sort();
  return sameJson(told(is.action) as never, told(wanted.action) as never);
}

function sameRules(a: readonly string[], b: readonly string[]): boolean {
  return (
    a.length === b.length && a.every((words, i) => words === b[i] || isThatRule(ruleLine(words), ruleLine(b[i] ?? '')))
  );
}

/** The kernel chooses a place for a rule that has none, and `ip` an origin. */
function isThatRule(a: RuleLine, b: RuleLine): boolean {
  const bare = [a, b].find((line) => !line.action.has('proto'));
  const placed = a.priority === undefined || b.priority === undefined || a.priority === b.priority;
  return (
    bare !== undefined &&
    placed &&
    sameJson([...a.selectors].sort(), [...b.selectors].sort()) &&
    isAsWanted(bare === a ? b : a, bare)
  );
}
