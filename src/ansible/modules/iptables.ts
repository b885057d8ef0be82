import type { Json } from '../../core/json.ts';
import { type Args, type Converted, flagOf, given } from '../arguments.ts';
import { LeaveOut } from '../findings.ts';

/** Arguments that are one option with one value, in the order in which iptables-save prints them. */
const before = [
  ['source', '-s'],
  ['destination', '-d'],
  ['in_interface', '-i'],
  ['out_interface', '-o'],
  ['protocol', '-p'],
] as const;
const after = [
  ['reject_with', '--reject-with'],
  ['log_prefix', '--log-prefix'],
  ['log_level', '--log-level'],
  ['to_source', '--to-source'],
  ['to_destination', '--to-destination'],
  ['to_ports', '--to-ports'],
  ['gateway', '--gateway'],
] as const;

export function iptables(args: Args): Converted {
  args.drop('wait', 'numeric');
  args.only('flush', false);
  const table = args.text('table');
  const chain = args.needed('chain');
  const version = versionOf(args);
  const policy = args.text('policy');
  if (policy !== undefined) {
    if (policy !== 'ACCEPT' && policy !== 'DROP')
      throw new LeaveOut(`"policy: ${policy}" of iptables has no equal here`, args.node);
    return { module: 'iptables_chain', args: given({ table, chain, policy, ip_version: version }) };
  }
  const state = args.text('state');
  const rule = ruleOf(args);
  if (rule.length === 0) {
    if (flagOf(args.take('chain_management')) !== true) throw new LeaveOut('the rule is empty', args.node);
    return { module: 'iptables_chain', args: given({ table, chain, state, ip_version: version }) };
  }
  args.only('chain_management', false);
  const isPlain = rule.every((word) => /^[^"'\\{}]+$/.test(word));
  const words = isPlain ? rule.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ') : rule;
  return {
    module: 'iptables_rule',
    args: given({ table, chain, rule: words, state, position: positionOf(args), ip_version: version }),
  };
}

function versionOf(args: Args): 6 | undefined {
  const version = args.text('ip_version') ?? 'ipv4';
  if (version === 'ipv4') return undefined;
  if (version === 'ipv6') return 6;
  throw new LeaveOut('"ip_version" is 4 or 6 here', args.node, 'Write a task for each of the two.');
}

function positionOf(args: Args): Json | undefined {
  const action = args.text('action') ?? 'append';
  const number = args.take('rule_num');
  if (action === 'append') return undefined;
  return number === undefined || Number(number) === 1
    ? 'first'
    : typeof number === 'string' && /^\d+$/.test(number)
      ? Number(number)
      : number;
}

function ruleOf(args: Args): string[] {
  const options = (names: readonly (readonly [string, string])[]) =>
    names.flatMap(([name, option]) => worded(option, args.text(name)));
  const ends = options(before);
  const matches = args.list('match') ?? [];
  const ports = [
    ...worded('--sport', args.text('source_port')),
    ...worded('--dport', args.text('destination_port')),
    ...(flagOf(args.take('syn')) === true ? ['--syn'] : []),
    ...worded('--icmp-type', args.text('icmp_type')),
  ];
  const many = args.list('destination_ports');
  const states = args.list('ctstate');
  const limits = [...worded('--limit', args.text('limit')), ...worded('--limit-burst', args.text('limit_burst'))];
  const comment = args.text('comment');
  const tested = [
    ...(many === undefined ? [] : ['-m', 'multiport', '--dports', many.join(',')]),
    ...(limits.length === 0 ? [] : ['-m', 'limit', ...limits]),
    ...(states === undefined ? [] : ['-m', 'conntrack', '--ctstate', states.join(',')]),
    ...(comment === undefined ? [] : ['-m', 'comment', '--comment', comment]),
  ];
  // Those that follow from other arguments are named by them.
  const named = matches.filter((name) => !tested.includes(name)).flatMap((name) => ['-m', name]);
  const target = [...worded('-j', args.text('jump')), ...worded('-g', args.text('goto'))];
  return [...ends, ...named, ...ports, ...tested, ...target, ...options(after)];
}

/** `! 10.0.0.0/8` turns the option round. */
function worded(option: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  const turned = /^!\s*(.+)$/s.exec(value)?.[1];
  return turned === undefined ? [option, value] : ['!', option, turned];
}

export function iptablesState(args: Args): Converted {
  args.only('state', 'saved');
  args.only('counters', false);
  args.only('noflush', false);
  args.only('wait', null);
  return { module: 'iptables_save', args: given({ path: args.needed('path'), ip_version: versionOf(args) }) };
}
