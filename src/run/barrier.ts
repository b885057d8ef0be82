import pLimit from 'p-limit';
import type { Phase, StepRef, StepStatus } from '../core/event.ts';
import type { Json } from '../core/json.ts';
import type { Registered, Resolution, Step, Task, Turn } from '../core/play.ts';
import { concealedResult } from './conceal.ts';
import { judged } from './judge.ts';
import { learnt } from './learnt.ts';
import { failureText } from './probe.ts';
import { combinedValue, isBad, registeredValue, type StepEnd, type StepResult } from './result.ts';
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
      this.remember(without, register, registeredValue({ status: 'skipped' }));
    }
  }
}

/** A host that did not do well. */
export interface Bad {
  readonly host: string;
  /** It went away, rather than failed. */
  readonly lost: boolean;
  readonly status: StepStatus;
  /** Absent: it was at none. */
  readonly step?: StepRef;
  /** Host, task and why, in a line. */
  readonly line: string;
}

/** The result of a task over its hosts. */
export interface TaskResult {
  /** One for each step that did not do well. */
  readonly bad: readonly Bad[];
  readonly changed: boolean;
  /** What came of each step, host by host, as it may be told. */
  readonly steps: readonly StepEnd[];
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
  const limit = pLimit(Math.min(session.forks, task.throttle ?? session.forks));
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
    changed: perHost.some(({ changed }) => changed),
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
  /** Something was changed, whatever `changed_when` says. */
  readonly changed: boolean;
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
    const { turns, known } = 'skip' in resolution ? resolution : {};
    const value = known ?? combinedValue([{ step, result }], false, turns);
    return { ...finished(task, host, [{ step, result }]), value };
  }
  const steps: StepEnd[] = [];
  const told: StepEnd[] = [];
  let changed = false;
  for (const step of resolution.steps) {
    if (session.interrupt.aborted && phase !== 'undo') break;
    const { result, tries, moved } = await tryStep(session, memory, task, step, attempt, once);
    if (task.secret === true && isHandedOn(task)) session.learnTexts(learnt(result));
    steps.push({ step, result });
    told.push({ step, result: task.secret === true ? concealedResult(result) : result });
    changed ||= moved;
    await ended(session, phase, task, step, told.at(-1)?.result ?? result, tries);
    if (isBad(result) && !task.ignoreErrors && phase !== 'plan') break;
  }
  const looped = resolution.steps.some(({ item }) => item !== undefined);
  return {
    ...finished(task, host, told),
    changed,
    value: combinedValue(steps, looped, turnsBefore(resolution.steps[steps.length], resolution.turns)),
  };
}

/** Of the turns of a loop those before the step that was not begun. */
function turnsBefore(next: Step | undefined, turns: readonly Turn[] | undefined): readonly Turn[] | undefined {
  return next === undefined
    ? turns
    : turns?.slice(
        0,
        turns.findIndex(({ loop }) => loop === next.loop),
      );
}

function finished(task: Task, host: string, steps: readonly StepEnd[]): Omit<HostResult, 'value'> {
  const tolerated = (result: StepResult) => task.ignoreErrors && result.status !== 'lost';
  const bad = steps.filter(({ result }) => isBad(result) && !tolerated(result));
  return {
    steps,
    changed: false,
    bad: bad.map(({ step, result: { status, because } }) => ({
      host,
      lost: status === 'lost',
      status,
      step: stepRef(task, step),
      line: `${host}: ${task.name}: ${because ?? status}`,
    })),
  };
}

function resolved(task: Task, host: string, registered: Registered): Resolution | { readonly failed: StepResult } {
  try {
    return task.resolve(host, registered);
  } catch (thrown) {
    const { file, line, column } = task.at;
    const because = failureText(thrown);
    const told = task.secret ? `${file}:${line}:${column}: an expression of this secret task cannot be used` : because;
    return { failed: { status: 'failed', because: told } };
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
): Promise<{ result: StepResult; tries: number; moved: boolean }> {
  let moved = false;
  for (let tries = 1; ; tries += 1) {
    const result = await attempt(step);
    moved ||= result.status === 'changed';
    const verdict = judged(task, step, memory.values, result);
    const more = !once && tries <= task.retries && result.status !== 'lost' && !session.interrupt.aborted;
    if (verdict.good || !more) return { result: verdict.result, tries, moved };
    await session.clock.sleep(task.delayMs, session.interrupt);
  }
}

/** Can an expression have its result? */
function isHandedOn({ register, within }: Task): boolean {
  return register !== undefined || within !== undefined;
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
