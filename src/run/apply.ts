import type { Json } from '../core/json.ts';
import type { Resource } from '../core/module.ts';
import { explain, type Outcome } from '../core/outcome.ts';
import type { Step, Task } from '../core/play.ts';
import { assertStep, isQuestion } from './assert.ts';
import type { Made, Making } from './detached.ts';
import { noteAndLay, unlaid } from './lay.ts';
import { performAll } from './perform.ts';
import { asTask, failureText, readState, same, stateText } from './probe.ts';
import type { StepResult } from './result.ts';
import type { Session } from './session.ts';
import { commandText } from './texts.ts';
import { refusedCut } from './ways.ts';
import { wouldBe } from './would.ts';

/** Does what a step of `tasks` or `cleanup` says: asks, notes a protected state, or brings a resource to what is wanted. */
export async function applyStep(session: Session, task: Task, step: Step): Promise<StepResult> {
  if (task.module.kind === 'check') return assertStep(session, task, step);
  try {
    if (task.checkMode === true) return await wouldChange(session, task, step, task.module);
    if (isQuestion(task, step)) return await assertStep(session, task, step);
    return task.protect
      ? await protect(session, task, step, task.module)
      : await change(session, task, step, task.module);
  } catch (thrown) {
    return { status: 'failed', because: failureText(thrown) };
  }
}

/** `check_mode: true`. */
async function wouldChange(session: Session, task: Task, step: Step, resource: Resource): Promise<StepResult> {
  const key = resource.key(step.args);
  const reading = await readState(session, task, step, resource);
  if (reading !== undefined && 'because' in reading) return unread(key, reading);
  return wouldBe(resource, step, key, reading);
}

async function protect(session: Session, task: Task, step: Step, resource: Resource): Promise<StepResult> {
  const key = resource.key(step.args);
  const reading = await readState(session, task, step, resource);
  if (reading === undefined)
    return { status: 'failed', key, because: `${resource.name} has no state that can be read` };
  if ('because' in reading) return unread(key, reading);
  const cut = await cutNow(session, task, step, resource, reading.state, reading.state);
  if (cut !== undefined && !session.allowCutoff) return { key, before: reading.state, ...refusedCut(cut) };
  const laid = await noteAndLay(session, task, step, resource, { key, before: reading.state, after: reading.state });
  if ('because' in laid) return unlaid(key, laid);
  return { status: 'protected', key, before: reading.state, after: reading.state, outcome: reading.outcome };
}

/** Reads again right before the change: what the plan read may be minutes old. */
async function change(session: Session, task: Task, step: Step, resource: Resource): Promise<StepResult> {
  const made = session.detached.take(task, step);
  if (made !== undefined) return judgeMade(session, made);
  const key = resource.key(step.args);
  const reading = await readState(session, task, step, resource);
  if (reading !== undefined && 'because' in reading) return unread(key, reading);
  const before = reading?.state ?? null;
  const wanted = resource.want(step.args, before);
  const asWanted = reading !== undefined && same(resource, before, wanted, step);
  const commands = asWanted ? [] : resource.move(before, wanted, step.args);
  const told = commands.map((command) => commandText(asTask(command, task, step)));
  const breach = session.contract?.breach(task, step, { before, commands: told });
  if (breach !== undefined) return { status: 'failed', key, before, because: `not as planned: ${breach}` };
  if (asWanted) return { status: 'ok', key, before, after: before, outcome: reading.outcome };
  const cut = await cutNow(session, task, step, resource, before, wanted);
  if (cut !== undefined && !session.allowCutoff) return { key, before, ...refusedCut(cut) };
  const laid = await noteAndLay(session, task, step, resource, { key, before, after: wanted });
  if ('because' in laid) return unlaid(key, laid);
  const { fence } = laid;
  if (cut !== undefined) return detach(session, { task, step, resource, key, before, wanted, commands }, fence);
  const fenced = fence === undefined ? commands : commands.map((command) => ({ ...command, onlyWhile: fence }));
  const last = await performAll(session, task, step, fenced);
  return judgeMove(session, task, step, resource, { key, before, wanted, last });
}

/** Right before the change: the way may have been turned since the plan. */
async function cutNow(session: Session, task: Task, step: Step, resource: Resource, from: Json, to: Json) {
  session.ways.forget(step.on);
  return session.ways.cutBy(task, step, resource, from, to);
}

/** The way may go with this very change: the host makes it by itself, and what came of it is looked at when contact is back. */
async function detach(session: Session, making: Making, fence: string | undefined): Promise<StepResult> {
  const { task, step, key, before } = making;
  if (fence === undefined)
    return {
      status: 'failed',
      key,
      before,
      because: 'its host has nothing that could put it back, should the way be cut',
    };
  const problem = await session.detached.make(making, fence);
  if (problem !== undefined) return problem;
  const made = session.detached.take(task, step);
  return made === undefined
    ? { status: 'failed', key, because: 'what came of it is not known' }
    : judgeMade(session, made);
}

function judgeMade(session: Session, made: Made): Promise<StepResult> | StepResult {
  const { task, step, resource, key, before, wanted, last } = made;
  const isDone = last === undefined || last.exit === 0;
  if (made.overtaken && isDone)
    return { status: 'changed', key, before, after: wanted, ...(last && { outcome: last }) };
  return judgeMove(session, task, step, resource, { key, before, wanted, last });
}

interface Moved {
  readonly key: string;
  readonly before: Json;
  readonly wanted: Json;
  readonly last: Outcome | undefined;
}

/** State decides, not exit codes: a move that reported an error and reached its aim is done, and the reverse is not. */
async function judgeMove(
  session: Session,
  task: Task,
  step: Step,
  resource: Resource,
  moved: Moved,
): Promise<StepResult> {
  const { key, before, wanted, last } = moved;
  const complaint = last === undefined || last.exit === 0 ? undefined : explain(last);
  const result = { key, before, ...(last === undefined ? {} : { outcome: last }) };
  if (last?.cut === 'lost') return { ...result, status: 'lost', because: explain(last) };
  const exitDecides = resource.exitDecides === true && (task.failedWhen === undefined || last?.cut !== undefined);
  if (complaint !== undefined && exitDecides) return { ...result, status: 'failed', because: complaint };
  const after = await readState(session, task, step, resource);
  if (after === undefined) {
    return complaint === undefined || resource.exitDecides === true
      ? { ...result, status: 'changed', after: wanted }
      : { ...result, status: 'failed', because: complaint };
  }
  if ('because' in after) {
    const because = complaint === undefined ? after.because : `${complaint}; reading it again: ${after.because}`;
    return { ...result, ...unread(key, after), because };
  }
  if (same(resource, after.state, wanted, step)) {
    return {
      ...result,
      status: 'changed',
      after: after.state,
      ...(complaint === undefined ? {} : { because: `as wanted, although: ${complaint}` }),
    };
  }
  const found = `expected ${stateText(wanted)}, found ${stateText(after.state)}`;
  return {
    ...result,
    status: 'failed',
    after: after.state,
    because: complaint === undefined ? found : `${complaint}; ${found}`,
  };
}

function unread(
  key: string,
  reading: { readonly because: string; readonly lost: boolean; readonly outcome: Outcome },
): StepResult {
  return { status: reading.lost ? 'lost' : 'failed', key, because: reading.because, outcome: reading.outcome };
}
