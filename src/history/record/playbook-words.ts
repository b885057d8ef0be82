import type { Json } from '../../core/json.ts';
import type { Resource } from '../../core/module.ts';
import type { ThingState } from './states.ts';

/** The resource of that name; undefined: there is none, or it is a check. */
export type ResourceNamed = (name: string) => Resource | undefined;

/**
 * A thing's states as the arguments that ask for them, where there are such arguments: what only one run can know of a
 * state (an index, a pid) is not in them, so two records compare. Otherwise the states themselves.
 */
export function inPlaybookWords(thing: ThingState, resourceNamed: ResourceNamed): ThingState {
  const resource = resourceNamed(thing.module);
  if (resource === undefined) return thing;
  const before = words(resource, thing, thing.before);
  const after = thing.after === undefined ? undefined : words(resource, thing, thing.after);
  if (before === undefined || (after === undefined && thing.after !== undefined)) return thing;
  return { ...thing, before, after };
}

/** Absence stays null. undefined: there are no such arguments. */
function words(resource: Resource, { args }: ThingState, state: Json): Json | undefined {
  if (state === null) return null;
  try {
    return resource.restate(state, args) ?? undefined;
  } catch {
    return undefined;
  }
}
