import type { ProblemCode } from '../../core/codes/problem-codes.ts';
import type { JsonObject } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';
import { isAssertion } from '../../core/module.ts';
import type { TaskText } from '../texts.ts';

/** Something wrong with a task, at one of its keys. */
export interface KeyFault {
  readonly key: string;
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint: string;
}

/** `changed_when: false` on a command of the user's own: it only reads, says the task. */
export function onlyAsks({ value, module }: Pick<TaskText, 'value' | 'module'>): boolean {
  return isFalse(value.changed_when) && module.kind === 'resource' && module.exitDecides === true;
}

/** What the keywords about a task's outcome mean together: `failed_when`, `check_mode`, `loop_control` and their like. */
export function outcomeFaults(text: TaskText): readonly KeyFault[] {
  const { value, module } = text;
  if (isAssertion(module)) return [];
  const isOwn = module.kind === 'resource' && module.exitDecides === true;
  const faults: KeyFault[] = [];
  const noEffect = (key: string, message: string, hint: string) =>
    faults.push({ key, code: 'no-effect', message, hint });
  if (isFalse(value.failed_when) && !isOwn) {
    const message = `"failed_when: false" does nothing: whether a "${module.name}" went well, its own reading decides`;
    noEffect('failed_when', message, 'Write "ignore_errors: true" to go on after a failure.');
  }
  if (value.check_mode === false && !onlyAsks(text)) {
    const hint = 'Only a command with "changed_when: false" may be asked in a plan; checks are asked there anyway.';
    faults.push({ key: 'check_mode', code: 'would-change', message: 'a plan changes nothing', hint });
  }
  if (value.check_mode === true && value.protect === true) {
    const message = '"protect" notes a state for an undo, and "check_mode: true" changes nothing to undo';
    faults.push({ key: 'check_mode', code: 'contradiction', message, hint: 'Remove one of the two.' });
  }
  if (onlyAsks(text) && isJsonObject(text.args) && text.args.undo !== undefined) {
    noEffect('changed_when', 'a command that only reads has nothing to undo', 'Remove "undo", or "changed_when".');
  }
  if (value.loop_control !== undefined && value.loop === undefined)
    noEffect('loop_control', '"loop_control" does nothing without "loop"', 'Add "loop", or remove it.');
  return faults;
}

/** The names that `loop_control` gives, with their keys. */
export function loopControlNames({ loop_control }: JsonObject): readonly (readonly [key: string, name: string])[] {
  const { loop_var, index_var } = isJsonObject(loop_control) ? loop_control : {};
  return Object.entries({ loop_var, index_var }).flatMap(([key, name]) =>
    typeof name === 'string' ? [[key, name] as const] : [],
  );
}

function isFalse(condition: unknown): boolean {
  return condition === false || (typeof condition === 'string' && condition.trim() === 'false');
}
