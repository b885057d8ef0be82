import { type Failure, reason } from '../core/failure.ts';
import type { Play, Task } from '../core/play.ts';
import { machinesAhead } from './ahead.ts';
import { allThrough, type Bad, Memory } from './barrier.ts';
import { batchesOf } from './batches.ts';
import { tellDifferences } from './differences.ts';
import { allowsAny, dropOut, dropOutAll, leaveOut } from './drop-out.ts';
import type { Locks } from './lock/locks.ts';
import { type Outlook, type PlanSummary, planPlay } from './plan.ts';
import type { RunContext, RunCounts } from './run-context.ts';
import type { RunInput } from './run-input.ts';
import { applySection } from './section.ts';
import type { Session } from './session.ts';
import { Rejected, Stop, settle, stopIfTold } from './stop.ts';
import { askSection, type Unmet } from './verify.ts';

/** A play in its place in the run. */
interface PlacedPlay {
  readonly play: Play;
  readonly index: number;
  /** Batches of the plays before it. */
  readonly before: number;
  /** What the plan of the plays before it would have changed. */
  readonly outlook: Outlook;
}

/** A play batch by batch; without `serial` there is one. All hosts are connected to before the first begins. */
export async function onePlay(context: RunContext, placed: PlacedPlay): Promise<void> {
  const { session, input } = context;
  const { play } = placed;
  const batches = batchesOf(play);
  let machines: readonly string[] = [];
  for (const [i, hosts] of batches.entries()) {
    const batch = batches.length === 1 ? undefined : { number: i + 1, of: batches.length };
    await session.emit({ type: 'play_started', name: play.name, hosts, ...(batch === undefined ? {} : { batch }) });
    session.beginBatch(batch?.number);
    if (i === 0) {
      refuseUnguarded(session, play);
      machines = await openAll(session, input, play);
    }
    const left = session.roster.left(hosts);
    const batchPlay = { ...placed, play: { ...play, hosts: left }, before: placed.before + i };
    if (left.length > 0) await oneBatch(context, batchPlay, machines);
  }
}

/** Probe, plan, apply, verify, clean up: the procedure, as a person would do it. */
async function oneBatch(context: RunContext, placed: PlacedPlay, machines: readonly string[]): Promise<void> {
  const { session, input, memory } = context;
  const { play, before } = placed;
  if (input.mode === 'audit') return audit(context, play);
  const reached = input.resume?.plays[before];
  if (reached === 'passed') return;
  if (reached === undefined && !(await isToApply(context, placed, machines))) return;
  if (reached === 'begun') await session.ways.begin(play, memory.values);
  session.guardFor(play.rollback === 'never' ? undefined : play.guardSeconds);
  await applySection(context, play, 'tasks');
  await verify(context, play, 'after the change');
  const out = session.roster.out.length;
  const cleaned = await applySection(context, play, 'cleanup');
  if (cleaned || session.roster.out.length > out) await verify(context, play, 'after the cleanup');
}

/** What comes before the first change of a play. False: nothing is to be done. */
async function isToApply(
  context: RunContext,
  { play: whole, index, outlook }: PlacedPlay,
  machines: readonly string[],
): Promise<boolean> {
  const { session, input, counts, memory, locks } = context;
  const settled = outlook.touched.length === 0;
  let play = whole;
  if (settled && play.skipIfVerified && (await holdsAlready(session, play))) return false;
  if (input.mode === 'play') await lock(play, machines, locks);
  await require(context, play);
  play = { ...play, hosts: session.roster.left(play.hosts) };
  await session.ways.begin(play, memory.values);
  const plan = await planPlay(session, play, memory, outlook);
  stopIfTold(session);
  await passLost(context, play, plan.bad, 'the plan is not complete');
  counts.changes += plan.changes;
  counts.depends += plan.depends;
  refuse(input, plan);
  play = { ...play, hosts: session.roster.left(play.hosts) };
  const steps = plan.steps.filter(({ step }) => !session.roster.isOut(step.host));
  counts.differences += await tellDifferences(session, play, index, steps);
  if (input.mode === 'check') return false;
  refuseDifferent(counts);
  await lock(play, [...new Set(steps.map(({ step }) => step.on))], locks); // some are known only by the plan
  session.detached.begin(steps);
  return true;
}

/** A way that may be cut needs somebody on the host who mends it. */
function refuseUnguarded({ allowCutoff }: Session, { name, guardSeconds, rollback }: Play): void {
  if (!allowCutoff || (guardSeconds !== undefined && rollback !== 'never')) return;
  const without = guardSeconds === undefined ? 'guard: off' : 'rollback: never';
  throw new Rejected(`--allow-cutoff needs guards, and the play "${name}" says "${without}". Nothing has been touched`);
}

/** All connections at once, those that are only delegated to as well: nothing is touched unless every host answers. */
export async function openAll(session: Session, input: RunInput, play: Play): Promise<readonly string[]> {
  const batches = batchesOf(play);
  session.roster.begin(play, batches);
  const delegated = batches.flatMap((hosts) => play.tasks.flatMap((task) => delegates(task, hosts)));
  const all = new Set([...play.hosts, ...delegated, ...play.locks.map(({ on }) => on)]);
  const hosts = session.roster.left([...all]);
  const missing = new Map<string, Failure>();
  await allThrough(
    hosts.map(async (host) => {
      const [failure] = await settle([session.open(host)]);
      if (failure !== undefined) missing.set(host, failure);
    }),
  );
  const inOrder = hosts.flatMap((host) => [...missing].filter(([name]) => name === host));
  if (inOrder.length > 0) await leaveOut(session, input, play, new Map(inOrder));
  return session.roster.left(hosts);
}

/** Nobody else plays on these machines meanwhile. */
export async function lock(play: Play, machines: readonly string[], locks: Locks): Promise<void> {
  const refused = await locks.take([...machines.map((on) => ({ on, name: '' })), ...play.locks]);
  if (refused === undefined) return;
  // A play before it may have changed something: what became of that is told by the ending.
  throw new Rejected(`${refused}. Wait; or, if that run is dead, \`runbook unlock RUN\``);
}

function delegates(task: Task, hosts: readonly string[]): readonly string[] {
  return (task.runOnce ? hosts.slice(0, 1) : hosts).flatMap((host) => machinesAhead(task, host));
}

async function audit({ session, counts }: RunContext, play: Play): Promise<void> {
  if (!asksAnything(play))
    throw new Rejected(
      `the play "${play.name}" has nothing under "verify" to ask. Write there what is to hold, or leave the play out`,
    );
  const unmet = await askSection(session, play, new Memory(), 'verify');
  stopIfTold(session);
  counts.drift = [...counts.drift, ...unmet.map(({ line }) => line)];
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

async function require(context: RunContext, play: Play): Promise<void> {
  const { session, memory } = context;
  const unmet = await askSection(session, play, memory, 'require');
  stopIfTold(session);
  await passLost(context, play, unmet, 'what the play requires does not hold');
}

/** Before anything is touched hosts may only get lost; whatever else is bad refuses the play. */
async function passLost({ session, input }: RunContext, play: Play, bad: readonly Unmet[], otherwise: string) {
  const isLost = bad.every(({ lost, host }) => lost && session.isLost(host));
  const because = [...new Set(bad.map(({ line }) => line))].join('; ');
  const tasks = bad.map(({ task }) => task);
  if (bad.length > 0 && !(isLost && allowsAny(play, tasks))) throw new Rejected(`${otherwise}: ${because}`);
  await dropOutAll(session, input, play, bad);
}

function refuse(input: RunInput, plan: PlanSummary): void {
  if (input.requireReversible && plan.irreversible.length > 0)
    throw new Rejected(
      `not reversible: ${plan.irreversible.join('; ')}. Give what has none an "undo", or play without --require-reversible`,
    );
}

/** What the run is held to is no longer so: told already, one by one. */
export function refuseDifferent({ differences }: RunCounts): void {
  if (differences === 0) return;
  const many = `${differences} difference${differences === 1 ? '' : 's'}`;
  throw new Rejected(
    `the plan no longer fits: ${many}, each told above. Look at them, and make the plan anew with \`runbook plan\``,
  );
}

/** Over new connections: a host that can no longer be reached is a failure, whatever its state. */
async function verify(context: RunContext, play: Play, because: string): Promise<void> {
  const { session, input, memory } = context;
  stopIfTold(session);
  await reopenAll(session, input, play);
  const restarted = session.contacted.filter((host) => session.hasRestarted(host));
  if (restarted.length > 0) throw new Stop(`restarted while the change was made: ${restarted.join(', ')}`);
  const left = { ...play, hosts: session.roster.left(play.hosts) };
  const unmet = await askSection(session, left, memory, 'verify', { because });
  stopIfTold(session);
  // What has been put back on those may show on the others.
  if (await dropOutAll(session, input, play, unmet)) return verify(context, play, 'on the hosts that are left');
}

async function reopenAll(session: Session, input: RunInput, play: Play): Promise<void> {
  const gone: Bad[] = [];
  await allThrough(
    session.contacted.map(async (host) => {
      const [failure] = await settle([session.reopen(host)]);
      if (failure !== undefined) gone.push({ host, status: 'lost', lost: true, line: reason(failure) });
    }),
  );
  if (gone.length === 0) return;
  const told = gone.map((one) => ({ ...one, line: `no new connection after the change: ${one.line}` }));
  await dropOut(session, input, play, { runOnce: false }, told.toSorted(byHost));
}

function byHost(a: Bad, b: Bad): number {
  return a.host < b.host ? -1 : 1;
}
