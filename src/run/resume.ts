import type { Earlier, EarlierStep } from '../core/earlier.ts';
import type { StepRef, UndoEntry } from '../core/event.ts';
import { maskText } from '../core/mask.ts';
import type { Play, Step, Task } from '../core/play.ts';
import { applyStep } from './apply.ts';
import { allThrough } from './barrier.ts';
import { postsOf } from './guard/posts.ts';
import { asStep, type ModuleNamed, machinesOf, notRecorded, refOf, resourceOf, whatOf } from './noted.ts';
import { readState, same, stateText } from './probe.ts';
import type { StepResult } from './result.ts';
import type { Session } from './session.ts';
import { Rejected, Stop, settle, stopIfTold, withHint } from './stop.ts';

/**
 * Goes on from where a run was when its controller died: only if every host is as that run left it. Then its notes, and with them
 * its guards, are this run's. Throws Stop, with every difference; nothing has been changed then.
 */
export async function takeOver(
  session: Session,
  earlier: Earlier,
  plays: readonly Play[],
  moduleNamed: ModuleNamed,
): Promise<void> {
  const run = earlier.runs.at(-1) ?? '';
  await session.emit({ type: 'phase_started', phase: 'require', because: `is everything as the run ${run} left it?` });
  const machines = [...new Set(earlier.notes.map(({ on }) => on))].toSorted();
  const unreachable = await settle(machines.map((on) => session.open(on)));
  if (unreachable.length > 0) refuse(run, unreachable.map(withHint));
  const restarted = await restartedOf(session, earlier.notes);
  if (restarted.length > 0) refuse(run, restarted);
  const guards = await session.guards.standing(postsOf(earlier.notes), postsOf(endedNotes(earlier)));
  if (guards.length > 0) refuse(run, guards);
  const open = earlier.notes.filter((entry) => endOf(earlier.steps, entry.task, entry) === undefined);
  const strays = await session.strays.look(machinesOf(open), open);
  if (strays.length > 0) refuse(run, strays);
  const moved = await allThrough(
    lastOf(earlier, moduleNamed).map((entry) => difference(session, entry, earlier, plays, moduleNamed)),
  );
  stopIfTold(session);
  const differences = moved.filter((line) => line !== undefined);
  if (differences.length > 0) refuse(run, differences);
  for (const entry of earlier.notes) await session.renote(entry);
}

function refuse(run: string, because: readonly string[]): never {
  const what = because.join('; ');
  throw new Rejected(
    `not everything is as the run ${run} left it: ${what}. This run has touched nothing. \`runbook rollback ${run}\` puts back what is left and proves it; then play again`,
  );
}

async function restartedOf(session: Session, notes: readonly UndoEntry[]): Promise<readonly string[]> {
  const first = new Map<string, string>();
  for (const { on, bootId } of notes) if (!first.has(on)) first.set(on, bootId);
  const lines = [...first].map(async ([on, bootId]) =>
    (await session.open(on)).bootId === bootId ? [] : [`${on} has restarted since`],
  );
  return (await allThrough(lines)).flat();
}

/** The last note of each thing. Left out: what cannot be read, what was under way, and what a later change may have changed too. */
function lastOf(earlier: Earlier, moduleNamed: ModuleNamed): readonly UndoEntry[] {
  const last = new Map<string, UndoEntry>();
  for (const entry of earlier.notes.filter(({ protect }) => !protect)) {
    const owned = entry.secret === true ? undefined : resourceOf(entry, moduleNamed).owns?.(entry.args);
    const thing = owned ?? whatOf(entry);
    last.set(`${entry.on}|${thing}`, entry);
  }
  const disturbed = (entry: UndoEntry) =>
    earlier.notes.some(
      (later) =>
        later.entry > entry.entry &&
        later.on === entry.on &&
        !later.protect &&
        (resourceOf(later, moduleNamed).affects?.(later.args) ?? []).some((prefix) =>
          `${entry.module}:${entry.key}`.startsWith(prefix),
        ),
    );
  return [...last.values()].filter((entry) => !disturbed(entry));
}

/** Undefined: as the run left it. A step that was under way is decided by what is found, unless nothing can be. */
async function difference(
  session: Session,
  entry: UndoEntry,
  earlier: Earlier,
  plays: readonly Play[],
  moduleNamed: ModuleNamed,
): Promise<string | undefined> {
  const resource = resourceOf(entry, moduleNamed);
  const { task, step } = asStep(entry, resource);
  const isDone = endOf(earlier.steps, entry.task, entry) !== undefined;
  const own = plays.flatMap(({ tasks }) => tasks).find(({ id }) => id === entry.task);
  const failed = own === undefined ? undefined : finalFailure(earlier, own, entry);
  const underWay = !isDone && (failed === undefined || failed.status === 'lost');
  const where = `${entry.on}: ${whatOf(entry)}`;
  if (entry.secret === true) return `${where}: ${notRecorded}`;
  const reading = await readState(session, task, step, resource);
  if (reading === undefined)
    return underWay ? `${where} was under way, and nothing tells whether it was done` : undefined;
  const is = 'state' in reading && (!isDone || same(resource, entry.after, reading.state, step));
  const found = 'state' in reading ? stateText(reading.state) : reading.because;
  const line = is ? undefined : `${where}: left as ${stateText(entry.after)}, found ${found}`;
  await session.emit({
    type: 'step_ended',
    phase: 'require',
    status: is ? 'ok' : 'unmet',
    module: entry.module,
    key: entry.key,
    ...refOf(entry),
    ...(line === undefined ? {} : { because: line }),
    tries: 1,
  });
  return line;
}

function endedNotes(earlier: Earlier): readonly UndoEntry[] {
  return earlier.notes.filter((entry) => endOf(earlier.steps, entry.task, entry) !== undefined);
}

/** `others`: hosts for which it is done as well, where it is done once. */
function endOf(
  steps: readonly EarlierStep[],
  task: string,
  { host, on, item }: Omit<StepRef, 'task'>,
  others: readonly string[] = [],
): EarlierStep | undefined {
  const own = steps.filter((step) => step.task === task && (step.item ?? '') === (item ?? ''));
  return own.find((step) => step.host === host && step.on === on) ?? own.find((step) => others.includes(step.host));
}

/** A failure from which the run went on, and which stays one: a rescue may have been begun, and what ignores errors may have been rested on. */
function finalFailure(
  { failed }: Earlier,
  { id, within, ignoreErrors }: Task,
  step: Omit<StepRef, 'task'>,
  others?: readonly string[],
): EarlierStep | undefined {
  const found = endOf(failed, id, step, others);
  return within !== undefined || (ignoreErrors && found?.status !== 'lost') ? found : undefined;
}

/**
 * Does a step that the earlier run has not done. What that one registered is known from its journal; so is a failure from which it went on, which is
 * not tried again. What is done once for a batch is done, whichever of its hosts did it. Throws Stop where the record lacks a secret that is needed.
 */
export async function goOn(
  session: Session,
  earlier: Earlier | undefined,
  task: Task,
  step: Step,
): Promise<StepResult> {
  if (earlier === undefined) return applyStep(session, task, step);
  const run = earlier.runs.at(-1) ?? '';
  const others = task.runOnce ? session.roster.batchOf(step.host) : [];
  const done = endOf(earlier.steps, task.id, step, others);
  const failed = done === undefined ? finalFailure(earlier, task, step, others) : undefined;
  if (task.register !== undefined && isMasked((done ?? failed)?.outcome ?? null))
    throw new Stop(`${step.host}: ${task.name}: what it registered held a secret, which the record does not`);
  if (done !== undefined) return asDone(done, run);
  if (failed !== undefined) return asFailed(failed, run);
  if (isMasked([step.args, step.env ?? {}]))
    throw new Stop(`${step.host}: ${task.name}: an argument holds a secret, which the record does not`);
  return applyStep(session, task, step);
}

function isMasked(told: unknown): boolean {
  return JSON.stringify(told).includes(maskText);
}

function asDone(done: EarlierStep, run: string): StepResult {
  const { key } = done;
  const status = done.status === 'skipped' ? 'skipped' : 'ok';
  return { status, because: `done by the run ${run}`, ...(key === undefined ? {} : { key }), earlier: done };
}

function asFailed(failed: EarlierStep, run: string): StepResult {
  const { key, status } = failed;
  const because = `${failed.because ?? status} (in the run ${run})`;
  return { status, because, ...(key === undefined ? {} : { key }), earlier: failed };
}
