import type { Doubt, Ending, UndoEntry } from '../core/event.ts';
import { Failure, reason } from '../core/failure.ts';
import { Memory } from './barrier.ts';
import { batchesIn } from './batches.ts';
import { settlePending, withoutDone } from './complete.ts';
import { holdsForOthers, isAnythingLeft } from './drop-out.ts';
import { lockSeconds } from './heartbeat.ts';
import type { Claim } from './lock/commands.ts';
import { Locks } from './lock/locks.ts';
import { whatMoved } from './moved.ts';
import { machinesOf } from './noted.ts';
import { lock, onePlay, openAll, refuseDifferent } from './one-play.ts';
import { Outlook } from './plan.ts';
import { takeOver } from './resume.ts';
import type { RunContext, RunCounts } from './run-context.ts';
import type { Completes, RunInput, RunResult } from './run-input.ts';
import { Session } from './session.ts';
import { Rejected, Stop, settle, stopIfTold } from './stop.ts';
import { undoAll } from './undo.ts';

/** The whole of a run: each play forward, then the one ending that is true. Throws only for our own faults. */
export async function executeRun(input: RunInput): Promise<RunResult> {
  const runs = input.resume?.runs ?? [];
  const { completes } = input;
  const session = new Session(input, runs[0]);
  const locks = new Locks(
    session,
    claimOf(input, completes === undefined ? runs : [completes.run, completes.guardsOf]),
  );
  const guardSeconds = input.plays.map((play) => play.guardSeconds).filter((seconds) => seconds !== undefined);
  const still = session.heartbeat.start(locks, guardSeconds);
  try {
    await start(session, input, [...new Set(input.plays.flatMap(({ hosts }) => hosts))], runs.at(-1) ?? completes?.run);
    const result = await forward(session, input, locks);
    await still(); // else it could renew what is just being released
    return await end(session, locks, result);
  } finally {
    await still();
    await session.close();
  }
}

/** An earlier run that is to be undone, as its journal has it. */
export interface Rollback {
  readonly run: string;
  /** That run, and before it those that it went on with. */
  readonly runs: readonly string[];
  /** What it noted for an undo, oldest first. */
  readonly notes: readonly UndoEntry[];
  /** All that it had to do with: it may hold locks there. */
  readonly machines: readonly string[];
  /** Where it reached each of them, as its journal has it. */
  readonly addresses: ReadonlyMap<string, string>;
  /** A machine at another address is the same, although its boot id does not tell so. */
  readonly allowMoved?: boolean;
}

/** Undoes an earlier run from the notes in its journal. */
export async function rollbackRun(input: RunInput, rollback: Rollback): Promise<RunResult> {
  const { run: of, runs, notes, machines } = rollback;
  const session = new Session(input, runs[0]);
  const locks = new Locks(session, claimOf(input, runs));
  const guardSeconds = notes.map((note) => note.guardSeconds).filter((seconds) => seconds !== undefined);
  const still = session.heartbeat.start(locks, guardSeconds);
  try {
    const hosts = [...new Set([...machines, ...notes.map(({ on }) => on)])].toSorted();
    await start(session, input, hosts, of);
    for (const entry of notes) await session.renote(entry);
    session.strays.suspect(hosts);
    await settle(hosts.map((host) => session.open(host)));
    const result = await rolledBack(session, input, rollback, locks);
    await still(); // else it could renew what is just being released
    return await end(session, locks, result);
  } finally {
    await still();
    await session.close();
  }
}

async function rolledBack(
  session: Session,
  input: RunInput,
  { notes, addresses, allowMoved }: Rollback,
  locks: Locks,
): Promise<RunResult> {
  const moved = allowMoved === true ? undefined : await whatMoved(session, notes, addresses);
  if (moved !== undefined) return ended('unchanged', false, 2, moved);
  const reachable = session.contacted.filter((host) => !session.isLost(host));
  const refused = await locks.take(reachable.map((on) => ({ on, name: '' })));
  if (refused !== undefined) return ended('unchanged', false, 2, `${refused}. Nothing has been touched`);
  const doubts = await undoAll(session, input.moduleNamed, input.patience);
  if (doubts.length === 0) return ended('undone', true, 0);
  return ended('unsure', false, 4, 'not everything is proven restored', doubts);
}

/** A change that stands is not told as kept where its history has an end missing: the next run would take this one for dead. */
async function end(session: Session, locks: Locks, result: RunResult): Promise<RunResult> {
  session.seeThrough();
  await locks.release();
  const because = await session.unwritten();
  const told = because === undefined || result.ending !== 'kept' ? result : withoutRecord(result, because);
  await session.emit({ type: 'run_ended', ...told });
  return told;
}

function withoutRecord({ doubts }: RunResult, because: string): RunResult {
  const gap = { host: 'controller', what: 'the history of this run', expected: 'every event', found: because };
  return ended('unsure', false, 4, `the change is proven and stands, but ${because}`, [...doubts, gap]);
}

function claimOf(input: RunInput, of: readonly string[]): Claim {
  const { run, operator, playbook, since } = input;
  return { run, operator, playbook, since, seconds: lockSeconds, ...(of.length === 0 ? {} : { of: of.join(' ') }) };
}

async function start(session: Session, input: RunInput, hosts: readonly string[], of?: string): Promise<void> {
  const { run, tool, mode, playbook, operator, contract, chosen } = input;
  await session.emit({
    type: 'run_started',
    format: 2,
    run,
    tool,
    mode,
    playbook,
    operator,
    hosts,
    ...(of === undefined ? {} : { of }),
    ...(contract === undefined ? {} : { plan: contract.digest }),
    ...(chosen === undefined ? {} : { chosen }),
  });
}

async function forward(session: Session, input: RunInput, locks: Locks): Promise<RunResult> {
  const counts: RunCounts = { changes: 0, depends: 0, drift: [], differences: 0 };
  const run = { session, input, locks, counts };
  try {
    refuseOtherPlays(input);
    if (input.resume !== undefined) {
      const changed = machinesOf(input.resume.notes);
      for (const play of input.plays)
        await lock(play, [...new Set([...(await openAll(session, input, play)), ...changed])], locks);
      await takeOver(session, input.resume, input.plays, input.moduleNamed);
    }
    // Held to a plan, all plays and batches are planned ahead: the last one's difference is met before the first one's change.
    if (input.contract !== undefined && batchesIn(input.plays) > 1 && input.resume === undefined)
      await allPlays({ ...run, input: { ...input, mode: 'check' } });
    if (input.completes === undefined) await allPlays(run);
    else await completed(run, input.completes);
    await keep(session, input);
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'unwritable')
      return stopped(session, input, new Stop(reason(thrown)), locks);
    if (!(thrown instanceof Stop)) throw thrown;
    if (input.interrupt.aborted) await session.emit({ type: 'interrupted', signal: String(input.interrupt.reason) });
    return stopped(session, input, thrown, locks);
  }
  if (input.mode === 'check') return ended('unchanged', true, counts.changes + counts.depends > 0 ? 5 : 0);
  if (input.mode === 'audit')
    return ended('unchanged', counts.drift.length === 0, counts.drift.length === 0 ? 0 : 5, counts.drift[0]);
  return keptEnd(session, input);
}

async function completed(run: Omit<RunContext, 'memory'>, completes: Completes) {
  const input = { ...run.input, plays: withoutDone(run.input.plays, completes) };
  await settlePending(run.session, input, completes, run.locks);
  await allPlays({ ...run, input });
}

/** Where nothing is applied in between, a later play's plan goes on from the earlier one's. */
async function allPlays(run: Omit<RunContext, 'memory'>): Promise<void> {
  const { input, counts } = run;
  const context = { ...run, memory: new Memory() };
  const ahead = new Outlook();
  for (const [index, play] of input.plays.entries()) {
    const outlook = input.mode === 'check' ? ahead : new Outlook();
    const before = batchesIn(input.plays.slice(0, index));
    await onePlay(context, { play, index, before, outlook });
  }
  refuseDifferent(counts);
}

function refuseOtherPlays({ contract, plays }: RunInput): void {
  if (contract === undefined || contract.plays === plays.length) return;
  throw new Rejected(
    `the plan has ${contract.plays} plays, the playbook ${plays.length}. Make the plan anew with \`runbook plan\``,
  );
}

/** The way back, if there is anything to bring back. */
async function stopped(session: Session, input: RunInput, stop: Stop, locks: Locks): Promise<RunResult> {
  session.seeThrough();
  if (stop instanceof Rejected && session.notes.length === 0) return ended('unchanged', false, 2, stop.message);
  if (!changed(session)) {
    await session.guards.release();
    return ended('unchanged', false, 1, stop.message);
  }
  if (input.plays.some(({ rollback }) => rollback === 'never'))
    return ended('unsure', false, 4, stop.message, await leaveAll(session));
  const taken = await locks.takeAgain();
  if (taken !== undefined) return ended('unsure', false, 4, stop.message, [leftToOthers(input.run, taken)]);
  await session.emit({ type: 'warned', message: `${stop.message}; putting everything back` });
  const doubts = await undoAll(session, input.moduleNamed, input.patience);
  return doubts.length === 0
    ? ended('undone', false, 3, stop.message)
    : ended('unsure', false, 4, stop.message, doubts);
}

/** What another run does by now, or has done, must not be overwritten. The guards that are still armed do what they are there for. */
function leftToOthers(run: string, because: string): Doubt {
  return notUndone(
    `left as they are, save for what guards put back: ${because}. Where that run has ended and nothing of what it did is to stay, \`runbook rollback ${run}\` puts back the rest`,
  );
}

function notUndone(found: string): Doubt {
  return { host: 'all', what: 'the changes of this run', expected: 'an undo', found };
}

/** Nothing is put back; not by the guards of the other plays either, where they can still be told. */
async function leaveAll(session: Session): Promise<readonly Doubt[]> {
  const { guards, notes } = session;
  const acted = await guards.release();
  const away = machinesOf(notes).filter((on) => session.isLost(on) && guards.secondsOf(on) > 0);
  const byGuard = (host: string, found: string) => ({
    host,
    what: 'what its guard holds',
    expected: 'left as it is',
    found,
  });
  return [
    notUndone('left as they are, because the play says "rollback: never"'),
    ...acted.map((host) => byGuard(host, 'its guard has put it back')),
    ...away.map((host) => byGuard(host, `no contact: its guard puts it back within ${guards.secondsOf(host)} s`)),
  ];
}

/** The change stands, on the hosts that have not dropped out. */
function keptEnd(session: Session, { moduleNamed }: RunInput): RunResult {
  const { out } = session.roster;
  const ending = isAnythingLeft(session, moduleNamed) ? 'kept' : 'unchanged';
  if (out.length === 0) return ended(ending, true, 0);
  const because = out.map(({ host, because }) => `${host} dropped out: ${because}`).join('; ');
  const isKnown = out.every(({ pending, touched }) => !pending || !touched);
  const doubts = out.flatMap((one) => one.doubts);
  return ended(ending, false, isKnown ? 3 : 4, because, doubts);
}

/** Has anything been changed, or been begun to be? A state that was only protected is not a change. */
function changed(session: Session): boolean {
  return session.notes.some(({ protect }) => !protect);
}

function ended(ending: Ending, ok: boolean, exit: number, because?: string, doubts: readonly Doubt[] = []): RunResult {
  return { ending, ok, exit, ...(because === undefined ? {} : { because }), doubts };
}

/** The change is proven: the guards are told to let it stand, over connections that were made since. */
async function keep(session: Session, { moduleNamed }: RunInput): Promise<void> {
  await session.heartbeat.check();
  const { guards, roster } = session;
  const pending = roster.out.filter((one) => one.pending).map(({ host }) => host);
  const held = holdsForOthers(session, moduleNamed, pending); // what was delegated there since they dropped out
  if (held === undefined && guards.posts.length === 0) return;
  stopIfTold(session);
  const against = held === undefined ? await guards.keep() : [held];
  if (against.length > 0) throw new Stop(`the change cannot stand: ${against.join('; ')}`);
}
