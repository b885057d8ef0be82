import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { type Asserted, isAssertion } from '../../core/module.ts';
import type { Compiler, Condition } from '../expressions/compiler.ts';
import type { Get, Template } from '../expressions/templates.ts';
import type { TaskText } from '../texts.ts';
import type { KeyFault } from './outcome-rules.ts';

type Text = Pick<TaskText, 'module' | 'args' | 'path'>;

/** The conditions among the arguments of an assertion; none of any other module. */
export function assertedConditions({ module, args, path }: Text, compiler: Compiler): readonly Condition[] {
  if (!isAssertion(module) || !isJsonObject(args)) return [];
  return compiler.conditions(args[module.conditions], [...path, module.name, module.conditions]);
}

/** All of an assertion's arguments, and with them the conditions. That is a fault. */
export function comesOutOfTemplate({ module, args }: Pick<Text, 'module' | 'args'>): boolean {
  return isAssertion(module) && !isJsonObject(args);
}

/** Arguments without what is an expression already, and no template. */
export function templatedArgs({ module, args }: Pick<Text, 'module' | 'args'>): Json {
  if (!isAssertion(module) || !isJsonObject(args)) return args;
  const { [module.conditions]: _, ...rest } = args;
  return rest;
}

/** The arguments that were left, rendered, and the conditions as they are written. */
export function withConditions({ module, args }: Pick<Text, 'module' | 'args'>, rest: Json): Json {
  if (!isAssertion(module) || !isJsonObject(args) || !isJsonObject(rest)) return rest;
  return { [module.conditions]: args[module.conditions] as Json, ...rest };
}

/** The arguments of a task as one template. */
export function argsTemplate(text: Text, conditions: readonly Condition[], compiler: Compiler): Template {
  const rest = compiler.value(templatedArgs(text), [...text.path, text.module.name]);
  if (conditions.length === 0) return rest;
  return {
    dynamic: rest.dynamic,
    uses: [...rest.uses, ...conditions.flatMap(({ template }) => template.uses)],
    expressions: [...rest.expressions, ...conditions.flatMap(({ template }) => template.expressions)],
    render: (get) => withConditions(text, rest.render(get)),
  };
}

/** Asks them in order, up to the first that does not hold. Throws ProblemFailure. */
export function askedOf(conditions: readonly Condition[], compiler: Compiler, get: Get): Asserted {
  const unmet = conditions.find((condition) => !compiler.holds(condition, get));
  const asked = { conditions: conditions.length };
  return unmet === undefined ? asked : { ...asked, unmet: { text: unmet.text, values: unmet.template.values(get) } };
}

const ofCommands = ['become', 'become_user', 'become_method', 'environment', 'delegate_to', 'timeout', 'throttle'];
const ofTries = ['retries', 'delay', 'until'];
const ofResults = ['failed_when', 'changed_when', 'check_mode'];

/** Keywords that have no meaning on what asks no host. */
export function assertionFaults({ module, args, doc, path }: TaskText): readonly KeyFault[] {
  if (!isAssertion(module)) return [];
  const { name, conditions } = module;
  // As it is written: what is around it may say them for other tasks.
  const own = path.reduce((value: unknown, key) => (value as JsonObject)[key], doc.value) as JsonObject;
  const saidOf = (keys: readonly string[], why: string, hint: string) =>
    keys
      .filter((key) => own[key] !== undefined)
      .map((key): KeyFault => ({ key, code: 'no-effect', message: `"${key}" does nothing here: ${why}`, hint }));
  const faults = [
    ...saidOf(ofCommands, `"${name}" runs no command on a host`, 'Remove it.'),
    ...saidOf(
      ofTries,
      'what is asked for does not change between two tries',
      'Put it on the task that is asked about.',
    ),
    ...saidOf(ofResults, `"${name}" changes nothing, and its conditions alone decide`, 'Remove it.'),
  ];
  if (!comesOutOfTemplate({ module, args })) return faults;
  const hint = `Write "${conditions}" under it, with the conditions themselves.`;
  const message = `the conditions of "${name}" are checked before a run, and cannot come out of a template`;
  return [...faults, { key: name, code: 'braces', message, hint }];
}
