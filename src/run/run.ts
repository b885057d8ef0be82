import type { Doubt, Ending, Mode, UndoEntry } from '../core/event.ts';
import { Failure, reason } from '../core/failure.ts';
import type { Module } from '../core/module.ts';
import type { Play, Task } from '../core/play.ts';
import { applyStep } from './apply.ts';
import { Memory, overHosts } from './barrier.ts';
import { type PlanSummary, planPlay } from './plan.ts';
import type { Patience } from './reconnect.ts';
import { Session, type SessionInput } from './session.ts';
import { undoAll } from './undo.ts';
import { askSection } from './verify.ts';

export interface RunInput extends SessionInput {
  readonly run: string;
  readonly tool: string;
  readonly mode: Mode;
  readonly playbook: string;
  readonly operator: string;
  readonly plays: readonly Play[];
  readonly moduleNamed: (name: string) => Module | undefined;
  readonly requireReversible: boolean;
  readonly patience: Patience;
}

export interface RunResult {
  readonly ending: Ending;
  readonly ok: boolean;
  /** As documented: 0 kept or unchanged, 1 failed with nothing to undo, 2 rejected, 3 undone, 4 unsure, 5 would change or drifted. */
  readonly exit: number;
  readonly because?: string;
  readonly doubts: readonly Doubt[];
}

/** Ends the way forward; what has been changed is then put back. */
class Stop extends Error {
  readonly rejected: boolean;

  constructor(because: string, rejected = false) {
    super(because);
    this.rejected = rejected;
  }
}

/** The whole of a run: each play forward, then the one ending that is true. Throws only for our own faults. */
export async function executeRun(input: RunInput): Promise<RunResult> {
  const session = new Session(input);
  try {
    await start(session, input, [...new Set(input.plays.flatMap(({ hosts }) => hosts))]);
    const result = await forward(session, input);
    await session.emit({ type: 'run_ended', ...result });
    return result;
  } finally {
    await session.close();
  }
}

/** Undoes an earlier run from the notes in its journal. */
export async function rollbackRun(input: RunInput, of: string, notes: readonly UndoEntry[]): Promise<RunResult> {
  const session = new Session(input);
  try {
    const hosts = [...new Set(notes.map(({ on }) => on))].toSorted();
    await start(session, input, hosts, of);
    await settle(hosts.map((host) => session.open(host)));
    for (const entry of notes) await session.renote(entry);
    const doubts = await undoAll(session, input.moduleNamed, input.patience);
    const result =
      doubts.length === 0
        ? ended('undone', true, 0)
        : ended('unsure', false, 4, 'not everything is proven restored', doubts);
    await session.emit({ type: 'run_ended', ...result });
    return result;
  } finally {
    await session.close();
  }
}

async function start(session: Session, input: RunInput, hosts: readonly string[], of?: string): Promise<void> {
  const { run, tool, mode, playbook, operator } = input;
  await session.emit({
    type: 'run_started',
    format: 1,
    run,
    tool,
    mode,
    playbook,
    operator,
    hosts,
    ...(of === undefined ? {} : { of }),
  });
}

async function forward(session: Session, input: RunInput): Promise<RunResult> {
  const tally: Tally = { changes: 0, depends: 0, drift: [] };
  try {
    const memory = new Memory();
    for (const play of input.plays) await onePlay(session, input, play, tally, memory);
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'unwritable')
      return stopped(session, input, new Stop(reason(thrown)));
    if (!(thrown instanceof Stop)) throw thrown;
    if (input.interrupt.aborted) await session.emit({ type: 'interrupted', signal: String(input.interrupt.reason) });
    return stopped(session, input, thrown);
  }
  if (input.mode === 'check') return ended('unchanged', true, tally.changes + tally.depends > 0 ? 5 : 0);
  if (input.mode === 'audit')
    return ended('unchanged', tally.drift.length === 0, tally.drift.length === 0 ? 0 : 5, tally.drift[0]);
  return ended(changed(session) ? 'kept' : 'unchanged', true, 0);
}

/** The way back, if there is anything to bring back. */
async function stopped(session: Session, input: RunInput, stop: Stop): Promise<RunResult> {
  session.beginUndo();
  if (stop.rejected && session.notes.length === 0) return ended('unchanged', false, 2, stop.message);
  if (!changed(session)) return ended('unchanged', false, 1, stop.message);
  if (input.plays.some(({ rollback }) => rollback === 'never')) {
    const left = {
      host: 'all',
      what: 'the changes of this run',
      expected: 'an undo',
      found: 'left as they are, because the play says "rollback: never"',
    };
    return ended('unsure', false, 4, stop.message, [left]);
  }
  await session.emit({ type: 'warned', message: `${stop.message}; putting everything back` });
  const doubts = await undoAll(session, input.moduleNamed, input.patience);
  return doubts.length === 0
    ? ended('undone', false, 3, stop.message)
    : ended('unsure', false, 4, stop.message, doubts);
}

/** Has anything been changed, or been begun to be? A state that was only protected is not a change. */
function changed(session: Session): boolean {
  return session.notes.some(({ protect }) => !protect);
}

function ended(ending: Ending, ok: boolean, exit: number, because?: string, doubts: readonly Doubt[] = []): RunResult {
  return { ending, ok, exit, ...(because === undefined ? {} : { because }), doubts };
}

interface Tally {
  changes: number;
  depends: number;
  drift: readonly string[];
}

/** Probe, plan, apply, verify, clean up: the procedure, as a person would do it. */
async function onePlay(session: Session, input: RunInput, play: Play, tally: Tally, memory: Memory): Promise<void> {
  await session.emit({ type: 'play_started', name: play.name, hosts: play.hosts });
  await openAll(session, play);
  if (input.mode === 'audit') return audit(session, play, tally);
  if (play.skipIfVerified && (await holdsAlready(session, play))) return;
  await require(session, play, memory);
  const plan = await planPlay(session, play, memory);
  tally.changes += plan.changes;
  tally.depends += plan.depends;
  refuse(session, input, plan);
  if (input.mode === 'check') return;
  await applySection(session, play, memory, 'tasks');
  await verify(session, play, memory, 'after the change');
  const cleaned = await applySection(session, play, memory, 'cleanup');
  if (cleaned) await verify(session, play, memory, 'after the cleanup');
}

/** All connections at once, those that are only delegated to as well: nothing is touched unless every host answers. */
async function openAll(session: Session, play: Play): Promise<void> {
  const hosts = new Set([...play.hosts, ...play.tasks.flatMap((task) => delegates(task, play))]);
  const failures = await settle([...hosts].map((host) => session.open(host)));
  if (failures.length > 0) throw new Stop(failures.map(withHint).join('\n'), true);
}

/** The Failures among them, once all have come to an end. Anything else that was thrown is our own fault and goes on up. */
async function settle(works: readonly Promise<unknown>[]): Promise<readonly Failure[]> {
  const settled = await Promise.allSettled(works);
  return settled.flatMap((result) => {
    if (result.status === 'fulfilled') return [];
    if (result.reason instanceof Failure) return [result.reason];
    throw result.reason;
  });
}

function withHint(failure: Failure): string {
  return failure.hint === undefined ? failure.message : `${failure.message}. ${failure.hint}`;
}

function delegates(task: Task, play: Play): readonly string[] {
  return (task.runOnce ? play.hosts.slice(0, 1) : play.hosts).flatMap((host) => {
    try {
      const resolution = task.resolve(host, new Map());
      return 'steps' in resolution ? resolution.steps.map(({ on }) => on) : [];
    } catch (thrown) {
      if (thrown instanceof Failure) return []; // reads a result that is not there yet: opened when it is reached
      throw thrown;
    }
  });
}

async function audit(session: Session, play: Play, tally: Tally): Promise<void> {
  if (!asksAnything(play)) throw new Stop(`the play "${play.name}" has nothing under "verify" to ask`, true);
  const unmet = await askSection(session, play, new Memory(), 'verify');
  stopIfTold(session);
  tally.drift = [...tally.drift, ...unmet];
}

async function holdsAlready(session: Session, play: Play): Promise<boolean> {
  if (!asksAnything(play)) return false;
  const unmet = await askSection(session, play, new Memory(), 'verify', {
    once: true,
    because: 'is there anything to do?',
  });
  stopIfTold(session);
  return unmet.length === 0;
}

function asksAnything(play: Play): boolean {
  return play.tasks.some(({ section }) => section === 'verify');
}

async function require(session: Session, play: Play, memory: Memory): Promise<void> {
  const unmet = await askSection(session, play, memory, 'require');
  stopIfTold(session);
  if (unmet.length > 0) throw new Stop(`what the play requires does not hold: ${unmet.join('; ')}`, true);
}

function refuse(session: Session, input: RunInput, plan: PlanSummary): void {
  stopIfTold(session);
  if (plan.bad.length > 0) throw new Stop(`the plan is not complete: ${plan.bad.join('; ')}`, true);
  if (input.requireReversible && plan.irreversible.length > 0)
    throw new Stop(`not reversible: ${plan.irreversible.join('; ')}`, true);
}

function stopIfTold(session: Session): void {
  if (session.interrupt.aborted) throw new Stop(`interrupted (${String(session.interrupt.reason)})`, true);
  const halted = session.halt();
  if (halted !== undefined) throw new Stop(halted, true);
}

async function applySection(
  session: Session,
  play: Play,
  memory: Memory,
  section: 'tasks' | 'cleanup',
): Promise<boolean> {
  const tasks = play.tasks.filter((task) => task.section === section);
  if (tasks.length === 0) return false;
  await session.emit({ type: 'phase_started', phase: section });
  let anyChanged = false;
  for (const task of tasks) {
    stopIfTold(session);
    const { bad, changed } = await overHosts(session, memory, section, task, play.hosts, (step) =>
      applyStep(session, task, step),
    );
    anyChanged ||= changed;
    stopIfTold(session);
    if (bad.length > 0) throw new Stop(bad.join('; '));
  }
  return anyChanged;
}

/** Over new connections: a host that can no longer be reached is a failure, whatever its state. */
async function verify(session: Session, play: Play, memory: Memory, because: string): Promise<void> {
  stopIfTold(session);
  const gone = await settle(session.contacted.map((host) => session.reopen(host)));
  if (gone.length > 0) throw new Stop(`no new connection after the change: ${gone.map(reason).join('; ')}`);
  const unmet = await askSection(session, play, memory, 'verify', { because });
  stopIfTold(session);
  if (unmet.length > 0) throw new Stop(unmet.join('; '));
}
