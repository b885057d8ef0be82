import { Failure, reason } from '../core/failure.ts';
import type { Play, Task } from '../core/play.ts';
import { Memory } from './barrier.ts';
import { tellDifferences } from './differences.ts';
import type { Locks } from './lock/locks.ts';
import { type Outlook, type PlanSummary, planPlay } from './plan.ts';
import type { RunInput } from './run.ts';
import { applySection } from './section.ts';
import type { Session } from './session.ts';
import { Stop, settle, stopIfTold, withHint } from './stop.ts';
import { askSection } from './verify.ts';

export interface Tally {
  changes: number;
  depends: number;
  drift: readonly string[];
  /** From the saved plan that the run is held to. */
  differences: number;
}

/** A play in its place in the run. */
interface Turn {
  readonly play: Play;
  readonly index: number;
  /** What the plan of the plays before it would have changed. */
  readonly outlook: Outlook;
}

/** Probe, plan, apply, verify, clean up: the procedure, as a person would do it. */
export async function onePlay(
  session: Session,
  input: RunInput,
  { play, index, outlook }: Turn,
  tally: Tally,
  memory: Memory,
  locks: Locks,
): Promise<void> {
  await session.emit({ type: 'play_started', name: play.name, hosts: play.hosts });
  refuseUnguarded(session, play);
  const machines = await openAll(session, play);
  if (input.mode === 'audit') return audit(session, play, tally);
  const reached = input.resume?.plays[index];
  if (reached === 'passed') return;
  if (
    reached === undefined &&
    !(await isToApply(session, input, { play, index, outlook }, tally, memory, locks, machines))
  )
    return;
  if (reached === 'begun') await session.ways.begin(play, memory.values);
  session.guardFor(play.rollback === 'never' ? undefined : play.guardSeconds);
  await applySection(session, input.resume, play, memory, 'tasks');
  await verify(session, play, memory, 'after the change');
  const cleaned = await applySection(session, input.resume, play, memory, 'cleanup');
  if (cleaned) await verify(session, play, memory, 'after the cleanup');
}

/** What comes before the first change of a play. False: nothing is to be done. */
async function isToApply(
  session: Session,
  input: RunInput,
  { play, index, outlook }: Turn,
  tally: Tally,
  memory: Memory,
  locks: Locks,
  machines: readonly string[],
): Promise<boolean> {
  const settled = outlook.touched.length === 0;
  if (settled && play.skipIfVerified && (await holdsAlready(session, play))) return false;
  if (input.mode === 'play') await lock(play, machines, locks);
  await require(session, play, memory);
  await session.ways.begin(play, memory.values);
  const plan = await planPlay(session, play, memory, outlook);
  tally.changes += plan.changes;
  tally.depends += plan.depends;
  refuse(session, input, plan);
  tally.differences += await tellDifferences(session, play, index, plan);
  if (input.mode === 'check') return false;
  refuseDifferent(tally);
  session.detached.begin(plan.steps);
  return true;
}

/** A way that may be cut needs somebody on the host who mends it. */
function refuseUnguarded({ allowCutoff }: Session, { name, guardSeconds, rollback }: Play): void {
  if (!allowCutoff || (guardSeconds !== undefined && rollback !== 'never')) return;
  const without = guardSeconds === undefined ? 'guard: off' : 'rollback: never';
  throw new Stop(
    `--allow-cutoff needs guards, and the play "${name}" says "${without}". Nothing has been touched`,
    true,
  );
}

/** All connections at once, those that are only delegated to as well: nothing is touched unless every host answers. */
export async function openAll(session: Session, play: Play): Promise<readonly string[]> {
  const delegated = play.tasks.flatMap((task) => delegates(task, play));
  const hosts = [...new Set([...play.hosts, ...delegated, ...play.locks.map(({ on }) => on)])];
  const failures = await settle(hosts.map((host) => session.open(host)));
  if (failures.length > 0) throw new Stop(failures.map(withHint).join('\n'), true);
  return hosts;
}

/** Nobody else plays on these machines meanwhile. */
export async function lock(play: Play, machines: readonly string[], locks: Locks): Promise<void> {
  const refused = await locks.take([...machines.map((on) => ({ on, name: '' })), ...play.locks]);
  if (refused === undefined) return;
  throw new Stop(
    `${refused}. This run has touched nothing. Wait; or, if that run is dead, \`runbook unlock RUN\``,
    true,
  );
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

/** What the run is held to is no longer so: told already, one by one. */
export function refuseDifferent({ differences }: Tally): void {
  if (differences === 0) return;
  const many = `${differences} difference${differences === 1 ? '' : 's'}`;
  throw new Stop(`the plan no longer fits: ${many}, each told above`, true);
}

/** Over new connections: a host that can no longer be reached is a failure, whatever its state. */
async function verify(session: Session, play: Play, memory: Memory, because: string): Promise<void> {
  stopIfTold(session);
  const gone = await settle(session.contacted.map((host) => session.reopen(host)));
  if (gone.length > 0) throw new Stop(`no new connection after the change: ${gone.map(reason).join('; ')}`);
  const restarted = session.contacted.filter((host) => session.hasRestarted(host));
  if (restarted.length > 0) throw new Stop(`restarted while the change was made: ${restarted.join(', ')}`);
  const unmet = await askSection(session, play, memory, 'verify', { because });
  stopIfTold(session);
  if (unmet.length > 0) throw new Stop(unmet.join('; '));
}
