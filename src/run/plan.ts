import type { Json } from '../core/json.ts';
import { isAssertion, type Resource } from '../core/module.ts';
import type { Play, Step, Task } from '../core/play.ts';
import { assertStep, isQuestion } from './assert.ts';
import { type Memory, overHosts } from './barrier.ts';
import { Branches } from './branches.ts';
import { asTask, failureText, readState, same } from './probe.ts';
import type { StepResult } from './result.ts';
import type { Session } from './session.ts';
import { commandText, stepRef } from './texts.ts';
import type { Unmet } from './verify.ts';
import { refusedCut } from './ways.ts';
import { wouldBe } from './would.ts';

export interface PlanSummary {
  readonly changes: number;
  readonly depends: number;
  /** Steps that could not be read: the plan is not complete. */
  readonly bad: readonly Unmet[];
  /** Changes that cannot be undone, with why. */
  readonly irreversible: readonly string[];
  readonly steps: readonly Foreseen[];
}

/** What a plan says of one step. */
export interface Foreseen {
  readonly task: Task;
  readonly step: Step;
  readonly result: StepResult;
  /** With all that is not told of a secret task. */
  readonly exact: StepResult;
}

/** A planned change: what it will alter for later steps, and how it is named to the user. */
interface Touch {
  readonly on: string;
  readonly prefix: string;
  readonly by: string;
}

/** What the plan so far would have changed. A plan of several plays goes on from one to the next with it. */
export class Outlook {
  /** Place -> the state that is foreseen there. */
  readonly projected = new Map<string, Json>();
  readonly touched: Touch[] = [];
  /** Registered name -> the task that would register it, and has not been done. */
  readonly unknownNames = new Map<string, string>();
}

/**
 * Reads every state and says what would be done, changing nothing. States are chained by resource: a stop, then a start of
 * one program are both known. What rests on a change that has not been made is `depends`, never a guess.
 */
export async function planPlay(
  session: Session,
  play: Play,
  memory: Memory,
  outlook: Outlook = new Outlook(),
): Promise<PlanSummary> {
  await session.emit({ type: 'phase_started', phase: 'plan' });
  const known = memory.copy();
  known.expect(play.tasks, play.hosts);
  const plan = new Planner(session, known, outlook, new Branches(play.tasks));
  for (const section of ['tasks', 'cleanup'] as const) {
    for (const task of play.tasks.filter((task) => task.section === section)) await plan.task(task, play.hosts);
  }
  return plan.summary;
}

const askedLater = 'a command that only reads is asked when the change is made; with "check_mode: false" in a plan too';
const onlyInTheRun =
  'an undo within the run puts it back; a rollback from the record cannot, for nothing secret is in there';

/** Is its result known, so that what rests on it can be planned? */
function isSettled(task: Task, step: Step, { status }: StepResult): boolean {
  if (status === 'skipped') return task.checkMode === true || !isQuestion(task, step);
  return status === 'ok';
}

class Planner {
  readonly #session: Session;
  readonly #memory: Memory;
  readonly #projected: Outlook['projected'];
  readonly #touched: Outlook['touched'];
  readonly #unknownNames: Outlook['unknownNames'];
  readonly #branches: Branches;
  readonly #steps: Foreseen[] = [];
  readonly #exact = new Map<Step, StepResult>();
  readonly #bad: Unmet[] = [];
  readonly #irreversible: string[] = [];

  constructor(session: Session, memory: Memory, outlook: Outlook, branches: Branches) {
    this.#session = session;
    this.#memory = memory;
    this.#projected = outlook.projected;
    this.#touched = outlook.touched;
    this.#unknownNames = outlook.unknownNames;
    this.#branches = branches;
  }

  get summary(): PlanSummary {
    const count = (status: StepResult['status']) => this.#steps.filter(({ result }) => result.status === status).length;
    return {
      changes: count('change'),
      depends: count('depends'),
      bad: this.#bad,
      irreversible: this.#irreversible,
      steps: this.#steps,
    };
  }

  async task(task: Task, all: readonly string[]): Promise<void> {
    const reads = task.reads.find((name) => this.#unknownNames.has(name));
    const unknown = this.#unknownNames.get(reads ?? '');
    const doubts = this.#branches.take(task, all, this.#memory, unknown);
    const hosts = [...doubts.keys()];
    if (hosts.length === 0) return;
    const rescue = this.#branches.rescue(task);
    if (rescue !== undefined) {
      this.#touchAll(task, this.#branches.failing(task, hosts));
      return this.#unresolved(task, hosts, rescue);
    }
    const by = this.#branches.asks(task, this.#memory, hosts) ?? unknown;
    if (by !== undefined) {
      this.#touchAll(task, task.runOnce ? hosts.slice(0, 1) : hosts);
      return this.#unresolved(task, hosts, {
        status: 'depends',
        because: `its arguments rest on the result of "${by}"`,
      });
    }
    const { bad, steps } = await overHosts(
      this.#session,
      this.#memory,
      'plan',
      task,
      hosts,
      (step) => this.#foresee(task, step, this.#branches.blocked(task, step.host) ?? doubts.get(step.host)),
      { once: true },
    );
    this.#bad.push(
      ...bad.filter(({ status }) => !this.#branches.tolerates(task, status)).map((one) => ({ ...one, task })),
    );
    this.#steps.push(...steps.map((end) => ({ task, ...end, exact: this.#exact.get(end.step) ?? end.result })));
    this.#branches.note(task, steps, hosts);
    const settled = steps.every(({ step, result }) => isSettled(task, step, result));
    if (task.register !== undefined && !settled) this.#unknownNames.set(task.register, task.name);
  }

  /** Not even its arguments are known, or whether it has any steps: its expressions read what has not been done. */
  async #unresolved(task: Task, hosts: readonly string[], result: StepResult): Promise<void> {
    const chosen = task.runOnce ? hosts.slice(0, 1) : hosts;
    await this.#session.emit({
      type: 'task_started',
      phase: 'plan',
      task: task.id,
      name: task.name,
      module: task.module.name,
      hosts: chosen,
    });
    const steps = chosen.map((host) => ({ step: { host, on: host, args: {} }, result }));
    for (const { step } of steps) {
      const { name: module } = task.module;
      const ref = stepRef(task, step);
      await this.#session.emit({ type: 'step_ended', phase: 'plan', module, ...ref, ...result, tries: 0 });
    }
    this.#steps.push(...steps.map((end) => ({ task, ...end, exact: end.result })));
    this.#branches.note(task, steps, hosts);
    if (task.register !== undefined && result.status === 'depends') this.#unknownNames.set(task.register, task.name);
    await this.#session.emit({ type: 'task_ended', phase: 'plan', task: task.id });
  }

  async #foresee(task: Task, step: Step, doubt: string | undefined): Promise<StepResult> {
    const result = await this.#step(task, step, doubt);
    this.#exact.set(step, result);
    return { ...result, ...(await this.#session.sealedStep(stepRef(task, step), result, task.secret === true)) };
  }

  async #step(task: Task, step: Step, doubt: string | undefined): Promise<StepResult> {
    if (doubt !== undefined) return this.#doubtful(task, step, doubt);
    try {
      return task.module.kind === 'check' || (isQuestion(task, step) && task.checkMode !== true)
        ? await this.#ask(task, step)
        : await this.#resource(task, step, task.module);
    } catch (thrown) {
      return { status: 'failed', because: failureText(thrown) };
    }
  }

  /** Whether it is done shows itself only in the run. If it is, it may change what comes after. */
  #doubtful(task: Task, step: Step, because: string): StepResult {
    if (task.module.kind === 'check') return { status: 'depends', because, args: step.args };
    const key = `${task.module.name}:${task.module.key(step.args)}`;
    if (task.protect) return { status: 'protected', key, because };
    if (task.checkMode !== true && !isQuestion(task, step)) this.#touch(task, step, task.module, key);
    return { status: 'depends', key, because, args: step.args };
  }

  /**
   * A check looks at the world, not at one resource: any planned change, on any host, may alter its answer. So does a question. An
   * assertion looks at what is known.
   */
  async #ask(task: Task, step: Step): Promise<StepResult> {
    if (task.module.kind === 'resource' && task.checkMode !== false) return { status: 'skipped', because: askedLater };
    const first = this.#touched[0];
    if (first !== undefined && !isAssertion(task.module))
      return { status: 'depends', because: `asked only after "${first.by}"`, args: step.args };
    return assertStep(this.#session, task, step);
  }

  async #resource(task: Task, step: Step, resource: Resource): Promise<StepResult> {
    const key = `${resource.name}:${resource.key(step.args)}`;
    const place = `${step.on}|${key}`;
    const blocker = this.#touched.find(({ on, prefix }) => on === step.on && key.startsWith(prefix));
    if (blocker !== undefined && !this.#projected.has(place)) {
      const because = `rests on "${blocker.by}"`;
      if (task.protect) return { status: 'protected', key, because };
      if (task.checkMode === true) return { status: 'depends', key, because, args: step.args };
      this.#touch(task, step, resource, key);
      return { status: 'depends', key, because, args: step.args };
    }
    const reading = this.#projected.has(place)
      ? { state: this.#projected.get(place) as Json }
      : await readState(this.#session, task, step, resource);
    if (reading !== undefined && 'because' in reading)
      return { status: reading.lost ? 'lost' : 'failed', key, because: reading.because };
    const before = reading?.state ?? null;
    if (task.protect) return this.#protected(task, step, resource, { key, before });
    if (task.checkMode === true) return wouldBe(resource, step, key, reading);
    const wanted = resource.want(step.args, before);
    if (reading !== undefined && same(resource, before, wanted, step))
      return { status: 'ok', key, before, after: before, ...('outcome' in reading && { outcome: reading.outcome }) };
    if (reading !== undefined) this.#projected.set(place, wanted);
    this.#touch(task, step, resource, key);
    return this.#planned(task, step, resource, key, before, wanted);
  }

  async #protected(
    task: Task,
    step: Step,
    resource: Resource,
    noted: { readonly key: string; readonly before: Json },
  ): Promise<StepResult> {
    const cut = await this.#refusedCut(task, step, resource, noted.before, noted.before);
    return { status: 'protected', ...noted, ...cut };
  }

  /** Where it is allowed, it is only told. */
  async #refusedCut(
    task: Task,
    step: Step,
    resource: Resource,
    from: Json,
    to: Json,
  ): Promise<Pick<StepResult, 'status' | 'because'> | undefined> {
    const cut = await this.#session.ways.cutBy(task, step, resource, from, to);
    if (cut === undefined) return undefined;
    if (!this.#session.allowCutoff) return refusedCut(cut);
    const message = `${task.name}: ${cut}; allowed, and put back by the guard unless contact returns`;
    await this.#session.emit({ type: 'warned', message, host: step.on });
    return undefined;
  }

  async #planned(
    task: Task,
    step: Step,
    resource: Resource,
    key: string,
    before: Json,
    wanted: Json,
  ): Promise<StepResult> {
    const moves = resource.move(before, wanted, step.args);
    this.#session.learn(moves);
    const commands = moves.map((command) => commandText(asTask(command, task, step)));
    const reversible = resource.reversible(step.args);
    const kept = task.secret === true && reversible === true && !this.#session.seals ? { because: onlyInTheRun } : {};
    const result: StepResult = { status: 'change', key, before, after: wanted, commands, ...kept };
    const cut = await this.#refusedCut(task, step, resource, before, wanted);
    if (cut !== undefined) return { ...result, ...cut };
    if (reversible === true) return result;
    this.#irreversible.push(`${step.host}: ${task.name}: ${reversible.never}`);
    return { ...result, never: reversible.never };
  }

  /** What it will change on these hosts is not known. */
  #touchAll({ name: by }: Task, hosts: readonly string[]): void {
    for (const on of hosts) this.#touched.push({ on, prefix: '', by });
  }

  #touch(task: Task, step: Step, resource: Resource, key: string): void {
    for (const prefix of [key, ...(resource.affects?.(step.args) ?? [])])
      this.#touched.push({ on: step.on, prefix, by: task.name });
  }
}
