import type { JsonObject } from '../core/json.ts';
import { type Check, isAssertion, type JsonSchema, type Module, type Resource } from '../core/module.ts';

/** What a module does besides what its arguments say, from the module itself. Markdown, a line each. */
export function moduleFacts(module: Module): string[] {
  const rows = module.kind === 'check' ? [] : resourceRows(module);
  return [
    ...(rows.length === 0
      ? []
      : ['| | |', '| --- | --- |', ...rows.map(([name, text]) => `| ${name} | ${text} |`), '']),
    ...(isAssertion(module) ? ['Runs no command on a host, and so has no exit code.'] : exitLines(module)),
  ];
}

function resourceRows(resource: Resource): [string, string][] {
  const all = resource.examples.map(({ args }) => args as JsonObject);
  const states = statesOf(resource.schema);
  const keys = unique(all.map((args) => resource.key(args))).slice(0, 3);
  return [
    ...(states.length === 0 ? [] : [['states', words(states)] as [string, string]]),
    ['keyed on', `as in ${words(keys)}; what has one key is one thing`],
    ['undo', undoText(resource, all)],
    ['guard', guardText(resource)],
    ['after a restart of the host', restartText(resource, all)],
    ['may change too', affectedText(resource, all)],
    ...traits(resource),
  ];
}

function statesOf(schema: JsonSchema): readonly string[] {
  const { state } = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
  return Array.isArray(state?.enum) ? state.enum.map(String) : [];
}

function undoText(resource: Resource, all: readonly JsonObject[]): string {
  const answers = all.map((args) => resource.reversible(args));
  const [reason] = answers.flatMap((answer) => (answer === true ? [] : [answer.never]));
  const own = resource.undone === undefined ? '' : ` ${resource.undone}`;
  if (reason === undefined) return `brings the state before back.${own}`;
  if (answers.every((answer) => answer !== true)) return `none: ${reason}.${own}`;
  return `as the arguments are. Where none can: ${reason}.${own}`;
}

function guardText({ restore, shared }: Resource): string {
  if (restore === undefined) return 'cannot bring it back: that takes somebody who connects';
  const only = shared === true ? ', while it still holds what the run wrote' : '';
  return `the host does the same by itself when nobody tells it to keep the change${only}`;
}

function restartText(resource: Resource, all: readonly JsonObject[]): string {
  const answers = unique(all.map((args) => resource.volatile?.(args) ?? false));
  if (answers.length > 1) return 'gone where it is in the memory of the kernel alone, else still there';
  return answers[0] === true ? 'gone: it is in the memory of the kernel alone' : 'still there';
}

/** The modules whose things may change with it; which of their things follows from the arguments. */
function affectedText(resource: Resource, all: readonly JsonObject[]): string {
  const prefixes = all.flatMap((args) => resource.affects?.(args) ?? []);
  if (prefixes.includes('')) return 'anything: what comes after it in a plan `depends`';
  const others = unique(prefixes.map((prefix) => prefix.split(':')[0] ?? ''));
  return others.length === 0 ? 'nothing else' : words(others.toSorted());
}

function traits({ shared, carriesTraffic, program, exitDecides }: Resource): [string, string][] {
  return [
    ...(shared === true
      ? [
          ['shared', 'others write it too: an undo touches it only while it holds what this run wrote'] as [
            string,
            string,
          ],
        ]
      : []),
    ...(carriesTraffic === true
      ? [
          ['traffic', "other hosts' traffic may rest on it: an undo removes it last, once every host is restored"] as [
            string,
            string,
          ],
        ]
      : []),
    ...(program === true
      ? [['program', 'it goes on with what it has read: an undo stops it before that is put back'] as [string, string]]
      : []),
    ['success', `is judged by reading again${exitDecides === true ? ', and by the exit code of its command' : ''}`],
  ];
}

function exitLines({ exits, kind }: Resource | Check): string[] {
  const given = Object.entries(exits ?? { 0: 'the answer is read' });
  const other =
    kind === 'check'
      ? 'there is no answer: it does not hold'
      : 'unreadable: the run stops, and nothing is taken for absent';
  const isWhole = given.some(([code]) => code === 'any' || code === 'other');
  return [
    '| exit code of its probe | is read as |',
    '| --- | --- |',
    ...given.map(([code, meaning]) => `| ${code} | ${meaning} |`),
    ...(isWhole ? [] : [`| other | ${other} |`]),
  ];
}

function words(names: readonly string[]): string {
  return names.map((name) => `\`${name.replaceAll('|', '\\|')}\``).join(', ');
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}
