import { execute } from './ip.ts';
import { log } from './log.ts';

/** The rules that let the pods' traffic be forwarded; for the whole address space both are the same one. */
function forwardRules(network: string): string[][] {
  return [
    ['-s', network, '-j', 'ACCEPT'],
    ['-d', network, '-j', 'ACCEPT'],
  ];
}

/** Sees to the forward rules now and every `seconds` from here on. They are appended, and never taken away. */
export function keepForwardRules(network: string, seconds: number): void {
  const rules = forwardRules(network);
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

async function ensure(rules: string[][]): Promise<void> {
  let missing = false;
  for (const rule of rules) missing ||= !(await has(rule));
  if (!missing) return;
  log.info('iptables.go:145', 'Some iptables rules are missing; deleting and recreating rules');
  for (const rule of rules) {
    log.info('iptables.go:167', `Deleting iptables rule: ${rule.join(' ')}`);
    await iptables('-D', rule);
  }
  for (const rule of rules) {
    log.info('iptables.go:155', `Adding iptables rule: ${rule.join(' ')}`);
    if (await has(rule)) continue;
    const ran = await iptables('-A', rule);
    if (ran.exit !== 0)
      throw new Error(`failed to insert IPTables rule: running iptables: exit status ${ran.exit}: ${ran.said}`);
  }
}

async function has(rule: string[]): Promise<boolean> {
  return (await iptables('-C', rule)).exit === 0;
}

function iptables(action: string, rule: string[]): Promise<{ exit: number; said: string }> {
  return execute('iptables', ['-w', '-t', 'filter', action, 'FORWARD', ...rule]);
}
