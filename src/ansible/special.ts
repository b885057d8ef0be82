import type { YAMLMap } from 'yaml';
import type { Json } from '../core/json.ts';
import { refuseConnection } from './connection-names.ts';
import type { TaskContext } from './context.ts';
import { LeaveOut } from './findings.ts';
import { type ModuleCall, onlyKnown } from './module-call.ts';

/** A file of tasks in place of a task: its path, and the keywords that an include may not have are the loader's to refuse. */
export function includedFile(call: ModuleCall, context: TaskContext): string {
  const { given, free, pair } = call;
  const file = String(given.get('file')?.value ?? given.get('_raw_params')?.value ?? free).trim();
  onlyKnown(call, ['file', '_raw_params']);
  if (file === '') throw new LeaveOut('no file is named', pair.value);
  const text = context.scope.text(file, pair.value);
  if (!text.includes('{{')) context.included.tasks.add(text);
  context.findings.note(
    pair.value,
    `${file} is a file of Ansible too`,
    'Import it too, to where this names it.',
    'still-ansible',
  );
  return text;
}

/** The only one that is here. null: nothing is to be done. */
export function metaOf({ free, given, pair }: ModuleCall): 'flush_handlers' | null {
  const what = String(given.get('_raw_params')?.value ?? free).trim();
  if (what === 'noop') return null;
  if (what === 'flush_handlers') return what;
  throw new LeaveOut(`"meta: ${what}" has no equal here`, pair.value);
}

/** Keywords with which a fact would not always be what a variable of the play is. */
const conditional = [
  'vars',
  'when',
  'loop',
  'register',
  'delegate_to',
  'run_once',
  'changed_when',
  'failed_when',
  'until',
];

/** Facts become variables of the play where they are nothing else. Throws LeaveOut. */
export function factsOf(task: YAMLMap, { given, pair }: ModuleCall, context: TaskContext): void {
  const why = 'A variable of the play is the same on every task: set it in "vars" of the tasks that need it.';
  const keyword = task.items
    .map(({ key }) => String(key))
    .find((key) => conditional.includes(key) || key.startsWith('with_'));
  if (keyword !== undefined) throw new LeaveOut(`a fact with "${keyword}" has no equal here`, pair.value, why);
  const facts = [...given].filter(([name]) => name !== 'cacheable');
  const made = facts.map(([name, { value, node }]): [string, Json, unknown] => [
    name,
    context.scope.value(value, node),
    node,
  ]);
  if (made.length !== given.size) throw new LeaveOut('facts are not kept from run to run', pair.value);
  if (context.isHandler || made.length === 0) throw new LeaveOut('this fact has no equal here', pair.value, why);
  for (const [name, value, node] of made) {
    refuseConnection(name, node);
    if (!context.facts.add(name, value, task))
      throw new LeaveOut(`the fact "${name}" is not the same throughout the play`, node, why);
  }
  context.findings.note(
    pair.key,
    'a fact is a variable of the play here: its expressions are evaluated where it is used',
  );
}
