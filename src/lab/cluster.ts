import { Failure } from '../core/failure.ts';
import { peerPods } from './files.ts';
import { configKeyOf, etcdOf, initialConfig, type LabHost, type LabPlan, nodesOf } from './plan.ts';
import { initOf, insideHost } from './power.ts';
import { run, until } from './shell.ts';
import { type Program, supervisedPrograms } from './supervisor-rpc.ts';

/** Powers a host on. */
export type Bring = (host: LabHost) => Promise<void>;

/** Writes the keys of flannel that a lab starts with, as soon as etcd answers. Throws Failure `internal` when it never does. */
export async function writeConfig(plan: LabPlan): Promise<void> {
  const value = initialConfig(plan);
  if (value !== null) await put(plan, configKeyOf(plan), { value });
  for (const { key, value, ttl } of plan.rehearsal?.etcd?.leases ?? []) {
    await put(plan, key, { value, ...(ttl === null ? {} : { ttl: `${ttl}` }) });
  }
}

async function put(plan: LabPlan, key: string, form: Record<string, string>): Promise<void> {
  await until(`etcd takes ${key}`, async () => {
    const answer = await requestEtcd(plan, key, { method: 'PUT', body: new URLSearchParams(form) });
    return answer?.ok ? true : undefined;
  });
}

/** Writes them again, should flannel's config be gone. */
export async function ensureConfig(plan: LabPlan): Promise<void> {
  if (initialConfig(plan) !== null && !(await hasConfig(plan))) await writeConfig(plan);
}

async function hasConfig(plan: LabPlan): Promise<boolean> {
  return until('etcd answers', async () => {
    const answer = await requestEtcd(plan, configKeyOf(plan));
    return answer && (answer.ok || answer.status === 404) ? answer.ok : undefined;
  });
}

/** One request to the lab's etcd, v2, with a quorum; undefined when it does not answer. */
export async function requestEtcd(plan: LabPlan, key: string, init: RequestInit = {}): Promise<Response | undefined> {
  const address = etcdOf(plan)?.address;
  if (address === undefined) return undefined;
  const query = init.method === undefined ? '?quorum=true&recursive=true' : '';
  const request = { ...init, signal: AbortSignal.timeout(2000) };
  return fetch(`http://${address}:2379/v2/keys${key}${query}`, request).catch(() => undefined);
}

/**
 * Resolves when every program is RUNNING and every pod has an answer from every other node's pod. Throws Failure `internal`
 * with flanneld's last words on each node when that does not come within half a minute. In a rehearsal pods may stay deaf, as they may on the
 * real hosts: which ones is told, as `host -> pod`.
 */
export async function untilReady(plan: LabPlan): Promise<string[]> {
  const tries = plan.rehearsal ? 20 : 150;
  const [deaf] = await Promise.all([
    Promise.all(nodesOf(plan).map((host) => deafPeers(plan, host, tries))),
    Promise.all(plan.hosts.map((host) => running(plan, host))),
  ]);
  if (deaf.flat().length === 0 || plan.rehearsal) return deaf.flat();
  const logs = await Promise.all(nodesOf(plan).map((host) => lastWords(plan, host)));
  throw new Failure('internal', `These pods never answered each other: ${deaf.flat().join(', ')}\n${logs.join('\n')}`);
}

async function running(plan: LabPlan, host: LabHost): Promise<void> {
  await until(`the programs of ${host.name} run`, async () => {
    const programs = await hostPrograms(plan, host);
    const { flanneld } = host.captured ?? {};
    const wanted = programs?.filter(({ name }) => flanneld?.autostart !== false || !flanneld.name.endsWith(name));
    return wanted?.every((program) => program.state === 'RUNNING') ? true : undefined;
  });
}

/** Starts a host's sshd unless it runs. Throws Failure `internal` with its own words when it does not start. */
export async function ensureSshd(plan: LabPlan, host: LabHost): Promise<void> {
  const script = 'kill -0 "$(cat /run/sshd.pid)" 2>/dev/null || exec /usr/sbin/sshd';
  const ran = await run(await insideHost(plan, host, ['sh', '-c', script]));
  if (ran.exit !== 0) throw new Failure('internal', `sshd of ${host.name} does not start: ${ran.stderr.trim()}`);
}

/** The programs of a host's supervisord; undefined when it is off or does not answer. */
export async function hostPrograms(plan: LabPlan, host: LabHost): Promise<Program[] | undefined> {
  const init = await initOf(plan, host);
  return init ? supervisedPrograms(`/proc/${init}/root/run/supervisor.sock`) : undefined;
}

async function deafPeers(plan: LabPlan, host: LabHost, tries: number): Promise<string[]> {
  const peers = peerPods(plan, host);
  const script = `tries=$1; shift
for peer in "$@"; do
  (n=0; until ping -c 1 -W 1 -q "$peer" >/dev/null 2>&1; do n=$((n+1)); [ $n -lt "$tries" ] || { echo "$peer"; exit; }; sleep 0.1; done) &
done
wait`;
  const argv = await insideHost(plan, host, ['sh', '-c', script, 'sh', `${tries}`, ...peers], { pod: true });
  const ran = await run(argv, { timeoutMs: 60_000 });
  if (ran.exit !== 0) return peers.map((peer) => `${host.name} -> ${peer}`);
  return ran.stdout
    .split('\n')
    .filter(Boolean)
    .map((peer) => `${host.name} -> ${peer}`);
}

async function lastWords(plan: LabPlan, host: LabHost): Promise<string> {
  const argv = await insideHost(plan, host, ['tail', '-n', '5', '/data/logs/flanneld/flanneld.stdout.log']);
  return `${host.name}:\n${(await run(argv)).stdout.slice(-2000)}`;
}
