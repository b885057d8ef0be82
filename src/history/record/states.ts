import type { Event, UndoEntry } from '../../core/event.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { machines } from './run-facts.ts';

/** One thing on one machine, as the run found it and as it left it. */
export interface ThingState {
  /** The machine that it is on. */
  readonly on: string;
  readonly module: string;
  /** Without the module's name in front. */
  readonly key: string;
  /** Of the first task that noted it. */
  readonly args: JsonObject;
  /** As first read. */
  readonly before: Json;
  /** As last read; undefined: not known. */
  readonly after: Json | undefined;
  /** Never read again after it was noted: `after` is the same reading as `before`. */
  readonly readOnce: boolean;
}

/**
 * The states of everything that the run changed, began to change or protected: by machine in the run's order, then by
 * module and key.
 */
export function thingStates(events: readonly Event[]): readonly ThingState[] {
  const things = new Map<string, ThingState>();
  for (const event of events) {
    if (event.type === 'undo_noted') note(things, event);
    const id = 'key' in event && event.key !== undefined ? thingId(event.on, event.module, event.key) : undefined;
    const thing = id === undefined ? undefined : things.get(id);
    if (id === undefined || thing === undefined) continue;
    const reading = readingOf(event);
    if (reading !== undefined) things.set(id, { ...thing, after: reading.state, readOnce: reading.readOnce });
  }
  const order = machines(events);
  return [...things.values()].sort(
    (a, b) => order.indexOf(a.on) - order.indexOf(b.on) || compare(a.module, b.module) || compare(a.key, b.key),
  );
}

/** Keys are recorded as the module gives them; a plan's have the module's name in front. */
export function plainKey(module: string, key: string): string {
  return key.startsWith(`${module}:`) ? key.slice(module.length + 1) : key;
}

export function thingId(on: string, module: string, key: string): string {
  return JSON.stringify([on, module, plainKey(module, key)]);
}

function note(things: Map<string, ThingState>, entry: UndoEntry): void {
  const { on, module, args, before, protect } = entry;
  const id = thingId(on, module, entry.key);
  // What was meant is not what is there: until a reading says otherwise a change leaves the state unknown.
  const after = protect ? before : undefined;
  const known = things.get(id);
  if (known === undefined) {
    things.set(id, { on, module, key: plainKey(module, entry.key), args, before, after, readOnce: protect });
  } else if (!protect) {
    things.set(id, { ...known, after, readOnce: false });
  }
}

interface Reading {
  /** undefined: not known. */
  readonly state: Json | undefined;
  readonly readOnce: boolean;
}

/** What an event tells of the state that is there; undefined: nothing. */
function readingOf(event: Event): Reading | undefined {
  if (event.type === 'undo_ended') {
    const isKnown = event.status === 'restored' || event.status === 'untouched' || event.status === 'conflict';
    return { state: isKnown ? event.found : undefined, readOnce: false };
  }
  if (event.type !== 'step_ended' || event.phase === 'plan') return undefined;
  switch (event.status) {
    case 'ok':
    case 'changed':
      return event.after === undefined ? undefined : { state: event.after, readOnce: false };
    case 'unmet':
      // An assertion's `after` is what it wanted; a proof's is what it found, unless it could not read.
      if (event.phase === 'prove')
        return { state: event.because === undefined ? event.after : undefined, readOnce: false };
      return event.before === undefined ? undefined : { state: event.before, readOnce: false };
    case 'failed':
      return { state: event.after, readOnce: false };
    case 'lost':
      return { state: undefined, readOnce: false };
    default:
      return undefined;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
