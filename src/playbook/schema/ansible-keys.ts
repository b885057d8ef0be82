import { entryOf } from '../../core/entry-of.ts';
import { blockSettings } from './block-keywords.ts';
import { insteadOfRoles } from './include-keywords.ts';
import { isTaskKeyword } from './keywords.ts';
import { isPlayKeyword } from './play-keywords.ts';
import type { SchemaError } from './schema-errors.ts';
import { wordOfTruth } from './truth-words.ts';

const asWhom = 'Say with "ansible_user" in the inventory as whom to connect.';
const becoming = 'Write "become: true"; "become_user" says who, "become_method" how.';
const nothingGathered =
  'Nothing is gathered from the hosts: remove it, or write false. What is needed of a host is a variable in the inventory, or what a command says and a task registers.';
const notGathered = 'Nothing is gathered from the hosts. Remove it.';
const waitedFor =
  'A task is waited for, on all hosts at the same time: give it a "timeout" that is long enough. Remove it.';

/** Keys of Ansible that people will write and that are not here, on a play or on a task, each with what to write instead. */
export const ansibleKeys: Readonly<Record<string, string>> = {
  with_items: 'Write loop: "{{ the_list }}"; each turn has "item".',
  with_list: 'Write loop: "{{ the_list }}"; each turn has "item".',
  with_dict: 'Write loop: "{{ the_map }}"; each turn has "item.key" and "item.value".',
  with_flattened: 'Write loop: "{{ the_list.flatten() }}".',
  with_together: 'Write loop: "{{ one.zip(other) }}"; each turn has "item[0]" and "item[1]".',
  with_nested: 'Write loop: "{{ one.map(a, other.map(b, [a, b])).flatten() }}"; each turn has "item[0]" and "item[1]".',
  with_cartesian:
    'Write loop: "{{ one.map(a, other.map(b, [a, b])).flatten() }}"; each turn has "item[0]" and "item[1]".',
  with_subelements:
    'Write loop: "{{ the_list.map(a, a.parts.map(b, [a, b])).flatten() }}"; each turn has "item[0]" and "item[1]".',
  with_sequence: 'Write loop: "{{ range(1, 5) }}", which ends before 5.',
  with_indexed_items: 'Write loop: "{{ the_list }}", with loop_control: { index_var: n } for the number.',
  no_log: 'Write "secret: true": nothing of what the task does or finds is then recorded or shown.',
  delegate_facts: 'Nothing is gathered from hosts, so there are no facts to give to another one. Remove it.',
  local_action: 'Write "delegate_to: localhost", and the module as a key of its own.',
  fail: 'Write assert: { that: false, fail_msg: "..." }, with the same "when".',
  debug:
    'Nothing here only prints: "runbook show" has what each command said, "success_msg" of an "assert" what you say.',
  action: 'Write the module as a key of its own.',
  args: 'Write what stands in it among the arguments of the module.',
  any_errors_fatal: 'Every failure stops all hosts. Remove it.',
  strategy: 'Tasks always have a barrier over the hosts after each, as with "linear". Remove it.',
  connection:
    'How a host is reached is said in the inventory, with "ansible_connection". "hosts: localhost" is this machine without ssh, and so is "delegate_to: localhost" for one task.',
  ...{ remote_user: asWhom, user: asWhom },
  port: 'Say in the inventory, with "ansible_port", where to connect.',
  ...{ sudo: becoming, sudo_user: becoming, su: becoming, su_user: becoming },
  ...{ become_flags: becoming, become_exe: becoming },
  ...{ gather_subset: notGathered, gather_timeout: notGathered, fact_path: notGathered },
  roles: insteadOfRoles,
  role: insteadOfRoles,
  include_role: insteadOfRoles,
  import_role: insteadOfRoles,
  vars_prompt: 'Declare "inputs": what is not given is asked for.',
  pre_tasks: 'Put them first under "tasks".',
  post_tasks: 'Put them last under "tasks", or under "cleanup" for what waits until the change is proven.',
  module_defaults: 'Write the arguments at each task; an anchor of YAML (&name, then *name) repeats them.',
  collections: 'Modules have no collection in front of their names. Remove it.',
  force_handlers:
    'After a failure everything is undone. What is to be done in any case stands under "always" of a block.',
  debugger: 'A run never stops to ask; "runbook show RUN" has what each command said. Remove it.',
  diff: 'Ask for it on the command line: runbook play FILE --check --diff.',
  ...{ async: waitedFor, poll: waitedFor },
  apply: 'What all tasks of the file are to take over is said of the include itself.',
};

/** Where a key can stand that is not known here. */
type Where = 'play' | 'task' | 'block' | 'include' | 'import';

/** What to write instead of a key, where that is known. */
export function insteadOf(key: string, where: Where): string | undefined {
  if (where === 'play' && key === 'ignore_errors') return 'It stands on a task, whose failure it is about.';
  if (where === 'play' && key === 'when')
    return 'A play has no condition: say it of its tasks, or of a block around them.';
  const known = entryOf(ansibleKeys, key);
  if (known !== undefined) return known;
  if (key.startsWith('with_')) return 'There are no lookups: write "loop" over a list or a map.';
  if (where === 'play' && Object.hasOwn(blockSettings, key)) return 'Say it of a task, or of a block around several.';
  if (where === 'play' && isTaskKeyword(key)) return 'Say it of a task.';
  if (where === 'import' && isPlayKeyword(key)) return 'Say it of the plays in that file.';
  return where !== 'import' && where !== 'play' && isPlayKeyword(key) ? 'It stands on the play.' : undefined;
}

/** An error about a key, with what to write instead as its hint where that is known. */
export function withInstead(error: SchemaError, where: Where): SchemaError {
  if (error.code !== 'unknown-key') return error;
  return { ...error, hint: insteadOf(String(error.path[0]), where) ?? error.hint };
}

/** The same of a value that a key has in Ansible, and not here. */
export function insteadOfValue(key: string, value: unknown): string | undefined {
  if (key === 'gather_facts' || key === 'gather') return isNo(value) ? wordOfTruth(value) : nothingGathered;
  if (key === 'meta')
    return 'Only flush_handlers is known. What "end_play" and its like are for is said with "when" on the tasks.';
  if (key !== 'order' || value !== 'shuffle') return undefined;
  return 'A run must come out as its plan says, and a replay as the run: hosts are taken in the order of the inventory, sorted, or one of these reversed.';
}

function isNo(value: unknown): boolean {
  return typeof value === 'string' && /^(?:no|off|false)$/i.test(value);
}
