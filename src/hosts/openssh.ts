import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FSWatcher, watch } from 'node:fs';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LimitFunction } from 'p-limit';
import type { Connection } from '../core/fleet.ts';
import { printable } from '../core/printable.ts';
import { keysOf } from './known-hosts.ts';
import { readKnownHosts } from './known-hosts-file.ts';
import { withLimit } from './limit.ts';
import { startOver } from './openssh-channel.ts';
import { masterArguments, sshSettings } from './openssh-config.ts';
import { acceptedKeys, lastWords, masterFailure } from './openssh-failure.ts';
import { patiently } from './patient.ts';
import { aborted } from './ssh-failure.ts';
import { addressOf, knownName, type SshTarget } from './ssh-target.ts';
import type { Channel, Transport } from './transport.ts';

export interface OpenSshOptions {
  /** Absolute path of the operator's home. */
  readonly home: string;
  /** Shared by all hosts: how many handshakes may be under way at once. */
  readonly handshakes: LimitFunction;
  /** Tells the operator something, in one line. */
  readonly say: (text: string) => void;
}

/** An ssh that is connected and lends its connection to others through a socket. */
interface Master {
  readonly child: ChildProcess;
  /** 0700; holds the socket, and goes with it. */
  readonly folder: string;
  /** Of its stderr; bounded. */
  said(): string;
}

/**
 * Connects with the ssh command: for what the built-in client cannot do. It asks for nothing on a terminal: keys open by themselves or through
 * the agent. Throws Failure `unreachable`.
 */
export async function dialOpenSsh(
  target: SshTarget,
  connection: Connection,
  options: OpenSshOptions,
  abort: AbortSignal,
): Promise<Transport> {
  const master = await options.handshakes(() =>
    patiently(target, () => startMaster(target, connection, options, abort)),
  );
  return transportOver(master, addressOf(target));
}

/**
 * `$1`: the folder; then ssh's arguments. Its stdin is a pipe to us that is never written to: when we are gone, however that came
 * about, ssh ends too. The folder goes with ssh, whatever ended it.
 */
const keeper = `
folder=$1
shift
exec 3<&0
SSH_ASKPASS_REQUIRE=never ssh "$@" </dev/null 3<&- &
ssh=$!
{ read -r nothing; kill "$ssh"; } <&3 >/dev/null 2>&1 &
watch=$!
exec 3<&- </dev/null
wait "$ssh"
status=$?
kill "$watch" 2>/dev/null
rm -rf "$folder"
exit "$status"
`;

const saidLimit = 64 * 1024;
/** What a security token may take: somebody has to touch it. Milliseconds. */
const loginLimitMs = 60_000;

async function startMaster(
  target: SshTarget,
  connection: Connection,
  { home, say }: OpenSshOptions,
  abort: AbortSignal,
): Promise<Master> {
  if (abort.aborted) throw aborted(target);
  const folder = await mkdtemp(join(shortTmp(), 'runbook-ssh-'));
  await writeFile(join(folder, 'config'), sshSettings(target, home), { mode: 0o600 });
  // Begun before ssh, which takes the folder along when it ends.
  const watcher = watch(folder);
  // In a session of its own: it has no terminal to ask on, and Ctrl-C is ours to handle.
  const args = ['-c', keeper, 'ssh-master', folder, ...masterArguments(target, connection, folder)];
  const child = spawn('/bin/sh', args, { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
  let said = '';
  child.stdin?.on('error', () => undefined);
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-saidLimit);
  });
  const master: Master = { child, folder, said: () => said };
  const ended = await becomesReady(master, watcher, target, abort);
  if (ended === 'ready') {
    for (const key of acceptedKeys(said))
      say(`${addressOf(target)}: its host key was not known and is now in known_hosts: ${key}`);
    return master;
  }
  await endMaster(master);
  if (ended === 'aborted') throw aborted(target);
  if (ended === 'timeout') throw new Error(`no answer within ${target.connectTimeoutMs} ms`);
  const known = keysOf(await readKnownHosts(target.knownHostsFiles), knownName(target));
  throw masterFailure(target, known, said);
}

async function becomesReady(
  { child, folder, said }: Master,
  watcher: FSWatcher,
  target: SshTarget,
  abort: AbortSignal,
): Promise<'ready' | 'ended' | 'timeout' | 'aborted'> {
  const socket = join(folder, 'master');
  try {
    const ready = new Promise<'ready'>((resolve) => {
      const look = () =>
        void access(socket).then(
          () => resolve('ready'),
          () => undefined,
        );
      watcher.on('change', look);
      look();
    });
    const either = Promise.race([ready, once(child, 'close').then(() => 'ended' as const)]);
    const limitMs = target.connectTimeoutMs * (1 + target.jumps.length);
    const first = await withLimit(either, limitMs, abort);
    if (first !== 'timeout' || !said().includes('SSH2_MSG_NEWKEYS received')) return first;
    return await withLimit(either, loginLimitMs, abort);
  } finally {
    watcher.close();
  }
}

/** The path of a socket may have 107 bytes, of which ssh takes 17 for a name of its own. */
function shortTmp(): string {
  return Buffer.byteLength(tmpdir()) > 60 ? '/tmp' : tmpdir();
}

const closeLimitMs = 2_000;

async function endMaster({ child, folder }: Master): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const closed = once(child, 'close');
    child.stdin?.end();
    if ((await withLimit(closed, closeLimitMs)) === 'timeout' && child.pid !== undefined) {
      // The group is the shell's own: ssh and who watches over it.
      process.kill(-child.pid, 'SIGKILL');
      await closed;
    }
  }
  await rm(folder, { recursive: true, force: true });
}

function transportOver(master: Master, address: string): Transport {
  const channels = new Set<Channel>();
  let number = 0;
  const lost = once(master.child, 'close').then(() => {
    const words = lastWords(master.said());
    return words === '' ? 'the connection was closed' : printable(words);
  });
  return {
    address,
    lost,
    async start(line) {
      number += 1;
      const channel = await startOver(join(master.folder, 'master'), join(master.folder, `log.${number}`), line);
      channels.add(channel);
      void channel.closed.then(() => channels.delete(channel));
      return channel;
    },
    async close() {
      await endMaster(master);
      const open = [...channels];
      for (const channel of open) channel.destroy();
      await Promise.all(open.map((channel) => channel.closed));
      await lost;
    },
  };
}
