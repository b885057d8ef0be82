import { mannerOf } from '../core/command.ts';
import type { Doubt, StepRef, UndoEntry } from '../core/event.ts';
import { Failure } from '../core/failure.ts';
import type { Json } from '../core/json.ts';
import type { Module, Resource } from '../core/module.ts';
import type { Step, Task } from '../core/play.ts';
import { concealed, concealedKey } from './conceal.ts';
import { stateText } from './probe.ts';

export type ModuleNamed = (name: string) => Module | undefined;

/** The resource that an entry is about. Throws Failure `internal` for one that this version does not have. */
export function resourceOf({ module: name }: UndoEntry, moduleNamed: ModuleNamed): Resource {
  const module = moduleNamed(name);
  if (module?.kind === 'resource') return module;
  throw new Failure('internal', `the journal names a resource "${name}" that this version does not have`);
}

export function whatOf(entry: UndoEntry): string {
  if (entry.secret !== true) return `${entry.module} ${entry.key}`;
  return `${entry.module} of the secret task "${entry.name}"${entry.item === undefined ? '' : `, ${entry.item}`}`;
}

/** A state out of a journal that has none of it: asterisks would be written, or compared, in its place. */
export const notRecorded = 'it holds a secret, which is not recorded; look yourself';

/** As events may carry it. */
function toldKey({ secret, task, item, key }: UndoEntry): string {
  return secret === true ? concealedKey(task, item) : key;
}

export function refOf(entry: UndoEntry): StepRef {
  return {
    task: entry.task,
    host: entry.host,
    on: entry.on,
    ...(entry.item === undefined ? {} : { item: entry.item }),
  };
}

/** An entry's key and states, and what was found, as events may carry them. */
export function toldStates(entry: UndoEntry, found: Json, because: string | undefined) {
  const hides = entry.secret === true;
  const isOurs = !hides || entry.masked === true; // what a journal does not have was not read either
  const why = because === undefined ? {} : { because: isOurs ? because : 'more is not told of a secret task' };
  const told = hides ? concealed : (state: Json) => state;
  return { key: toldKey(entry), ...why, expected: told(entry.before), found: told(found) };
}

/** What is not proven to be as the entry says, for the person who has to look. */
export function doubtOf(entry: UndoEntry, found: Json, because: string | undefined): Doubt {
  if (entry.secret === true)
    return {
      host: entry.on,
      what: whatOf(entry),
      expected: 'a secret',
      found: entry.masked ? (because ?? '') : 'not told',
    };
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
    ...mannerOf(entry),
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
    ...(entry.secret === true ? { secret: true } : {}),
    reads: [],
    retries: 0,
    delayMs: 0,
    resolve: () => ({ steps: [step] }),
  };
  return { task, step };
}

export function machinesOf(entries: readonly UndoEntry[]): readonly string[] {
  return [...new Set(entries.map(({ on }) => on))];
}

/** The notes of one task (in one batch) together, newest first: the barriers of the way there, on the way back. */
export function byTask(notes: readonly UndoEntry[]): UndoEntry[][] {
  return [...groupedByTask(notes).values()].reverse();
}

export function groupedByTask(notes: readonly UndoEntry[]): ReadonlyMap<string, UndoEntry[]> {
  const groups = new Map<string, UndoEntry[]>();
  for (const entry of notes) {
    const group = `${entry.batch ?? ''}|${entry.task}`;
    groups.set(group, [...(groups.get(group) ?? []), entry]);
  }
  return groups;
}
