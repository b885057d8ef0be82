import type { Command } from '../core/command.ts';
import type { CommandText, Event, EventBody, Purpose, StepRef, UndoEntry } from '../core/event.ts';
import { Failure, reason } from '../core/failure.ts';
import type { Connect, Host, HostFacts } from '../core/host.ts';
import type { Json } from '../core/json.ts';
import { maskSecrets } from '../core/mask.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Step, Task } from '../core/play.ts';
import type { Clock } from './clock.ts';

/** What a run is given; everything effectful comes from outside. */
export interface SessionInput {
  readonly connect: Connect;
  /** Resolves when the event is safe. */
  readonly sink: (event: Event) => Promise<void>;
  readonly clock: Clock;
  /** Fires on Ctrl-C, SIGTERM: no new change is begun, probes and waits end. */
  readonly interrupt: AbortSignal;
  /** Fires on the second Ctrl-C: a change in flight is ended too. */
  readonly hurry: AbortSignal;
  /** Hosts at a time. */
  readonly forks: number;
  readonly secrets: readonly string[];
  /** Asked at each barrier: why to go no further. A replay that met another answer has a reason. */
  readonly halt?: () => string | undefined;
}

interface Contact {
  readonly host: Host;
  readonly facts: HostFacts;
}

/** The run's hands: the only place that runs a command, and the only one that makes events. */
export class Session {
  readonly clock: Clock;
  readonly interrupt: AbortSignal;
  readonly forks: number;
  readonly #input: SessionInput;
  readonly #contacts = new Map<string, Promise<Contact>>();
  readonly #lost = new Map<string, string>();
  readonly #notes: UndoEntry[] = [];
  /** Numbers of the commands under way that may alter a host. */
  readonly #changing = new Set<number>();
  #unwritable: unknown;
  #seq = 0;
  #commands = 0;
  #never = new AbortController().signal;

  constructor(input: SessionInput) {
    this.#input = input;
    this.clock = input.clock;
    this.interrupt = input.interrupt;
    this.forks = input.forks;
  }

  /** What an undo would restore, oldest first. */
  get notes(): readonly UndoEntry[] {
    return this.#notes;
  }

  halt(): string | undefined {
    return this.#input.halt?.();
  }

  isLost(host: string): boolean {
    return this.#lost.has(host);
  }

  /**
   * Everything is on disk in its order soon; what an undo or a reader of the history rests on is waited for. Throws Failure `unwritable`
   * on the way forward. On the way back putting things right matters more than noting it.
   */
  async emit(body: EventBody): Promise<void> {
    const masked = withoutSecrets(body, this.#input.secrets);
    this.#seq += 1;
    const safe = this.#input
      .sink({ ...masked, seq: this.#seq, at: this.clock.now().toISOString() })
      .catch((thrown: unknown) => {
        this.#unwritable ??= thrown;
      });
    if (mattersToUndo(body, this.#changing)) await safe;
    if (this.#unwritable !== undefined && this.#direction === 'forward') throw this.#unwritable;
  }

  /** Connects where there is no connection yet. Throws Failure `unreachable`; the host then counts as lost. */
  async open(name: string, fresh = false): Promise<HostFacts> {
    const known = this.#contacts.get(name);
    if (known !== undefined) return (await known).facts;
    const contact = this.#contact(name, fresh);
    this.#contacts.set(name, contact);
    contact.catch(() => this.#contacts.delete(name));
    return (await contact).facts;
  }

  async #contact(name: string, fresh: boolean): Promise<Contact> {
    const host = this.#input.connect(name);
    try {
      const facts = await host.open(this.#never);
      this.#lost.delete(name);
      await this.emit({ type: 'host_opened', host: name, ...facts, fresh });
      return { host, facts };
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'unreachable') {
        this.#lost.set(name, reason(thrown));
        await this.emit({ type: 'host_lost', host: name, because: reason(thrown) });
      }
      throw thrown;
    }
  }

  /** A new connection: proof that the host can still be reached. Throws Failure `unreachable`. */
  async reopen(name: string): Promise<HostFacts> {
    await this.#drop(name);
    return this.open(name, true);
  }

  async #drop(name: string): Promise<void> {
    const contact = this.#contacts.get(name);
    this.#contacts.delete(name);
    await contact?.then(
      ({ host }) => host.close(),
      () => undefined,
    );
  }

  /** The hosts that this run has talked to. */
  get contacted(): readonly string[] {
    return [...this.#contacts.keys()];
  }

  async close(): Promise<void> {
    await Promise.all(this.contacted.map((name) => this.#drop(name)));
  }

  /** Runs one command; before and after are events, safe on disk before a change begins. */
  async perform(purpose: Purpose, ref: StepRef, command: Command): Promise<Outcome> {
    const contact = await this.#reach(ref.on);
    if (contact === undefined) return this.#lostOutcome();
    this.#commands += 1;
    const id = this.#commands;
    const secrets = command.secrets ?? [];
    if (purpose === 'change' || purpose === 'undo') this.#changing.add(id);
    const started: EventBody = { type: 'command_started', id, purpose, ...ref, ...commandText(command) };
    await this.emit(withoutSecrets(started, secrets));
    const outcome = await contact.host.run(command, this.#abortFor(purpose));
    const ended: EventBody = { type: 'command_ended', id, on: ref.on, ...outcome };
    await this.emit(withoutSecrets(ended, secrets));
    if (outcome.cut === 'lost') await this.#lose(ref.on, 'the connection was lost');
    return outcome;
  }

  #direction: 'forward' | 'back' = 'forward';

  /** From here on an interrupt no longer ends anything: what is being put back is put back whole. */
  beginUndo(): void {
    this.#direction = 'back';
  }

  #abortFor(purpose: Purpose): AbortSignal {
    if (this.#direction === 'back') return this.#never;
    return purpose === 'change' ? this.#input.hurry : this.interrupt;
  }

  async #reach(name: string): Promise<Contact | undefined> {
    if (this.#lost.has(name)) return undefined;
    try {
      await this.open(name);
      return await this.#contacts.get(name);
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.code !== 'unreachable') throw thrown;
      return undefined;
    }
  }

  async #lose(host: string, because: string): Promise<void> {
    if (this.#lost.has(host)) return;
    this.#lost.set(host, because);
    await this.emit({ type: 'host_lost', host, because });
    await this.#drop(host);
  }

  #lostOutcome(): Outcome {
    return { exit: null, cut: 'lost', stdout: '', stderr: '', startedAt: this.clock.now().toISOString(), ms: 0 };
  }

  /** Notes, safely on disk, what an undo needs to know, before the first command that changes it. */
  async note(task: Task, step: Step, key: string, before: Json, after: Json): Promise<void> {
    const { bootId } = await this.open(step.on);
    const entry: UndoEntry = {
      ...stepRef(task, step),
      entry: this.#notes.length + 1,
      name: task.name,
      module: task.module.name,
      key,
      args: step.args,
      ...(step.become === undefined ? {} : { become: step.become }),
      before,
      after,
      protect: task.protect,
      bootId,
    };
    await this.renote(entry);
  }

  /** Takes over an entry of an earlier run's journal. */
  async renote(entry: UndoEntry): Promise<void> {
    this.#notes.push(entry);
    await this.emit({ type: 'undo_noted', ...entry });
  }
}

/** Events are JSON, though their type says more. */
function withoutSecrets(body: EventBody, secrets: readonly string[]): EventBody {
  return maskSecrets(body as unknown as Json, secrets) as unknown as EventBody;
}

function mattersToUndo(body: EventBody, changing: ReadonlySet<number>): boolean {
  if (body.type === 'command_started' || body.type === 'command_ended') return changing.has(body.id);
  return ['run_started', 'undo_noted', 'undo_ended', 'run_ended'].includes(body.type);
}

export function stepRef(task: Pick<Task, 'id'>, step: Step): StepRef {
  return { task: task.id, host: step.host, on: step.on, ...(step.item === undefined ? {} : { item: step.item }) };
}

/** A command as events carry it. */
export function commandText(command: Command): CommandText {
  const { argv, stdin, env, become, timeoutMs } = command;
  return {
    argv,
    ...(stdin === undefined ? {} : { stdin }),
    ...(env === undefined ? {} : { env }),
    ...(become === undefined ? {} : { become }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}
