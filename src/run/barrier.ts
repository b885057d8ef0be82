import pLimit from 'p-limit';
import type { Phase, StepStatus } from '../core/event.ts';
import type { Json } from '../core/json.ts';
import type { Registered, Resolution, Step, Task } from '../core/play.ts';
import { failureText } from './probe.ts';
import { combinedValue, isBad, type StepResult } from './result.ts';
import type { Session } from './session.ts';
import { stepRef } from './texts.ts';

/** What tasks have registered so far, for each host. */
export class Memory {
  readonly #values = new Map<string, Record<string, Json>>();

  get values(): Registered {
    return this.#values;
  }

  copy(): Memory {
    const copy = new Memory();
    for (const [host, values] of this.#values) copy.#values.set(host, values);
    return copy;
  }

  remember(hosts: readonly string[], name: string, value: Json): void {
    for (const host of hosts) this.#values.set(host, { ...this.#values.get(host), [name]: value });
  }

  /** Of tasks that not every host comes to: until then, and where it never does, they count as skipped. */
  expect(tasks: readonly Task[], hosts: readonly string[]): void {
    for (const { register, within, handler } of tasks) {
      if (register === undefined || (within === undefined && handler === undefined)) continue;
      const without = hosts.filter((host) => this.#values.get(host)?.[register] === undefined);
      this.remember(without, register, combinedValue([{ status: 'skipped' }], false));
    }
  }
}

/** A host that did not do well. */
export interface Bad {
  readonly host: string;
  /** It went away, rather than failed. */
  readonly lost: boolean;
  readonly status: StepStatus;
  /** Host, task and why, in a line. */
  readonly line: string;
}

/** The result of a task over its hosts. */
export interface TaskResult {
  /** One for each step that did not do well. */
  readonly bad: readonly Bad[];
  readonly changed: boolean;
  /** What came of each step, host by host. */
  readonly steps: readonly StepEnd[];
}

export interface StepEnd {
  readonly step: Step;
  readonly result: StepResult;
}

export type RunStep = (step: Step) => Promise<StepResult>;

/**
 * One task over all its hosts, at most `forks` at a time; resolves when every host is through: the barrier.
 * `attempt` does one step once; retries, events and registering are the same for every phase.
 */
export async function overHosts(
  session: Session,
  memory: Memory,
  phase: Phase,
  task: Task,
  hosts: readonly string[],
  attempt: RunStep,
  options: { readonly once?: boolean } = {},
): Promise<TaskResult> {
  const chosen = task.runOnce ? hosts.slice(0, 1) : hosts;
  await session.emit({
    type: 'task_started',
    phase,
    task: task.id,
    name: task.name,
    module: task.module.name,
    hosts: chosen,
  });
  const limit = pLimit(session.forks);
  const onHost = (host: string) => onOneHost(session, memory, phase, task, host, attempt, options.once === true);
  const perHost = await allThrough(chosen.map((host) => limit(() => onHost(host))));
  await session.emit({ type: 'task_ended', phase, task: task.id });
  perHost.forEach(({ value }, i) => {
    if (task.register !== undefined)
      memory.remember(task.runOnce ? hosts : [chosen[i] as string], task.register, value);
  });
  const steps = perHost.flatMap((host) => host.steps);
  return {
    bad: perHost.flatMap((host) => host.bad),
    changed: steps.some(({ result }) => result.status === 'changed'),
    steps,
  };
}

/** Waits for every host, also when one throws: nothing may still be under way when an undo begins. */
export async function allThrough<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

interface HostResult {
  readonly steps: readonly StepEnd[];
  readonly value: Json;
  readonly bad: readonly Bad[];
}

async function onOneHost(
  session: Session,
  memory: Memory,
  phase: Phase,
  task: Task,
  host: string,
  attempt: RunStep,
  once: boolean,
): Promise<HostResult> {
  const resolution = resolved(task, host, memory.values);
  if (!('steps' in resolution)) {
    const result: StepResult =
      'skip' in resolution ? { status: 'skipped', because: resolution.skip } : resolution.failed;
    const step = { host, on: host, args: {} };
    await ended(session, phase, task, step, result, 0);
    return finished(task, host, [{ step, result }], false);
  }
  const steps: StepEnd[] = [];
  for (const step of resolution.steps) {
    if (session.interrupt.aborted && phase !== 'undo') break;
    const { result, tries } = await tryStep(session, memory, task, step, attempt, once);
    steps.push({ step, result });
    await ended(session, phase, task, step, result, tries);
    if (isBad(result) && !task.ignoreErrors && phase !== 'plan') break;
  }
  return finished(
    task,
    host,
    steps,
    resolution.steps.some(({ item }) => item !== undefined),
  );
}

function finished(task: Task, host: string, steps: readonly StepEnd[], looped: boolean): HostResult {
  const results = steps.map(({ result }) => result);
  const tolerated = (result: StepResult) => task.ignoreErrors && result.status !== 'lost';
  const bad = results.filter((result) => isBad(result) && !tolerated(result));
  return {
    steps,
    value: combinedValue(results, looped),
    bad: bad.map(({ status, because }) => ({
      host,
      lost: status === 'lost',
      status,
      line: `${host}: ${task.name}: ${because ?? status}`,
    })),
  };
}

function resolved(task: Task, host: string, registered: Registered): Resolution | { readonly failed: StepResult } {
  try {
    return task.resolve(host, registered);
  } catch (thrown) {
    return { failed: { status: 'failed', because: failureText(thrown) } };
  }
}

/** Tries until it is good, or `until` says so, at most 1 + `retries` times. A lost host is not asked again. */
async function tryStep(
  session: Session,
  memory: Memory,
  task: Task,
  step: Step,
  attempt: RunStep,
  once: boolean,
): Promise<{ result: StepResult; tries: number }> {
  for (let tries = 1; ; tries += 1) {
    const result = await attempt(step);
    const verdict = judged(task, step, memory, result);
    const more = !once && tries <= task.retries && result.status !== 'lost' && !session.interrupt.aborted;
    if (verdict.good || !more) return { result: verdict.result, tries };
    await session.clock.sleep(task.delayMs, session.interrupt);
  }
}

function judged(task: Task, step: Step, memory: Memory, result: StepResult): { good: boolean; result: StepResult } {
  if (task.until === undefined || result.status === 'lost') return { good: !isBad(result), result };
  try {
    if (task.until(step.host, memory.values, combinedValue([result], false))) return { good: true, result };
    return {
      good: false,
      result: {
        ...result,
        status: 'failed',
        because: `"until" does not hold${result.because === undefined ? '' : `; ${result.because}`}`,
      },
    };
  } catch (thrown) {
    return { good: true, result: { ...result, status: 'failed', because: failureText(thrown) } };
  }
}

async function ended(
  session: Session,
  phase: Phase,
  task: Task,
  step: Step,
  result: StepResult,
  tries: number,
): Promise<void> {
  const { outcome: _, earlier: _earlier, ...told } = result;
  await session.emit({ type: 'step_ended', phase, module: task.module.name, ...stepRef(task, step), ...told, tries });
}
