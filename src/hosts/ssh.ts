import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import type { LimitFunction } from 'p-limit';
import ssh2, { type Client, type ClientChannel } from 'ssh2';
import type { Failure } from '../core/failure.ts';
import { refusedHostKey } from './host-key.ts';
import { type KnownKey, keysOf } from './known-hosts.ts';
import { readKnownHosts } from './known-hosts-file.ts';
import { patiently } from './patient.ts';
import { type AuthOptions, authentication } from './ssh-auth.ts';
import { aborted } from './ssh-failure.ts';
import { addressOf, knownName, type SshTarget } from './ssh-target.ts';
import { type Channel, ChannelRefused, type Listener, type Transport } from './transport.ts';

export interface SshOptions extends AuthOptions {
  /** Shared by all hosts: how many handshakes may be under way at once. */
  readonly handshakes: LimitFunction;
  /** Tells the operator something, in one line. */
  readonly say: (text: string) => void;
}

const keepaliveMs = 5_000;
const keepaliveCount = 3;

/** A connection, and the stream that it runs over: ssh2 lets go of a stream that it has ended, though the peer may never answer. */
interface Hop {
  readonly client: Client;
  readonly socket: Duplex;
}

/** Connects, through the jump hosts if there are any. Throws Failure `unreachable`. */
export async function dialSsh(target: SshTarget, options: SshOptions, abort: AbortSignal): Promise<Transport> {
  const hops: Hop[] = [];
  try {
    for (const hop of [...target.jumps, target]) {
      const through = hops.at(-1)?.client;
      hops.push(await options.handshakes(() => patiently(hop, () => connectTo(hop, through, options, abort))));
    }
  } catch (thrown) {
    for (const hop of hops.reverse()) hop.client.end();
    throw thrown;
  }
  return transportOf(hops, addressOf(target));
}

async function connectTo(
  target: SshTarget,
  through: Client | undefined,
  options: SshOptions,
  abort: AbortSignal,
): Promise<Hop> {
  const keys = await readKnownHosts(target.knownHostsFiles);
  if (abort.aborted) throw aborted(target);
  const known = keysOf(keys, knownName(target));
  const socket = through === undefined ? direct(target) : await forwarded(through, target);
  return { client: await connectOnce(target, socket, known, options, abort), socket };
}

function direct({ host, port }: SshTarget): Duplex {
  const socket = connectTcp({ host, port, noDelay: true });
  socket.on('error', () => undefined); // ssh2 tells it too, once it listens
  return socket;
}

function forwarded(through: Client, { host, port }: SshTarget): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    through.forwardOut('127.0.0.1', 0, host, port, (error, socket) => (error ? reject(error) : resolve(socket)));
  });
}

async function connectOnce(
  target: SshTarget,
  socket: Duplex,
  known: readonly KnownKey[],
  options: SshOptions,
  abort: AbortSignal,
): Promise<Client> {
  const client = new ssh2.Client();
  const limit = pausableTimeout(target.connectTimeoutMs);
  const ask = options.ask;
  const auth = authentication(target, { ...options, ...(ask ? { ask: (prompt) => limit.paused(ask(prompt)) } : {}) });
  let shaken = false;
  let refusal: Failure | undefined;
  let onAbort: () => void = () => undefined;

  const ready = new Promise<Client>((resolve, reject) => {
    limit.expired(() => reject(new Error(`no answer within ${target.connectTimeoutMs} ms`)));
    onAbort = () => reject(aborted(target));
    abort.addEventListener('abort', onAbort, { once: true });
    client.on('handshake', () => {
      shaken = true;
    });
    client.on('error', (error: Error & { level?: string }) => {
      // Without an agent at the socket the other ways to log in are still open.
      if (error.level !== 'agent') reject(refusal ?? Object.assign(error, { shaken, tried: auth.tried }));
    });
    client.on('close', () => reject(Object.assign(new Error('the connection was closed'), { shaken })));
    client.on('ready', () => resolve(client));
  });
  client.connect({
    sock: socket,
    username: target.user,
    readyTimeout: 0,
    keepaliveInterval: keepaliveMs,
    keepaliveCountMax: keepaliveCount,
    algorithms: { serverHostKey: hostKeyOrder(known) },
    hostVerifier: (key: Buffer, verify: (accepted: boolean) => void) => {
      void refusedHostKey(target, known, key, options.say).then((failure) => {
        refusal = failure;
        verify(failure === undefined);
      });
    },
    authHandler: (serverTakes: readonly string[] | null, partial: boolean | null, next: (method: never) => void) => {
      // The types of ssh2 do not know that `false` ends the search.
      auth
        .next(serverTakes, partial === true)
        .catch(() => false)
        .then((method) => next(method as never))
        // The connection went away meanwhile, which has been told already.
        .catch(() => undefined);
    },
  });
  try {
    return await ready;
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  } finally {
    limit.end();
    abort.removeEventListener('abort', onAbort);
  }
}

const hostKeyAlgorithms = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/** The types that are known come first: else the host shows another of its keys, and it looks unknown. */
function hostKeyOrder(known: readonly KnownKey[]): (typeof hostKeyAlgorithms)[number][] {
  const types = new Set(known.filter(({ revoked }) => !revoked).map(({ type }) => type));
  const isKnown = (name: string) => types.has(name.startsWith('rsa-') ? 'ssh-rsa' : name);
  return [...hostKeyAlgorithms.filter(isKnown), ...hostKeyAlgorithms.filter((name) => !isKnown(name))];
}

/** A time limit that stands still while the operator is asked for something. */
function pausableTimeout(ms: number) {
  let expire: () => void = () => undefined;
  let timer = setTimeout(() => expire(), ms);
  return {
    expired(listener: () => void) {
      expire = listener;
    },
    async paused<T>(work: Promise<T>): Promise<T> {
      clearTimeout(timer);
      try {
        return await work;
      } finally {
        timer = setTimeout(() => expire(), ms);
      }
    },
    end: () => clearTimeout(timer),
  };
}

const closeLimitMs = 500;

/** The last of the hops is the host, those before are the way to it. */
function transportOf(hops: readonly Hop[], address: string): Transport {
  const { client, socket } = hops.at(-1) as Hop;
  const lost = new Promise<string>((resolve) => {
    client.on('error', (error) => resolve(error.message));
    client.on('close', () => resolve('the connection was closed'));
  });
  return {
    address,
    lost,
    start: (line) =>
      new Promise((resolve, reject) => {
        client.exec(line, (error, channel) => (error ? reject(openFailure(error)) : resolve(channelOf(channel))));
      }),
    async close() {
      client.end();
      const timer = setTimeout(() => socket.destroy(), closeLimitMs);
      await lost;
      clearTimeout(timer);
      for (const hop of hops.slice(0, -1).reverse()) hop.client.end();
    },
  };
}

function openFailure(error: Error): Error {
  // ssh2 gives the code only where the server answered with one.
  const { reason } = error as { reason?: unknown };
  return typeof reason === 'number' ? new ChannelRefused(error.message, { cause: error }) : error;
}

function channelOf(channel: ClientChannel): Channel {
  let listener: Listener | undefined;
  let flowing = false;
  channel.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    channel.on('close', () => resolve());
  });
  return {
    write: (text) => void channel.write(text),
    end: () => void channel.end(),
    listen(next) {
      listener = next;
      if (flowing) return;
      // Not before there is a listener: the first output can come in one packet with the answer that opened the channel.
      flowing = true;
      channel.on('data', (chunk: Buffer) => listener?.stdout(chunk));
      channel.stderr.on('data', (chunk: Buffer) => listener?.stderr(chunk));
    },
    closed,
    exited: new Promise((resolve) => {
      channel.on('exit', (code: number | null) => resolve(code));
      // sshd killed in mid-command tells no code, and no error either: the outcome is not known.
      void closed.then(() => resolve(null));
    }),
    destroy: () => void channel.close(),
  };
}
