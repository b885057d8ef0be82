import type { CommandText, PlanDifference, StepRef } from '../core/event.ts';
import { type Json, type JsonObject, sameJson } from '../core/json.ts';
import { maskSecrets } from '../core/mask.ts';
import type { Exact, PlannedPlay, PlannedStep, SavedPlan } from '../core/planned.ts';
import type { Play, Step, Task } from '../core/play.ts';
import { concealed } from './conceal.ts';
import type { Foreseen } from './plan.ts';
import { same, stateText } from './probe.ts';
import { stepRef } from './texts.ts';

/** What a step is about to do. */
interface Doing {
  readonly before: Json;
  /** None: it is as wanted already. */
  readonly commands: readonly CommandText[];
}

/**
 * Holds a run to a saved plan: what is found must be what was found then, what is done must be what was shown. It only compares;
 * nothing of the plan is ever run. States are compared as the modules do (a pid is no difference), texts with secrets masked.
 */
export class Contract {
  /** Names the plan in the journal. */
  readonly digest: string;
  readonly #plan: SavedPlan;
  readonly #secrets: readonly string[];
  readonly #steps: ReadonlyMap<string, PlannedStep>;
  /** Steps whose commands this run has been allowed to make. */
  readonly #made = new Set<string>();

  constructor(plan: SavedPlan, secrets: readonly string[]) {
    this.digest = plan.digest;
    this.#plan = plan;
    this.#secrets = secrets;
    this.#steps = new Map(plan.plays.flatMap(({ steps }) => steps.map((step) => [placeOf(step), step] as const)));
  }

  /** How many plays it has. */
  get plays(): number {
    return this.#plan.plays.length;
  }

  /** Machines that have restarted since, or that the plan does not know. */
  machines(bootIds: ReadonlyMap<string, string>): readonly PlanDifference[] {
    return [...bootIds].flatMap(([host, found]) => {
      const planned = this.#plan.bootIds.get(host);
      if (planned === found) return [];
      if (planned === undefined) return [{ host, because: 'this machine is not in the plan' }];
      return [{ host, because: 'it has restarted since the plan was made', planned, found }];
    });
  }

  /** What the plan of the run's play at `index`, for these hosts of it, says otherwise than the saved plan does. */
  play(
    index: number,
    { name, hosts }: Pick<Play, 'name' | 'hosts'>,
    foreseen: readonly Foreseen[],
  ): readonly PlanDifference[] {
    const planned = this.#plan.plays[index];
    if (planned?.name !== this.#masked(name)) return [{ because: `the plan does not have the play "${name}" here` }];
    if (planned.verified)
      return [{ because: `what the play "${name}" verifies held when the plan was made, and no longer does` }];
    const now = new Map(foreseen.map((step) => [placeOf(stepRef(step.task, step.step)), step]));
    return [...this.#vanished(planned, hosts, now), ...[...now.values()].flatMap((step) => this.#differing(step))];
  }

  #vanished(
    { steps }: PlannedPlay,
    hosts: readonly string[],
    now: ReadonlyMap<string, Foreseen>,
  ): readonly PlanDifference[] {
    return steps
      .filter((step) => hosts.includes(step.host) && !now.has(placeOf(step)) && !isOpen(step))
      .map((step) => ({ step: refOf(step), because: `${step.name}: the plan has this step, now there is none` }));
  }

  #differing({ task, step, result, exact }: Foreseen): readonly PlanDifference[] {
    const at = { step: stepRef(task, step) };
    const planned = this.#planned(task, step);
    if (planned === undefined) return [{ ...at, because: `${task.name}: this step is not in the plan` }];
    const differs = (because: string, then: Json, now: Json) => [
      { ...at, because: `${task.name}: ${because}`, planned: then, found: this.#masked(now) },
    ];
    if (planned.status === 'depends') {
      const { args } = result;
      if (
        planned.args === undefined ||
        args === undefined ||
        sameJson(...this.#both(task, planned, 'args', exact.args ?? null))
      )
        return [];
      return differs('its arguments are others', planned.args, args);
    }
    const [before, after] = [result.before ?? null, result.after ?? null];
    const known = planned.before !== undefined && result.before !== undefined;
    if (known && !this.#sameState(task, step, planned, 'before', exact))
      return differs('what it found has changed', planned.before, before);
    if (planned.status !== result.status) return differs('it would come out otherwise', planned.status, result.status);
    const facts = [task.name, task.module.name, result.key ?? null, result.never ?? null];
    const told = [planned.name, planned.module, planned.key ?? null, planned.never ?? null];
    if (!sameJson(told, this.#masked(facts))) return differs('the plan describes it otherwise', told, facts);
    if (planned.status !== 'change') return [];
    if (!this.#sameState(task, step, planned, 'after', exact))
      return differs('it would come to another state', planned.after ?? null, after);
    const [then, now] = [asJson(planned.commands ?? []), asJson(result.commands ?? [])];
    return sameJson(then, this.#masked(now)) ? [] : differs('its commands are others', then, now);
  }

  /**
   * Asked right before a step is done, with what has just been read: why the plan does not allow it, or undefined.
   * A step that depends is decided now, by its rule. One that has been tried may be found done.
   */
  breach(task: Task, step: Step, { before: read, commands }: Doing): string | undefined {
    const planned = this.#planned(task, step);
    if (planned === undefined) return 'this step is not in the plan';
    if (planned.status === 'depends') return undefined;
    const place = placeOf(planned);
    if (commands.length === 0 && (planned.status === 'ok' || this.#made.has(place))) return undefined;
    const found = stateText(this.#told(task, read));
    if (planned.status !== 'change')
      return `to be changed now, and the plan has it as "${planned.status}"; found ${found}`;
    if (!this.#sameState(task, step, planned, 'before', { before: read }))
      return `the plan found ${stateText(planned.before ?? null)}, now there is ${found}`;
    if (!sameJson(asJson(planned.commands ?? []), this.#masked(asJson(commands))))
      return 'its commands are not those of the plan';
    this.#made.add(place);
    return undefined;
  }

  /** The exact step, or the one that stands for all of a task whose arguments were not known yet. */
  #planned(task: Task, step: Step): PlannedStep | undefined {
    const exact = this.#steps.get(placeOf(stepRef(task, step)));
    if (exact !== undefined) return exact;
    const open = this.#steps.get(placeOf({ task: task.id, host: step.host, on: step.host }));
    return open !== undefined && isOpen(open) ? open : undefined;
  }

  #masked<T extends Json>(value: T): T {
    return maskSecrets(value, this.#secrets);
  }

  /** As events and the plan tell it. */
  #told({ secret }: Task, value: Json): Json {
    return this.#masked(secret === true ? concealed(value) : value);
  }

  /** Then and now: with the secrets in it where the plan has them sealed, else both masked. */
  #both(task: Task, { exact, ...planned }: PlannedStep, part: keyof Exact, now: Json): readonly [Json, Json] {
    return exact === undefined ? [planned[part] ?? null, this.#told(task, now)] : [exact[part] ?? null, now];
  }

  /** A state out of a file may have any shape: one that its module cannot compare is another. */
  #sameState(task: Task, step: Step, planned: PlannedStep, part: 'before' | 'after', found: Exact): boolean {
    const [then, now] = this.#both(task, planned, part, found[part] ?? null);
    if (sameJson(then, now)) return true;
    const { module } = task;
    if (module.kind === 'check') return false;
    try {
      return same(module, then, now, step);
    } catch {
      return false;
    }
  }
}

function isOpen({ status, args }: PlannedStep): boolean {
  return status === 'depends' && args === undefined;
}

function placeOf({ task, host, on, item }: StepRef): string {
  return JSON.stringify([task, host, on, item ?? null]);
}

function refOf({ task, host, on, item }: StepRef): StepRef {
  return { task, host, on, ...(item === undefined ? {} : { item }) };
}

/** Commands are JSON, though their type says more. */
function asJson(commands: readonly CommandText[]): readonly JsonObject[] {
  return commands as unknown as readonly JsonObject[];
}
