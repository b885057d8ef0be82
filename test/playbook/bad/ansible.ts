import type { BadPlaybook } from './row.ts';

/** What is Ansible's, and not here. */
export const ansible: readonly BadPlaybook[] = [
  {
    name: "Ansible's loop over items",
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n      with_items: [1]\n',
    error: {
      at: '4:7',
      width: 10,
      code: 'unknown-key',
      message: '"with_items" is not a keyword of a task',
      hint: 'Write loop: "{{ the_list }}"; each turn has "item".',
    },
  },
  {
    name: "Ansible's loop over a map",
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n      with_dict: {}\n',
    error: {
      at: '4:7',
      width: 9,
      code: 'unknown-key',
      message: '"with_dict" is not a keyword of a task',
      hint: 'Write loop: "{{ the_map }}"; each turn has "item.key" and "item.value".',
    },
  },
  {
    name: "Ansible's no_log",
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n      no_log: true\n',
    error: {
      at: '4:7',
      width: 6,
      code: 'unknown-key',
      message: '"no_log" is not a keyword of a task',
      hint: 'Write "secret: true": nothing of what the task does or finds is then recorded or shown.',
    },
  },
  {
    name: 'facts of another host',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n      delegate_facts: true\n',
    error: {
      at: '4:7',
      width: 14,
      code: 'unknown-key',
      message: '"delegate_facts" is not a keyword of a task',
      hint: 'Nothing is gathered from hosts, so there are no facts to give to another one. Remove it.',
    },
  },
  {
    name: 'ignore_errors on a play',
    text: '- hosts: flannel\n  ignore_errors: true\n  tasks:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:3',
      width: 13,
      code: 'unknown-key',
      message: '"ignore_errors" is not known here',
      hint: 'It stands on a task, whose failure it is about.',
    },
  },
  {
    name: 'facts that are to be gathered',
    text: '- hosts: flannel\n  gather_facts: true\n  tasks:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:17',
      width: 4,
      code: 'bad-value',
      message: '"gather_facts" must be false',
      hint: 'Nothing is gathered from the hosts: remove it, or write false. What is needed of a host is a variable in the inventory, or what a command says and a task registers.',
    },
  },
  {
    name: 'a role',
    text: '- hosts: flannel\n  roles: [flannel]\n',
    error: {
      at: '2:3',
      width: 5,
      code: 'unknown-key',
      message: '"roles" is not known here',
      hint: 'A role is a file of tasks here, with its inputs declared: "include_tasks: { file: tasks/NAME.yml, with: { INPUT: VALUE } }".',
    },
  },
  {
    name: 'a role among the tasks',
    text: '- hosts: flannel\n  tasks:\n    - include_role: { name: flannel }\n',
    error: {
      at: '3:7',
      width: 12,
      code: 'unknown-module',
      message: '"include_role" is neither a module nor a keyword of a task',
      hint: 'A role is a file of tasks here, with its inputs declared: "include_tasks: { file: tasks/NAME.yml, with: { INPUT: VALUE } }".',
    },
  },
  {
    name: 'tasks before the tasks',
    text: '- hosts: flannel\n  pre_tasks:\n    - verify_ping: { target: a }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:3',
      width: 9,
      code: 'unknown-key',
      message: '"pre_tasks" is not known here',
      hint: 'Put them first under "tasks".',
    },
  },
  {
    name: 'questions to the operator',
    text: '- hosts: flannel\n  vars_prompt: []\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:3',
      width: 11,
      code: 'unknown-key',
      message: '"vars_prompt" is not known here',
      hint: 'Declare "inputs": what is not given is asked for.',
    },
  },
  {
    name: 'a strategy',
    text: '- hosts: flannel\n  strategy: free\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:3',
      width: 8,
      code: 'unknown-key',
      message: '"strategy" is not known here',
      hint: 'Tasks always have a barrier over the hosts after each, as with "linear". Remove it.',
    },
  },
  {
    name: 'a user to connect as',
    text: '- hosts: flannel\n  remote_user: root\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:3',
      width: 11,
      code: 'unknown-key',
      message: '"remote_user" is not known here',
      hint: 'Say with "ansible_user" in the inventory as whom to connect.',
    },
  },
  {
    name: 'a lookup in a loop',
    text: '- hosts: flannel\n  tasks:\n    - with_fileglob: /etc/*\n      verify_ping: { target: a }\n',
    error: {
      at: '3:7',
      width: 13,
      code: 'unknown-key',
      message: '"with_fileglob" is not a keyword of a task',
      hint: 'There are no lookups: write "loop" over a list or a map.',
    },
  },
  {
    name: 'an action on the controller',
    text: '- hosts: flannel\n  tasks:\n    - local_action: command ls\n',
    error: {
      at: '3:7',
      width: 12,
      code: 'unknown-module',
      message: '"local_action" is neither a module nor a keyword of a task',
      hint: 'Write "delegate_to: localhost", and the module as a key of its own.',
    },
  },
  {
    name: 'the output lines of a result',
    text: '- hosts: flannel\n  tasks:\n    - register: out\n      changed_when: false\n      command: { argv: [ls] }\n    - when: out.stdout_lines.size() > 0\n      verify_ping: { target: a }\n',
    error: {
      at: '6:17',
      width: 12,
      code: 'no-such-key',
      message: 'a registered result has no "stdout_lines"',
      hint: 'It has ok, changed, failed, skipped, because, exit, stdout, stderr, before, after, results.',
    },
  },
  {
    name: 'a fact',
    text: '- hosts: flannel\n  tasks:\n    - when: ansible_os_family == "Debian"\n      verify_ping: { target: a }\n',
    error: {
      at: '3:13',
      width: 17,
      code: 'unknown-name',
      message: '"ansible_os_family" is not known here',
      hint: 'Nothing is gathered from the hosts: give it as a variable in the inventory, or register what a command says.',
    },
  },
  {
    name: 'an argument that is left out by its value',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a, count: "{{ omit }}" }\n',
    error: {
      at: '3:44',
      width: 4,
      code: 'unknown-name',
      message: '"omit" is not known here',
      hint: 'An argument cannot be left out by its value: make two tasks of it, each with its "when".',
    },
  },
  {
    name: 'a lookup',
    text: "- hosts: flannel\n  tasks:\n    - verify_ping: { target: \"{{ lookup('env', 'TARGET') }}\" }\n",
    error: {
      at: '3:34',
      width: 23,
      code: 'unknown-function',
      message: 'there is no function "lookup"',
      hint: 'In CEL: env("TARGET")',
    },
  },
  {
    name: 'a statement',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{% if number > 21 %}a{% endif %}" }\n',
    error: {
      at: '3:31',
      width: 20,
      code: 'jinja',
      message: 'this is Jinja, and only {{ }} is looked for',
      hint: 'Write {{ condition ? one : other }}. To have it as text, write {{ "{%" }} for {%.',
    },
  },
  {
    name: 'a comment of Jinja',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "a{# the pod #}" }\n',
    error: {
      at: '3:32',
      width: 13,
      code: 'jinja',
      message: 'this is Jinja, and only {{ }} is looked for',
      hint: 'Write a comment of YAML, with #. To have it as text, write {{ "{#" }} for {#.',
    },
  },
  {
    name: 'the debug module',
    text: '- hosts: flannel\n  tasks:\n    - debug: { msg: hello }\n',
    error: {
      at: '3:7',
      width: 5,
      code: 'unknown-module',
      message: '"debug" is neither a module nor a keyword of a task',
      hint: 'Nothing here only prints: "runbook show" has what each command said, "success_msg" of an "assert" what you say.',
    },
  },
  {
    name: 'a command as text',
    text: '- hosts: flannel\n  tasks:\n    - command: ls -l\n',
    error: {
      at: '3:16',
      width: 5,
      code: 'wrong-type',
      message: '"command" must be a map, not the text "ls -l"',
      hint: 'Write command: { argv: [ls, -l] }.',
    },
  },
  {
    name: 'a module with its collection',
    text: '- hosts: flannel\n  tasks:\n    - ansible.builtin.file: { path: /a, state: absent }\n',
    error: {
      at: '3:7',
      width: 20,
      code: 'unknown-module',
      message: '"ansible.builtin.file" is neither a module nor a keyword of a task',
      hint: 'Write "file": nothing has a collection in front of its name here.',
    },
  },
];
