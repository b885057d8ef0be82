import { entryOf } from '../../core/entry-of.ts';
import { Failure } from '../../core/failure.ts';
import type { ArgumentFault } from '../../core/module.ts';
import { didYouMean } from '../../core/nearest.ts';
import { shown } from '../../core/shown.ts';
import { clash, found, wrong } from '../shared/faults.ts';
import { isOf } from '../shared/formats.ts';
import { isNetwork, longNames } from './iptables-form.ts';
import { optionFault } from './iptables-options.ts';
import { builtInChains } from './iptables-probe.ts';
import { ruleOf } from './iptables-words.ts';

/** What says where and which; `iptables_rule` and `iptables_save` share it. */
export interface RuleArgs {
  readonly table?: string | undefined;
  readonly chain: string;
  readonly rule: string | readonly string[];
  readonly replaces?: string | readonly string[] | undefined;
  readonly state?: 'present' | 'absent' | undefined;
  readonly ip_version?: 4 | 6 | undefined;
}

/** What a rule has wrong with it, as far as that can be told without a host. `inside`: where its arguments are. */
export function ruleFaults(args: RuleArgs, inside: readonly string[] = []): readonly ArgumentFault[] {
  const at = (key: string) => [...inside, key];
  return found(
    chainFault(args, inside),
    args.state === 'absent' &&
      args.replaces !== undefined &&
      clash(
        at('replaces'),
        'a rule that is to be absent cannot replace another one',
        'Leave out "replaces", or "state".',
      ),
    textFault(args.rule, args, at('rule')),
    args.replaces === undefined ? undefined : textFault(args.replaces, args, at('replaces')),
  );
}

const ofTables: Readonly<Record<string, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: builtInChains,
  raw: ['PREROUTING', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
};

/** A chain of the kernel that this table does not have, or one that is nearly one. */
export function chainFault(
  { table = 'filter', chain }: Pick<RuleArgs, 'table' | 'chain'>,
  inside: readonly string[] = [],
): ArgumentFault | undefined {
  const own = builtInChains.find((name) => name === chain.toUpperCase());
  if (own === undefined || entryOf(ofTables, table)?.includes(chain)) return undefined;
  const at = [...inside, 'chain'];
  if (own !== chain) return wrong(at, `is none of the kernel's chains: ${shown(chain)}`, `Did you mean "${own}"?`);
  const tables = Object.keys(ofTables).filter((name) => ofTables[name]?.includes(chain));
  return wrong(
    at,
    `is not in table ${table}: ${shown(chain)}`,
    `It is in ${tables.join(', ')}: say \`table: ${tables[0]}\`.`,
  );
}

function textFault(
  rule: string | readonly string[],
  args: RuleArgs,
  path: readonly string[],
): ArgumentFault | undefined {
  try {
    const [first] = faultsIn(
      ruleOf(rule, args.chain).map((word) => entryOf(longNames, word) ?? word),
      args,
    );
    return first === undefined ? undefined : wrong(path, first.message, first.hint);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return wrong(path, `cannot be read: ${thrown.message}`, thrown.hint ?? '');
  }
}

interface Fault {
  readonly message: string;
  readonly hint: string;
}

const valued = new Set([
  ...['-s', '-d', '-i', '-o', '-p', '-m', '-j', '-g', '--sport', '--dport', '--sports', '--dports'],
  ...['--ctstate', '--state', '--mark', '--set-mark', '--limit', '--to-source', '--to-destination', '--to-ports'],
]);
const commands = ['-A', '-I', '-D', '-R', '-N', '-P', '-F', '-X', '-t'];
const targets = ['ACCEPT', 'DROP', 'REJECT', 'RETURN', 'LOG', 'MARK', 'CONNMARK', 'TCPMSS', 'NOTRACK'];
const ofNat = ['SNAT', 'DNAT', 'MASQUERADE', 'REDIRECT', 'NETMAP'];

function faultsIn(words: readonly string[], args: RuleArgs): readonly Fault[] {
  const options = words.flatMap((word, i) => (valued.has(word) ? [{ option: word, value: words[i + 1] ?? '' }] : []));
  const command = words.find((word) => commands.includes(word));
  const has = (option: string) => words.includes(option);
  const ported = options.find(({ option }) => option === '--sport' || option === '--dport');
  return [
    ...(command === undefined
      ? []
      : [
          {
            message: `has "${command}" in it`,
            hint: 'Only the rule: its table and its chain are arguments of their own.',
          },
        ]),
    ...options.flatMap((one) => valueFault(one.option, one.value, args)),
    ...(words.filter((word) => word === '-j' || word === '-g').length > 1
      ? [{ message: 'has two targets', hint: 'One -j; make two rules of it.' }]
      : []),
    ...(ported !== undefined && !has('-p')
      ? [{ message: `has "${ported.option}" without a protocol`, hint: `Write -p tcp or -p udp before it.` }]
      : []),
    ...(words.at(-1) === '!' ? [{ message: 'ends with "!"', hint: 'Say what it is to be not.' }] : []),
    ...[optionFault(words)].filter((fault) => fault !== undefined),
  ];
}

function valueFault(option: string, value: string, args: RuleArgs): readonly Fault[] {
  const { table = 'filter', chain, ip_version = 4 } = args;
  const fault = (message: string, hint: string) => [{ message, hint }];
  if (value === '' || /^(-\D|!$)/.test(value))
    return fault(`is not finished: nothing stands after "${option}"`, `Say what ${option} is.`);
  switch (option) {
    case '-s':
    case '-d':
      if (value.includes(',')) return fault(`is more than one: "${value}"`, 'Write a task for each address, or loop.');
      if (!/^[\d./]+$|:/.test(value)) return [];
      if (value.includes(':') !== (ip_version === 6))
        return fault(
          `has an address of the other IP: "${value}"`,
          `Say \`ip_version: ${ip_version === 6 ? 4 : 6}\`, or correct it.`,
        );
      return isNetwork(value, ip_version)
        ? []
        : fault(`has no address after "${option}": "${value}"`, 'As 172.7.21.0/24.');
    case '-i':
    case '-o': {
      const never = option === '-o' ? ['PREROUTING', 'INPUT'] : ['POSTROUTING', 'OUTPUT'];
      if (never.includes(chain))
        return fault(
          `has "${option}", which is not known yet in ${chain}`,
          `Use ${option === '-o' ? '-i' : '-o'}, or another chain.`,
        );
      const name = value.replace(/\+$/, '');
      return name === '' || isOf('device', name)
        ? []
        : fault(`has no device after "${option}": "${value}"`, 'At most 15 characters.');
    }
    case '-j': {
      const target = [...targets, ...ofNat].find((name) => name === value.toUpperCase());
      if (target !== undefined && target !== value)
        return fault(`has no target "${value}"`, `Did you mean "${target}"?`);
      return ofNat.includes(value) && table !== 'nat'
        ? fault(`has the target ${value}, which is of table nat`, 'Say `table: nat`.')
        : [];
    }
    case '--sport':
    case '--dport':
    case '--sports':
    case '--dports': {
      const bad = value.split(/[,:]/).find((port) => /^\d+$/.test(port) && Number(port) > 65_535);
      return bad === undefined ? [] : fault(`has no port ${bad}`, 'Ports end at 65535.');
    }
    case '-p':
      return /^[A-Za-z0-9-]+$/.test(value)
        ? []
        : fault(`has no protocol "${value}"`, didYouMean(value, ['tcp', 'udp', 'icmp', 'all']) ?? 'As tcp or udp.');
    default:
      return [];
  }
}
