import type { Doubt, UndoEntry, UndoStatus } from '../core/event.ts';
import type { Json } from '../core/json.ts';
import type { Resource } from '../core/module.ts';
import { explain } from '../core/outcome.ts';
import type { Step, Task } from '../core/play.ts';
import { allThrough } from './barrier.ts';
import type { Guards } from './guard/guards.ts';
import { earlierUndo, Mended, type Noted } from './mended.ts';
import {
  asStep,
  byTask,
  doubtOf,
  groupedByTask,
  type ModuleNamed,
  machinesOf,
  notRecorded,
  refOf,
  resourceOf,
  toldStates,
} from './noted.ts';
import type { PatientReader } from './patient-reader.ts';
import { performAll } from './perform.ts';
import { failureText, readState, restored, same } from './probe.ts';
import { proveAll } from './prove.ts';
import { awaitReturn } from './reconnect.ts';
import { mayRead, notedBefore, rewind, startAgain, startedLast } from './rewind.ts';
import type { Session } from './session.ts';

/**
 * What was in the memory of a host before it restarted is not what should be there now: what starts with it makes it anew. What was not
 * there goes all the same: it has come of what the run had changed.
 */
const obsolete = {
  status: 'untouched',
  because: 'the host has restarted since: what it had in its memory is not put back',
} as const;

const hidden = { status: 'failed', because: notRecorded } as const;

interface Ended {
  readonly status: UndoStatus;
  readonly because?: string;
  readonly found: Json;
}

/** One way through what was noted, from the newest task to the oldest: the machines of a task at once. */
export class UndoRound {
  readonly #session: Session;
  readonly #moduleNamed: ModuleNamed;
  readonly #doubts: Doubt[] = [];
  /** By machine: what may yet change again what is put back. */
  readonly #strays = new Map<string, Doubt>();
  /** Notes of machines that their guards are mending: they are looked at last. */
  readonly #late: (readonly UndoEntry[])[] = [];
  /** Ways that go again: only once it is known that no host that is away is left on them. */
  readonly #last: UndoEntry[] = [];
  /** Of programs that go where they were found when what they read is back. */
  readonly #resting: readonly UndoEntry[];
  /** Those of them that had to go sooner, since what was to be put back needs them. */
  readonly #early = new Set<UndoEntry>();
  /** Those whose turn has come. */
  readonly #ended = new Set<UndoEntry>();
  readonly mended: Mended;
  readonly #reader: PatientReader;
  readonly #notes: readonly UndoEntry[];
  readonly #guards: Guards;

  constructor(session: Session, moduleNamed: ModuleNamed, reader: PatientReader, noted: Noted) {
    const { notes, guards } = noted;
    this.mended = new Mended(session, moduleNamed, reader, noted);
    this.#notes = notes;
    this.#guards = guards;
    this.#session = session;
    this.#moduleNamed = moduleNamed;
    this.#reader = reader;
    this.#resting = startedLast(notes, moduleNamed);
  }

  /** Before anything is read there: what is still at work is ended, and guards that act are waited for. */
  async meet(machines: readonly string[]): Promise<void> {
    await this.#endStrays(machines);
    await this.mended.meetGuards(machines);
  }

  async #endStrays(machines: readonly string[]): Promise<void> {
    for (const doubt of await this.#session.strays.end(machines, this.#notes)) this.#strays.set(doubt.host, doubt);
  }

  /** What each task has noted, newest first; then the programs that rest until all that they read is back. */
  async tasks(): Promise<void> {
    const isResting = new Set(this.#resting);
    for (const entries of byTask(this.#notes.filter((entry) => !isResting.has(entry)))) await this.#task(entries);
    await rewind(this.#session, this.#moduleNamed, [...this.#early], this.#reader);
    for (const entries of byTask(this.#resting)) await this.#task(entries);
  }

  /** Machines that cannot be reached and have a guard are left for later, unless what is noted there is shared: then others wait for it. */
  async #task(noted: readonly UndoEntry[]): Promise<void> {
    const awaited = noted.filter(({ on }) => this.#session.isLost(on) && this.#guards.secondsOf(on) > 0);
    const shared = awaited.filter((entry) => resourceOf(entry, this.#moduleNamed).shared);
    await this.#awaitMachines(machinesOf(shared));
    const late = awaited.filter(({ on }) => this.#session.isLost(on) && !machinesOf(shared).includes(on));
    const last = this.#isOneAway() ? noted.filter((entry) => this.#takesWay(entry)) : [];
    this.#late.push(late.filter((entry) => !last.includes(entry)));
    this.#last.push(...last);
    await this.#restoreAll(noted.filter((entry) => !late.includes(entry) && !last.includes(entry)));
  }

  /** Those that were left, once their guards must have acted. */
  async late(): Promise<void> {
    await this.#awaitMachines(machinesOf([...this.#late.flat(), ...this.#last]));
    for (const entries of [...this.#late, ...groupedByTask(this.#last).values()]) await this.#restoreAll(entries);
  }

  #isOneAway(): boolean {
    return machinesOf(this.#notes).some((on) => this.#session.isLost(on));
  }

  /** Others may still send their traffic through what it had made. */
  #takesWay(entry: UndoEntry): boolean {
    return entry.before === null && resourceOf(entry, this.#moduleNamed).carriesTraffic === true;
  }

  /** Reads what should be as before now. Returns all that could not be put back, or is not proven. */
  async prove(): Promise<readonly Doubt[]> {
    await this.#endStrays(machinesOf(this.#notes));
    const doubts = [...this.#strays.values(), ...this.#doubts];
    return [...doubts, ...(await proveAll(this.#session, this.#notes, this.#moduleNamed, doubts, this.#reader))];
  }

  async #awaitMachines(machines: readonly string[]): Promise<void> {
    const lost = machines.filter((on) => this.#session.isLost(on) && this.#guards.secondsOf(on) > 0);
    if (lost.length === 0) return;
    const seconds = Math.max(...lost.map((on) => this.#guards.secondsOf(on)));
    const message = `${lost.join(', ')}: without contact; waiting for the guard there, which puts everything back within ${seconds} s`;
    await this.#session.emit({ type: 'warned', message });
    await allThrough(lost.map((on) => awaitReturn(this.#session, on)));
    await this.meet(lost);
  }

  async #restoreAll(entries: readonly UndoEntry[]): Promise<void> {
    const [first] = entries;
    if (first === undefined) return;
    const hosts = [...new Set(entries.map(({ host }) => host))].toSorted(); // as they noted it first differs from run to run
    await this.#session.emit({
      type: 'task_started',
      phase: 'undo',
      task: first.task,
      name: first.name,
      module: first.module,
      hosts,
    });
    await allThrough(
      machinesOf(entries).map((on) => this.#machine(entries.filter((entry) => entry.on === on).reverse())),
    );
    await this.#session.emit({ type: 'task_ended', phase: 'undo', task: first.task });
  }

  async #machine(entries: readonly UndoEntry[]): Promise<void> {
    for (const entry of entries) {
      const ended = await this.#restoreWithPrograms(entry);
      this.#ended.add(entry);
      if (ended.status === 'failed' || ended.status === 'conflict' || ended.status === 'lost')
        this.#doubts.push(doubtOf(entry, ended.found, ended.because));
      const { module, entry: number } = entry;
      const told = toldStates(entry, ended.found, ended.because);
      await this.#session.emit({
        type: 'undo_ended',
        entry: number,
        module,
        status: ended.status,
        ...refOf(entry),
        ...told,
      });
    }
  }

  /** What cannot be put back while programs rest may need one of them, as a key needs its etcd: they are started, and once more at the end. */
  async #restoreWithPrograms(entry: UndoEntry): Promise<Ended> {
    const resting = this.#restingFor(entry);
    const ended = await this.#restore(entry, resting.length === 0);
    if (resting.length === 0 || ended.status !== 'failed') return ended;
    for (const program of resting) this.#early.add(program);
    await startAgain(this.#session, this.#moduleNamed, resting, this.#reader);
    return this.#restore(entry, true);
  }

  #restingFor(entry: UndoEntry): readonly UndoEntry[] {
    return this.#resting.filter((program) => !this.#early.has(program) && mayRead(program, entry, this.#moduleNamed));
  }

  /** Read, compare, move back, read again. */
  async #restore(entry: UndoEntry, isPatient: boolean): Promise<Ended> {
    const mended = this.mended.by(entry.on);
    if (mended !== undefined) return { status: 'untouched', because: mended, found: entry.before };
    if (entry.masked === true) return { ...hidden, found: null };
    const resource = resourceOf(entry, this.#moduleNamed);
    const { task, step } = asStep(entry, resource);
    try {
      const reading = isPatient
        ? await this.#reader.read(task, step, resource)
        : await readState(this.#session, task, step, resource);
      if (reading === undefined) return await this.#unreadable(entry, resource, task, step);
      if ('because' in reading)
        return { status: reading.lost ? 'lost' : 'failed', because: reading.because, found: null };
      const now = reading.state;
      if (restored(resource, entry.before, now, step)) return { status: 'untouched', found: now };
      const isGone = resource.volatile?.(entry.args) === true && this.#session.hasRestarted(entry.on);
      if (isGone && entry.before !== null) return { ...obsolete, found: now };
      const obstacle = this.#obstacle(entry, resource, step, now);
      if (obstacle !== undefined) return { ...obstacle, found: now };
      return await this.#moveBack(entry, resource, task, step, now);
    } catch (thrown) {
      return { status: 'failed', because: failureText(thrown), found: null };
    }
  }

  #obstacle(
    entry: UndoEntry,
    resource: Resource,
    step: Step,
    now: Json,
  ): Pick<Ended, 'status' | 'because'> | undefined {
    const reversible = resource.reversible(entry.args);
    if (reversible !== true && !entry.protect) return { status: 'irreversible', because: reversible.never };
    if (resource.shared && !entry.protect && !same(resource, now, entry.after, step)) {
      return { status: 'conflict', because: 'somebody else has changed it since; it is left as it is' };
    }
    if (this.#takesWay(entry) && (this.#doubts.length > 0 || this.#isOneAway())) {
      return {
        status: 'failed',
        because: 'left in place: a host that is not restored may still send its traffic through it',
      };
    }
    return undefined;
  }

  async #moveBack(entry: UndoEntry, resource: Resource, task: Task, step: Step, now: Json): Promise<Ended> {
    // What a guard had started again by then has read what is put back only now.
    if (resource.shared) this.mended.forget();
    const stuck = await rewind(this.#session, this.#moduleNamed, this.#runningOn(entry, resource), this.#reader);
    if (stuck.length > 0) return { status: 'failed', because: stuck.join('; '), found: now };
    const last = await performAll(this.#session, task, step, resource.move(now, entry.before, entry.args), 'undo');
    const after = await this.#reader.read(task, step, resource);
    if (after === undefined) return { status: 'restored', found: entry.before };
    if ('because' in after) return { status: after.lost ? 'lost' : 'failed', because: after.because, found: null };
    if (restored(resource, entry.before, after.state, step)) return { status: 'restored', found: after.state };
    const complaint = last === undefined || last.exit === 0 ? 'it did not come back' : explain(last);
    return { status: 'failed', because: complaint, found: after.state };
  }

  /** What may have read this, or bring it about again: noted before it, and still to be put back. */
  #runningOn(entry: UndoEntry, { shared }: Resource): readonly UndoEntry[] {
    const before = notedBefore(this.#notes, entry).filter((one) => !this.#ended.has(one));
    if (shared) return [...before, ...this.#restingFor(entry)];
    // A restart starts programs, wherever the run had left them.
    return this.#session.hasRestarted(entry.on) ? before.filter(({ on }) => on === entry.on) : [];
  }

  /** Nothing tells its state: the user's own undo command is all there is, and its exit code all the proof. */
  async #unreadable(entry: UndoEntry, resource: Resource, task: Task, step: Step): Promise<Ended> {
    const reversible = resource.reversible(entry.args);
    if (reversible !== true) return { status: 'irreversible', because: reversible.never, found: entry.after };
    if (earlierUndo.hasPutBack(entry) || this.#session.undone.has(entry))
      return { status: 'untouched', because: earlierUndo.words, found: entry.before };
    const last = await performAll(
      this.#session,
      task,
      step,
      resource.move(entry.after, entry.before, entry.args),
      'undo',
    );
    if (last === undefined || last.exit === 0) {
      this.#session.undone.add(entry);
      return { status: 'restored', found: entry.before };
    }
    return { status: last.cut === 'lost' ? 'lost' : 'failed', because: explain(last), found: entry.after };
  }
}
