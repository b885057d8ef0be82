import type { BadPlaybook } from './row.ts';

/** Variables of plays and tasks. */
export const variables: readonly BadPlaybook[] = [
  {
    name: 'a connection variable of a play',
    text: '- hosts: flannel\n  vars: { ansible_connection: local }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:11',
      width: 18,
      code: 'connection-variable',
      message: '"ansible_connection" says how to connect, and would not be asked for here',
      hint: 'Set it in the inventory, for hosts or a group, or for all hosts with -e.',
    },
  },
  {
    name: 'one of its older names',
    text: '- hosts: flannel\n  vars: { ansible_ssh_host: 10.4.7.1 }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:11',
      width: 16,
      code: 'connection-variable',
      message: '"ansible_ssh_host" says how to connect, and would not be asked for here',
      hint: 'Set it in the inventory, for hosts or a group, or for all hosts with -e.',
    },
  },
  {
    name: 'one of another user',
    text: '- hosts: flannel\n  vars: { ansible_become: true }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:11',
      width: 14,
      code: 'connection-variable',
      message: '"ansible_become" says how to connect, and would not be asked for here',
      hint: 'Say "become", "become_user" or "become_method", or set it in the inventory, for hosts or a group.',
    },
  },
  {
    name: 'a connection variable of a task',
    text: '- hosts: flannel\n  verify:\n    - vars: { ansible_user: op }\n      verify_ping: { target: a }\n',
    error: {
      at: '3:15',
      width: 12,
      code: 'connection-variable',
      message: '"ansible_user" says how to connect, and would not be asked for here',
      hint: 'Set it in the inventory, for hosts or a group, or for all hosts with -e.',
    },
  },
  {
    name: 'a connection variable of a block',
    text: '- hosts: flannel\n  tasks:\n    - vars: { ansible_port: 2222 }\n      block:\n        - verify_ping: { target: a }\n',
    error: {
      at: '3:15',
      width: 12,
      code: 'connection-variable',
      message: '"ansible_port" says how to connect, and would not be asked for here',
      hint: 'Set it in the inventory, for hosts or a group, or for all hosts with -e.',
    },
  },
  {
    name: 'a connection variable in a file',
    text: '- hosts: flannel\n  vars_files: [v.yml]\n  verify:\n    - verify_ping: { target: a }\n',
    files: { 'v.yml': 'other: 1\nansible_user: op\n' },
    error: {
      file: 'v.yml',
      at: '2:1',
      width: 12,
      code: 'connection-variable',
      message: '"ansible_user" says how to connect, and would not be asked for here',
      hint: 'Set it in the inventory, for hosts or a group, or for all hosts with -e.',
    },
  },
  {
    name: 'the default of an input that is one',
    text: '- hosts: flannel\n  inputs: { ansible_user: { type: string, description: Who, default: op } }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:13',
      width: 12,
      code: 'connection-variable',
      message: '"ansible_user" says how to connect, and would not be asked for here',
      hint: 'Set it in the inventory, for hosts or a group, or for all hosts with -e.',
    },
  },
  {
    name: 'a variable with a dash',
    text: '- hosts: flannel\n  vars: { pod-net: x }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:11',
      width: 7,
      code: 'bad-name',
      message: '"pod-net" cannot be a name',
      hint: 'Names begin with a small letter or _, then letters, digits and _.',
    },
  },
  {
    name: 'a variable with a reserved name',
    text: '- hosts: flannel\n  vars: { peers: x }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:11',
      width: 5,
      code: 'name-taken',
      message: '"peers" has a meaning of its own in expressions',
      hint: 'Choose another name.',
    },
  },
  {
    name: 'a variable with an unknown name',
    text: '- hosts: flannel\n  vars: { net: "{{ cidr(pod_cdr) }}" }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:25',
      width: 7,
      code: 'unknown-name',
      message: '"pod_cdr" is not known here',
      hint: 'Did you mean "pod_cidr"?',
    },
  },
  {
    name: 'a task variable with an unknown name',
    text: '- hosts: flannel\n  tasks:\n    - vars: { to: "{{ pod_ipp }}" }\n      verify_ping: { target: "{{ to }}" }\n',
    error: {
      at: '3:23',
      width: 7,
      code: 'unknown-name',
      message: '"pod_ipp" is not known here',
      hint: 'Did you mean "pod_ip"?',
    },
  },
  {
    name: 'a variable that CEL keeps',
    text: '- hosts: flannel\n  vars: { package: x }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:11',
      width: 7,
      code: 'name-taken',
      message: '"package" has a meaning of its own in expressions',
      hint: 'Choose another name.',
    },
  },
  {
    name: 'variables that are a list',
    text: '- hosts: flannel\n  vars: [a]\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:9',
      width: 3,
      code: 'wrong-type',
      message: '"vars" must be a map, not a list',
      hint: 'Variables. A value may be a template: "{{ ... }}".',
    },
  },
  {
    name: 'a variable that begins with a capital',
    text: '- hosts: flannel\n  vars: { Net: x }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:11',
      width: 3,
      code: 'bad-name',
      message: '"Net" cannot be a name',
      hint: 'Names begin with a small letter or _, then letters, digits and _.',
    },
  },
  {
    name: 'a variable of a task that hides a builtin',
    text: '- hosts: flannel\n  tasks:\n    - vars: { hostvars: x }\n      verify_ping: { target: a }\n',
    error: {
      at: '3:15',
      width: 8,
      code: 'name-taken',
      message: '"hostvars" has a meaning of its own in expressions',
      hint: 'Choose another name.',
    },
  },
  {
    name: 'a variable of a task made of itself',
    text: '- hosts: flannel\n  tasks:\n    - vars: { me: "{{ me }}" }\n      verify_ping: { target: "{{ me }}" }\n',
    error: {
      at: '3:23',
      width: 2,
      code: 'cycle',
      message: 'the variable "me" is made of itself',
      hint: 'A variable hides what has its name further out: choose another name for one of those in the circle.',
    },
  },
  {
    name: 'a field that a variable has not',
    text: '- hosts: flannel\n  vars: { net: { cidr: 10.0.0.0/8 } }\n  verify:\n    - verify_ping: { target: "{{ net.cdir }}" }\n',
    error: {
      at: '4:38',
      width: 4,
      code: 'no-such-key',
      message: 'there is no "cdir" here',
      hint: 'Did you mean "cidr"?',
    },
  },
  {
    name: 'a mistake of a variable, told at the variable',
    text: '- hosts: flannel\n  vars: { net: "{{ cidr(pod_ip).network }}" }\n  verify:\n    - verify_ping: { target: "{{ string(net) }}" }\n',
    error: {
      at: '2:20',
      width: 12,
      code: 'expression-failed',
      message: '"172.7.21.2" is not a network: the prefix length is missing, as in /24',
    },
  },
  {
    name: 'a result in a variable before it is there',
    text: '- hosts: flannel\n  vars: { out: "{{ later.stdout }}" }\n  tasks:\n    - verify_ping: { target: "{{ out }}" }\n    - register: later\n      verify_ping: { target: a }\n',
    error: {
      at: '4:34',
      width: 3,
      code: 'not-registered',
      message: '"later" is registered only by a later task',
      hint: 'Move that task before this one.',
    },
  },
  {
    name: 'a variable made of itself',
    text: '- hosts: flannel\n  vars:\n    a: "{{ a }}"\n  verify:\n    - verify_ping: { target: "{{ a }}" }\n',
    error: {
      at: '3:5',
      width: 1,
      code: 'cycle',
      message: 'the variable "a" is made of itself',
      hint: 'A variable hides what has its name further out: choose another name for one of those in the circle.',
    },
  },
  {
    name: 'a variable with the name that a failure is told under',
    text: '- hosts: flannel\n  vars: { failed_task: 1 }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:11',
      width: 11,
      code: 'name-taken',
      message: '"failed_task" has a meaning of its own in expressions',
      hint: 'Choose another name.',
    },
  },
];
