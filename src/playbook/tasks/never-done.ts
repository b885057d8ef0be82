import type { Condition } from '../expressions/compiler.ts';
import type { Use } from '../expressions/templates.ts';
import type { Problem } from '../problem.ts';
import { isRecovery, said } from './blocks.ts';
import type { EarlyParts } from './early-look.ts';

/** Told where each host skips the task for these conditions, and all of its conditions rest on the inventory alone. */
export function neverDone(
  parts: EarlyParts & { readonly serial: boolean },
  skips: ReadonlySet<string>,
): Problem | undefined {
  const { text, when, perItem } = parts;
  const isOnce = said(text, 'run_once')?.value === true;
  // Whose turn it is then differs from batch to batch, and with the hosts that failed.
  if (isOnce && (parts.serial || isRecovery(text.blocks))) return undefined;
  const conditions: readonly Condition[] = [...when, ...perItem];
  if (!conditions.every(({ template }) => template.uses.every((use) => isOfInventory(use, parts)))) return undefined;
  const unmet = conditions.filter((one) => skips.has(`when: ${one.text}`) && one.template.uses.length > 0);
  const [first] = unmet;
  if (first === undefined || new Set(unmet.map((one) => one.text)).size < skips.size) return undefined;
  const message = isOnce
    ? 'the first host does not meet this, and "run_once" asks no other: the task is never done'
    : 'no host of the play meets this: the task is never done';
  const hint = 'Correct the condition, the hosts of the play or the inventory.';
  return text.doc.problem('never-runs', message, first.path, { hint });
}

function isOfInventory({ name }: Use, parts: EarlyParts): boolean {
  const { around, scope, vars, loop } = parts;
  if (loop?.names.includes(name)) return loop.template.uses.every((use) => isOfInventory(use, parts));
  return !vars.has(name) && !around.names.has(name) && scope.isOfInventory(name);
}
