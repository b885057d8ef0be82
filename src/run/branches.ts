import type { StepStatus } from '../core/event.ts';
import { failedNames, type Task, type Within } from '../core/play.ts';
import type { Memory } from './barrier.ts';
import { isComeTo } from './calls.ts';
import { isBad, registeredValue, type StepEnd, type StepResult } from './result.ts';

/** Why it is not known whether something is done; none: it is. */
type Doubt = string | undefined;

const mayFail: readonly StepStatus[] = ['change', 'depends', 'unmet'];

/** What a plan knows of the ways that a run may take: what is done only where a block fails, or where a handler is notified. */
export class Branches {
  readonly #rescued: ReadonlySet<string>;
  /** Blocks of which something is to be done, or does not hold: they may fail. */
  readonly #unsettled = new Set<string>();
  /** What does not hold as things are: its block goes no further there, unless that changes. */
  readonly #failing: { readonly block: string; readonly host: string; readonly task: string }[] = [];
  /** Handler -> host -> doubt. */
  readonly #called = new Map<string, Map<string, Doubt>>();

  /** `tasks`: all of a play. */
  constructor(tasks: readonly Task[]) {
    const around = tasks.flatMap(({ within = [] }) => within);
    this.#rescued = new Set(around.filter(({ part }) => part === 'rescue').map(({ block }) => block));
  }

  /** The hosts that a task is planned for: of a handler, those where it would have been notified and is come to. `unknown`: of which task the result. */
  take(task: Task, hosts: readonly string[], { values }: Memory, unknown: Doubt): ReadonlyMap<string, Doubt> {
    if (task.handler === undefined) return new Map(hosts.map((host) => [host, undefined]));
    const called = this.#called.get(task.handler) ?? new Map<string, Doubt>();
    const here = hosts.filter((host) => called.has(host) && (unknown !== undefined || isComeTo(task, host, values)));
    const taken = new Map(here.map((host) => [host, called.get(host)]));
    for (const host of here) {
      const later = this.#later(task, host, called.get(host), unknown);
      if (later === 'done') called.delete(host);
      else called.set(host, later);
    }
    return taken;
  }

  /** What a handler that has been planned in one place depends on in the next one. */
  #later(task: Task, host: string, so: Doubt, unknown: Doubt): Doubt | 'done' {
    const rescue = task.within?.find(({ part }) => part === 'rescue');
    if (rescue !== undefined) return this.#unsettled.has(rescue.block) ? `only where "${rescue.name}" does well` : so;
    if (unknown !== undefined) return `only where it has not been done before, which rests on "${unknown}"`;
    const block = this.#rescuing(task);
    if (block === undefined) return 'done';
    return this.#unsettled.has(block.block) || this.blocked(task, host) ? `only where "${block.name}" fails` : 'done';
  }

  /** What is said of a task of a rescue, which has no steps before something has failed. Undefined: it stands in none. */
  rescue({ within = [] }: Task): StepResult | undefined {
    const rescue = within.find(({ part }) => part === 'rescue');
    if (rescue === undefined) return undefined;
    const status = this.#unsettled.has(rescue.block) ? 'depends' : 'skipped';
    return { status, because: `only where "${rescue.name}" fails` };
  }

  /** The block that a task of an `always` asks about, where it is not known whether it fails. Where it is, `memory` says that it does not. */
  asks(task: Task, memory: Memory, hosts: readonly string[]): Doubt {
    const always = task.within?.findLast(({ part }) => part === 'always');
    if (always === undefined || !failedNames.some((name) => task.reads.includes(name))) return undefined;
    if (this.#unsettled.has(always.block)) return always.name;
    memory.remember(hosts, 'failed_task', '');
    memory.remember(hosts, 'failed_result', registeredValue({ status: 'ok' }));
    return undefined;
  }

  /** Has something before it in its block failed on this host? Then it is done only if that comes out otherwise. */
  blocked(task: Task, host: string): Doubt {
    const before = this.#failing.find((one) => one.host === host && this.#rescuing(task)?.block === one.block);
    return before && `only where "${before.task}" does well`;
  }

  /** The hosts on which a rescue will be needed, as things are. */
  failing({ within = [] }: Task, hosts: readonly string[]): readonly string[] {
    const blocks = within.filter(({ part }) => part === 'rescue').map(({ block }) => block);
    return hosts.filter((host) => this.#failing.some((one) => one.host === host && blocks.includes(one.block)));
  }

  /** A check that does not hold is what its block's rescue is for. What cannot be read, or must not be done, still refuses the play. */
  tolerates(task: Task, status: StepStatus): boolean {
    return status === 'unmet' && this.#rescuing(task) !== undefined;
  }

  #rescuing({ within = [] }: Task): Within | undefined {
    return within.findLast(({ part, block }) => part === 'block' && this.#rescued.has(block));
  }

  /** Takes in what a task would come to. `hosts`: those that it is done for. */
  note(task: Task, steps: readonly StepEnd[], hosts: readonly string[]): void {
    for (const { step, result } of steps) {
      if (mayFail.includes(result.status))
        for (const { block, part } of task.within ?? []) if (part === 'block') this.#unsettled.add(block);
      const rescuing = this.#rescuing(task);
      if (isBad(result) && !task.ignoreErrors && rescuing !== undefined)
        for (const host of task.runOnce ? hosts : [step.host])
          this.#failing.push({ block: rescuing.block, host, task: task.name });
      this.#call(task, step.host, result);
    }
  }

  #call({ notifies = [], name }: Task, host: string, { status }: StepResult): void {
    if (status !== 'change' && status !== 'depends') return;
    for (const handler of notifies) {
      const called = this.#called.get(handler) ?? new Map<string, Doubt>();
      this.#called.set(handler, called);
      if (status === 'change') called.set(host, undefined);
      else if (!called.has(host)) called.set(host, `only where "${name}" changes something`);
    }
  }
}
