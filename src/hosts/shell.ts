import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '../core/command.ts';
import type { Becoming } from './become.ts';
import { startPatiently } from './channel-start.ts';
import { type FrameReader, frameReader } from './frame-reader.ts';
import { stdinText } from './shell-line.ts';
import {
  frame,
  type Previous,
  readFacts,
  type ShellFacts,
  shellSetup,
  shellStart,
  singleLine,
} from './shell-protocol.ts';
import type { Channel, Transport } from './transport.ts';

/**
 * How a frame ended. ended: with an exit code; left: not run, since children of the command before hold this shell's
 * streams; refused: not run, since the shell went away before; closed: the channel went away in mid-command.
 */
export type FrameEnd = 'ended' | 'left' | 'refused' | 'closed';

/** A command on its way. */
export interface Running {
  readonly reader: FrameReader;
  readonly exit: number | null;
  readonly finished: Promise<FrameEnd>;
}

/** One long-lived sh on one channel. Takes one command at a time. */
export interface Shell {
  readonly facts: ShellFacts;
  /** It has run a command to its end. */
  readonly proven: boolean;
  run(command: Command, options: RunOptions): Running;
  readonly channel: Channel;
}

export interface RunOptions extends Becoming {
  /** Bytes kept of each stream. */
  readonly outputLimit?: number;
}

/** 128 bits that no command knows. */
const newNonce = () => randomBytes(16).toString('hex');

const startLimit = 64 * 1024;

/** Starts the sh; resolves with it when it has told its facts. Resolves with undefined when there is none to be had. */
export async function startShell(transport: Transport, makeRoom?: () => void): Promise<Shell | undefined> {
  const nonce = newNonce();
  const channel = await startPatiently(transport, shellStart(nonce), makeRoom);
  const facts = await firstFacts(channel, nonce);
  if (facts === undefined) return undefined;
  channel.write(shellSetup);
  return shellOn(channel, facts);
}

function firstFacts(channel: Channel, nonce: string): Promise<ShellFacts | undefined> {
  return new Promise((resolve) => {
    let output = '';
    const stdout = (chunk: Buffer) => {
      output = (output + chunk.toString('latin1')).slice(-startLimit);
      const facts = readFacts(nonce, output);
      if (facts === undefined) return;
      channel.listen(undefined);
      resolve(facts);
    };
    channel.listen({ stdout, stderr: () => undefined });
    void channel.closed.then(() => resolve(undefined));
  });
}

function shellOn(channel: Channel, facts: ShellFacts): Shell {
  let proven = false;
  let previous: Previous | undefined;
  return {
    facts,
    channel,
    get proven() {
      return proven;
    },
    run(command, options) {
      const nonce = newNonce();
      const { setsid } = facts;
      const text = frame(command, { ...options, nonce, setsid, ...(previous === undefined ? {} : { previous }) });
      const reader = frameReader(nonce, options.outputLimit);
      const finished = listenUntilEnd(channel, reader).then((ended) => {
        channel.listen(undefined);
        if (!ended) return reader.begun ? 'closed' : 'refused';
        proven = true;
        const group = setsid ? reader.pid : undefined;
        previous = group === undefined ? undefined : { group, became: command.become !== undefined };
        return reader.left ? 'left' : 'ended';
      });
      channel.write(text);
      return {
        reader,
        get exit() {
          return reader.exit;
        },
        finished,
      };
    },
  };
}

/** False: the channel closed before. */
function listenUntilEnd(channel: Channel, reader: FrameReader): Promise<boolean> {
  return new Promise((resolve) => {
    channel.listen({
      stdout: (chunk) => reader.stdout(chunk) && resolve(true),
      stderr: (chunk) => reader.stderr(chunk) && resolve(true),
    });
    void channel.closed.then(() => {
      reader.flush();
      resolve(false);
    });
  });
}

/** How long output may still come after the exit, when a child holds the streams. Milliseconds. */
const afterExitMs = 250;

/**
 * Runs one command on a channel of its own: for a host whose sh does not take frames, and for what is not to wait for
 * its turn. The exit is the one that the frame tells: that of a channel can be the connection's own.
 */
export async function runSingly(
  transport: Transport,
  facts: ShellFacts,
  command: Command,
  options: RunOptions,
  makeRoom?: () => void,
): Promise<Running & { readonly channel: Channel }> {
  const nonce = newNonce();
  const line = singleLine(command, { ...options, nonce, setsid: facts.setsid });
  const input = stdinText(command, options.becomePassword);
  const channel = await startPatiently(transport, line, makeRoom);
  const reader = frameReader(nonce, options.outputLimit);
  const ended = listenUntilEnd(channel, reader);
  if (input !== undefined) channel.write(input);
  channel.end();
  const finished = (async (): Promise<FrameEnd> => {
    const late = channel.exited.then(() => sleep(afterExitMs, undefined, { ref: false }));
    await Promise.race([ended, late]);
    reader.flush();
    channel.listen(undefined);
    return reader.exit === null ? 'closed' : 'ended';
  })();
  return {
    reader,
    get exit() {
      return reader.exit;
    },
    finished,
    channel,
  };
}
