import type { XStatic } from 'typebox/schema';
import { type Command, script } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import type { JsonObject } from '../core/json.ts';
import { sameJson } from '../core/json.ts';
import { defineResource } from '../core/module.ts';
import type { Outcome } from '../core/outcome.ts';
import { chainWith, placesOf } from './parse/iptables-chain.ts';
import { type ChainState, readChain } from './parse/iptables-probe.ts';
import { ruleWords } from './parse/iptables-words.ts';

const about = `
Owns one rule in one chain, and with \`replaces\` also the rule whose place it takes. iptables keys a rule on its exact canonical
form; the host itself brings what you write into that form (in an empty network namespace, so that nothing is touched), and
\`-s 172.7.21.1/24\` is found as \`-s 172.7.21.0/24\`. All other rules of the chain are left alone.

A change is one \`iptables-restore --noflush\` transaction: all of it or nothing, and no packet passes between two rules.
An undo puts the old rule back between its old neighbours, wherever they stand by then. A rule that is there stays where it is:
\`position\` is only for a new one. Existing connections keep their address translation; only new ones follow a new rule.

\`\`\`yaml
iptables_rule:
  table: nat
  chain: POSTROUTING
  rule: -s 172.7.21.0/24 ! -d 172.7.0.0/16 ! -o docker0 -j MASQUERADE
  replaces: -s 172.7.21.0/24 ! -o docker0 -j MASQUERADE
\`\`\`
`;

const ruleForms = [
  { type: 'string', minLength: 1 },
  { type: 'array', minItems: 1, items: { type: 'string' } },
] as const;

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['chain', 'rule'],
  properties: {
    table: { enum: ['filter', 'nat', 'mangle', 'raw', 'security'], description: 'The table. Default: filter.' },
    chain: {
      type: 'string',
      pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,28}$',
      description: 'The chain. It must be there, unless the rule is to be absent.',
    },
    rule: {
      anyOf: ruleForms,
      description:
        'The rule without -A and chain: as iptables-save prints it (double quotes, no shell), or a list of words.',
    },
    replaces: { anyOf: ruleForms, description: 'The rule whose place it takes; it goes in the same transaction.' },
    position: {
      anyOf: [{ type: 'integer', minimum: 1 }, { enum: ['append', 'first'] }],
      description: 'Where a new rule goes that replaces none: append (the default), first, or a number from 1.',
    },
    state: { enum: ['present', 'absent'], description: 'present (the default): exactly one copy. absent: none.' },
    ip_version: { enum: [4, 6], description: 'iptables or ip6tables. Default: 4.' },
  },
} as const;

type Args = XStatic<typeof schema>;

export const iptablesRule = defineResource({
  name: 'iptables_rule',
  summary: 'One rule in a chain of iptables, at its place.',
  about,
  schema,
  examples: [
    {
      title: 'Leave pod addresses alone inside the pod network',
      args: {
        table: 'nat',
        chain: 'POSTROUTING',
        rule: '-s 172.7.21.0/24 ! -d 172.7.0.0/16 ! -o docker0 -j MASQUERADE',
        replaces: '-s 172.7.21.0/24 ! -o docker0 -j MASQUERADE',
      },
    },
    {
      title: 'A rule in front of all others, word by word',
      args: { chain: 'FORWARD', rule: ['-i', 'docker0', '-j', 'ACCEPT'], position: 'first' },
    },
  ],
  reversible: () => true,
  key: (args: Args) => `${program(args)} ${args.table ?? 'filter'} ${args.chain} ${wordsOf(args.rule, args).join(' ')}`,
  probe: (args: Args) => {
    const rule = wordsOf(args.rule, args);
    const replaces = args.replaces === undefined ? [] : wordsOf(args.replaces, args);
    const where = [program(args), args.table ?? 'filter', args.chain];
    return script(probeScript, [...where, String(rule.length), ...rule, ...replaces]);
  },
  read: (outcome: Outcome, args: Args): ChainState => {
    const replaces = args.replaces === undefined ? undefined : wordsOf(args.replaces, args);
    return readChain(outcome, args.chain, wordsOf(args.rule, args), replaces);
  },
  want,
  move,
  same: (a: ChainState | null, b: ChainState | null) => sameJson(ownRules(a), ownRules(b)),
  restored: (before: ChainState | null, now: ChainState | null) =>
    sameJson(ownRules(before), ownRules(now)) && standsAsBefore(before, now),
  affects: () => ['iptables_save:'],
  restate,
});

function program({ ip_version = 4 }: Args): 'iptables' | 'ip6tables' {
  return ip_version === 4 ? 'iptables' : 'ip6tables';
}

/** A pasted line may begin with -A and the chain. */
function wordsOf(rule: string | readonly string[], { chain }: Args): readonly string[] {
  const words = ruleWords(rule);
  return words[0] === '-A' && words[1] === chain ? ruleWords(words.slice(2)) : words;
}

/** One section each: the chain, the canonical rule, the canonical rule that it replaces; each with how it went. */
const probeScript = `bin=$1 table=$2 chain=$3 count=$4; shift 4
listing=$("$bin" -w 5 -t "$table" -S "$chain" 2>&1); code=$?
if [ "$code" -ne 0 ] && whole=$("$bin" -w 5 -t "$table" -S 2>/dev/null); then
  printf '%s\\n' "$whole" | grep -Eq -e "^-[NP] $chain( |$)" -e incompatible || code=absent
fi
printf '=== chain %s\\n%s\\n' "$code" "$listing"
canonical() {
  unshare -n sh -c '
    bin=$1 table=$2 chain=$3; shift 3
    "$bin" -w 5 -t "$table" -N "$chain" 2>/dev/null
    if ! "$bin" -w 5 -t "$table" -A "$chain" "$@" 2>/dev/null; then
      before=
      for word; do
        case $before in -j|--jump|-g|--goto) "$bin" -w 5 -t "$table" -N "$word" 2>/dev/null ;; esac
        before=$word
      done
      "$bin" -w 5 -t "$table" -A "$chain" "$@" || exit
    fi
    "$bin" -w 5 -t "$table" -S "$chain"' sh "$bin" "$table" "$chain" "$@" 2>&1
}
say() {
  if unshare -n true 2>/dev/null; then text=$(canonical "$@"); code=$?; else text= code=unknown; fi
  printf '=== rule %s\\n%s\\n' "$code" "$text"
}
first() {
  n=$1; shift; rest=$(($# - n))
  while [ "$n" -gt 0 ]; do set -- "$@" "$1"; shift; n=$((n - 1)); done
  shift "$rest"; say "$@"
}
first "$count" "$@"
shift "$count"
[ $# -eq 0 ] || say "$@"`;

/** The canonical forms that the arguments speak of, as the host gave them. */
function forms(args: Args, now: ChainState): { rule: string; replaces: string | null } {
  const swapped = now.replaces !== null && wordsOf(args.rule, args).join(' ') === ruleWords(now.replaces).join(' ');
  return swapped ? { rule: now.replaces ?? '', replaces: now.rule } : now;
}

function want(args: Args, now: ChainState | null): ChainState | null {
  if (now === null) return null;
  const { rule, replaces } = forms(args, now);
  if (args.state === 'absent') {
    if (args.replaces === undefined) return { ...now, chain: now.chain?.filter((line) => line !== rule) ?? null };
    throw new Failure('invalid', 'A rule that is to be absent cannot replace another one.', {
      hint: 'Leave out `replaces`, or `state`.',
    });
  }
  const { chain } = now;
  if (chain === null) {
    throw new Failure('refused', `There is no chain ${args.chain} in table ${args.table ?? 'filter'}.`, {
      hint: 'Nothing was changed. Make the chain first, or correct its name.',
    });
  }
  const old = chain.indexOf(replaces ?? '');
  if (old === -1 && chain.filter((line) => line === rule).length === 1) return now;
  const copy = chain.indexOf(rule);
  const index = copy !== -1 ? copy : old !== -1 ? old : newIndex(args, chain.length);
  const isOther = (line: string): boolean => line !== rule && line !== replaces;
  return { ...now, chain: [...chain.slice(0, index).filter(isOther), rule, ...chain.slice(index).filter(isOther)] };
}

function newIndex({ position = 'append' }: Args, length: number): number {
  if (position === 'first') return 0;
  return position === 'append' ? length : Math.min(position - 1, length);
}

/** Deletes by the rule's text, so if somebody changed it meanwhile the whole transaction fails. */
function move(from: ChainState | null, to: ChainState | null, args: Args): readonly Command[] {
  const [now, target] = [from?.chain ?? [], to?.chain ?? []];
  const isOwn = ownOf(to ?? from);
  const final = chainWith(now, target, isOwn);
  if (sameJson(now, final)) return [];
  const deletes = now.filter(isOwn).map((line) => `-D ${args.chain} ${line}`);
  const inserts = final.flatMap((line, i) => (isOwn(line) ? [`-I ${args.chain} ${i + 1} ${line}`] : []));
  const stdin = [`*${args.table ?? 'filter'}`, ...deletes, ...inserts, 'COMMIT', ''].join('\n');
  return [{ argv: [`${program(args)}-restore`, '--noflush', '-w', '5'], stdin }];
}

function ownOf(state: ChainState | null): (line: string) => boolean {
  return (line) => line === state?.rule || line === state?.replaces;
}

function ownRules(state: ChainState | null): readonly string[] {
  return (state?.chain ?? []).filter(ownOf(state));
}

function standsAsBefore(before: ChainState | null, now: ChainState | null): boolean {
  const places = placesOf(now?.chain ?? [], ownOf(now));
  return placesOf(before?.chain ?? [], ownOf(before)).every((was, i) => {
    const is = places[i];
    return is?.previous === was.previous || is?.next === was.next || is?.index === was.index;
  });
}

/** null: several copies, or both rules, are more than arguments can ask for. */
function restate(state: ChainState | null, args: Args): JsonObject | null {
  const { table, chain, ip_version } = args;
  const where = {
    chain,
    ...(table === undefined ? {} : { table }),
    ...(ip_version === undefined ? {} : { ip_version }),
  };
  if (state === null) return null;
  const [only, ...more] = ownRules(state);
  if (more.length > 0) return null;
  if (only === undefined) return { ...where, rule: state.rule, state: 'absent' };
  const other = only === state.rule ? state.replaces : state.rule;
  return { ...where, rule: only, ...(other === null ? {} : { replaces: other }) };
}
