import { type Lab, type Log, labExec, raiseLab } from '../lab.ts';
import { requireLab } from '../requirements.ts';
import { run } from '../shell.ts';
import { readHost } from '../snapshot/host.ts';
import type { RuleSet, Snapshot } from '../snapshot/shape.ts';
import { differencesOf } from './compare.ts';
import { refusedCommands } from './files.ts';
import { hostInLab } from './host.ts';
import { planRehearsal, type RehearsalOptions, ruleSetsOf, type Trials } from './plan.ts';
import { loadableRules } from './rules.ts';
import type { Missing } from './shape.ts';

/**
 * Raises a lab that stands for the hosts of a snapshot, under their names and addresses, and tells what it does not have of them or has
 * otherwise. Throws Failure `refused` for hosts that one lab cannot stand for, `busy` when this machine itself uses their network, and what
 * {@link raiseLab} throws.
 */
export async function rehearse(
  snapshot: Snapshot,
  options: RehearsalOptions,
  log: Log,
): Promise<{ lab: Lab; missing: Missing[] }> {
  await requireLab({ platform: process.platform, uid: process.getuid?.() });
  const { trials, refused } = await tryOut(snapshot);
  const { plan, missing } = planRehearsal(snapshot, options, trials);
  const lab = await raiseLab(plan, log);
  log(`until \`runbook lab down --name ${plan.name}\` this machine finds ${plan.network} in the lab, not in the world`);
  const found = await Promise.all([refusedAtBoot(lab), differences(lab, snapshot)]);
  return { lab, missing: once([...missing, ...refused, ...found.flat()]) };
}

/** Which rules this machine takes, of every host, and what it has for network cards that lead nowhere. */
async function tryOut(snapshot: Snapshot): Promise<{ trials: Trials; refused: Missing[] }> {
  const rules = new Map<string, Partial<Record<RuleSet, string[]>>>();
  const refused: Missing[] = [];
  for (const [name, host] of Object.entries(snapshot.hosts)) {
    const own: Partial<Record<RuleSet, string[]>> = {};
    for (const [set, dump] of ruleSetsOf(host)) {
      const { lines, left } = await loadableRules(set, dump);
      own[set] = lines;
      refused.push(...left.map((rule) => ({ host: name, ...rule })));
    }
    rules.set(name, own);
  }
  const dummy = await run(['unshare', '--net', 'ip', 'link', 'add', 'trial', 'type', 'dummy']);
  return { trials: { rules, spare: dummy.exit === 0 ? 'dummy' : 'bridge' }, refused };
}

/** The commands of its boot that a host was refused. */
async function refusedAtBoot(lab: Lab): Promise<Missing[]> {
  const told = await Promise.all(
    lab.plan.hosts.map(async ({ name }) => {
      const { stdout } = await labExec(lab, name, ['cat', refusedCommands], { timeoutMs: 10_000 });
      return stdout.split('\n').flatMap((line) => {
        const [command = '', why] = line.split('\t');
        return why === undefined ? [] : [{ host: name, what: thingOf(command), why }];
      });
    }),
  );
  return told.flat();
}

/** The name of what a command was to make, as a comparison would have it. */
function thingOf(command: string): string {
  return command.replace(/^ip route append /, 'route ').replace(/^ip rule add priority (\d+) /, 'rule $1: ');
}

/** Reads the lab as the real hosts were read. */
async function differences(lab: Lab, snapshot: Snapshot): Promise<Missing[]> {
  const told = await Promise.all(
    lab.plan.hosts.map(async (host): Promise<Missing[]> => {
      const real = snapshot.hosts[host.name];
      if (!real) return [];
      const about = { name: host.name, vars: {}, connection: { kind: 'local' } as const };
      const copy = await readHost(hostInLab(lab.plan, host), about, [], new AbortController().signal);
      return differencesOf(real, copy).map((difference) => ({ host: host.name, ...difference }));
    }),
  );
  return told.flat();
}

/** What is told twice of the same thing is told by its first reason, and of the one etcd by its first host. */
function once(missing: readonly Missing[]): Missing[] {
  const first = new Map<string, Missing>();
  for (const entry of missing) {
    const key = entry.what.startsWith('etcd ') ? entry.what : `${entry.host} ${entry.what}`;
    if (!first.has(key)) first.set(key, entry);
  }
  return [...first.values()];
}
