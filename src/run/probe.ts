import { type Command, type Manner, mannerOf } from '../core/command.ts';
import { cut } from '../core/cut.ts';
import { Failure, reason } from '../core/failure.ts';
import { type Json, sameJson, stableJson } from '../core/json.ts';
import type { Resource } from '../core/module.ts';
import { explain, type Outcome } from '../core/outcome.ts';
import type { Step, Task } from '../core/play.ts';
import type { Session } from './session.ts';
import { stepRef } from './texts.ts';

/** What a probe found: a state, or why there is none. A lost host is told apart, because it can come back. */
export type Reading =
  | { readonly state: Json; readonly outcome: Outcome }
  | { readonly because: string; readonly lost: boolean; readonly outcome: Outcome };

/** The command as this task wants it run: its user, its environment and its time limit. */
export function asTask(command: Command, task: Pick<Task, 'timeoutMs' | 'secret'>, step: Manner): Command {
  return {
    ...inEnvironment(command, step),
    ...whoOf(step),
    ...(task.timeoutMs === undefined ? {} : { timeoutMs: task.timeoutMs }),
    ...(task.secret === true ? { secret: true } : {}),
  };
}

/** A command of the run's own, as the user of a step: none of the step's environment is meant for it. */
export function asUserOf(step: Manner, command: Command, { secret }: Pick<Task, 'secret'> = {}): Command {
  return asTask(command, secret === undefined ? {} : { secret }, whoOf(step));
}

function whoOf(step: Manner): Manner {
  const { env: _, ...who } = mannerOf(step);
  return who;
}

/** What a module sets for its own command, so that it can read the answer, stays. */
export function inEnvironment(command: Command, { env }: Manner): Command {
  return env === undefined ? command : { ...command, env: { ...env, ...command.env } };
}

/** Reads the state behind a step from its host. `undefined`: the module has no way to read it. */
export async function readState(
  session: Session,
  task: Task,
  step: Step,
  resource: Resource,
): Promise<Reading | undefined> {
  const probe = resource.probe(step.args);
  if (probe === null) return undefined;
  const outcome = await session.perform('probe', stepRef(task, step), asTask(probe, task, step));
  if (outcome.cut !== undefined) return { because: explain(outcome), lost: outcome.cut === 'lost', outcome };
  if (outcome.truncated) return { because: 'the answer is larger than the limit', lost: false, outcome };
  try {
    return { state: resource.read(outcome, step.args), outcome };
  } catch (thrown) {
    return { because: failureText(thrown), lost: false, outcome };
  }
}

/** The words of a module's or an expression's refusal. Anything but a Failure is our own fault and goes on up. */
export function failureText(thrown: unknown): string {
  if (!(thrown instanceof Failure)) throw thrown;
  return thrown.hint === undefined ? reason(thrown) : `${reason(thrown)}. ${thrown.hint}`;
}

export function same(resource: Resource, a: Json, b: Json, step: Step): boolean {
  return resource.same?.(a, b, step.args) ?? sameJson(a, b);
}

export function restored(resource: Resource, before: Json, now: Json, step: Step): boolean {
  return resource.restored?.(before, now, step.args) ?? same(resource, before, now, step);
}

/** A state in few words. */
export function stateText(state: Json): string {
  if (state === null) return 'absent';
  return cut(stableJson(state), 300);
}
