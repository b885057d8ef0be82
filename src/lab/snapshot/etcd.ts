import type { Command } from '../../core/command.ts';
import { cut } from '../../core/cut.ts';
import type { Outcome } from '../../core/outcome.ts';
import { flagValue } from './processes.ts';
import type { EtcdSnapshot, ProcessSnapshot } from './shape.ts';

/** How a host reaches etcd: the addresses and files that its own flanneld or etcd was started with. */
interface EtcdAccess {
  readonly endpoint: string;
  readonly prefix: string;
  /** Options for curl: paths of certificates on the host itself. */
  readonly tls: readonly string[];
}

type Ask = (command: Command) => Promise<Outcome>;

const usualPrefix = '/coreos.com/network';

/** Reads flannel's keys through the host. undefined, and why, when the host sees no etcd. */
export async function readEtcd(
  processes: readonly ProcessSnapshot[],
  ask: Ask,
): Promise<{ etcd: EtcdSnapshot } | { why: string | undefined }> {
  let why: string | undefined;
  for (const access of processes.flatMap(accesses)) {
    const read = (await readV2(access, ask)) ?? (await readV3(access, ask));
    if (typeof read === 'object') return { etcd: read };
    why = `etcd at ${access.endpoint} was not read: ${read}`;
  }
  return { why };
}

function accesses({ program, argv, cwd }: ProcessSnapshot): EtcdAccess[] {
  const flag = (name: string): string | undefined => flagValue(argv, name) || undefined;
  const path = (name: string): string | undefined => {
    const value = flag(name);
    return value === undefined || value.startsWith('/') ? value : `${cwd}/${value}`;
  };
  const tls = (names: readonly [string, string, string]): string[] =>
    ['--cacert', '--cert', '--key'].flatMap((option, index) => {
      const value = path(names[index] ?? '');
      return value === undefined ? [] : [option, value];
    });
  const usual = 'http://127.0.0.1:2379';
  const [list, files] =
    program === 'flanneld'
      ? ([flag('etcd-endpoints'), ['etcd-cafile', 'etcd-certfile', 'etcd-keyfile']] as const)
      : ([flag('listen-client-urls'), ['trusted-ca-file', 'cert-file', 'key-file']] as const);
  const prefix = (program === 'flanneld' && flag('etcd-prefix')) || usualPrefix;
  return (list ?? usual)
    .split(',')
    .filter((endpoint) => /^https?:\/\/[\w.:[\]-]+\/?$/.test(endpoint))
    .map((endpoint) => ({ endpoint: endpoint.replace(/\/$/, ''), prefix, tls: tls(files) }));
}

function curl({ endpoint, tls }: EtcdAccess, path: string, body?: string): Command {
  const data = body === undefined ? [] : ['-X', 'POST', '-d', body];
  const argv = ['curl', '-q', '-sS', '--noproxy', '*', '--connect-timeout', '3', '--max-time', '6'];
  return { argv: [...argv, ...tls, ...data, '-w', '\n%{http_code}', `${endpoint}${path}`], timeoutMs: 10_000 };
}

interface V2Node {
  readonly key?: string;
  readonly value?: string;
  readonly ttl?: number;
  readonly nodes?: readonly V2Node[];
}

/** undefined: this etcd speaks no v2, or knows nothing of flannel in it. Text: why it was not read. */
async function readV2(access: EtcdAccess, ask: Ask): Promise<EtcdSnapshot | string | undefined> {
  const { endpoint, prefix } = access;
  const keys = `/v2/keys${prefix}`;
  const config = answer<{ node?: V2Node; errorCode?: number }>(await ask(curl(access, `${keys}/config?quorum=true`)));
  if (typeof config === 'string') return config;
  if (config.body === undefined) return undefined;
  if (config.body.errorCode !== undefined && config.body.errorCode !== 100) return `error ${config.body.errorCode}`;
  const subnets = answer<{ node?: V2Node }>(await ask(curl(access, `${keys}/subnets?quorum=true&recursive=true`)));
  if (typeof subnets === 'string') return subnets;
  const value = config.body.node?.value ?? null;
  const leases = (subnets.body?.node?.nodes ?? []).map((node) => ({
    key: node.key ?? '',
    value: node.value ?? '',
    ttl: node.ttl ?? null,
  }));
  if (value === null && leases.length === 0) return undefined;
  return { endpoint, api: 2, prefix, config: value, leases: sorted(leases) };
}

interface V3Range {
  readonly kvs?: readonly { readonly key: string; readonly value?: string }[];
}

async function readV3(access: EtcdAccess, ask: Ask): Promise<EtcdSnapshot | string> {
  const { endpoint, prefix } = access;
  const range = (from: string, to?: string): string =>
    JSON.stringify({ key: coded(from), ...(to === undefined ? {} : { range_end: coded(to) }) });
  const read = async (body: string) => {
    const found = answer<V3Range>(await ask(curl(access, '/v3/kv/range', body)));
    if (typeof found === 'string' || found.body !== undefined) return found;
    return answer<V3Range>(await ask(curl(access, '/v3beta/kv/range', body)));
  };
  const config = await read(range(`${prefix}/config`));
  if (typeof config === 'string') return config;
  if (config.body === undefined) return 'it speaks neither v2 nor v3';
  // The end of a range of everything that begins with `subnets/`: `0` follows `/`.
  const subnets = await read(range(`${prefix}/subnets/`, `${prefix}/subnets0`));
  if (typeof subnets === 'string') return subnets;
  const value = config.body.kvs?.[0]?.value;
  const leases = (subnets.body?.kvs ?? []).map((kv) => ({
    key: decoded(kv.key),
    value: decoded(kv.value ?? ''),
    ttl: null,
  }));
  return {
    endpoint,
    api: 3,
    prefix,
    config: value === undefined && config.body.kvs === undefined ? null : decoded(value ?? ''),
    leases: sorted(leases),
  };
}

/** A body is undefined when the server knows no such address. */
function answer<T>({ exit, stdout, stderr, truncated }: Outcome): { body: T | undefined } | string {
  if (exit === 127) return 'the host has no curl';
  if (exit !== 0) return cut(stderr.trim(), 200) || `curl ended with ${exit ?? 'a timeout'}`;
  if (truncated) return 'its answer is too long';
  const end = stdout.lastIndexOf('\n');
  try {
    return { body: JSON.parse(stdout.slice(0, end)) as T };
  } catch {
    return stdout.slice(end + 1).trim() === '404' ? { body: undefined } : `it answered ${stdout.slice(end + 1).trim()}`;
  }
}

function sorted(leases: EtcdSnapshot['leases']): EtcdSnapshot['leases'] {
  return [...leases].sort((one, other) => (one.key < other.key ? -1 : 1));
}

function coded(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decoded(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
