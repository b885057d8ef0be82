import type { Json } from '../core/json.ts';
import type { Resource } from '../core/module.ts';
import type { Play, Step, Task } from '../core/play.ts';
import { assertStep } from './assert.ts';
import { type Memory, overHosts } from './barrier.ts';
import { failureText, readState, same } from './probe.ts';
import type { StepResult } from './result.ts';
import type { Session } from './session.ts';
import { commandText, stepRef } from './texts.ts';

export interface PlanSummary {
  readonly changes: number;
  readonly depends: number;
  /** Steps that could not be read: the plan is not complete. */
  readonly bad: readonly string[];
  /** Changes that cannot be undone, with why. */
  readonly irreversible: readonly string[];
}

/** A planned change: what it will alter for later steps, and how it is named to the user. */
interface Touch {
  readonly on: string;
  readonly prefix: string;
  readonly by: string;
}

/**
 * Reads every state and says what would be done, changing nothing. States are chained by resource: a stop, then a start of
 * one program are both known. What rests on a change that has not been made is `depends`, never a guess.
 */
export async function planPlay(session: Session, play: Play, memory: Memory): Promise<PlanSummary> {
  await session.emit({ type: 'phase_started', phase: 'plan' });
  const plan = new Planner(session, memory.copy());
  for (const section of ['tasks', 'cleanup'] as const) {
    for (const task of play.tasks.filter((task) => task.section === section)) await plan.task(task, play.hosts);
  }
  return plan.summary;
}

class Planner {
  readonly #session: Session;
  readonly #memory: Memory;
  readonly #projected = new Map<string, Json>();
  readonly #touched: Touch[] = [];
  readonly #unknownNames = new Map<string, string>();
  #changes = 0;
  #depends = 0;
  readonly #bad: string[] = [];
  readonly #irreversible: string[] = [];

  constructor(session: Session, memory: Memory) {
    this.#session = session;
    this.#memory = memory;
  }

  get summary(): PlanSummary {
    return { changes: this.#changes, depends: this.#depends, bad: this.#bad, irreversible: this.#irreversible };
  }

  async task(task: Task, hosts: readonly string[]): Promise<void> {
    const unknown = task.reads.find((name) => this.#unknownNames.has(name));
    if (unknown !== undefined) return this.#unresolved(task, hosts, this.#unknownNames.get(unknown) as string);
    const { bad, statuses } = await overHosts(
      this.#session,
      this.#memory,
      'plan',
      task,
      hosts,
      (step) => this.#step(task, step),
      { once: true },
    );
    this.#bad.push(...bad);
    this.#changes += statuses.filter((status) => status === 'change').length;
    this.#depends += statuses.filter((status) => status === 'depends').length;
    const settled = statuses.every((status) => status === 'ok' || status === 'skipped');
    if (task.register !== undefined && !settled) this.#unknownNames.set(task.register, task.name);
  }

  /** Its expressions read the result of something that has not been done: not even its arguments are known. */
  async #unresolved(task: Task, hosts: readonly string[], by: string): Promise<void> {
    const chosen = task.runOnce ? hosts.slice(0, 1) : hosts;
    await this.#session.emit({
      type: 'task_started',
      phase: 'plan',
      task: task.id,
      name: task.name,
      module: task.module.name,
      hosts: chosen,
    });
    for (const host of chosen) {
      const ref = stepRef(task, { host, on: host, args: {} });
      const because = `its arguments rest on the result of "${by}"`;
      await this.#session.emit({
        type: 'step_ended',
        phase: 'plan',
        status: 'depends',
        module: task.module.name,
        ...ref,
        because,
        tries: 0,
      });
      this.#touched.push({ on: host, prefix: '', by: task.name });
    }
    this.#depends += chosen.length;
    if (task.register !== undefined) this.#unknownNames.set(task.register, task.name);
    await this.#session.emit({ type: 'task_ended', phase: 'plan', task: task.id });
  }

  async #step(task: Task, step: Step): Promise<StepResult> {
    try {
      return task.module.kind === 'check'
        ? await this.#check(task, step)
        : await this.#resource(task, step, task.module);
    } catch (thrown) {
      return { status: 'failed', because: failureText(thrown) };
    }
  }

  /** A check looks at the world, not at one resource: any planned change, on any host, may alter its answer. */
  async #check(task: Task, step: Step): Promise<StepResult> {
    const first = this.#touched[0];
    if (first !== undefined) return { status: 'depends', because: `asked only after "${first.by}"` };
    return assertStep(this.#session, task, step);
  }

  async #resource(task: Task, step: Step, resource: Resource): Promise<StepResult> {
    const key = `${resource.name}:${resource.key(step.args)}`;
    const place = `${step.on}|${key}`;
    const blocker = this.#touched.find(({ on, prefix }) => on === step.on && key.startsWith(prefix));
    if (blocker !== undefined && !this.#projected.has(place)) {
      if (!task.protect) this.#touch(task, step, resource, key);
      return { status: task.protect ? 'protected' : 'depends', key, because: `rests on "${blocker.by}"` };
    }
    const reading = this.#projected.has(place)
      ? { state: this.#projected.get(place) as Json }
      : await readState(this.#session, task, step, resource);
    if (reading !== undefined && 'because' in reading)
      return { status: reading.lost ? 'lost' : 'failed', key, because: reading.because };
    const before = reading?.state ?? null;
    if (task.protect) return { status: 'protected', key, before };
    const wanted = resource.want(step.args, before);
    if (reading !== undefined && same(resource, before, wanted, step))
      return { status: 'ok', key, before, after: before };
    if (reading !== undefined) this.#projected.set(place, wanted);
    this.#touch(task, step, resource, key);
    return this.#planned(task, step, resource, key, before, wanted);
  }

  #planned(task: Task, step: Step, resource: Resource, key: string, before: Json, wanted: Json): StepResult {
    const commands = resource.move(before, wanted, step.args).map(commandText);
    const reversible = resource.reversible(step.args);
    const result: StepResult = { status: 'change', key, before, after: wanted, commands };
    if (reversible === true) return result;
    this.#irreversible.push(`${step.host}: ${task.name}: ${reversible.never}`);
    return { ...result, never: reversible.never };
  }

  #touch(task: Task, step: Step, resource: Resource, key: string): void {
    for (const prefix of [key, ...(resource.affects?.(step.args) ?? [])])
      this.#touched.push({ on: step.on, prefix, by: task.name });
  }
}
