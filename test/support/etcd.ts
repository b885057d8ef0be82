import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Namespace } from './run-command.ts';

/** A real etcd server in a network namespace, with API 2 and 3. */
export interface Etcd {
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Starts a server with these options beside the usual ones; `stop` ends it and removes its data. */
export async function startEtcd(ns: Namespace, options: readonly string[] = []): Promise<Etcd> {
  const folder = await mkdtemp(join(tmpdir(), 'runbook-etcd-'));
  const usual = ['--data-dir', folder, '--enable-v2', '--unsafe-no-fsync', '--log-level', 'error'];
  const process = spawn('ip', ['netns', 'exec', ns.name, 'etcd', ...usual, ...options], { stdio: 'ignore' });
  return {
    process,
    stop: async () => {
      const ended = once(process, 'close');
      process.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

/** Waits until the server behind these flags of etcdctl answers. */
export async function etcdAnswers(ns: Namespace, flags = ''): Promise<void> {
  const ask = `etcdctl --command-timeout 500ms ${flags} endpoint health`;
  await ns.sh(`ETCDCTL_API=3 timeout 20 sh -c "until ${ask}; do :; done" 2>&1`);
}

/** Three servers on the loopback of a namespace; the first answers at http://127.0.0.1:2379. */
export async function startCluster(ns: Namespace): Promise<readonly Etcd[]> {
  const [names, peer] = [['a', 'b', 'c'], (i: number) => `http://127.0.0.1:${2380 + i * 100}`];
  const all = names.map((name, i) => `${name}=${peer(i)}`).join(',');
  return Promise.all(
    names.map((name, i) => {
      const client = `http://127.0.0.1:${2379 + i * 100}`;
      const clients = ['--listen-client-urls', client, '--advertise-client-urls', client];
      const peers = ['--listen-peer-urls', peer(i), '--initial-advertise-peer-urls', peer(i), '--initial-cluster', all];
      const timing = ['--heartbeat-interval', '100', '--election-timeout', '3000'];
      return startEtcd(ns, ['--name', name, ...clients, ...peers, ...timing]);
    }),
  );
}
