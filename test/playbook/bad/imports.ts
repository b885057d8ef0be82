import type { BadPlaybook } from './row.ts';

/** Playbooks that stand in others. */
export const imports: readonly BadPlaybook[] = [
  {
    name: 'a connection variable of an import',
    text: '- import_playbook: q.yml\n  vars: { ansible_host: a }\n',
    files: { 'q.yml': '- hosts: flannel\n  verify:\n    - verify_ping: { target: a }\n' },
    error: {
      at: '2:11',
      width: 12,
      code: 'connection-variable',
      message: '"ansible_host" says how to connect, and would not be asked for here',
      hint: 'Set it in the inventory, for hosts or a group, or for all hosts with -e.',
    },
  },
  {
    name: 'a playbook that is not there',
    text: '- import_playbook: plays/network.yml\n',
    error: {
      at: '1:20',
      width: 17,
      code: 'bad-include',
      message: 'there is no file plays/network.yml',
      hint: 'A path is taken from the folder of the file that names it.',
    },
  },
  {
    name: 'a playbook that imports itself',
    text: '- import_playbook: p.yml\n',
    error: {
      at: '1:20',
      width: 5,
      code: 'include-cycle',
      message: 'p.yml includes itself',
      hint: 'Break the circle: a file cannot stand inside itself.',
    },
  },
  {
    name: 'a playbook by a template',
    text: '- import_playbook: "{{ which }}.yml"\n',
    extraVars: { which: 'b' },
    error: {
      at: '1:20',
      width: 17,
      code: 'not-static',
      message: 'the name of a playbook is no template',
      hint: 'Write its path as it is: the inputs of its plays are asked for before anything is known.',
    },
  },
  {
    name: 'a condition of an import',
    text: '- import_playbook: b.yml\n  when: true\n',
    files: { 'b.yml': '- hosts: flannel\n  verify:\n    - verify_ping: { target: a }\n' },
    error: {
      at: '2:3',
      width: 4,
      code: 'unknown-key',
      message: '"when" cannot be said of an import',
      hint: 'Say it of the tasks: a play has no condition.',
    },
  },
  {
    name: 'a misspelt keyword of an import',
    text: '- import_playbook: b.yml\n  var: { a: 1 }\n',
    files: { 'b.yml': '- hosts: flannel\n  verify:\n    - verify_ping: { target: a }\n' },
    error: {
      at: '2:3',
      width: 3,
      code: 'unknown-key',
      message: '"var" is not known here',
      hint: 'Did you mean "vars"?',
    },
  },
  {
    name: 'a mistake in a playbook that is imported',
    text: '- import_playbook: b.yml\n',
    files: { 'b.yml': '- hosts: flannel\n  verify:\n    - verify_ping: { traget: a }\n' },
    error: {
      file: 'b.yml',
      at: '3:22',
      width: 6,
      code: 'unknown-key',
      message: '"traget" is not known here',
      hint: 'Did you mean "target"? Included from p.yml:1.',
    },
  },
  {
    name: 'a value that an input of the imported play does not take',
    text: '- import_playbook: b.yml\n  vars: { mtu: 100 }\n',
    files: {
      'b.yml':
        '- hosts: flannel\n  inputs:\n    mtu: { type: integer, description: MTU, minimum: 576 }\n  verify:\n    - verify_ping: { target: a }\n',
    },
    error: { at: '2:16', width: 3, code: 'bad-value', message: 'the input "mtu" must be >= 576', hint: 'MTU' },
  },
  {
    name: 'a playbook that is empty',
    text: '- import_playbook: b.yml\n',
    files: { 'b.yml': '' },
    error: {
      file: 'b.yml',
      at: '1:1',
      width: 1,
      code: 'empty',
      message: 'the playbook is empty',
      hint: 'A playbook is a list of plays: "- hosts: web", then "tasks:". Included from p.yml:1.',
    },
  },
];
