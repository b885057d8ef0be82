import type { BadPlaybook } from './row.ts';

/** Inputs of a play. */
export const inputs: readonly BadPlaybook[] = [
  {
    name: 'an input without its description',
    text: '- hosts: flannel\n  inputs:\n    mtu: { type: integer }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '3:5',
      width: 3,
      code: 'missing-key',
      message: '"description" is missing',
      hint: 'What is asked for, as people read it.',
    },
  },
  {
    name: 'an input of a type that there is not',
    text: '- hosts: flannel\n  inputs:\n    mtu: { type: int, description: MTU }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '3:18',
      width: 3,
      code: 'bad-value',
      message: '"type" must be string, integer, number, boolean, array or object',
    },
  },
  {
    name: 'an input that is only its type',
    text: '- hosts: flannel\n  inputs:\n    mtu: integer\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '3:10',
      width: 7,
      code: 'wrong-type',
      message: '"mtu" must be a map, not the text "integer"',
      hint: 'A JSON Schema: { type: integer, description: "What is asked for" }.',
    },
  },
  {
    name: 'a misspelt rule for an input',
    text: '- hosts: flannel\n  inputs:\n    mtu: { type: integer, description: MTU, minmum: 1 }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '3:45',
      width: 6,
      code: 'unknown-key',
      message: '"minmum" is not known here',
      hint: 'Did you mean "minimum"?',
    },
  },
  {
    name: 'a default that the input does not take',
    text: '- hosts: flannel\n  inputs:\n    mtu: { type: integer, description: MTU, minimum: 576, default: 100 }\n  verify:\n    - verify_ping: { target: a }\n',
    error: { at: '3:68', width: 3, code: 'bad-value', message: 'the default of "mtu" must be >= 576', hint: 'MTU' },
  },
  {
    name: 'a default that is none of the choices',
    text: '- hosts: flannel\n  inputs:\n    how: { type: string, description: How, enum: [one, two], default: three }\n  verify:\n    - verify_ping: { target: a }\n',
    error: { at: '3:71', width: 5, code: 'bad-value', message: 'the default of "how" must be one or two' },
  },
  {
    name: 'a default that is yes',
    text: '- hosts: flannel\n  inputs:\n    sure: { type: boolean, description: Is it meant, default: yes }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '3:63',
      width: 3,
      code: 'wrong-type',
      message: 'the default of "sure" must be true or false, not the text "yes"',
      hint: 'Write true: in YAML 1.2 "yes" is text.',
    },
  },
  {
    name: 'a pattern for an input that is none',
    text: '- hosts: flannel\n  inputs:\n    dev: { type: string, description: Device, pattern: "(" }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '3:10',
      width: 51,
      code: 'bad-input',
      message: 'the input "dev" cannot be checked: Invalid regular expression: /(/u: Unterminated group',
      hint: 'Correct its "pattern".',
    },
  },
  {
    name: 'no choices',
    text: '- hosts: flannel\n  inputs:\n    how: { type: string, description: How, enum: [] }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '3:50',
      width: 2,
      code: 'bad-value',
      message: '"enum" must not be empty',
      hint: 'The only values.',
    },
  },
  {
    name: 'an input with a dash',
    text: '- hosts: flannel\n  inputs:\n    the-mtu: { type: integer, description: MTU }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '3:5',
      width: 7,
      code: 'bad-name',
      message: '"the-mtu" cannot be a name',
      hint: 'Names begin with a small letter or _, then letters, digits and _.',
    },
  },
  {
    name: 'an input that is a variable too',
    text: '- hosts: flannel\n  vars: { mtu: 1 }\n  inputs:\n    mtu: { type: integer, description: MTU }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '4:5',
      width: 3,
      code: 'name-taken',
      message: '"mtu" is a variable already',
      hint: 'Choose another name.',
    },
  },
  {
    name: 'an input that is used as another type',
    text: '- hosts: flannel\n  inputs:\n    mtu: { type: integer, description: MTU, default: 1450 }\n  verify:\n    - verify_ping: { target: \'{{ mtu + "x" }}\' }\n',
    error: {
      at: '5:34',
      width: 9,
      code: 'wrong-type',
      message: 'int + string is not possible',
      hint: 'To join text, convert the other value with string(...).',
    },
  },
  {
    name: 'a value of -e that the input does not take',
    text: '- hosts: flannel\n  inputs:\n    mtu: { type: integer, description: MTU, minimum: 576 }\n  verify:\n    - verify_ping: { target: a }\n',
    extraVars: { mtu: 100 },
    error: { at: '3:10', width: 49, code: 'bad-value', message: 'the input "mtu" must be >= 576', hint: 'MTU' },
  },
  {
    name: 'a value of -e that is none of the choices',
    text: '- hosts: flannel\n  inputs:\n    how: { type: string, description: How, enum: [one, two] }\n  verify:\n    - verify_ping: { target: a }\n',
    extraVars: { how: 'tow' },
    error: {
      at: '3:10',
      width: 52,
      code: 'bad-value',
      message: 'the input "how" must be one or two',
      hint: 'Did you mean "two"?',
    },
  },
  {
    name: 'a value of -e of another type',
    text: '- hosts: flannel\n  inputs:\n    ports: { type: array, description: Ports, items: { type: integer } }\n  verify:\n    - verify_ping: { target: a }\n',
    extraVars: { ports: [80, 'x'] },
    error: {
      at: '3:12',
      width: 61,
      code: 'wrong-type',
      message: 'the input "ports" (at 1) must be a whole number, not the text "x"',
      hint: 'Ports',
    },
  },
  {
    name: 'hosts by an input, of which there are none',
    text: '- hosts: "{{ on }}"\n  inputs: { on: { type: string, description: Where, default: flanel } }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '1:10',
      width: 10,
      code: 'bad-hosts',
      message: '"flanel" is neither a host nor a group of the inventory',
      hint: 'Did you mean "flannel"?',
    },
  },
  {
    name: 'hosts by a name that is not known yet',
    text: '- hosts: "{{ pod_ip }}"\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '1:14',
      width: 6,
      code: 'unknown-name',
      message: '"pod_ip" is not known here',
      hint: 'Before the hosts are known there are only the inputs of the play, and what -e gives.',
    },
  },
];
