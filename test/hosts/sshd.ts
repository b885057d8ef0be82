import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Connection, Fleet } from '../../src/core/fleet.ts';

/** A real sshd on a port of its own on 127.0.0.1, with its own keys. */
export interface Sshd {
  readonly port: number;
  /** Holds everything; its `.ssh` makes it a home. */
  readonly home: string;
  readonly identity: string;
  readonly knownHosts: string;
  /** `ssh-ed25519 AAAA...` of the host. */
  readonly hostKey: string;
  readonly pid: number;
  /** Lines that sshd logged so far (LogLevel DEBUG1). */
  log(): string;
  /** How often the log has these words. */
  logged(words: string): number;
  connection(more?: Partial<Connection>): Connection;
  stop(): Promise<void>;
}

export async function startSshd(
  options: { config?: readonly string[]; keyTypes?: readonly string[]; within?: readonly string[] } = {},
): Promise<Sshd> {
  const home = mkdtempSync(join(tmpdir(), 'runbook-sshd-'));
  chmodSync(home, 0o755); // sshd reads authorized_keys as who logs in
  mkdirSync(join(home, '.ssh'));
  mkdirSync('/run/sshd', { recursive: true });
  const identity = keyPair(join(home, '.ssh', 'id_ed25519'), 'ed25519');
  const types = options.keyTypes ?? ['ed25519'];
  const hostKeys = types.map((type) => keyPair(join(home, `host_${type}`), type));
  const port = await freePort();
  const authorized = join(home, 'authorized_keys');
  writeFileSync(authorized, readFileSync(`${identity}.pub`));
  const config = join(home, 'sshd_config');
  const settings = [
    ...(options.config ?? []),
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...hostKeys.map((file) => `HostKey ${file}`),
    `AuthorizedKeysFile ${authorized}`,
    `PidFile ${join(home, 'sshd.pid')}`,
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'PermitRootLogin yes',
    'LogLevel DEBUG1',
  ];
  writeFileSync(config, `${settings.join('\n')}\n`);
  const hostKey = readFileSync(`${hostKeys[0]}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
  const knownHosts = join(home, '.ssh', 'known_hosts');
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${hostKey}\n`);
  const { child, log } = await listening([...(options.within ?? []), '/usr/sbin/sshd', '-D', '-e', '-f', config]);
  return {
    port,
    home,
    identity,
    knownHosts,
    hostKey,
    pid: child.pid ?? 0,
    log,
    logged: (words) => log().split(words).length - 1,
    connection: (more = {}) => ({
      kind: 'ssh',
      address: '127.0.0.1',
      port,
      user: userInfo().username,
      identityFile: identity,
      knownHostsFile: knownHosts,
      ...more,
    }),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill();
        await once(child, 'exit');
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The processes of its connections: the children of the listening one. */
export function sessionsOf(server: Sshd): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
        return Number(parent) === server.pid && readlinkSync(`/proc/${pid}/exe`).includes('sshd');
      } catch {
        return false;
      }
    });
}

/** Stands between a client and a server on loopback, and can stop passing anything on without closing. */
export interface Relay {
  readonly port: number;
  silence(): void;
  stop(): Promise<void>;
}

export async function startRelay(to: number): Promise<Relay> {
  const sockets: Socket[] = [];
  // Half open: the end of one side is not answered by the end of the other, as by a machine without power.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const onward = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true });
    sockets.push(client, onward);
    for (const socket of [client, onward]) socket.on('error', () => undefined);
    client.pipe(onward).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    silence: () => {
      for (const socket of sockets) socket.unpipe().resume();
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A fleet with one host. */
export function fleetOf(name: string, connection: Connection): Fleet {
  const host = { name, vars: {}, connection };
  return { hosts: new Map([[name, host]]), groups: new Map([['all', [name]]]), select: () => [name] };
}

export function keyPair(file: string, type: string, passphrase = ''): string {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-f', file]);
  return file;
}

async function listening([program = '', ...args]: readonly string[]): Promise<{
  child: ChildProcess;
  log: () => string;
}> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('Server listening')) resolve();
    });
    child.on('exit', () => reject(new Error(`sshd ended: ${text}`)));
  });
  return { child, log: () => text };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
