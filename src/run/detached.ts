import { type Command, defaultTimeoutMs, script } from '../core/command.ts';
import type { Json } from '../core/json.ts';
import type { Resource } from '../core/module.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Step, Task } from '../core/play.ts';
import {
  stepPutScript,
  stepRunner,
  stepStandScript,
  stepStartScript,
  stepStartTitle,
  stepTellScript,
} from './detached-scripts.ts';
import { noteAndLay, unlaid } from './lay.ts';
import type { Foreseen } from './plan.ts';
import { asTask, asUserOf, inEnvironment } from './probe.ts';
import { awaitReturn } from './reconnect.ts';
import type { StepResult } from './result.ts';
import type { Session } from './session.ts';
import { commandText, stepRef } from './texts.ts';

/** A known change with its commands, as the host is to make it by itself. */
export interface Making {
  readonly task: Task;
  readonly step: Step;
  readonly resource: Resource;
  readonly key: string;
  readonly before: Json;
  readonly wanted: Json;
  readonly commands: readonly Command[];
}

/** A step that the host has made by itself. */
export interface Made extends Making {
  /** A later step of the same sequence has changed the same thing: its state says nothing of this one any more. */
  readonly overtaken: boolean;
  /** What became of its last command that was run. */
  readonly last: Outcome | undefined;
}

/** Between two questions whether a sequence is through, and how many of them. */
const pollMs = 500;
const polls = 600;
const standTimeoutMs = 5_000;

/** Changes that may cut the way to their host: started there, looked at when contact is back. */
export class Detached {
  readonly #session: Session;
  #foreseen: readonly Foreseen[] = [];
  readonly #made = new Map<string, Made>();
  #ids = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /** What the plan of the play says, in order. */
  begin(foreseen: readonly Foreseen[]): void {
    this.#foreseen = foreseen;
    this.#made.clear();
  }

  /** A step that has been made with an earlier one; told once. */
  take(task: Task, step: Step): Made | undefined {
    const place = placeOf(task, step);
    const made = this.#made.get(place);
    this.#made.delete(place);
    return made;
  }

  /**
   * Makes a change whose undo is laid down, and with it the known changes on its host that follow: a later one may heal the cut. `fence`: the
   * guard's file. What is wrong comes as a result; else the step is there to be taken.
   */
  async make(first: Making, fence: string): Promise<StepResult | undefined> {
    const sequence = [first];
    for (const next of this.#following(first)) {
      const breach = this.#breach(next);
      if (breach !== undefined)
        return { status: 'failed', key: first.key, because: `${next.task.name}: not as planned: ${breach}` };
      const isNoted = sequence.some((earlier) => thingOf(earlier) === thingOf(next)); // an undo must not pass through what was in between: that is the cut
      const { task, step, resource, key, before, wanted } = next;
      const laid = isNoted ? {} : await noteAndLay(this.#session, task, step, resource, { key, before, after: wanted });
      if ('because' in laid) return unlaid(key, laid);
      sequence.push(next);
    }
    return this.#run(sequence, fence);
  }

  async #run(sequence: readonly Making[], fence: string): Promise<StepResult | undefined> {
    const [first] = sequence;
    if (first === undefined) return undefined;
    const { task, step, key } = first;
    this.#ids += 1;
    const at: Place = { first, fence, id: String(this.#ids) };
    const numbered = numbers(sequence);
    for (const { number, command, making } of numbered) {
      const put = await this.#ask(at, putStep(at, number, command), making.task);
      if (put.exit !== 0) return unlaid(key, { because: `the guard: ${put.stderr.trim()}`, lost: put.cut === 'lost' });
    }
    const { strays } = this.#session;
    const words = [fence, at.id, stepRunner, strays.markOn(step.on)];
    const start = script(stepStartScript, words, { title: stepStartTitle, onlyWhile: fence });
    await this.#session.perform('change', stepRef(task, step), asUserOf(step, start));
    const problem = await this.#untilThrough(at);
    if (problem !== undefined) strays.suspect([step.on]);
    if (problem !== undefined) return { key, before: first.before, ...problem };
    for (const [i, making] of sequence.entries()) {
      const lastOf = numbered.filter((one) => one.making === making);
      const overtaken = sequence.slice(i + 1).some((later) => thingOf(later) === thingOf(making));
      this.#made.set(placeOf(making.task, making.step), { ...making, overtaken, last: await this.#tell(at, lastOf) });
    }
    return undefined;
  }

  /** Over new connections, as long as the guard leaves time: the old one may be dead without anybody having said so. */
  async #untilThrough(at: Place): Promise<Pick<StepResult, 'status' | 'because'> | undefined> {
    const { on } = at.first.step;
    let fresh = false;
    for (let i = 0; i < polls && !this.#session.hurry.aborted; i += 1) {
      if (!fresh) await awaitReturn(this.#session, on);
      if (this.#session.isLost(on))
        return { status: 'lost', because: 'the way to it was cut, and it has not come back' };
      const command = script(stepStandScript, [at.fence, at.id], { title: 'step-stand', timeoutMs: standTimeoutMs });
      const { exit, stdout } = await this.#ask(at, command);
      fresh = exit === 0;
      const stands = stdout.trim();
      if (fresh && stands === 'done') return undefined;
      if (fresh && stands === 'gone')
        return { status: 'failed', because: 'the way was cut and its guard has put everything back' };
      if (fresh) await this.#session.clock.sleep(pollMs, this.#session.hurry);
    }
    return { status: 'failed', because: 'what was started on the host does not come to its end' };
  }

  /** The last command of a step that was run, or the one that failed. */
  async #tell(at: Place, commands: readonly Numbered[]): Promise<Outcome | undefined> {
    let last: Outcome | undefined;
    for (const { number, making } of commands) {
      const command = script(stepTellScript, [at.fence, at.id, String(number)], { title: 'step-tell' });
      last = await this.#ask(at, command, making.task);
      if (last.exit !== 0) return last;
    }
    return last;
  }

  /** `of`: the task whose words or answer the command carries. */
  #ask({ first: { task, step } }: Place, command: Command, of: Pick<Task, 'secret'> = {}): Promise<Outcome> {
    return this.#session.perform('guard', stepRef(task, step), asUserOf(step, command, of));
  }

  /** Up to the first that rests on an earlier one, that the guard could not put back, that others share, or that is not this host's and this user's. */
  #following(first: Making): readonly Making[] {
    const mine = this.#foreseen.filter(({ step, task }) => step.on === first.step.on && task.section === 'tasks');
    const at = mine.findIndex(({ task, step }) => placeOf(task, step) === placeOf(first.task, first.step));
    const makings: Making[] = [];
    for (const { task, step, result } of at === -1 ? [] : mine.slice(at + 1)) {
      if (result.status === 'ok' || result.status === 'skipped') continue;
      const making =
        result.status === 'change' && isSameUser(step, first.step) ? makingOf(task, step, result) : undefined;
      if (making === undefined) return makings;
      makings.push(making);
    }
    return makings;
  }

  #breach({ task, step, before, commands }: Making): string | undefined {
    const told = commands.map((command) => commandText(asTask(command, task, step)));
    return this.#session.contract?.breach(task, step, { before, commands: told });
  }
}

function isSameUser(a: Step, b: Step): boolean {
  return a.become === b.become && a.becomeMethod === b.becomeMethod;
}

interface Place {
  readonly first: Making;
  readonly fence: string;
  readonly id: string;
}

interface Numbered {
  readonly making: Making;
  readonly command: Command;
  readonly number: number;
}

function numbers(sequence: readonly Making[]): readonly Numbered[] {
  const all = sequence.flatMap((making) =>
    making.commands.map((command) => ({ making, command: inEnvironment(command, making.step) })),
  );
  return all.map((one, i) => ({ ...one, number: i + 1 }));
}

function makingOf(
  task: Task,
  step: Step,
  { key = '', before = null, after: wanted = null }: StepResult,
): Making | undefined {
  const { module: resource } = task;
  // Of a secret step a plan has no states.
  if (
    task.secret ||
    resource.kind === 'check' ||
    resource.shared ||
    resource.restore?.(before, wanted, step.args) == null
  )
    return undefined;
  const commands = resource.move(before, wanted, step.args);
  return { task, step, resource, key: key.slice(resource.name.length + 1), before, wanted, commands };
}

/** The user is become by the whole sequence, so that the command itself need not. */
function putStep(
  { first, fence, id }: Place,
  number: number,
  { argv, env = {}, stdin, secrets, timeoutMs }: Command,
): Command {
  const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const seconds = Math.ceil((first.task.timeoutMs ?? timeoutMs ?? defaultTimeoutMs) / 1000);
  const words = [...(pairs.length === 0 ? [] : ['env', ...pairs]), ...argv];
  const about = [fence, id, String(number), stdin === undefined ? '' : 'stdin', String(seconds)];
  return script(stepPutScript, [...about, ...words], {
    title: 'step-put',
    ...(stdin === undefined ? {} : { stdin }),
    ...(secrets === undefined ? {} : { secrets }),
  });
}

function thingOf({ resource, key }: Making): string {
  return `${resource.name}:${key}`;
}

function placeOf(task: Pick<Task, 'id'>, step: Step): string {
  return JSON.stringify(stepRef(task, step));
}
