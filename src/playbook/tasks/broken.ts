import type { JsonObject } from '../../core/json.ts';
import type { Module } from '../../core/module.ts';
import type { SchemaError } from '../schema/schema-errors.ts';
import type { LostNames } from '../scope/lost-names.ts';
import type { Broken, TaskText } from '../texts.ts';

/** What keys that are not in the right shape, or not known, leave open. Undefined: there are none. */
export function brokenBy(
  value: JsonObject,
  errors: readonly SchemaError[],
  unknown: readonly string[],
  lost: LostNames,
): Broken | undefined {
  const wrong = errors.flatMap(({ path: [key] }) => (key === undefined ? [] : [String(key)]));
  for (const key of [...wrong, ...unknown]) lost.addIn(value[key]);
  if (errors.length + unknown.length === 0) return undefined;
  // They may have been meant as a loop, and to name its item.
  const mayLoop = unknown.length > 0 || wrong.includes('loop_control');
  return { names: mayLoop ? ['item', 'loop'] : [], keys: unknown };
}

/** Of what is in the right shape itself, in a place that is not. */
export const brokenElsewhere: Broken = { names: [], keys: [] };

/** Stands for the module of a task that names none. */
export const noModule: Module = {
  ...{ kind: 'check', name: '', summary: '', about: '', schema: {}, examples: [] },
  probe: () => ({ argv: [] }),
  judge: () => ({ ok: false, because: '' }),
};

/** What is not in the right shape as a task of no module, for its other keys to be looked at. */
export function taskOfNone(at: Omit<TaskText, 'module' | 'args' | 'notifies' | 'broken'>, broken: Broken): TaskText {
  return { ...at, module: noModule, args: {}, notifies: [], broken };
}
