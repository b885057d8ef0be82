import type { BadPlaybook } from './row.ts';

const ask = '- hosts: flannel\n  tasks:\n    - { register: asked, verify_ping: { target: a } }\n';
const check = '      verify_ping: { target: a }\n';

/** Values of a known type, used as if they were of another. */
export const types: readonly BadPlaybook[] = [
  {
    name: 'an exit code that is compared with text',
    text: `${ask}    - when: 'asked.exit == "0"'\n${check}`,
    error: {
      at: '4:14',
      width: 17,
      code: 'wrong-type',
      message: 'int == string is not possible',
      hint: 'asked.exit is a whole number: write asked.exit == 0',
    },
  },
  {
    name: 'output that is compared with a number',
    text: `${ask}    - when: asked.ok && asked.stdout > 3\n${check}`,
    error: {
      at: '4:25',
      width: 16,
      code: 'wrong-type',
      message: 'string > int is not possible',
      hint: 'asked.stdout is text: write int(asked.stdout) > 3',
    },
  },
  {
    name: 'a change that is compared with a word',
    text: `${ask}    - when: 'asked.changed != "yes"'\n${check}`,
    error: {
      at: '4:14',
      width: 22,
      code: 'wrong-type',
      message: 'bool != string is not possible',
      hint: 'asked.changed is true or false: write !asked.changed',
    },
  },
  {
    name: 'output that is compared with null',
    text: `${ask}    - when: null != asked.stderr\n${check}`,
    error: {
      at: '4:13',
      width: 20,
      code: 'wrong-type',
      message: 'null != string is not possible',
      hint: 'asked.stderr is text: write "" != asked.stderr',
    },
  },
  {
    name: 'output as a condition',
    text: `${ask}    - when: asked.stdout\n${check}`,
    error: {
      at: '4:13',
      width: 12,
      code: 'wrong-type',
      message: 'this must be true or false, and is of type string',
      hint: 'Text is neither true nor false: compare it, as in name != "".',
    },
  },
  {
    name: 'an exit code for a condition',
    text: `${ask}    - when: asked.ok && !asked.exit\n${check}`,
    error: {
      at: '4:25',
      width: 11,
      code: 'wrong-type',
      message: '!int is not possible',
      hint: 'asked.exit is a whole number: write asked.exit == 0',
    },
  },
  {
    name: 'an exit code that is an operand of &&',
    text: `${ask}    - when: asked.exit && asked.ok\n${check}`,
    error: {
      at: '4:13',
      width: 22,
      code: 'wrong-type',
      message: "logical operator requires bool operands, got 'int'",
      hint: 'A number is neither true nor false: compare it, as in number != 0.',
    },
  },
  {
    name: 'a method of text on an exit code',
    text: `${ask}    - when: 'asked.exit.contains("1")'\n${check}`,
    error: {
      at: '4:14',
      width: 24,
      code: 'wrong-type',
      message: '"contains" of this value does not take (string)',
      hint: 'asked.exit is a whole number.',
    },
  },
  {
    name: 'a variable that is searched for in output, and is a number on every host',
    text: `${ask}    - when: asked.stdout.contains(number)\n${check}`,
    error: {
      at: '4:13',
      width: 29,
      code: 'wrong-type',
      message: '"contains" of this value does not take (int)',
      hint: 'asked.stdout is text, number is a whole number.',
    },
  },
  {
    name: 'output that is compared with a variable that is a number',
    text: `${ask}    - when: asked.stdout == peers[0].number\n${check}`,
    error: {
      at: '4:13',
      width: 31,
      code: 'wrong-type',
      message: 'string == int is not possible',
      hint: 'asked.stdout is text, peers[0].number is a whole number.',
    },
  },
  {
    name: 'the exit code of an item',
    text: `${ask}    - when: 'asked.results[0].exit in ["0"]'\n${check}`,
    error: { at: '4:14', width: 30, code: 'wrong-type', message: 'int in list<string> is not possible' },
  },
  {
    name: 'the exit codes of all items',
    text: `${ask}    - when: 'asked.results.all(one, one.exit == "0")'\n${check}`,
    error: {
      at: '4:37',
      width: 15,
      code: 'wrong-type',
      message: 'int == string is not possible',
      hint: 'one.exit is a whole number: write one.exit == 0',
    },
  },
  {
    name: 'an item of a loop over results',
    text: `${ask}    - loop: "{{ asked.results }}"\n      when: item.changed == 1\n${check}`,
    error: {
      at: '5:13',
      width: 17,
      code: 'wrong-type',
      message: 'bool == int is not possible',
      hint: 'item.changed is true or false: write item.changed',
    },
  },
  {
    name: 'the place of a turn',
    text: `${ask}    - loop: [a, b]\n      when: 'asked.ok && loop.index == "1"'\n${check}`,
    error: {
      at: '5:26',
      width: 17,
      code: 'wrong-type',
      message: 'int == string is not possible',
      hint: 'loop.index is a whole number: write loop.index == 1',
    },
  },
  {
    name: 'a loop over output',
    text: `${ask}    - loop: "{{ asked.stdout }}"\n${check}`,
    error: {
      at: '4:13',
      width: 20,
      code: 'wrong-type',
      message: '"loop" must come to a list or a map',
      hint: 'The lines of a text are text.lines().',
    },
  },
  {
    name: 'the result that "until" waits for',
    text: `- hosts: flannel\n  verify:\n    - register: asked\n      until: 'asked.stdout == 3'\n${check}`,
    error: {
      at: '4:15',
      width: 17,
      code: 'wrong-type',
      message: 'string == int is not possible',
      hint: 'asked.stdout is text: write asked.stdout == "3"',
    },
  },
  {
    name: 'the result of what failed',
    text: `- hosts: flannel\n  tasks:\n    - block:\n        - verify_ping: { target: a }\n      rescue:\n        - when: failed_result.exit == true\n          verify_ping: { target: a }\n`,
    error: {
      at: '6:17',
      width: 26,
      code: 'wrong-type',
      message: 'int == bool is not possible',
      hint: 'failed_result.exit is a whole number.',
    },
  },
  {
    name: 'an exit code that is joined to text',
    text: `${ask}    - verify_ping: { target: '{{ "a" + asked.exit }}' }\n`,
    error: {
      at: '4:34',
      width: 16,
      code: 'wrong-type',
      message: 'string + int is not possible',
      hint: 'To join text, convert the other value with string(...).',
    },
  },
  {
    name: 'a variable of the play that is made of a result',
    text: `- hosts: flannel\n  vars:\n    is_done: '{{ asked.exit < "1" }}'\n  tasks:\n    - { register: asked, verify_ping: { target: a } }\n    - when: is_done\n${check}`,
    error: {
      at: '3:18',
      width: 16,
      code: 'wrong-type',
      message: 'int < string is not possible',
      hint: 'asked.exit is a whole number: write asked.exit < 1',
    },
  },
  {
    name: 'the condition of an include',
    text: `${ask}    - include_tasks: { file: more.yml }\n      when: asked.skipped == "no"\n`,
    files: { 'more.yml': 'tasks:\n  - verify_ping: { target: a }\n  - verify_ping: { target: b }\n' },
    error: {
      at: '5:13',
      width: 21,
      code: 'wrong-type',
      message: 'bool == string is not possible',
      hint: 'asked.skipped is true or false: write !asked.skipped',
    },
  },
  {
    name: 'a field of text',
    text: `${ask}    - when: asked.stdout.mtu == 1450\n${check}`,
    error: { at: '4:26', width: 3, code: 'wrong-type', message: "cannot index type 'string'" },
  },
  {
    name: 'the name of a host that is a number',
    text: `- hosts: flannel\n  tasks:\n    - when: inventory_hostname == 21\n${check}`,
    error: {
      at: '3:13',
      width: 24,
      code: 'wrong-type',
      message: 'string == int is not possible',
      hint: 'inventory_hostname is text: write inventory_hostname == "21"',
    },
  },
  {
    name: 'a number among the names of a group',
    text: `- hosts: flannel\n  tasks:\n    - when: 21 in groups.flannel\n${check}`,
    error: { at: '3:13', width: 20, code: 'wrong-type', message: 'int in list<string> is not possible' },
  },
  {
    name: 'an item of an input that is a list of numbers',
    text: `- hosts: flannel\n  inputs: { ports: { type: array, description: x, items: { type: integer } } }\n  tasks:\n    - when: 'ports.exists(port, port == "80")'\n${check}`,
    error: {
      at: '4:33',
      width: 12,
      code: 'wrong-type',
      message: 'int == string is not possible',
      hint: 'port is a whole number: write port == 80',
    },
  },
  {
    name: 'an input that is a number',
    text: `- hosts: flannel\n  inputs: { port: { type: integer, description: x } }\n  tasks:\n    - when: 'port == "80"'\n${check}`,
    error: {
      at: '4:14',
      width: 12,
      code: 'wrong-type',
      message: 'int == string is not possible',
      hint: 'port is a whole number: write port == 80',
    },
  },
];
