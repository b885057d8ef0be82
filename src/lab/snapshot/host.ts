import { type Command, script } from '../../core/command.ts';
import { Failure } from '../../core/failure.ts';
import type { FleetHost } from '../../core/fleet.ts';
import type { Host } from '../../core/host.ts';
import { explain, type Outcome } from '../../core/outcome.ts';
import { printable } from '../../core/printable.ts';
import { normalizedDump } from '../../modules/iptables/iptables-dump.ts';
import { routeLines } from '../../modules/routes/ip-route-line.ts';
import { readEtcd } from './etcd.ts';
import { readAddresses, readLinks, squeezed } from './links.ts';
import { flagValue, processScript, readProcesses, readPrograms } from './processes.ts';
import { type HostSnapshot, keptFile, keptVariables, type ProcessSnapshot, type RuleSet, ruleSets } from './shape.ts';

const sysctlScript = `cd /proc/sys || exit
grep -H . net/ipv4/ip_forward net/ipv4/conf/*/rp_filter | sed 's/:\\([0-9]*\\)$/ \\1/'`;

const versionScript = `
say() { name=$1; shift; said=$("$@" 2>&1) && printf '%s %s\\n' "$name" "$(printf '%s' "$said" | head -n 1 | cut -c1-200)"; }
say kernel uname -r
say os sed -n 's/^PRETTY_NAME="*\\([^"]*\\)"*$/\\1/p' /etc/os-release
say ip ip -V
say iptables iptables -V
say supervisor supervisorctl version
say docker docker --version
say etcdctl env ETCDCTL_API=3 etcdctl version
exit 0`;

/** $1 path, $2 most bytes. Exit 3: there is no such file; 4: it is too large, or no file. */
const fileScript = `[ -e "$1" ] || exit 3
[ -f "$1" ] && [ "$(wc -c <"$1")" -le "$2" ] || exit 4
cat -- "$1"`;
const mostBytes = 1024 * 1024;

/** Where saved rules are. */
const savedRules = [
  '/etc/sysconfig/iptables',
  '/etc/sysconfig/ip6tables',
  '/etc/iptables/rules.v4',
  '/etc/iptables/rules.v6',
];

/**
 * Reads everything of one host, and changes nothing. Throws Failure `unreachable`, or `unreadable` for a host whose links, addresses or routes
 * cannot be read; what else cannot be read becomes a note.
 */
export async function readHost(
  host: Host,
  about: FleetHost,
  groups: readonly string[],
  abort: AbortSignal,
): Promise<HostSnapshot> {
  await host.open(abort);
  const notes: string[] = [];
  const ask = async (command: Command): Promise<Outcome> => {
    const outcome = await host.run(command, abort);
    if (outcome.cut === 'lost' || outcome.cut === 'aborted')
      throw new Failure('unreachable', `${host.name}: ${explain(outcome)}`);
    return outcome;
  };
  const must = async (...argv: string[]): Promise<string> => {
    const outcome = await ask({ argv });
    if (outcome.exit === 0 && !outcome.truncated) return outcome.stdout;
    const why = outcome.truncated ? 'its answer is too long' : explain(outcome);
    throw new Failure('unreadable', `${host.name}: \`${argv.join(' ')}\`: ${why}`);
  };
  const may = async (what: string, command: Command): Promise<string> => {
    const outcome = await ask(command);
    if (outcome.exit === 0 && !outcome.truncated) return outcome.stdout;
    notes.push(`${what} could not be read: ${outcome.truncated ? 'too long' : explain(outcome)}`);
    return '';
  };
  const processes = readProcesses(await may('processes', script(processScript)));
  const etcd = await readEtcd(processes, ask);
  if ('why' in etcd && etcd.why !== undefined) notes.push(etcd.why);
  const rules = await readRules(ask, notes);
  return {
    address: about.connection.address ?? null,
    groups,
    vars: kept(about),
    versions: pairs(await may('versions', script(versionScript))),
    links: readLinks(await must('ip', '-o', '-d', 'link', 'show')),
    addresses: readAddresses(await must('ip', '-4', '-o', 'address', 'show')),
    routes: withoutLocal(routeLines(await must('ip', '-4', '-o', '-d', 'route', 'show', 'table', 'all'))),
    rules: lines(await may('ip rules', { argv: ['ip', '-4', '-o', 'rule', 'show'] })).filter(
      (line) => !usual.test(line),
    ),
    neighbours: lines(await may('neighbours', { argv: ['ip', '-4', '-o', 'neigh', 'show'] })),
    forwarding: lines(await may('forwarding entries', { argv: ['bridge', 'fdb', 'show'] })).filter((line) =>
      / dst /.test(line),
    ),
    ...rules,
    sysctl: pairs(await may('sysctl', script(sysctlScript))),
    files: await readFiles([...subnetFiles(processes), ...savedRules], ask, notes),
    supervisor: await readSupervisor(ask, notes),
    processes,
    etcd: 'etcd' in etcd ? etcd.etcd : null,
    notes: notes.map((note) => printable(note, 500)),
  };
}

const usual = /^(0: from all lookup local|32766: from all lookup main|32767: from all lookup default)$/;

type Ask = (command: Command) => Promise<Outcome>;

/** Legacy tables are only asked for where the kernel has some: the asking alone would load modules. */
async function readRules(ask: Ask, notes: string[]): Promise<Pick<HostSnapshot, 'iptables' | 'iptablesDefault'>> {
  const version = await ask({ argv: ['iptables', '-V'] });
  const iptablesDefault = version.stdout.includes('(nf_tables)') ? 'nft' : 'legacy';
  const iptables: Partial<Record<RuleSet, readonly string[]>> = {};
  for (const set of ruleSets) {
    const [tool = '', backend] = set.split('-');
    if (backend === 'legacy' && !(await hasLegacy(ask, tool))) continue;
    let outcome = await ask({ argv: [`${set}-save`] });
    if (outcome.exit === 127 && backend === iptablesDefault) outcome = await ask({ argv: [`${tool}-save`] });
    if (outcome.exit === 127 && (backend !== iptablesDefault || tool === 'ip6tables')) continue;
    if (outcome.exit !== 0 || outcome.truncated) {
      notes.push(`${set} could not be read: ${outcome.truncated ? 'too long' : explain(outcome)}`);
      continue;
    }
    const native = outcome.stdout.split('\n').filter((line) => line.startsWith('#') && line.includes('incompatible'));
    notes.push(...native.map((line) => `${set}: ${squeezed(line.replace(/^#\s*/, ''))}`));
    iptables[set] = normalizedDump(outcome.stdout).split('\n').filter(Boolean);
  }
  return { iptables, iptablesDefault };
}

async function hasLegacy(ask: Ask, tool: string): Promise<boolean> {
  const names = tool === 'iptables' ? 'ip_tables_names' : 'ip6_tables_names';
  const { stdout } = await ask({ argv: ['cat', `/proc/net/${names}`] });
  return stdout.trim() !== '';
}

/** Where each flanneld has its subnet file, and where one that is stopped may have it. */
function subnetFiles(processes: readonly ProcessSnapshot[]): string[] {
  const own = processes.filter(({ program }) => program === 'flanneld').map(({ argv, cwd }) => subnetFileOf(argv, cwd));
  return [...new Set([...own, '/run/flannel/subnet.env', '/opt/flannel/subnet.env'])];
}

/** The absolute path of the subnet file that this command line names. */
export function subnetFileOf(argv: readonly string[], cwd: string): string {
  const path = flagValue(argv, 'subnet-file') ?? '/run/flannel/subnet.env';
  return path.startsWith('/') ? path : `${cwd}/${path.replace(/^(\.\/)+/, '')}`;
}

async function readFiles(paths: readonly string[], ask: Ask, notes: string[]): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const path of paths) {
    if (!keptFile.test(path)) {
      notes.push(`${path} was not read: it is not named as a subnet file is`);
      continue;
    }
    const outcome = await ask(script(fileScript, [path, `${mostBytes}`]));
    if (outcome.exit === 0 && !outcome.truncated) files[path] = outcome.stdout;
    else if (outcome.exit !== 3) notes.push(`${path} could not be read: ${explain(outcome)}`);
  }
  return files;
}

/** supervisorctl's exit code says how the programs are, not whether it could be asked. */
async function readSupervisor(ask: Ask, notes: string[]): Promise<HostSnapshot['supervisor']> {
  const outcome = await ask({ argv: ['supervisorctl', 'status'] });
  if (outcome.exit === 127) return null;
  const programs = readPrograms(outcome.stdout);
  if (programs) return programs;
  notes.push(`supervisord was not read: ${explain(outcome)}`);
  return null;
}

function kept({ vars }: FleetHost): Record<string, string> {
  const known = keptVariables.flatMap((name) => {
    const value = vars[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return Object.fromEntries(known);
}

function withoutLocal(routes: readonly string[]): string[] {
  return routes.filter((line) => !/ table local( |$)/.test(line));
}

function lines(stdout: string): string[] {
  return stdout.split('\n').map(squeezed).filter(Boolean);
}

function pairs(stdout: string): Record<string, string> {
  const split = lines(stdout).map((line) => line.split(/ (.*)/s) as [string, string?]);
  return Object.fromEntries(split.flatMap(([name, value]) => (value ? [[name, value] as const] : [])));
}
