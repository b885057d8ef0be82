import { setMaxListeners } from 'node:events';
import type { Command } from '../core/command.ts';
import { defaultTimeoutMs } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import type { Host, HostFacts } from '../core/host.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Becoming } from './become.ts';
import { withLimit } from './limit.ts';
import { type Running, runSingly, type Shell, startShell } from './shell.ts';
import { killCommand, type ShellFacts } from './shell-protocol.ts';
import { noShell } from './ssh-failure.ts';
import { type Channel, ChannelRefused, type Transport } from './transport.ts';

export interface ShellHostOptions extends Becoming {
  /** Connects. Throws Failure `unreachable`. */
  readonly dial: (abort: AbortSignal) => Promise<Transport>;
  /** Waits for a turn where many start at once. */
  readonly pace?: <T>(work: () => Promise<T>) => Promise<T>;
  /** The controller itself: an SSH connection that it may be used over is not this one. */
  readonly isHere?: boolean;
  /** Bytes kept of each stream of a command. */
  readonly outputLimit?: number;
}

/** From asking for a shell to one that answers: long enough for a host that is very busy. */
const shellStartMs = 30_000;
/** TERM, two seconds, KILL, and the way there and back. */
const stopLimitMs = 4_000;
/** Shells that are only kept for children that still write to them; sshd allows ten sessions on a connection. */
const mostRetired = 4;

/** A Host that runs its commands one after another in one long-lived sh, over any transport. */
export function shellHost(name: string, options: ShellHostOptions): Host {
  return new ShellHost(name, options);
}

type Cut = NonNullable<Outcome['cut']>;

class ShellHost implements Host {
  readonly name: string;
  readonly #options: ShellHostOptions;
  #transport: Transport | undefined;
  #facts: ShellFacts = { bootId: '', setsid: false };
  #shell: Shell | undefined;
  #singly: boolean = false;
  #lost: boolean = false;
  #retired: Channel[] = [];
  /** A second connection, where the first one has no room for a channel beside the shell's. */
  #second: Promise<Transport> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(name: string, options: ShellHostOptions) {
    this.name = name;
    this.#options = options;
  }

  async open(abort: AbortSignal): Promise<HostFacts> {
    // All hosts of a run listen to one signal.
    setMaxListeners(0, abort);
    const transport = await this.#options.dial(abort);
    this.#transport = transport;
    void transport.lost.then(() => {
      this.#lost = true;
    });
    const { pace = (work) => work() } = this.#options;
    const shell = await pace(() => withLimit(startShell(transport), shellStartMs, abort)).catch((thrown: unknown) =>
      thrown instanceof ChannelRefused ? 'refused' : undefined,
    );
    if (shell === undefined || typeof shell === 'string') {
      await transport.close();
      throw noShell(this.name, transport.address, shell);
    }
    this.#shell = shell;
    this.#facts = shell.facts;
    const { bootId, ssh } = shell.facts;
    return { bootId, address: transport.address, ...(ssh === undefined || this.#options.isHere ? {} : { ssh }) };
  }

  run(command: Command, abort: AbortSignal): Promise<Outcome> {
    setMaxListeners(0, abort);
    const outcome = this.#turn.then(() => this.#perform(command, abort, { over: false, apart: false }));
    this.#turn = outcome.catch(() => undefined);
    return outcome;
  }

  aside(command: Command, abort: AbortSignal): Promise<Outcome> {
    setMaxListeners(0, abort);
    return this.#perform(command, abort, { over: false, apart: true });
  }

  async close(): Promise<void> {
    this.#lost = true;
    const second = this.#second?.then(
      (transport) => transport.close(),
      () => undefined,
    );
    await Promise.all([this.#transport?.close(), second]);
  }

  #becoming(command: Command): Command {
    const { becomeUser } = this.#options;
    return command.become !== undefined || becomeUser === undefined ? command : { ...command, become: becomeUser };
  }

  async #perform(command: Command, abort: AbortSignal, attempt: Attempt): Promise<Outcome> {
    const startedAt = new Date().toISOString();
    const begin = performance.now();
    const cut = await this.#attemptWithin(this.#becoming(command), attempt, abort);
    attempt.over = true;
    const output = attempt.running?.reader.output() ?? { stdout: '', stderr: '' };
    const ending = cut === undefined ? { exit: attempt.running?.exit ?? null } : { exit: null, cut };
    return { ...ending, ...output, startedAt, ms: Math.round(performance.now() - begin) };
  }

  /** undefined: the command ended by itself. */
  async #attemptWithin(command: Command, attempt: Attempt, abort: AbortSignal): Promise<Cut | undefined> {
    const transport = this.#transport;
    if (this.#lost || transport === undefined) return 'lost';
    if (abort.aborted) return 'aborted';
    const finished = this.#attempt(transport, command, attempt);
    const either = Promise.race([finished, transport.lost.then(() => 'lost' as const)]);
    const end = await withLimit(either, command.timeoutMs ?? defaultTimeoutMs, abort);
    if (end === 'timeout' || end === 'aborted') {
      attempt.over = true;
      await this.#stop(transport, command, attempt, either);
      return end;
    }
    if (end === 'lost' && !attempt.apart) this.#lost = true;
    return end === 'ended' ? undefined : end;
  }

  /** Until the command has been run, or may have been. What certainly was not run is run again on a new channel. */
  async #attempt(transport: Transport, command: Command, attempt: Attempt): Promise<'ended' | 'lost'> {
    while (!attempt.over && !this.#lost) {
      const running = await this.#begin(transport, command, attempt).catch((thrown: unknown) => {
        if (thrown instanceof Failure) throw thrown;
        return undefined;
      });
      if (running === undefined) return 'lost';
      const end = await running.finished;
      if (end === 'ended') return end;
      if (end === 'closed' || attempt.over) return 'lost';
      if (end === 'left') this.#retire();
      else this.#replace();
    }
    return 'lost';
  }

  async #begin(transport: Transport, command: Command, attempt: Attempt): Promise<Running | undefined> {
    if (this.#singly || attempt.apart) {
      const running = await this.#runSingly(transport, command);
      attempt.channel = running.channel;
      attempt.running = running;
      return running;
    }
    this.#shell ??= await startShell(transport, () => this.#makeRoom());
    if (attempt.over || this.#shell === undefined) return undefined;
    attempt.channel = this.#shell.channel;
    attempt.running = this.#shell.run(command, this.#options);
    return attempt.running;
  }

  /** On a channel of its own; where the connection has no room for one (MaxSessions 1), on a second connection. */
  async #runSingly(transport: Transport, command: Command): Promise<Awaited<ReturnType<typeof runSingly>>> {
    const second = await this.#second?.catch(() => undefined);
    try {
      return await runSingly(second ?? transport, this.#facts, command, this.#options, () => this.#makeRoom());
    } catch (thrown) {
      if (!(thrown instanceof ChannelRefused) || second !== undefined || this.#lost) throw thrown;
      return runSingly(await this.#dialSecond(), this.#facts, command, this.#options);
    }
  }

  #dialSecond(): Promise<Transport> {
    const forget = () => {
      this.#second = undefined;
    };
    this.#second ??= this.#options.dial(new AbortController().signal);
    void this.#second.then(({ lost }) => lost).then(forget, forget);
    return this.#second;
  }

  #makeRoom(): void {
    for (const channel of this.#retired.splice(0)) channel.destroy();
  }

  /** The shell's streams stay open for the children that hold them, and what they write is thrown away. */
  #retire(): void {
    if (this.#shell === undefined) return;
    this.#shell.channel.end();
    this.#retired.push(this.#shell.channel);
    if (this.#retired.length > mostRetired) this.#retired.shift()?.destroy();
    this.#shell = undefined;
  }

  /** A shell that never took a command will not do so the next time either. */
  #replace(): void {
    if (this.#shell !== undefined && !this.#shell.proven) this.#singly = true;
    this.#shell = undefined;
  }

  /** Ends the command's process group from a second channel; gives the first one up when that does not help. */
  async #stop(transport: Transport, command: Command, attempt: Attempt, finished: Promise<string>): Promise<void> {
    const pid = attempt.running?.reader.pid;
    if (pid !== undefined) {
      const killed = this.#kill(transport, pid, command).catch(() => undefined);
      const end = await withLimit(
        killed.then(() => finished),
        stopLimitMs,
      );
      if (end === 'ended' && !this.#singly) return;
    }
    attempt.channel?.destroy();
    if (!attempt.apart) this.#shell = undefined;
  }

  async #kill(transport: Transport, pid: number, of: Command): Promise<void> {
    const kill = killCommand(pid, this.#facts.setsid, of);
    const running = await this.#runSingly(transport, kill);
    await running.finished;
  }
}

interface Attempt {
  /** Nobody waits for it any more. */
  over: boolean;
  /** Beside the others: on a channel of its own, whose end says nothing of the shell. */
  readonly apart: boolean;
  running?: Running;
  channel?: Channel;
}
