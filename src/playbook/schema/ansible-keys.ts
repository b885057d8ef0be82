import { entryOf } from '../../core/entry-of.ts';
import { insteadOfRoles } from './include-keywords.ts';

/** Keys of Ansible that people will write and that are not here, each with what to write instead. */
export const ansibleKeys: Readonly<Record<string, string>> = {
  with_items: 'Write loop: "{{ the_list }}"; each turn has "item".',
  with_list: 'Write loop: "{{ the_list }}"; each turn has "item".',
  with_dict: 'Write loop: "{{ the_map }}"; each turn has "item.key" and "item.value".',
  no_log: 'Write "secret: true": nothing of what the task does or finds is then recorded or shown.',
  delegate_facts: 'Nothing is gathered from hosts, so there are no facts to give to another one. Remove it.',
  local_action: 'Write "delegate_to: localhost", and the module as a key of its own.',
  fail: 'Write assert: { that: false, fail_msg: "..." }, with the same "when".',
  debug:
    'Nothing here only prints: "runbook show" has what each command said, "success_msg" of an "assert" what you say.',
  action: 'Write the module as a key of its own.',
  any_errors_fatal: 'Every failure stops all hosts. Remove it.',
  strategy: 'Tasks always have a barrier over the hosts after each, as with "linear". Remove it.',
  remote_user: 'Say with "ansible_user" in the inventory as whom to connect.',
  roles: insteadOfRoles,
  role: insteadOfRoles,
  include_role: insteadOfRoles,
  import_role: insteadOfRoles,
  vars_prompt: 'Declare "inputs": what is not given is asked for.',
  pre_tasks: 'Put them first under "tasks".',
  post_tasks: 'Put them last under "tasks", or under "cleanup" for what waits until the change is proven.',
};

/** What to write instead of a key, where that is known. `onTask`: it stands on a task, else on a play. */
export function insteadOf(key: string, onTask: boolean): string | undefined {
  if (!onTask && key === 'ignore_errors') return 'It stands on a task, whose failure it is about.';
  if (key.startsWith('with_') && !Object.hasOwn(ansibleKeys, key))
    return 'There are no lookups: write "loop" over a list or a map.';
  return entryOf(ansibleKeys, key);
}

/** The same of a value that a key of a play has in Ansible, and not here. */
export function insteadOfValue(key: string, value: unknown): string | undefined {
  if (key !== 'order' || value !== 'shuffle') return undefined;
  return 'A run must come out as its plan says, and a replay as the run: hosts are taken in the order of the inventory, sorted, or one of these reversed.';
}
