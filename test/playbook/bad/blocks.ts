import type { BadPlaybook } from './row.ts';

/** Blocks. */
export const blocks: readonly BadPlaybook[] = [
  {
    name: 'a rescue without its block',
    text: '- hosts: flannel\n  tasks:\n    - rescue:\n        - verify_ping: { target: a }\n',
    error: {
      at: '3:7',
      width: 7,
      code: 'missing-key',
      message: '"block" is missing',
      hint: 'Tasks that belong together. A host on which one fails takes no more of them.',
    },
  },
  {
    name: 'a block without tasks',
    text: '- hosts: flannel\n  tasks:\n    - block: []\n',
    error: {
      at: '3:14',
      width: 2,
      code: 'bad-value',
      message: '"block" must not be empty',
      hint: 'Tasks that belong together. A host on which one fails takes no more of them.',
    },
  },
  {
    name: 'a block that is no list',
    text: '- hosts: flannel\n  tasks:\n    - block: { verify_ping: { target: a } }\n',
    error: {
      at: '3:14',
      width: 30,
      code: 'wrong-type',
      message: '"block" must be a list, not a map',
      hint: 'Begin each entry with "- ".',
    },
  },
  {
    name: 'a loop over a block',
    text: '- hosts: flannel\n  tasks:\n    - loop: [1]\n      block:\n        - verify_ping: { target: a }\n',
    error: {
      at: '3:7',
      width: 4,
      code: 'unknown-key',
      message: '"loop" cannot be said of a block',
      hint: 'Say it of a task inside.',
    },
  },
  {
    name: 'a module beside a block',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n      block:\n        - verify_ping: { target: a }\n',
    error: {
      at: '3:7',
      width: 11,
      code: 'unknown-key',
      message: '"verify_ping" cannot be said of a block',
      hint: 'Say it of a task inside.',
    },
  },
  {
    name: 'a misspelt rescue',
    text: '- hosts: flannel\n  tasks:\n    - block:\n        - verify_ping: { target: a }\n      resque:\n        - verify_ping: { target: a }\n',
    error: {
      at: '5:7',
      width: 6,
      code: 'unknown-key',
      message: '"resque" is not known here',
      hint: 'Did you mean "rescue"?',
    },
  },
  {
    name: 'a rescue where nothing is changed',
    text: '- hosts: flannel\n  verify:\n    - block:\n        - verify_ping: { target: a }\n      rescue:\n        - verify_ping: { target: a }\n',
    error: {
      at: '5:7',
      width: 6,
      code: 'bad-section',
      message: '"rescue" has no meaning under "verify", which changes nothing',
      hint: 'Leave it out; "retries" asks again, "ignore_errors" lets it fail.',
    },
  },
  {
    name: 'a condition of a block, told once',
    text: '- hosts: flannel\n  tasks:\n    - when: nubmer > 3\n      block:\n        - verify_ping: { target: a }\n        - verify_ping: { target: a }\n',
    error: {
      at: '3:13',
      width: 6,
      code: 'unknown-name',
      message: '"nubmer" is not known here',
      hint: 'Did you mean "number"?',
    },
  },
  {
    name: 'a host that a block is delegated to',
    text: '- hosts: flannel\n  tasks:\n    - delegate_to: hdss7-13\n      block:\n        - verify_ping: { target: a }\n',
    error: {
      at: '3:20',
      width: 8,
      code: 'unknown-host',
      message: '"hdss7-13" is not a host of the inventory',
      hint: 'Did you mean "hdss7-12"?',
    },
  },
  {
    name: 'a variable of a block',
    text: '- hosts: flannel\n  tasks:\n    - vars: { host: a }\n      block:\n        - verify_ping: { target: a }\n',
    error: {
      at: '3:15',
      width: 4,
      code: 'name-taken',
      message: '"host" has a meaning of its own in expressions',
      hint: 'Choose another name.',
    },
  },
  {
    name: 'what failed, where nothing has',
    text: '- hosts: flannel\n  tasks:\n    - block:\n        - verify_ping: { target: "{{ failed_task }}" }\n      rescue:\n        - verify_ping: { target: a }\n',
    error: {
      at: '4:38',
      width: 11,
      code: 'unknown-name',
      message: '"failed_task" is not known here',
      hint: 'It is known under "rescue" and "always" of a block.',
    },
  },
  {
    name: 'a field that a failed result lacks',
    text: '- hosts: flannel\n  tasks:\n    - block:\n        - verify_ping: { target: a }\n      rescue:\n        - verify_ping: { target: "{{ failed_result.msg }}" }\n',
    error: {
      at: '6:52',
      width: 3,
      code: 'no-such-key',
      message: 'a registered result has no "msg"',
      hint: 'It has ok, changed, failed, skipped, because, exit, stdout, stderr, before, after, results.',
    },
  },
  {
    name: 'a block inside of a block, without tasks',
    text: '- hosts: flannel\n  tasks:\n    - block:\n        - block: []\n',
    error: {
      at: '4:18',
      width: 2,
      code: 'bad-value',
      message: '"block" must not be empty',
      hint: 'Tasks that belong together. A host on which one fails takes no more of them.',
    },
  },
  {
    name: 'a key that a block has not',
    text: '- hosts: flannel\n  tasks:\n    - block:\n        - verify_ping: { target: a }\n      register: all\n',
    error: {
      at: '5:7',
      width: 8,
      code: 'unknown-key',
      message: '"register" cannot be said of a block',
      hint: 'Say it of a task inside.',
    },
  },
  {
    name: 'a condition of a block with braces',
    text: '- hosts: flannel\n  tasks:\n    - when: "{{ number > 1 }}"\n      block:\n        - verify_ping: { target: a }\n',
    error: {
      at: '3:14',
      width: 16,
      code: 'braces',
      message: '"when" is an expression already',
      hint: 'Write it without braces: number > 1',
    },
  },
  {
    name: 'an always that is empty',
    text: '- hosts: flannel\n  tasks:\n    - block:\n        - verify_ping: { target: a }\n      always:\n',
    error: {
      at: '5:14',
      width: 1,
      code: 'wrong-type',
      message: '"always" must be a list, not empty',
      hint: 'Write its entries below it, each with "- ", or remove it.',
    },
  },
  {
    name: 'a name registered in the rescue, used before',
    text: '- hosts: flannel\n  tasks:\n    - block:\n        - when: mended.ok\n          verify_ping: { target: a }\n      rescue:\n        - register: mended\n          verify_ping: { target: a }\n',
    error: {
      at: '4:17',
      width: 6,
      code: 'not-registered',
      message: '"mended" is registered only by a later task',
      hint: 'Move that task before this one.',
    },
  },
  {
    name: 'a user of a block that is not known',
    text: '- hosts: flannel\n  tasks:\n    - become: true\n      become_user: "{{ usr }}"\n      block:\n        - verify_ping: { target: a }\n',
    error: {
      at: '4:24',
      width: 3,
      code: 'unknown-name',
      message: '"usr" is not known here',
      hint: 'Names come from "vars", "inputs", the inventory, -e, and the "register" of earlier tasks.',
    },
  },
  {
    name: 'a mistake inside of a block',
    text: '- hosts: flannel\n  tasks:\n    - block:\n        - verify_pin: { target: a }\n',
    error: {
      at: '4:11',
      width: 10,
      code: 'unknown-module',
      message: '"verify_pin" is neither a module nor a keyword of a task',
      hint: 'Did you mean "verify_ping"?',
    },
  },
  {
    name: 'a mistake in the always of a block',
    text: '- hosts: flannel\n  tasks:\n    - block:\n        - verify_ping: { target: a }\n      always:\n        - verify_ping: { target: "{{ x1 }}" }\n',
    error: {
      at: '6:38',
      width: 2,
      code: 'unknown-name',
      message: '"x1" is not known here',
      hint: 'Names come from "vars", "inputs", the inventory, -e, and the "register" of earlier tasks.',
    },
  },
  {
    name: 'a result with the name that a failure is told under',
    text: '- hosts: flannel\n  tasks:\n    - register: failed_result\n      verify_ping: { target: a }\n',
    error: {
      at: '3:7',
      width: 8,
      code: 'name-taken',
      message: '"failed_result" has a meaning of its own in expressions',
      hint: 'Choose another name.',
    },
  },
];
