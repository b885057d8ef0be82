import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import type { LimitFunction } from 'p-limit';
import ssh2, { type Client, type ClientChannel } from 'ssh2';
import type { Failure } from '../core/failure.ts';
import { refusedHostKey } from './host-key.ts';
import { type KnownKey, keysOf } from './known-hosts.ts';
import { readKnownHosts } from './known-hosts-file.ts';
import { withLimit } from './limit.ts';
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

/** A connection, and the stream that it runs over. */
interface Hop {
  readonly client: Client;
  readonly socket: Duplex;
  readonly closed: Promise<void>;
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
    await letGo(hops);
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
  const socket = through === undefined ? direct(target) : await forwarded(through, target, abort);
  const client = await connectOnce(target, socket, known, options, abort);
  return { client, socket, closed: new Promise((resolve) => client.once('close', () => resolve())) };
}

function direct({ host, port }: SshTarget): Duplex {
  const socket = connectTcp({ host, port, noDelay: true });
  socket.on('error', () => undefined); // ssh2 tells it too, once it listens
  return socket;
}

/** A stream to there that the jump host opens. One that comes too late goes with the connection to it. */
async function forwarded(through: Client, target: SshTarget, abort: AbortSignal): Promise<Duplex> {
  const { host, port, connectTimeoutMs } = target;
  const opened = new Promise<Duplex>((resolve, reject) => {
    through.forwardOut('127.0.0.1', 0, host, port, (error, socket) => (error ? reject(error) : resolve(socket)));
  });
  const socket = await withLimit(opened, connectTimeoutMs, abort);
  if (socket === 'aborted') throw aborted(target);
  if (socket === 'timeout') throw noAnswer(target);
  return socket;
}

function noAnswer({ connectTimeoutMs }: SshTarget): Error {
  return new Error(`no answer within ${connectTimeoutMs} ms`);
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

  const ready = new Promise<void>((resolve, reject) => {
    limit.expired(() => reject(noAnswer(target)));
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
    client.on('ready', () => resolve());
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
    await ready;
    auth.ended('in');
    return client;
  } catch (thrown) {
    if ((thrown as { level?: string }).level === 'client-authentication') auth.ended('refused');
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

/**
 * Ends them, the last one first, and cuts what is not closed soon: ssh2 lets go of a stream that it has ended, though the peer may never
 * answer, and the program would not end while one is open.
 */
async function letGo(hops: readonly Hop[]): Promise<void> {
  for (const { client, socket, closed } of [...hops].reverse()) {
    client.end();
    if ((await withLimit(closed, closeLimitMs)) === 'timeout') socket.destroy();
  }
}

/** The last of the hops is the host, those before are the way to it. */
function transportOf(hops: readonly Hop[], address: string): Transport {
  const { client, closed } = hops.at(-1) as Hop;
  const lost = new Promise<string>((resolve) => {
    client.on('error', (error) => resolve(error.message));
    void closed.then(() => resolve('the connection was closed'));
  });
  return {
    address,
    lost,
    start: (line) =>
      new Promise((resolve, reject) => {
        client.exec(line, (error, channel) => (error ? reject(openFailure(error)) : resolve(channelOf(channel))));
      }),
    async close() {
      await letGo(hops);
      await lost;
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
