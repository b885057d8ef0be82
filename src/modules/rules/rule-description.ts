import { tableName } from '../shared/ip-names.ts';
import { prefixOf } from '../shared/prefix.ts';
import { type RuleLine, ruleLine } from './ip-rule-line.ts';
import { forIp } from './rule-spelling.ts';

/** What a user says of a rule. */
export interface RuleArgs {
  readonly family?: 4 | 6;
  readonly priority?: number;
  readonly not?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly tos?: string;
  readonly fwmark?: string | number;
  readonly iif?: string;
  readonly oif?: string;
  readonly l3mdev?: boolean;
  readonly uidrange?: string;
  readonly ipproto?: string;
  readonly sport?: string | number;
  readonly dport?: string | number;
  readonly table?: string | number;
  readonly type?: 'blackhole' | 'unreachable' | 'prohibit';
  readonly goto?: number;
  readonly suppress_prefixlength?: number;
  readonly suppress_ifgroup?: string | number;
  readonly realms?: string;
  readonly proto?: string;
  readonly state?: 'present' | 'absent';
  readonly exactly?: readonly string[];
}

const valued = ['from', 'to', 'tos', 'fwmark', 'iif', 'oif', 'uidrange', 'ipproto', 'sport', 'dport'] as const;
const additions = ['suppress_prefixlength', 'suppress_ifgroup', 'realms', 'proto'] as const;

/** Is no rule described, so that all are meant? */
export function isWhole({ family: _, state: __, exactly: ___, ...args }: RuleArgs): boolean {
  return Object.keys(args).length === 0;
}

/** Of the addresses that are told, where it is not told itself. */
export function family({ family, from, to }: RuleArgs): 4 | 6 {
  const prefix = [from, to].find((text) => text !== undefined && text !== 'all' && text !== 'default');
  return family ?? (prefix === undefined ? 4 : prefixOf(prefix).family);
}

/** The words of the rule, in the order in which `ip` prints them. */
export function described(args: RuleArgs): RuleLine {
  const said = { ...args, from: args.from ?? 'all' };
  const words = [
    ...(args.priority === undefined ? [] : ['priority', String(args.priority)]),
    ...(args.not === true ? ['not'] : []),
    ...valued.flatMap((name) => {
      const value = said[name];
      if (value === undefined) return [];
      const word = forIp(name, String(value));
      return name === 'to' && word === 'all' ? [] : [name, word];
    }),
    ...actionWords(args),
    ...additions.flatMap((name) => (args[name] === undefined ? [] : [name, String(args[name])])),
  ];
  return ruleLine(words.join(' '));
}

function actionWords({ type, goto, table, l3mdev }: RuleArgs): readonly string[] {
  if (l3mdev === true) return ['l3mdev'];
  if (type !== undefined) return [type];
  if (goto !== undefined) return ['goto', String(goto)];
  return table === undefined ? [] : ['lookup', tableName(String(table))];
}
