import { execute } from './ip.ts';
import { log } from './log.ts';

/** A rule as the words behind `iptables -A CHAIN`. */
export interface Rule {
  table: 'filter' | 'nat';
  chain: string;
  words: string[];
}

/** The rules that let the pods' traffic be forwarded; for the whole address space both are the same one. */
export function forwardRules(network: string): Rule[] {
  return [
    { table: 'filter', chain: 'FORWARD', words: ['-s', network, '-j', 'ACCEPT'] },
    { table: 'filter', chain: 'FORWARD', words: ['-d', network, '-j', 'ACCEPT'] },
  ];
}

/** The rules of `--ip-masq`, in their order: what pods send out of the network, and what others send into it, is masqueraded. */
export function masqueradeRules(network: string, subnet: string): Rule[] {
  const masquerade = ['-j', 'MASQUERADE', '--random-fully'];
  return [
    ['-s', network, '-d', network, '-j', 'RETURN'],
    ['-s', network, '!', '-d', '224.0.0.0/4', ...masquerade],
    ['!', '-s', network, '-d', subnet, '-j', 'RETURN'],
    ['!', '-s', network, '-d', network, ...masquerade],
  ].map((words) => ({ table: 'nat', chain: 'POSTROUTING', words }));
}

/** Sees to these rules now and every `seconds` from here on. They are appended, and never taken away. */
export function keepRules(rules: readonly Rule[], seconds: number): void {
  const see = async (): Promise<void> => {
    try {
      await ensure(rules);
    } catch (error) {
      log.error('iptables.go:115', `Failed to ensure iptables rules: ${(error as Error).message}`);
    }
    setTimeout(() => void see(), seconds * 1000);
  };
  void see();
}

async function ensure(rules: readonly Rule[]): Promise<void> {
  let missing = false;
  for (const rule of rules) missing ||= !(await has(rule));
  if (!missing) return;
  log.info('iptables.go:145', 'Some iptables rules are missing; deleting and recreating rules');
  for (const rule of rules) {
    log.info('iptables.go:167', `Deleting iptables rule: ${rule.words.join(' ')}`);
    await iptables('-D', rule);
  }
  for (const rule of rules) {
    log.info('iptables.go:155', `Adding iptables rule: ${rule.words.join(' ')}`);
    if (await has(rule)) continue;
    const ran = await iptables('-A', rule);
    if (ran.exit !== 0)
      throw new Error(`failed to insert IPTables rule: running iptables: exit status ${ran.exit}: ${ran.said}`);
  }
}

async function has(rule: Rule): Promise<boolean> {
  return (await iptables('-C', rule)).exit === 0;
}

function iptables(action: string, { table, chain, words }: Rule): Promise<{ exit: number; said: string }> {
  return execute('iptables', ['-w', '-t', table, action, chain, ...words]);
}
