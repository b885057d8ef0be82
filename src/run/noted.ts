import type { Doubt, StepRef, UndoEntry } from '../core/event.ts';
import { Failure } from '../core/failure.ts';
import type { Json } from '../core/json.ts';
import type { Module, Resource } from '../core/module.ts';
import type { Step, Task } from '../core/play.ts';
import { stateText } from './probe.ts';

export type ModuleNamed = (name: string) => Module | undefined;

/** The resource that an entry is about. Throws Failure `internal` for one that this version does not have. */
export function resourceOf({ module: name }: UndoEntry, moduleNamed: ModuleNamed): Resource {
  const module = moduleNamed(name);
  if (module?.kind === 'resource') return module;
  throw new Failure('internal', `the journal names a resource "${name}" that this version does not have`);
}

export function whatOf(entry: UndoEntry): string {
  return `${entry.module} ${entry.key}`;
}

export function refOf(entry: UndoEntry): StepRef {
  return {
    task: entry.task,
    host: entry.host,
    on: entry.on,
    ...(entry.item === undefined ? {} : { item: entry.item }),
  };
}

/** What is not proven to be as the entry says, for the person who has to look. */
export function doubtOf(entry: UndoEntry, found: Json, because: string | undefined): Doubt {
  const seen =
    because === undefined ? stateText(found) : `${found === null ? 'not known' : stateText(found)} (${because})`;
  return { host: entry.on, what: whatOf(entry), expected: stateText(entry.before), found: seen };
}

/** An entry of a journal as a task and step again. */
export function asStep(entry: UndoEntry, module: Resource): { task: Task; step: Step } {
  const step: Step = {
    host: entry.host,
    on: entry.on,
    args: entry.args,
    ...(entry.become === undefined ? {} : { become: entry.become }),
  };
  const task: Task = {
    id: entry.task,
    section: 'tasks',
    name: entry.name,
    at: { file: '', line: 0, column: 0 },
    module,
    protect: entry.protect,
    runOnce: false,
    ignoreErrors: false,
    reads: [],
    retries: 0,
    delayMs: 0,
    resolve: () => ({ steps: [step] }),
  };
  return { task, step };
}
