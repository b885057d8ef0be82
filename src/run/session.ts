import { type Command, mannerOf } from '../core/command.ts';
import type { EventBody, Purpose, StepRef, UndoEntry } from '../core/event.ts';
import { reason } from '../core/failure.ts';
import type { HostFacts } from '../core/host.ts';
import type { Json } from '../core/json.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Step, Task } from '../core/play.ts';
import type { Clock } from './clock.ts';
import { concealedEntry, concealedOutcome } from './conceal.ts';
import { Contacts } from './contacts.ts';
import type { Contract } from './contract.ts';
import { Detached } from './detached.ts';
import { Guards } from './guard/guards.ts';
import { Heartbeat } from './heartbeat.ts';
import { noteOf, withoutSecrets } from './masking.ts';
import type { StepResult } from './result.ts';
import { Roster } from './roster.ts';
import { hiddenOfNote, hiddenOfStep } from './sealed.ts';
import type { SessionInput } from './session-input.ts';
import { Strays } from './strays.ts';
import { commandText, stepRef } from './texts.ts';
import { Ways } from './ways.ts';

/** A state as a step found it, and as the run means to leave it. */
export interface Noted {
  readonly key: string;
  readonly before: Json;
  readonly after: Json;
  readonly restorable: boolean;
}

/** For one command beside the others. */
const asideTimeoutMs = 10_000;

/** The run's hands: the only place that runs a command, and the only one that makes events. */
export class Session {
  readonly clock: Clock;
  readonly interrupt: AbortSignal;
  readonly hurry: AbortSignal;
  readonly forks: number;
  readonly guards: Guards;
  readonly strays: Strays;
  readonly contract: Contract | undefined;
  readonly ways: Ways;
  readonly detached: Detached;
  readonly allowCutoff: boolean;
  readonly roster = new Roster();
  readonly heartbeat: Heartbeat;
  /** Notes whose undo this run has done, where nothing but that tells it. */
  readonly undone = new Set<UndoEntry>();
  readonly #input: SessionInput;
  readonly #contacts: Contacts;
  readonly #notes: UndoEntry[] = [];
  /** Numbers of the commands under way that may alter a host. */
  readonly #changing = new Set<number>();
  #guardSeconds: number | undefined;
  #batch: number | undefined;
  #told: string | undefined;
  #unwritable: unknown;
  /** When the last event is on disk, or cannot be. */
  #written: Promise<void> = Promise.resolve();
  /** What is never to be written or shown: the run's own, and those of its commands. */
  #secrets: readonly string[];
  #seq = 0;
  #commands = 0;
  #never = new AbortController().signal;

  /** `guardsOf`: the run whose guards, and whose strays, are on the hosts, where it is not this one. */
  constructor(input: SessionInput, guardsOf: string = input.run) {
    this.#input = input;
    this.#secrets = input.secrets;
    this.clock = input.clock;
    this.interrupt = input.interrupt;
    this.hurry = input.hurry;
    this.forks = input.forks;
    this.guards = new Guards(this, guardsOf);
    this.heartbeat = new Heartbeat(this);
    this.strays = new Strays(this, guardsOf);
    this.#contacts = new Contacts(input.connect, (event) => this.emit(event));
    this.contract = input.contract;
    this.ways = new Ways(this);
    this.detached = new Detached(this);
    this.allowCutoff = input.allowCutoff === true;
  }

  /** What an undo would restore, oldest first. */
  get notes(): readonly UndoEntry[] {
    return this.#notes;
  }

  /** Why to go no further, if there is a reason. */
  halt(): string | undefined {
    return this.#told ?? this.#input.halt?.();
  }

  /** At the next barrier the run goes no further. */
  turnAround(because: string): void {
    this.#told ??= because;
  }

  /** Is what the journal masks of its notes kept, encrypted? */
  get seals(): boolean {
    return this.#input.seal !== undefined;
  }

  isLost(host: string): boolean {
    return this.#contacts.isLost(host);
  }

  hasRestarted(host: string): boolean {
    return this.#contacts.hasRestarted(host);
  }

  /** Its connection is newer than the last change made on it. */
  isFresh(host: string): boolean {
    return this.#contacts.isFresh(host);
  }

  /** The hosts that this run has talked to, and that take part. */
  get contacted(): readonly string[] {
    return this.roster.left(this.#contacts.names);
  }

  /**
   * Everything is on disk in its order soon; what an undo or a reader of the history rests on is waited for. Throws Failure `unwritable`
   * on the way forward. On the way back putting things right matters more than noting it.
   */
  async emit(body: EventBody): Promise<void> {
    const masked = withoutSecrets(body, this.#secrets);
    this.#seq += 1;
    const safe = this.#input
      .sink({ ...masked, seq: this.#seq, at: this.clock.now().toISOString() })
      .catch((thrown: unknown) => {
        this.#unwritable ??= thrown;
      });
    this.#written = safe;
    if (mattersToUndo(body, this.#changing)) await safe;
    if (this.#unwritable !== undefined && this.#direction === 'forward') throw this.#unwritable;
  }

  /** Why events that were made so far are not on disk; undefined: all of them are. */
  async unwritten(): Promise<string | undefined> {
    await this.#written;
    return this.#unwritable === undefined ? undefined : reason(this.#unwritable);
  }

  /** Connects where there is no connection yet. Throws Failure `unreachable`; the host then counts as lost. */
  async open(name: string): Promise<HostFacts> {
    return this.#contacts.open(name, this.#never);
  }

  /** A new connection: proof that the host can still be reached. Throws Failure `unreachable`. */
  async reopen(name: string, abort: AbortSignal = this.#never): Promise<HostFacts> {
    await this.#contacts.drop(name);
    return this.#contacts.open(name, abort, true);
  }

  async close(): Promise<void> {
    await this.#contacts.close();
  }

  /** Runs one command; before and after are events, safe on disk before a change begins. */
  async perform(purpose: Purpose, ref: StepRef, command: Command): Promise<Outcome> {
    const host = await this.#contacts.reach(ref.on, this.#never);
    if (host === undefined) return this.#lostOutcome();
    this.#commands += 1;
    const id = this.#commands;
    this.learn([command]);
    const alters = purpose === 'change' || purpose === 'undo';
    if (alters) {
      this.#changing.add(id);
      this.#contacts.use(ref.on);
    }
    await this.emit({ type: 'command_started', id, purpose, ...ref, ...commandText(command, purpose === 'guard') });
    const marked = alters ? { ...command, mark: this.strays.markOn(ref.on) } : command;
    const outcome = await host.run(marked, this.#abortFor(purpose));
    if (alters && outcome.cut !== undefined) this.strays.suspect([ref.on]);
    const told = command.secret === true ? concealedOutcome(outcome) : outcome;
    await this.emit({ type: 'command_ended', id, on: ref.on, ...told });
    if (outcome.cut === 'lost') await this.#contacts.lose(ref.on, 'the connection was lost');
    return outcome;
  }

  /** A command that keeps contact, beside those of the run and not part of its record. Undefined: there is no connection. */
  async aside(on: string, command: Command): Promise<Outcome | undefined> {
    const host = await this.#contacts.present(on);
    return host?.aside({ ...command, timeoutMs: asideTimeoutMs }, this.#never);
  }

  /** A command's secrets are secrets of the run from here on: its answer becomes states, reasons, other commands. */
  learn(commands: readonly Command[]): void {
    this.learnTexts(commands.flatMap(({ secrets = [] }) => secrets));
  }

  learnTexts(secrets: readonly string[]): void {
    const known = new Set(this.#secrets);
    if (secrets.some((secret) => !known.has(secret))) this.#secrets = [...new Set([...this.#secrets, ...secrets])];
  }

  #direction: 'forward' | 'back' = 'forward';

  /** From here on neither an interrupt nor a full disk ends anything: what is being put back, or ended, is so whole. */
  seeThrough(): void {
    this.#direction = 'back';
  }

  /** What was put back was not all of it: the run goes on. */
  goOn(): void {
    this.#direction = 'forward';
  }

  /** Waits as long as that, whatever is pressed meanwhile. */
  pause(ms: number): Promise<void> {
    return this.clock.sleep(ms, this.#never);
  }

  #abortFor(purpose: Purpose): AbortSignal {
    if (this.#direction === 'back') return this.#never;
    return purpose === 'change' || purpose === 'guard' ? this.#input.hurry : this.interrupt;
  }

  #lostOutcome(): Outcome {
    return { exit: null, cut: 'lost', stdout: '', stderr: '', startedAt: this.clock.now().toISOString(), ms: 0 };
  }

  /** Notes from here on are laid down on their hosts too. Undefined: they are not. */
  guardFor(seconds: number | undefined): void {
    this.#guardSeconds = seconds;
  }

  /** How a host was when an earlier run met it: one that has restarted since is known by it. */
  recall(host: string, bootId: string): void {
    this.#contacts.remember(host, bootId);
  }

  /** That it has restarted has been reckoned with. */
  async acceptBoot(host: string): Promise<void> {
    this.#contacts.acceptBoot(host, (await this.open(host)).bootId);
  }

  /** Notes from here on are of this batch of the play. Undefined: it has only one. */
  beginBatch(number: number | undefined): void {
    this.#batch = number;
  }

  /**
   * Notes, safely on disk, what an undo needs to know, before the first command that changes it. `restorable`: the host itself can bring it
   * back, so that it comes under the host's guard.
   */
  async note(task: Task, step: Step, noted: Noted): Promise<UndoEntry> {
    const { key, before, after, restorable } = noted;
    const { bootId } = await this.open(step.on);
    const entry: UndoEntry = {
      ...stepRef(task, step),
      entry: this.#notes.length + 1,
      name: task.name,
      module: task.module.name,
      key,
      args: step.args,
      ...mannerOf(step),
      before,
      after,
      protect: task.protect,
      ...(task.secret === true ? { secret: true } : {}),
      bootId,
      ...(this.#batch === undefined ? {} : { batch: this.#batch }),
      ...(restorable && this.#guardSeconds !== undefined ? { guardSeconds: this.#guardSeconds } : {}),
    };
    await this.renote(entry);
    return entry;
  }

  /** Takes over an entry of an earlier run's journal. */
  async renote(entry: UndoEntry): Promise<void> {
    this.#notes.push(entry);
    this.#contacts.remember(entry.on, entry.bootId);
    const told = entry.secret === true ? concealedEntry(entry) : noteOf(entry, this.#secrets);
    await this.emit({ type: 'undo_noted', ...told, ...(await this.#sealed(entry, told)) });
  }

  /** What a plan that is to be saved masks of a step, for who applies it. */
  async sealedStep(ref: StepRef, result: StepResult, isSecret: boolean): Promise<Pick<StepResult, 'sealed'>> {
    const { seal, sealsPlan } = this.#input;
    if (seal === undefined || sealsPlan !== true) return {};
    const hidden = hiddenOfStep(ref, result, isSecret ? undefined : this.#secrets);
    return hidden === undefined ? {} : { sealed: await seal(hidden) };
  }

  /** What the journal masks of a note, for a rollback by somebody who may read it. One that was masked already stays as it is. */
  async #sealed(entry: UndoEntry, told: UndoEntry): Promise<Pick<UndoEntry, 'sealed'>> {
    const { seal } = this.#input;
    if (seal === undefined || told.masked !== true || entry.masked === true) return {};
    return { sealed: await seal(hiddenOfNote(entry, this.#secrets)) };
  }
}

function mattersToUndo(body: EventBody, changing: ReadonlySet<number>): boolean {
  if (body.type === 'command_started' || body.type === 'command_ended') return changing.has(body.id);
  return ['run_started', 'undo_noted', 'undo_ended', 'guard_ended', 'run_ended'].includes(body.type);
}
