import type { StepRef, UndoEntry } from '../core/event.ts';
import { Failure } from '../core/failure.ts';
import { isJsonObject, type Json, type JsonObject, sameJson } from '../core/json.ts';
import { maskSecrets } from '../core/mask.ts';
import type { Exact, PlannedStep } from '../core/planned.ts';

/** Encrypts what a run's files have masked, to those who may read the project's secrets. */
export type Sealer = (hidden: Json) => Promise<string>;

/** What of a note is masked in a journal; whose it is, so that none passes for another; and the secrets in it. */
export function hiddenOfNote(entry: UndoEntry, secrets: readonly string[]): JsonObject {
  const { key, args, env, before, after } = entry;
  const hidden = { key, args, ...(env === undefined ? {} : { env }), before, after };
  return { of: placeOf(entry), ...hidden, secrets: secrets.filter((secret) => holds(hidden, secret)) };
}

/** A note as it was before it was masked, and the secrets in it. Throws Failure `invalid` for a text that is not of this note. */
export function revealed(note: UndoEntry, text: string): { note: UndoEntry; secrets: readonly string[] } {
  const { masked: _masked, sealed: _sealed, ...rest } = note;
  const hidden = parsed(text);
  if (hidden === undefined || !sameJson(hidden.of, placeOf(note)))
    throw new Failure('invalid', `what is encrypted with note ${note.entry} of the journal is not its own`);
  const { of: _of, secrets, ...kept } = hidden;
  return { note: { ...rest, ...kept } as UndoEntry, secrets: secrets as readonly string[] };
}

/** What of a planned step is masked in its plan, and whose it is; undefined: nothing. `secrets` undefined: all of it is masked. */
export function hiddenOfStep(
  ref: StepRef,
  { before, after, args }: Exact,
  secrets: readonly string[] | undefined,
): JsonObject | undefined {
  const parts = Object.entries({ before, after, args }).filter(([, value]) => value !== undefined);
  const hidden = Object.fromEntries(parts) as JsonObject;
  if (parts.length === 0 || (secrets !== undefined && sameJson(maskSecrets(hidden, secrets), hidden))) return undefined;
  return { of: stepPlace(ref), ...hidden };
}

/** A planned step with what its plan masks. Throws Failure `invalid` for a text that is not of this step. */
export function withExact(step: PlannedStep, text: string): PlannedStep {
  const hidden = parsed(text);
  if (hidden === undefined || !sameJson(hidden.of, stepPlace(step)))
    throw new Failure('invalid', `what is sealed in the plan with "${step.name}" on ${step.host} is not its own`);
  const { of: _of, ...exact } = hidden;
  return { ...step, exact };
}

function stepPlace({ task, host, on, item }: StepRef): Json {
  return [task, host, on, item ?? null];
}

function placeOf({ entry, task, host, on, item }: UndoEntry): Json {
  return [entry, task, host, on, item ?? null];
}

function holds(value: Json, secret: string): boolean {
  return !sameJson(maskSecrets(value, [secret]), value);
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
