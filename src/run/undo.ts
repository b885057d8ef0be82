import type { Doubt, StepRef, UndoEntry, UndoStatus } from '../core/event.ts';
import { Failure } from '../core/failure.ts';
import type { Json } from '../core/json.ts';
import type { Module, Resource } from '../core/module.ts';
import { explain } from '../core/outcome.ts';
import type { Step, Task } from '../core/play.ts';
import { performAll } from './apply.ts';
import { allThrough } from './barrier.ts';
import { failureText, readState, restored, same, stateText } from './probe.ts';
import type { Session } from './session.ts';

/**
 * How often an undo tries to reach a host that was lost, and reads a restored state again until it has settled. Counted,
 * not timed, so that a replay comes to the same events.
 */
export interface Patience {
  readonly reconnectTries: number;
  readonly settleTries: number;
}

const reconnectDelayMs = 3_000;
const settleDelayMs = 250;

/**
 * Brings every noted state back to what it was, newest task first, with a barrier over the hosts after each task; then
 * reads the first state noted for each thing again, to prove it. Returns what could not be proven; empty means undone.
 */
export async function undoAll(
  session: Session,
  moduleNamed: (name: string) => Module | undefined,
  patience: Patience,
): Promise<readonly Doubt[]> {
  session.beginUndo();
  await session.emit({ type: 'phase_started', phase: 'undo' });
  await reconnect(session, patience);
  const undo = new Undo(session, moduleNamed);
  for (const entries of byTask(session.notes)) await undo.task(entries);
  await session.emit({ type: 'phase_started', phase: 'prove' });
  await undo.prove(patience);
  return undo.doubts;
}

/** The notes of one task together, newest task first: the barriers of the way there, on the way back. */
function byTask(notes: readonly UndoEntry[]): UndoEntry[][] {
  const groups = new Map<string, UndoEntry[]>();
  for (const entry of notes) groups.set(entry.task, [...(groups.get(entry.task) ?? []), entry]);
  return [...groups.values()].reverse();
}

async function reconnect(session: Session, patience: Patience): Promise<void> {
  const hosts = new Set(session.notes.map(({ on }) => on));
  await Promise.all([...hosts].filter((host) => session.isLost(host)).map((host) => comeBack(session, host, patience)));
}

async function comeBack(session: Session, host: string, patience: Patience): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await session.reopen(host);
      return;
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      if (tries >= patience.reconnectTries) return;
      await session.clock.sleep(reconnectDelayMs, new AbortController().signal);
    }
  }
}

interface Ended {
  readonly status: UndoStatus;
  readonly because?: string;
  readonly found: Json;
}

class Undo {
  readonly #session: Session;
  readonly #moduleNamed: (name: string) => Module | undefined;
  doubts: Doubt[] = [];

  constructor(session: Session, moduleNamed: (name: string) => Module | undefined) {
    this.#session = session;
    this.#moduleNamed = moduleNamed;
  }

  async task(entries: readonly UndoEntry[]): Promise<void> {
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
    const machines = [...new Set(entries.map(({ on }) => on))];
    await allThrough(machines.map((on) => this.#machine(entries.filter((entry) => entry.on === on).reverse())));
    await this.#session.emit({ type: 'task_ended', phase: 'undo', task: first.task });
  }

  async #machine(entries: readonly UndoEntry[]): Promise<void> {
    for (const entry of entries) {
      const ended = await this.#restore(entry);
      if (ended.status === 'failed' || ended.status === 'conflict' || ended.status === 'lost')
        this.#doubt(entry, ended.found, ended.because);
      const { module, key, before, entry: number } = entry;
      await this.#session.emit({
        type: 'undo_ended',
        entry: number,
        module,
        key,
        expected: before,
        ...refOf(entry),
        ...ended,
      });
    }
  }

  /** Read, compare, move back, read again. */
  async #restore(entry: UndoEntry): Promise<Ended> {
    const resource = this.#resource(entry.module);
    const { task, step } = asStep(entry, resource);
    try {
      const reading = await readState(this.#session, task, step, resource);
      if (reading === undefined) return await this.#unreadable(entry, resource, task, step);
      if ('because' in reading)
        return { status: reading.lost ? 'lost' : 'failed', because: reading.because, found: null };
      const now = reading.state;
      if (restored(resource, entry.before, now, step)) return { status: 'untouched', found: now };
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
    if (resource.carriesTraffic && entry.before === null && this.doubts.length > 0) {
      return {
        status: 'failed',
        because: 'left in place: a host that is not restored may still send its traffic through it',
      };
    }
    return undefined;
  }

  async #moveBack(entry: UndoEntry, resource: Resource, task: Task, step: Step, now: Json): Promise<Ended> {
    const last = await performAll(this.#session, task, step, resource.move(now, entry.before, entry.args), 'undo');
    const after = await readState(this.#session, task, step, resource);
    if (after === undefined) return { status: 'restored', found: entry.before };
    if ('because' in after) return { status: after.lost ? 'lost' : 'failed', because: after.because, found: null };
    if (restored(resource, entry.before, after.state, step)) return { status: 'restored', found: after.state };
    const complaint = last === undefined || last.exit === 0 ? 'it did not come back' : explain(last);
    return { status: 'failed', because: complaint, found: after.state };
  }

  /** Nothing tells its state: the user's own undo command is all there is, and its exit code all the proof. */
  async #unreadable(entry: UndoEntry, resource: Resource, task: Task, step: Step): Promise<Ended> {
    const reversible = resource.reversible(entry.args);
    if (reversible !== true) return { status: 'irreversible', because: reversible.never, found: entry.after };
    const last = await performAll(
      this.#session,
      task,
      step,
      resource.move(entry.after, entry.before, entry.args),
      'undo',
    );
    if (last === undefined || last.exit === 0) return { status: 'restored', found: entry.before };
    return { status: last.cut === 'lost' ? 'lost' : 'failed', because: explain(last), found: entry.after };
  }

  /** The oldest note of each thing says what the run found: all of them must hold now, together. */
  async prove(patience: Patience): Promise<void> {
    const oldest = new Map<string, UndoEntry>();
    for (const entry of this.#session.notes) {
      const place = `${entry.on}|${entry.module}|${entry.key}`;
      if (!oldest.has(place)) oldest.set(place, entry);
    }
    const doubted = new Set(this.doubts.map(({ host, what }) => `${host}|${what}`));
    const open = [...oldest.values()].filter(
      (entry) => this.#provable(entry) && !doubted.has(`${entry.on}|${whatOf(entry)}`),
    );
    const machines = [...new Set(open.map(({ on }) => on))];
    await Promise.all(
      machines.map((on) =>
        this.#proveOn(
          open.filter((entry) => entry.on === on),
          patience,
        ),
      ),
    );
  }

  /** What cannot be brought back is not promised to be as it was: processes that were ended, a command without an undo. */
  #provable({ module, args }: UndoEntry): boolean {
    const resource = this.#resource(module);
    return resource.reversible(args) === true && resource.probe(args) !== null;
  }

  async #proveOn(entries: readonly UndoEntry[], patience: Patience): Promise<void> {
    for (const entry of entries) {
      const resource = this.#resource(entry.module);
      const { task, step } = asStep(entry, resource);
      for (let tries = 1; ; tries += 1) {
        const reading = await readState(this.#session, task, step, resource);
        const state = reading !== undefined && 'state' in reading ? reading.state : null;
        const ok = reading !== undefined && 'state' in reading && restored(resource, entry.before, state, step);
        const lost = reading !== undefined && 'because' in reading && reading.lost;
        if (!ok && !lost && tries < patience.settleTries) {
          await this.#session.clock.sleep(settleDelayMs, new AbortController().signal);
          continue;
        }
        const because = reading !== undefined && 'because' in reading ? reading.because : undefined;
        if (!ok) this.#doubt(entry, state, because);
        const { module, key, before } = entry;
        const told = { ...(because === undefined ? {} : { because }), before, after: state, tries };
        await this.#session.emit({
          type: 'step_ended',
          phase: 'prove',
          status: ok ? 'ok' : lost ? 'lost' : 'unmet',
          module,
          key,
          ...refOf(entry),
          ...told,
        });
        break;
      }
    }
  }

  #resource(name: string): Resource {
    const module = this.#moduleNamed(name);
    if (module?.kind !== 'resource')
      throw new Failure('internal', `the journal names a resource "${name}" that this version does not have`);
    return module;
  }

  #doubt(entry: UndoEntry, found: Json, because: string | undefined): void {
    this.doubts.push({
      host: entry.on,
      what: whatOf(entry),
      expected: stateText(entry.before),
      found:
        because === undefined ? stateText(found) : `${found === null ? 'not known' : stateText(found)} (${because})`,
    });
  }
}

function whatOf(entry: UndoEntry): string {
  return `${entry.module} ${entry.key}`;
}

function refOf(entry: UndoEntry): StepRef {
  return {
    task: entry.task,
    host: entry.host,
    on: entry.on,
    ...(entry.item === undefined ? {} : { item: entry.item }),
  };
}

/** An entry of a journal as a task and step again. */
function asStep(entry: UndoEntry, module: Resource): { task: Task; step: Step } {
  const step: Step = {
    host: entry.host,
    on: entry.on,
    args: entry.args,
    ...(entry.become === undefined ? {} : { become: entry.become }),
  };
  const task: Task = {
    id: entry.task,
    section: 'tasks',
    name: entry.name,
    at: { file: '', line: 0, column: 0 },
    module,
    protect: entry.protect,
    runOnce: false,
    ignoreErrors: false,
    reads: [],
    retries: 0,
    delayMs: 0,
    resolve: () => ({ steps: [step] }),
  };
  return { task, step };
}
