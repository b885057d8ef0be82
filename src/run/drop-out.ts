import type { PendingStep, StepRef, UndoEntry } from '../core/event.ts';
import type { Failure } from '../core/failure.ts';
import type { Play, Task } from '../core/play.ts';
import { resolvedAhead } from './ahead.ts';
import type { Bad } from './barrier.ts';
import { type ModuleNamed, resourceOf, whatOf } from './noted.ts';
import type { RunInput } from './run-input.ts';
import type { Session } from './session.ts';
import { Rejected, Stop, withHint } from './stop.ts';
import { undoHost } from './undo.ts';

type Input = Pick<RunInput, 'moduleNamed' | 'patience' | 'plays'>;

/**
 * Hosts that did not do well at a task drop out, where the play allows for it: what one that can be reached has been changed is undone, one
 * that is lost becomes pending. Throws Stop where the run has to turn around. True: some have.
 */
export async function dropOut(
  session: Session,
  input: Input,
  play: Play,
  task: Pick<Task, 'runOnce' | 'ignoreUnreachable'>,
  bad: readonly Bad[],
): Promise<boolean> {
  if (bad.length === 0) return false;
  const because = bad.map(({ line }) => line).join('; ');
  const hosts = [...new Set(bad.map(({ host }) => host))];
  if (task.runOnce) throw new Stop(because);
  const lost = hosts.filter((host) => session.isLost(host));
  if (play.ignoreUnreachable || task.ignoreUnreachable) for (const host of lost) session.roster.forgive(host);
  const against =
    session.roster.against(hosts) ??
    holdsForOthers(session, input.moduleNamed, lost) ??
    halfDone(session, input.moduleNamed, bad);
  if (against !== undefined) throw new Stop(allowsAny(play, [task]) ? `${because}; ${against}` : because);
  for (const host of hosts) {
    const why = bad.filter((one) => one.host === host).map(({ line }) => line.replace(`${host}: `, ''));
    await leave(session, input, host, why.join('; '));
  }
  return true;
}

/** Hosts that cannot be reached at the start of a play, by name. Where the play allows for it they are left out. Throws Stop. */
export async function leaveOut(
  session: Session,
  input: Input,
  play: Play,
  missing: ReadonlyMap<string, Failure>,
): Promise<void> {
  if (missing.size === 0) return;
  const hosts = [...missing.keys()];
  const because = [...missing.values()].map(withHint).join('\n');
  if (!allowsAny(play) || hosts.some((host) => !play.hosts.includes(host))) throw new Rejected(because);
  if (play.ignoreUnreachable) for (const host of hosts) session.roster.forgive(host);
  const against = session.roster.against(hosts) ?? holdsForOthers(session, input.moduleNamed, hosts);
  if (against !== undefined) throw new Rejected(`${because}\n${against}`);
  for (const [host, failure] of missing) await leave(session, input, host, failure.message.replace(`${host}: `, ''));
}

/** May a host drop out of the play, at one of these tasks? */
export function allowsAny(play: Play, tasks: readonly Pick<Task, 'ignoreUnreachable'>[] = []): boolean {
  const some = tasks.some(({ ignoreUnreachable }) => ignoreUnreachable === true);
  return some || play.maxFailPercentage !== undefined || play.ignoreUnreachable === true;
}

/** The same for several tasks: each says for itself what is let pass. Throws Stop. True: hosts have dropped out. */
export async function dropOutAll(
  session: Session,
  input: Input,
  play: Play,
  bad: readonly (Bad & { readonly task: Task })[],
): Promise<boolean> {
  const tasks = [...new Set(bad.map(({ task }) => task))];
  if (bad.length > 0 && !allowsAny(play, tasks)) throw new Stop([...new Set(bad.map(({ line }) => line))].join('; '));
  let dropped = false;
  for (const task of tasks) {
    const own = bad.filter((one) => one.task === task && !session.roster.isOut(one.host));
    dropped = (await dropOut(session, input, play, task, own)) || dropped;
  }
  return dropped;
}

/** What others rest on is not left on these hosts, whose guards go on and would put it back: which it is, in words. */
export function holdsForOthers(
  session: Session,
  moduleNamed: ModuleNamed,
  hosts: readonly string[],
): string | undefined {
  const held = session.notes.find((entry) => hosts.includes(entry.on) && !isOwn(entry, entry.on, moduleNamed));
  return held === undefined ? undefined : `${held.on} holds what other hosts rest on: ${whatOf(held)}`;
}

/** A step that went wrong after it was begun has left something, and it is nothing that its host's undo would look at: what, in words. */
function halfDone({ notes }: Session, moduleNamed: ModuleNamed, bad: readonly Bad[]): string | undefined {
  const left = notes.find(
    (entry) => !entry.protect && !isOwn(entry, entry.host, moduleNamed) && bad.some(({ step }) => isOf(entry, step)),
  );
  return left === undefined ? undefined : `what became of ${whatOf(left)} on ${left.on} is not known`;
}

function isOf(entry: UndoEntry, step: StepRef | undefined): boolean {
  return step?.task === entry.task && step.host === entry.host && step.on === entry.on && step.item === entry.item;
}

/** What was changed on a host for itself alone: what others share stays, although it was noted there. */
function isOwn(entry: UndoEntry, host: string, moduleNamed: ModuleNamed): boolean {
  return entry.on === host && entry.host === host && resourceOf(entry, moduleNamed).shared !== true;
}

/** Is anything that the run has changed left, or may it be? What hosts that dropped out had for themselves is put back, save on pending ones. */
export function isAnythingLeft({ notes, roster }: Session, moduleNamed: ModuleNamed): boolean {
  const isBack = (entry: UndoEntry) =>
    roster.isOut(entry.on) && !roster.isPending(entry.on) && isOwn(entry, entry.on, moduleNamed);
  return notes.some((entry) => !entry.protect && !isBack(entry));
}

async function leave(session: Session, input: Input, host: string, because: string): Promise<void> {
  const own = session.notes.filter((entry) => isOwn(entry, host, input.moduleNamed));
  const touched = own.some(({ protect }) => !protect);
  const doubts = session.isLost(host) ? [] : await undoHost(session, input, host, own);
  const pending = session.isLost(host) || doubts.length > 0;
  // Its guard stays, for what could not be put back.
  const against = pending ? holdsForOthers(session, input.moduleNamed, [host]) : undefined;
  if (against !== undefined) throw new Stop(`${host}: ${because}; its own undo is in doubt, and ${against}`);
  session.roster.add({ host, because, pending, touched, doubts });
  if (pending) await session.emit({ type: 'host_pending', host, because, steps: stepsFor(input.plays, host) });
  else await session.emit({ type: 'host_dropped', host, because });
}

/** All that the run does on it: what was done there is put back. What is done once has been done for it, or will be. */
function stepsFor(plays: readonly Play[], host: string): readonly PendingStep[] {
  return plays
    .filter(({ hosts }) => hosts.includes(host))
    .flatMap(({ tasks }) => tasks)
    .filter((task) => (task.section === 'tasks' || task.section === 'cleanup') && !task.runOnce && concerns(task, host))
    .map(({ id, name, module }) => ({ task: id, name, module: module.name }));
}

/** What rests on a result may. */
function concerns(task: Task, host: string): boolean {
  const resolution = resolvedAhead(task, host);
  return resolution === undefined || 'steps' in resolution;
}
