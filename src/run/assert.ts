import { type Assertion, type Check, isAssertion, type Module, type Resource } from '../core/module.ts';
import { explain } from '../core/outcome.ts';
import type { Step, Task } from '../core/play.ts';
import { performAll } from './perform.ts';
import { asTask, failureText, readState, same, stateText } from './probe.ts';
import type { StepResult } from './result.ts';
import type { Session } from './session.ts';
import { stepRef } from './texts.ts';

/** A user's own command that only reads, as its task says: nothing but the command itself can tell anything. */
export function isQuestion({ onlyAsks, module }: Pick<Task, 'onlyAsks' | 'module'>, step: Step): boolean {
  return onlyAsks === true && hasNoState(module, step);
}

function hasNoState(module: Module, step: Step): boolean {
  return module.kind === 'resource' && module.probe(step.args) === null;
}

/** Asks once whether a step holds; changes nothing. A resource is asked whether it is as wanted already. */
export async function assertStep(session: Session, task: Task, step: Step): Promise<StepResult> {
  const { module } = task;
  if (module.kind === 'resource' && isQuestion(task, step)) return question(session, task, step, module);
  if (isAssertion(module)) return asserted(module, step);
  return module.kind === 'check' ? ask(session, task, step, module) : compare(session, task, step, module);
}

/** What its conditions come to is known with the step itself. */
function asserted(assertion: Assertion, step: Step): StepResult {
  const { ok, because } = assertion.judge(step.asserted ?? { conditions: 0 }, step.args);
  return { status: ok ? 'ok' : 'unmet', because };
}

async function ask(session: Session, task: Task, step: Step, check: Check): Promise<StepResult> {
  try {
    const outcome = await session.perform('check', stepRef(task, step), asTask(check.probe(step.args), task, step));
    if (outcome.cut !== undefined)
      return { status: outcome.cut === 'lost' ? 'lost' : 'unmet', because: explain(outcome), outcome };
    const verdict = check.judge(outcome, step.args);
    return { status: verdict.ok ? 'ok' : 'unmet', because: verdict.because, outcome };
  } catch (thrown) {
    return { status: 'failed', because: failureText(thrown) };
  }
}

/** Its exit code says whether it holds, unless `failed_when` does. */
async function question(session: Session, task: Task, step: Step, resource: Resource): Promise<StepResult> {
  try {
    const key = resource.key(step.args);
    const outcome = await performAll(
      session,
      task,
      step,
      resource.move(null, resource.want(step.args, null), step.args),
      'check',
    );
    if (outcome?.cut === 'lost') return { status: 'lost', key, because: explain(outcome), outcome };
    const decides = task.failedWhen === undefined || outcome?.cut !== undefined;
    if (outcome === undefined || outcome.exit === 0 || !decides)
      return { status: 'ok', key, ...(outcome && { outcome }) };
    const asserts = task.section === 'require' || task.section === 'verify';
    return { status: asserts ? 'unmet' : 'failed', key, because: explain(outcome), outcome };
  } catch (thrown) {
    return { status: 'failed', because: failureText(thrown) };
  }
}

async function compare(session: Session, task: Task, step: Step, resource: Resource): Promise<StepResult> {
  try {
    const key = resource.key(step.args);
    const reading = await readState(session, task, step, resource);
    if (reading === undefined)
      return { status: 'failed', key, because: `${resource.name} has no state that can be read` };
    if ('because' in reading)
      return { status: reading.lost ? 'lost' : 'failed', key, because: reading.because, outcome: reading.outcome };
    const { state, outcome } = reading;
    const wanted = resource.want(step.args, state);
    if (same(resource, state, wanted, step)) return { status: 'ok', key, before: state, after: state, outcome };
    const because = `expected ${stateText(wanted)}, found ${stateText(state)}`;
    return { status: 'unmet', key, because, before: state, after: wanted, outcome };
  } catch (thrown) {
    return { status: 'failed', because: failureText(thrown) };
  }
}
