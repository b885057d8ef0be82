import type { BadPlaybook } from './row.ts';

/** What is to be kept secret. */
export const secrets: readonly BadPlaybook[] = [
  {
    name: 'secret in the words of YAML 1.1',
    text: '- hosts: flannel\n  tasks:\n    - secret: yes\n      command: { argv: [ls] }\n',
    error: {
      at: '3:15',
      width: 3,
      code: 'wrong-type',
      message: '"secret" must be true or false, not the text "yes"',
      hint: 'Write true: in YAML 1.2 "yes" is text.',
    },
  },
  {
    name: 'secret as a template',
    text: '- hosts: flannel\n  tasks:\n    - secret: "{{ number > 3 }}"\n      command: { argv: [ls] }\n',
    error: {
      at: '3:15',
      width: 18,
      code: 'wrong-type',
      message: '"secret" must be true or false, not the text "{{ number > 3 }}"',
      hint: 'No template stands here: write the value.',
    },
  },
  {
    name: 'secret on a play',
    text: '- hosts: flannel\n  secret: true\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:3',
      width: 6,
      code: 'unknown-key',
      message: '"secret" is not known here',
      hint: 'Say it of a task, or of a block around several.',
    },
  },
  {
    name: 'a long value, told by its size alone',
    text: '- hosts: flannel\n  tasks:\n    - file: { path: /a, content: a, mode: s3crets3crets3crets3crets3crets3crets3crets3crets3crets3crets3crets3cret }\n',
    error: {
      at: '3:43',
      width: 72,
      code: 'bad-value',
      message: '"mode" cannot be a value of 74 characters',
      hint: 'Permissions in octal, quoted: "0644". As it is where not given.',
    },
  },
];
