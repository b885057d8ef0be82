import type { Check, Resource } from '../core/module.ts';
import { explain } from '../core/outcome.ts';
import type { Step, Task } from '../core/play.ts';
import { asTask, failureText, readState, same, stateText } from './probe.ts';
import type { StepResult } from './result.ts';
import type { Session } from './session.ts';
import { stepRef } from './texts.ts';

/** Asks once whether a step holds; changes nothing. A resource is asked whether it is as wanted already. */
export async function assertStep(session: Session, task: Task, step: Step): Promise<StepResult> {
  const { module } = task;
  return module.kind === 'check' ? ask(session, task, step, module) : compare(session, task, step, module);
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
