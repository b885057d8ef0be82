import type { CommandText, Doubt, Ending, Event, EventBody, Phase, Purpose, StepRef } from '../../src/core/event.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';

export type StepEnded = Extract<EventBody, { type: 'step_ended' }>;

export interface TaskOf {
  readonly id: string;
  readonly name: string;
  readonly module: string;
}

/** Writes events as a run does: numbered, a few milliseconds apart, each command with its answer. */
export class EventStream {
  readonly events: Event[] = [];
  #clock = Date.UTC(2026, 10, 22, 9, 30, 0);
  #commands = 0;
  #entries = 0;

  add(body: EventBody): this {
    this.#clock += 7;
    this.events.push({ ...body, seq: this.events.length + 1, at: new Date(this.#clock).toISOString() });
    return this;
  }

  wait(ms: number): this {
    this.#clock += ms;
    return this;
  }

  phase(phase: Phase, because?: string): this {
    return this.add({ type: 'phase_started', phase, ...(because === undefined ? {} : { because }) });
  }

  task(phase: Phase, task: TaskOf, hosts: readonly string[], steps: () => void): this {
    this.add({ type: 'task_started', phase, task: task.id, name: task.name, module: task.module, hosts });
    steps();
    return this.add({ type: 'task_ended', phase, task: task.id });
  }

  command(
    purpose: Purpose,
    ref: StepRef,
    text: CommandText,
    answer: { exit?: number | null; stdout?: string; stderr?: string; cut?: 'lost' | 'timeout'; ms?: number } = {},
  ): this {
    const { exit = 0, stdout = '', stderr = '', cut, ms = 12 } = answer;
    this.#commands += 1;
    this.add({ type: 'command_started', id: this.#commands, purpose, ...ref, ...text });
    const startedAt = new Date(this.#clock).toISOString();
    this.wait(ms);
    return this.add({
      type: 'command_ended',
      id: this.#commands,
      on: ref.on,
      exit,
      ...(cut === undefined ? {} : { cut }),
      stdout,
      stderr,
      startedAt,
      ms,
    });
  }

  note(
    ref: StepRef,
    task: TaskOf,
    key: string,
    args: JsonObject,
    state: { before: Json; after: Json; protect?: boolean },
  ): this {
    this.#entries += 1;
    return this.add({
      type: 'undo_noted',
      ...ref,
      entry: this.#entries,
      name: task.name,
      module: task.module,
      key,
      args,
      before: state.before,
      after: state.after,
      protect: state.protect ?? false,
      bootId: `boot-${ref.on}`,
    });
  }

  step(
    phase: Phase,
    ref: StepRef,
    task: TaskOf,
    ended: Omit<StepEnded, 'type' | 'phase' | 'module' | 'tries' | keyof StepRef> & { tries?: number },
  ): this {
    return this.add({ type: 'step_ended', phase, module: task.module, ...ref, ...ended, tries: ended.tries ?? 1 });
  }

  end(ending: Ending, ok: boolean, exit: number, because?: string, doubts: readonly Doubt[] = []): readonly Event[] {
    this.add({ type: 'run_ended', ending, ok, exit, ...(because === undefined ? {} : { because }), doubts });
    return this.events;
  }
}
