import type { Doubt, Ending, Mode, UndoEntry } from '../core/event.ts';
import { Failure, reason } from '../core/failure.ts';
import type { Module } from '../core/module.ts';
import type { Play, Task } from '../core/play.ts';
import { applyStep } from './apply.ts';
import { Memory, overHosts } from './barrier.ts';
import { type PlanSummary, planPlay } from './plan.ts';
import { Session, type SessionInput } from './session.ts';
import { type Patience, undoAll } from './undo.ts';
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
  /** Why the run must go no further, asked at each barrier: a replay that met another answer. */
  readonly halt?: () => string | undefined;
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
    await start(session, input, [...new Set(notes.map(({ on }) => on))], of);
    await Promise.all([...new Set(notes.map(({ on }) => on))].map((host) => openOrLose(session, host)));
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

async function openOrLose(session: Session, host: string): Promise<void> {
  try {
    await session.open(host);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    await session.lose(host, reason(thrown));
  }
}

async function forward(session: Session, input: RunInput): Promise<RunResult> {
  const tally: Tally = { changes: 0, depends: 0, drift: [] };
  try {
    for (const play of input.plays) await onePlay(session, input, play, tally);
  } catch (thrown) {
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
async function onePlay(session: Session, input: RunInput, play: Play, tally: Tally): Promise<void> {
  await session.emit({ type: 'play_started', name: play.name, hosts: play.hosts });
  await openAll(session, play);
  if (input.mode === 'audit') return audit(session, play, tally);
  if (play.skipIfVerified && (await holdsAlready(session, play))) return;
  const memory = new Memory();
  await require(session, play, memory);
  const plan = await planPlay(session, play, memory);
  tally.changes += plan.changes;
  tally.depends += plan.depends;
  refuse(session, input, plan);
  if (input.mode === 'check') return;
  await applySection(session, input, play, memory, 'tasks');
  await verify(session, play, memory, 'after the change');
  const cleaned = await applySection(session, input, play, memory, 'cleanup');
  if (cleaned) await verify(session, play, memory, 'after the cleanup');
}

/** All connections at once, those that are only delegated to as well: nothing is touched unless every host answers. */
async function openAll(session: Session, play: Play): Promise<void> {
  const hosts = new Set([...play.hosts, ...play.tasks.flatMap((task) => delegates(task, play))]);
  const opened = await Promise.allSettled([...hosts].map((host) => session.open(host)));
  const failures = opened.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const fault = failures.find((thrown) => !(thrown instanceof Failure));
  if (fault !== undefined) throw fault;
  if (failures.length > 0) throw new Stop(failures.map(withHint).join('\n'), true);
}

function withHint(thrown: unknown): string {
  return thrown instanceof Failure && thrown.hint !== undefined ? `${thrown.message}. ${thrown.hint}` : reason(thrown);
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
  stopIfInterrupted(session);
  tally.drift = [...tally.drift, ...unmet];
}

async function holdsAlready(session: Session, play: Play): Promise<boolean> {
  if (!asksAnything(play)) return false;
  const unmet = await askSection(session, play, new Memory(), 'verify', {
    once: true,
    because: 'is there anything to do?',
  });
  stopIfInterrupted(session);
  return unmet.length === 0;
}

function asksAnything(play: Play): boolean {
  return play.tasks.some(({ section }) => section === 'verify');
}

async function require(session: Session, play: Play, memory: Memory): Promise<void> {
  const unmet = await askSection(session, play, memory, 'require');
  stopIfInterrupted(session);
  if (unmet.length > 0) throw new Stop(`what the play requires does not hold: ${unmet.join('; ')}`, true);
}

function refuse(session: Session, input: RunInput, plan: PlanSummary): void {
  stopIfInterrupted(session);
  if (plan.bad.length > 0) throw new Stop(`the plan is not complete: ${plan.bad.join('; ')}`, true);
  if (input.requireReversible && plan.irreversible.length > 0)
    throw new Stop(`not reversible: ${plan.irreversible.join('; ')}`, true);
}

function stopIfInterrupted(session: Session): void {
  if (session.interrupt.aborted) throw new Stop(`interrupted (${String(session.interrupt.reason)})`, true);
}

async function applySection(
  session: Session,
  input: RunInput,
  play: Play,
  memory: Memory,
  section: 'tasks' | 'cleanup',
): Promise<boolean> {
  const tasks = play.tasks.filter((task) => task.section === section);
  if (tasks.length === 0) return false;
  await session.emit({ type: 'phase_started', phase: section });
  let anyChanged = false;
  for (const task of tasks) {
    stopIfInterrupted(session);
    const { bad, changed } = await overHosts(session, memory, section, task, play.hosts, (step) =>
      applyStep(session, task, step),
    );
    anyChanged ||= changed;
    stopIfInterrupted(session);
    if (bad.length > 0) throw new Stop(bad.join('; '));
    const halted = input.halt?.();
    if (halted !== undefined) throw new Stop(halted);
  }
  return anyChanged;
}

/** Over new connections: a host that can no longer be reached is a failure, whatever its state. */
async function verify(session: Session, play: Play, memory: Memory, because: string): Promise<void> {
  stopIfInterrupted(session);
  const gone = (await Promise.all(session.contacted.map((host) => reopened(session, host)))).filter(
    (host) => host !== undefined,
  );
  if (gone.length > 0) throw new Stop(`no new connection after the change: ${gone.join('; ')}`);
  const unmet = await askSection(session, play, memory, 'verify', { because });
  stopIfInterrupted(session);
  if (unmet.length > 0) throw new Stop(unmet.join('; '));
}

async function reopened(session: Session, host: string): Promise<string | undefined> {
  try {
    await session.reopen(host);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    await session.lose(host, reason(thrown));
    return `${host}: ${reason(thrown)}`;
  }
}
