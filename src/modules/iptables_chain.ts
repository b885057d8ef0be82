import type { XStatic } from 'typebox/schema';
import { type Command, script } from '../core/command.ts';
import type { JsonObject } from '../core/json.ts';
import { defineResource } from '../core/module.ts';
import type { Outcome } from '../core/outcome.ts';
import {
  backendSchema,
  backendsOf,
  chainPattern,
  eachSide,
  ipVersionSchema,
  pickSide,
  programOf,
  type Sides,
  sideOf,
  tableSchema,
} from './iptables/iptables-backends.ts';
import { chainFault } from './iptables/iptables-faults.ts';
import { builtInChains, type Listing, type Question, readSides } from './iptables/iptables-probe.ts';
import { restoreChain } from './iptables/iptables-restore.ts';
import { sidesScript } from './iptables/iptables-scripts.ts';
import { clash, found } from './shared/faults.ts';

const about = `
Owns whether a chain of iptables is there, and the policy of a built-in one. iptables keys a chain on table and name. The rules in it belong to
\`iptables_rule\`; but a chain that goes takes its rules along, and an undo brings them all back, in order. A chain that rules still jump
to cannot go: iptables refuses the whole transaction.

With both backends in use, a chain is made in the host's own one unless it is there in the other, and absent means absent from both.

\`\`\`yaml
iptables_chain: { table: nat, chain: PODS-OUT }
\`\`\`
`;

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['chain'],
  properties: {
    table: tableSchema,
    chain: { type: 'string', pattern: chainPattern, description: 'The chain.' },
    state: { enum: ['present', 'absent'], default: 'present', description: 'absent: neither it nor its rules.' },
    policy: { enum: ['ACCEPT', 'DROP'], description: 'What a built-in chain does with what no rule decides.' },
    ip_version: ipVersionSchema,
    backend: backendSchema,
  },
} as const;

type Args = XStatic<typeof schema>;
type State = Sides<Listing>;

export const iptablesChain = defineResource({
  name: 'iptables_chain',
  summary: 'A chain of iptables, or the policy of a built-in one.',
  about,
  schema,
  exits: {
    0: 'the chain in both backends',
    127: 'iptables is not on the host: the run stops',
  },
  examples: [
    { title: 'A chain for rules of our own', args: { table: 'nat', chain: 'PODS-OUT' } },
    { title: 'Nothing is forwarded unless a rule says so', args: { chain: 'FORWARD', policy: 'DROP' } },
    { title: 'An old chain and its rules', args: { chain: 'OLD-RULES', state: 'absent' } },
  ],
  volatile: () => true,
  reversible: () => true,
  faults: ({ chain, table, state, policy }: Args) => {
    const misnamed = chainFault({ chain, table });
    if (misnamed !== undefined) return [misnamed];
    const builtIn = builtInChains.includes(chain);
    return found(
      builtIn &&
        state === 'absent' &&
        clash('state', `${chain} is built in: it cannot go`, 'Remove its rules one by one with `iptables_rule`.'),
      !builtIn &&
        policy !== undefined &&
        clash('policy', `${chain} is not built in: it has no policy`, 'Leave out "policy".'),
    );
  },
  key: (args: Args) => `${programOf(args)} ${args.table ?? 'filter'} ${args.chain}`,
  probe: (args: Args) => {
    const { program, backend, table, chain } = question(args);
    return script(sidesScript, [program, backend, table, chain, '0']);
  },
  read: (outcome: Outcome, args: Args): State => ({
    sides: readSides(outcome, question(args)).map(({ rule: _, replaces: __, ...listing }) => listing),
  }),
  want,
  move,
  same: (a: State | null, b: State | null) =>
    backendsOf(a, b).every((backend) => {
      const [one, other] = [sideOf(a, backend), sideOf(b, backend)];
      return one?.policy === other?.policy && ((one?.chain ?? null) !== null) === ((other?.chain ?? null) !== null);
    }),
  restore: (before: State | null, _: State | null, args: Args) => restoreChain(programOf(args), args, before),
  affects: (args: Args) => [
    'iptables_save:',
    `iptables_rule:${programOf(args)} ${args.table ?? 'filter'} ${args.chain} `,
  ],
  restate,
});

function question(args: Args): Question {
  const { backend = 'auto', table = 'filter', chain } = args;
  return { program: programOf(args), backend, table, chain, rule: [], replaces: undefined };
}

function want(args: Args, now: State | null): State | null {
  if (now === null) return null;
  const home = pickSide(now, args.backend, [({ chain }) => chain !== null]);
  const everywhere = args.backend === undefined || args.backend === 'auto';
  return {
    sides: now.sides.map((side) => {
      if (args.state === 'absent') return everywhere || side === home ? { ...side, chain: null } : side;
      if (side !== home) return side;
      return { ...side, chain: side.chain ?? [], ...(args.policy === undefined ? {} : { policy: args.policy }) };
    }),
  };
}

function move(from: State | null, to: State | null, args: Args): readonly Command[] {
  const { chain: name, table = 'filter' } = args;
  return eachSide(programOf(args), table, from, to, (now, { chain, policy }) => {
    const turned = policy !== undefined && policy !== now?.policy ? [`-P ${name} ${policy}`] : [];
    // Rule by rule, so that one which somebody has added since makes the whole transaction fail.
    if (chain === null)
      return now?.chain == null ? [] : [...now.chain.map((rule) => `-D ${name} ${rule}`), `-X ${name}`];
    if (now?.chain != null || builtInChains.includes(name)) return turned;
    return [`-N ${name}`, ...chain.map((rule) => `-A ${name} ${rule}`)];
  });
}

/** null: a chain with rules, or in one backend of two, is more than arguments can ask for. */
function restate(state: State | null, args: Args): JsonObject | null {
  const { table, chain, ip_version, backend } = args;
  const given = Object.entries({ chain, table, ip_version, backend }).filter(([, value]) => value !== undefined);
  const where = Object.fromEntries(given) as JsonObject;
  const sides = (state?.sides ?? []).filter((side) => [undefined, 'auto', side.backend].includes(backend));
  const [only, ...more] = sides.filter((side) => side.chain !== null);
  if (sides.length === 0 || more.length > 0) return null;
  if (only === undefined) return { ...where, state: 'absent' };
  if (builtInChains.includes(chain)) return only.policy === undefined ? null : { ...where, policy: only.policy };
  return only.chain?.length === 0 ? { ...where, state: 'present' } : null;
}
