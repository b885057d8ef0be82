import type { XStatic } from 'typebox/schema';
import { type Command, script } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import type { JsonObject } from '../core/json.ts';
import { defineResource } from '../core/module.ts';
import type { Outcome } from '../core/outcome.ts';
import {
  backendSchema,
  chainPattern,
  eachSide,
  ipVersionSchema,
  pickSide,
  programOf,
  type Sides,
  tableSchema,
} from './iptables/iptables-backends.ts';
import { chainLines } from './iptables/iptables-chain.ts';
import { ruleFaults } from './iptables/iptables-faults.ts';
import { ownOf, ownRules, restoredOwn, sameOwn } from './iptables/iptables-own.ts';
import { builtInChains, type Question, readSides, type Side } from './iptables/iptables-probe.ts';
import { restoreRule } from './iptables/iptables-restore.ts';
import { sidesScript } from './iptables/iptables-scripts.ts';
import { ruleOf, ruleWords } from './iptables/iptables-words.ts';

const about = `
Owns one rule in one chain, and with \`replaces\` also the rule whose place it takes. iptables keys a rule on its exact canonical
form; the host itself brings what you write into that form (in an empty network namespace, so that nothing is touched), and
\`-s 172.7.21.1/24\` is found as \`-s 172.7.21.0/24\`. A rule with a set of \`ipset\`, which only the host's own namespace has, is best written as
\`iptables-save\` prints it. All other rules of the chain are left alone.

A change is one \`iptables-restore --noflush\` transaction: all of it or nothing, and no packet passes between two rules.
An undo puts the old rule back between its old neighbours, wherever they stand by then. A rule that is there stays where it is:
\`position\` is only for a new one. Existing connections keep their address translation; only new ones follow a new rule.

A host can have two sets of rules in force at once, of the nft and of the legacy backend. The rule is kept in the one where it lives, or
the rule that it replaces; what is left of \`replaces\` in the other one goes too, because it would still take effect. With \`backend\`
only that one is touched, and such a leftover is an error that names it. docker puts its own MASQUERADE rule back
whenever it starts, unless its \`ip-masq\` is off.

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
    table: tableSchema,
    chain: {
      type: 'string',
      pattern: chainPattern,
      description: 'The chain. It must be there, unless it is to be created or the rule is to be absent.',
    },
    rule: {
      anyOf: ruleForms,
      description: 'The rule without -A and chain: as iptables-save prints it (double quotes, no shell), or its words.',
    },
    replaces: { anyOf: ruleForms, description: 'The rule whose place it takes, in the same transaction.' },
    position: {
      anyOf: [{ type: 'integer', minimum: 1 }, { enum: ['append', 'first'] }],
      description: 'Where a new rule goes that replaces none: append (the default), first, or a number from 1.',
    },
    state: { enum: ['present', 'absent'], default: 'present', description: 'present: exactly one copy. absent: none.' },
    create_chain: {
      type: 'boolean',
      default: false,
      description: 'Make a missing chain with the rule; remove it with its last rule.',
    },
    ip_version: ipVersionSchema,
    backend: backendSchema,
  },
} as const;

type Args = XStatic<typeof schema>;
type State = Sides<Side>;

export const iptablesRule = defineResource({
  name: 'iptables_rule',
  summary: 'One rule in a chain of iptables, at its place.',
  about,
  schema,
  exits: {
    0: 'the chain in both backends',
    127: 'iptables is not on the host: the run stops',
  },
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
      title: 'A rule in front of all others, word by word, in a chain that is made when it is not there',
      args: { chain: 'PODS-IN', rule: ['-i', 'docker0', '-j', 'ACCEPT'], position: 'first', create_chain: true },
    },
  ],
  volatile: () => true,
  undone: 'The guard brings it back in each backend in which it was seen.',
  reversible: () => true,
  faults: (args: Args) => ruleFaults(args),
  key: (args: Args) =>
    `${programOf(args)} ${args.table ?? 'filter'} ${args.chain} ${ruleOf(args.rule, args.chain).join(' ')}`,
  probe: (args: Args) => {
    const { program, backend, table, chain, rule, replaces = [] } = question(args);
    return script(sidesScript, [program, backend, table, chain, String(rule.length), ...rule, ...replaces]);
  },
  read: (outcome: Outcome, args: Args): State => ({
    sides: readSides(outcome, question(args)).map(({ policy: _, ...side }) => side),
  }),
  want,
  move,
  same: sameOwn,
  restored: restoredOwn,
  restore: (before: State | null, _: State | null, args: Args) => restoreRule(programOf(args), args, before),
  affects: () => ['iptables_save:'],
  restate,
});

function question(args: Args): Question {
  const { backend = 'auto', table = 'filter', chain } = args;
  const replaces = args.replaces === undefined ? undefined : ruleOf(args.replaces, args.chain);
  return { program: programOf(args), backend, table, chain, rule: ruleOf(args.rule, args.chain), replaces };
}

function want(args: Args, now: State | null): State | null {
  if (now === null) return null;
  const sides = now.sides.map((side) => asAsked(side, args));
  const home = pickSide({ sides }, args.backend, [
    ({ chain, rule }) => has(chain, rule),
    ({ chain, replaces }) => has(chain, replaces),
    ({ chain }) => chain !== null,
  ]);
  const everywhere = args.backend === undefined || args.backend === 'auto';
  const wanted = sides.map((side) => {
    if (side === home)
      return { ...side, chain: args.state === 'absent' ? without(side.rule, side, args) : placed(side, args) };
    if (everywhere) return { ...side, chain: without(args.state === 'absent' ? side.rule : side.replaces, side, args) };
    if (args.state !== 'absent' && has(side.chain, side.replaces)) throw leftover(side, args);
    return side;
  });
  // As they were read, should the arguments have named them the other way round.
  return { sides: wanted.map(({ chain }, i) => ({ ...(now.sides[i] as Side), chain })) };
}

/** Arguments that undo a swap name the two rules the other way round than they were read. */
function asAsked(side: Side, args: Args): Side {
  const swapped =
    side.replaces !== null && ruleOf(args.rule, args.chain).join(' ') === ruleWords(side.replaces).join(' ');
  return swapped ? { ...side, rule: side.replaces ?? '', replaces: side.rule } : side;
}

function has(chain: readonly string[] | null, rule: string | null): boolean {
  return rule !== null && chain?.includes(rule) === true;
}

function without(rule: string | null, { chain }: Side, args: Args): readonly string[] | null {
  const left = chain?.filter((line) => line !== rule) ?? null;
  const ownChain = args.create_chain === true && args.state === 'absent' && !builtInChains.includes(args.chain);
  return ownChain && left?.length === 0 ? null : left;
}

function leftover({ backend, replaces }: Side, { chain }: Args): Failure {
  return new Failure('refused', `The ${backend} backend has "${replaces}" in ${chain} too, where it stays in effect.`, {
    hint: 'Nothing was changed. Leave out `backend`, and it goes from there as well.',
  });
}

/** The chain with one copy of the rule: the first that is there, else in the place of what it replaces, else where it is wanted. */
function placed({ chain: found, rule, replaces }: Side, args: Args): readonly string[] {
  if (found === null && args.create_chain !== true) {
    throw new Failure('refused', `There is no chain ${args.chain} in table ${args.table ?? 'filter'}.`, {
      hint: 'Nothing was changed. Correct its name, or have it made with `create_chain: true`.',
    });
  }
  const chain = found ?? [];
  const [copy, old] = [chain.indexOf(rule), chain.indexOf(replaces ?? '')];
  const index = copy !== -1 ? copy : old !== -1 ? old : newIndex(args, chain.length);
  const isOther = (line: string): boolean => line !== rule && line !== replaces;
  return [...chain.slice(0, index).filter(isOther), rule, ...chain.slice(index).filter(isOther)];
}

function newIndex({ position = 'append' }: Args, length: number): number {
  if (position === 'first') return 0;
  return position === 'append' ? length : Math.min(position - 1, length);
}

function move(from: State | null, to: State | null, args: Args): readonly Command[] {
  const { chain, table = 'filter' } = args;
  return eachSide(programOf(args), table, from, to, (now, target) =>
    chainLines(chain, now?.chain ?? null, target.chain, ownOf(target)),
  );
}

/** null: several copies, both rules, or rules in both backends are more than arguments can ask for. */
function restate(state: State | null, args: Args): JsonObject | null {
  const { table, chain, ip_version, backend } = args;
  const given = Object.entries({ chain, table, ip_version, backend });
  const where = Object.fromEntries(given.filter(([, value]) => value !== undefined)) as JsonObject;
  const sides = (state?.sides ?? []).filter((side) => [undefined, 'auto', side.backend].includes(backend));
  const [only, ...more] = sides.flatMap((side) => ownRules(side).map((line) => ({ line, side })));
  if (sides[0] === undefined || more.length > 0) return null;
  if (only === undefined) {
    const ownChain = sides.every((side) => side.chain === null) ? { create_chain: true } : {};
    return { ...where, rule: sides[0].rule, state: 'absent', ...ownChain };
  }
  const other = only.line === only.side.rule ? only.side.replaces : only.side.rule;
  return { ...where, rule: only.line, ...(other === null ? {} : { replaces: other }) };
}
