import type { ProblemCode } from '../../core/codes/problem-codes.ts';
import { connectionHint, isConnectionVariable, secretVariables } from '../../core/connection-variables.ts';
import { Failure } from '../../core/failure.ts';
import type { JsonObject } from '../../core/json.ts';
import { isAssertion } from '../../core/module.ts';
import { failedNames } from '../../core/play.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import { Language } from '../expressions/expressions.ts';
import { isTemplate } from '../expressions/templates.ts';
import type { PlaybookText } from '../parse.ts';
import type { Problem } from '../problem.ts';
import { problemOf } from '../schema/schema-problem.ts';
import { builtins } from '../scope/play-scope.ts';
import type { TaskText } from '../texts.ts';
import { assertionFaults } from './assertion.ts';
import { allSaid, said } from './blocks.ts';
import { loopNames } from './loop.ts';
import { loopControlNames, onlyAsks, outcomeFaults } from './outcome-rules.ts';

/** Names that stand for something already. */
type Names = Pick<ReadonlySet<string>, 'has'>;

/** What the keywords of a task mean together: what a schema cannot say. */
export function keywordProblems(text: TaskText, play: JsonObject, variables: Names): Problem[] {
  const { doc, value, section, module, path } = text;
  const found: Problem[] = [];
  const add = (key: string, code: ProblemCode, message: string, hint: string) =>
    found.push(doc.problem(code, message, [...path, key], { key: true, hint }));

  for (const { key, code, message, hint } of [...assertionFaults(text), ...outcomeFaults(text)])
    add(key, code, message, hint);
  if (value.protect === true && module.kind === 'check') {
    add('protect', 'not-a-resource', `"${module.name}" is a check and has no state to protect`, 'Protect a resource.');
  } else if (value.protect === true && section !== 'tasks') {
    add('protect', 'bad-section', `"protect" has no meaning under "${section}"`, 'Protect a state under "tasks".');
  }
  const changes = section === 'tasks' || section === 'cleanup';
  if (changes && module.kind === 'resource' && Number(value.retries ?? 0) > 0 && value.until === undefined) {
    const hint = 'Give "until", or put the retries on the task under "verify" that proves the change.';
    add('retries', 'retried-change', `a change is never tried again silently`, hint);
  }
  if (value.until !== undefined && value.register === undefined) {
    add('until', 'missing-key', '"until" needs "register"', 'Register the result under a name, and ask for that name.');
  }
  if (value.delay !== undefined && value.until === undefined && Number(value.retries ?? 0) === 0) {
    add('delay', 'no-effect', '"delay" does nothing without "retries" or "until"', 'Remove it, or give "retries".');
  }
  if (value.become_user !== undefined && (said(text, 'become')?.value ?? play.become) !== true) {
    add('become_user', 'no-effect', '"become_user" does nothing without "become"', 'Add "become: true".');
  }
  if (isTemplate(value.name)) {
    add('name', 'no-effect', 'a name is not a template and is shown as written', 'Say it without variables.');
  }
  const register = value.register;
  if (typeof register === 'string') found.push(...nameProblems(doc, register, [...path, 'register'], variables));
  for (const vars of allSaid(text, 'vars'))
    for (const name of Object.keys(vars.value as object))
      found.push(...variableProblems(doc, name, [...vars.path, name], new Set(loopNames(value))));
  if (value.notify !== undefined && module.kind === 'check' && value.changed_when === undefined) {
    const hint = 'Notify from what changes something, or say with "changed_when" when it counts as a change.';
    add('notify', 'no-effect', `"${module.name}" is a check and never changes anything`, hint);
  }
  for (const [key, name] of loopControlNames(value))
    found.push(...nameProblems(doc, name, [...path, 'loop_control', key], new Set()));
  return found;
}

const reserved: readonly string[] = [...builtins, ...failedNames];

/** Is this a name that a variable cannot have, or one that stands for something else already? */
export function nameProblems(doc: PlaybookText, name: string, path: YamlPath, others: Names): Problem[] {
  const isVariable = others.has(name);
  if (!isVariable && Language.allows(name) && !reserved.includes(name)) return [];
  if (!/^[a-z_][a-zA-Z0-9_]*$/.test(name)) return []; // the schema has said so
  const what = isVariable ? 'is a variable already' : 'has a meaning of its own in expressions';
  return [doc.problem('name-taken', `"${name}" ${what}`, path, { key: true, hint: 'Choose another name.' })];
}

/** The same of a variable that a playbook sets: how to connect is read from the inventory and -e alone. */
export function variableProblems(doc: PlaybookText, name: string, path: YamlPath, others: Names): Problem[] {
  if (!isConnectionVariable(name)) return nameProblems(doc, name, path, others);
  const message = `"${name}" says how to connect, and would not be asked for here`;
  const problem = doc.problem('connection-variable', message, path, { key: true, hint: connectionHint(name) });
  const shown = problem.source.slice(0, problem.at.column - 1 + problem.width);
  return [secretVariables.has(name) ? { ...problem, source: shown } : problem];
}

/** What a module has against arguments that are written without templates, beyond its schema. */
export function staticProblems(text: TaskText): Problem[] {
  const { doc, module, path } = text;
  const args = text.args as JsonObject;
  const faults = module.faults?.(args) ?? [];
  if (faults.length > 0) return faults.map((fault) => problemOf(doc, fault, [...path, module.name]));
  return placeProblems(text, args);
}

/** Arguments that only name a thing. A template stands for something: it is wanted. */
export function nothingWanted(text: TaskText, args: JsonObject): Problem[] {
  const { doc, value, section, module, path } = text;
  if (module.kind === 'check' || value.protect === true || isTemplate(args.state)) return [];
  if (module.asks?.(args) !== false) return [];
  const hint =
    section === 'require' || section === 'verify'
      ? 'Say what must hold.'
      : 'Say what is wanted, or "protect: true" to have an undo restore it.';
  const message = `this "${module.name}" wants no state`;
  return [doc.problem('nothing-wanted', message, [...path, module.name], { key: true, hint })];
}

/** What a module has against arguments without faults in this place. */
export function placeProblems(text: TaskText, args: JsonObject): Problem[] {
  const { doc, section, module, path } = text;
  const problem = (code: ProblemCode, message: string, details: { key?: boolean; hint: string | undefined }) => [
    doc.problem(code, message, [...path, module.name], details),
  ];
  if (isAssertion(module)) return [];
  try {
    const probe = module.probe(args);
    if (module.kind === 'check') return [];
    module.key(args);
    module.reversible(args);
    const asserts = section === 'require' || section === 'verify';
    if (asserts && probe === null && !onlyAsks(text)) {
      const own = module.exitDecides === true ? ', or say with "changed_when: false" that the command only reads' : '';
      const hint = `Ask a check here, or a resource whose state can be read${own}.`;
      return problem('cannot-assert', `no command can tell whether "${module.name}" holds`, { key: true, hint });
    }
    return nothingWanted(text, args);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return problem('bad-value', thrown.message, { hint: thrown.hint });
  }
}
