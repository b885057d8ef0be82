import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Host } from '../core/host.ts';
import type { Becoming } from './become.ts';
import { shellHost } from './shell-host.ts';
import type { Channel, Listener, Transport } from './transport.ts';

/** The controller itself: the same shell as over ssh, on a local sh. */
export function localHost(name: string, options: Becoming = {}): Host {
  return shellHost(name, { ...options, isHere: true, dial: async () => localTransport() });
}

function localTransport(): Transport {
  const channels = new Set<Channel>();
  let tellLost: (reason: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => {
    tellLost = resolve;
  });
  return {
    address: 'local',
    lost,
    async start(line) {
      // In a session of its own: Ctrl-C in the terminal is ours to handle, not the command's.
      const child = spawn('/bin/sh', ['-c', line], { stdio: 'pipe', detached: true });
      await once(child, 'spawn');
      const channel = channelOf(child);
      channels.add(channel);
      void channel.closed.then(() => channels.delete(channel));
      return channel;
    },
    async close() {
      tellLost('closed');
      const open = [...channels];
      for (const channel of open) channel.destroy();
      await Promise.all(open.map((channel) => channel.closed));
    },
  };
}

function channelOf(child: ChildProcessWithoutNullStreams): Channel {
  let listener: Listener | undefined;
  child.stdin.on('error', () => undefined);
  child.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => listener?.stdout(chunk));
  child.stderr.on('data', (chunk: Buffer) => listener?.stderr(chunk));
  return {
    write: (text) => void child.stdin.write(text),
    end: () => void child.stdin.end(),
    listen(next) {
      listener = next;
    },
    exited: new Promise((resolve) => child.on('exit', resolve)),
    closed: new Promise((resolve) => child.on('close', () => resolve())),
    destroy() {
      child.kill('SIGKILL');
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    },
  };
}
