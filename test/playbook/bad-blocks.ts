import type { BadPlaybook } from './bad-playbooks.ts';

/** Blocks and handlers with one thing wrong. */
export const badBlocks: readonly BadPlaybook[] = [
  {
    name: 'a rescue without its block',
    text: '- hosts: flannel\n  tasks:\n    - rescue:\n        - verify_ping: { target: a }\n',
    errors: [{ at: '3:7', width: 7, code: 'missing-key', message: '"block" is missing' }],
  },
  {
    name: 'a block without tasks',
    text: '- hosts: flannel\n  tasks:\n    - block: []\n',
    errors: [
      {
        at: '3:14',
        width: 2,
        code: 'bad-value',
        message: '"block" must not have fewer than 1 items',
        hint: 'Tasks that belong together. A host on which one fails takes no more of them.',
      },
    ],
  },
  {
    name: 'a block that is no list',
    text: '- hosts: flannel\n  tasks:\n    - block: { verify_ping: { target: a } }\n',
    errors: [
      {
        at: '3:14',
        width: 30,
        code: 'wrong-type',
        message: '"block" must be a list, not a map',
        hint: 'Begin each entry with "- ".',
      },
    ],
  },
  {
    name: 'a loop over a block',
    text: '- hosts: flannel\n  tasks:\n    - loop: [1]\n      block:\n        - verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:7',
        width: 4,
        code: 'unknown-key',
        message: '"loop" cannot be said of a block',
        hint: 'Say it of a task inside.',
      },
    ],
  },
  {
    name: 'a module beside a block',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n      block:\n        - verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:7',
        width: 11,
        code: 'unknown-key',
        message: '"verify_ping" cannot be said of a block',
        hint: 'Say it of a task inside.',
      },
    ],
  },
  {
    name: 'a misspelt rescue',
    text: '- hosts: flannel\n  tasks:\n    - block:\n        - verify_ping: { target: a }\n      resque:\n        - verify_ping: { target: a }\n',
    errors: [
      {
        at: '5:7',
        width: 6,
        code: 'unknown-key',
        message: '"resque" is not known here',
        hint: 'Did you mean "rescue"?',
      },
    ],
  },
  {
    name: 'a rescue where nothing is changed',
    text: '- hosts: flannel\n  verify:\n    - block:\n        - verify_ping: { target: a }\n      rescue:\n        - verify_ping: { target: a }\n',
    errors: [
      {
        at: '5:7',
        width: 6,
        code: 'bad-section',
        message: '"rescue" has no meaning under "verify", which changes nothing',
        hint: 'Leave it out; "retries" asks again, "ignore_errors" lets it fail.',
      },
    ],
  },
  {
    name: 'mistakes inside of a block',
    text: '- hosts: flannel\n  tasks:\n    - block:\n        - verify_pin: { target: a }\n      always:\n        - verify_ping: { target: "{{ x1 }}" }\n',
    errors: [
      {
        at: '4:11',
        width: 10,
        code: 'unknown-module',
        message: '"verify_pin" is neither a module nor a keyword of a task',
        hint: 'Did you mean "verify_ping"?',
      },
      { at: '6:38', width: 2, code: 'unknown-name', message: '"x1" is not known here' },
    ],
  },
  {
    name: 'a condition of a block, told once',
    text: '- hosts: flannel\n  tasks:\n    - when: nubmer > 3\n      block:\n        - verify_ping: { target: a }\n        - verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:13',
        width: 6,
        code: 'unknown-name',
        message: '"nubmer" is not known here',
        hint: 'Did you mean "number"?',
      },
    ],
  },
  {
    name: 'a host that a block is delegated to',
    text: '- hosts: flannel\n  tasks:\n    - delegate_to: hdss7-13\n      block:\n        - verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:20',
        width: 8,
        code: 'unknown-host',
        message: '"hdss7-13" is not a host of the inventory',
        hint: 'Did you mean "hdss7-12"?',
      },
    ],
  },
  {
    name: 'a variable of a block',
    text: '- hosts: flannel\n  tasks:\n    - vars: { host: a }\n      block:\n        - verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:15',
        width: 4,
        code: 'name-taken',
        message: '"host" has a meaning of its own in expressions',
        hint: 'Choose another name.',
      },
    ],
  },
  {
    name: 'what failed, where nothing has',
    text: '- hosts: flannel\n  tasks:\n    - block:\n        - verify_ping: { target: "{{ failed_task }}" }\n      rescue:\n        - verify_ping: { target: a }\n',
    errors: [
      {
        at: '4:38',
        width: 11,
        code: 'unknown-name',
        message: '"failed_task" is not known here',
        hint: 'It is known under "rescue" and "always" of a block.',
      },
    ],
  },
  {
    name: 'a field that a failed result lacks',
    text: '- hosts: flannel\n  tasks:\n    - block:\n        - verify_ping: { target: a }\n      rescue:\n        - verify_ping: { target: "{{ failed_result.msg }}" }\n',
    errors: [
      {
        at: '6:52',
        width: 3,
        code: 'no-such-key',
        message: 'a registered result has no "msg"',
        hint: 'It has ok, changed, failed, skipped, because, exit, stdout, stderr, before, after, results.',
      },
    ],
  },
  {
    name: 'names that a failure is told under',
    text: '- hosts: flannel\n  vars: { failed_task: 1 }\n  tasks:\n    - register: failed_result\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '2:11',
        width: 11,
        code: 'name-taken',
        message: '"failed_task" has a meaning of its own in expressions',
        hint: 'Choose another name.',
      },
      {
        at: '4:7',
        width: 8,
        code: 'name-taken',
        message: '"failed_result" has a meaning of its own in expressions',
        hint: 'Choose another name.',
      },
    ],
  },
  {
    name: 'a handler that is not there',
    text: '- hosts: flannel\n  tasks:\n    - notify: [one, restrat]\n      file: { path: /a, content: a }\n  handlers:\n    - name: restart\n      listen: one\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:21',
        width: 7,
        code: 'unknown-handler',
        message: 'there is no handler "restrat"',
        hint: 'Did you mean "restart"?',
      },
    ],
  },
  {
    name: 'a notify without handlers',
    text: '- hosts: flannel\n  tasks:\n    - notify: restart\n      file: { path: /a, content: a }\n',
    errors: [
      {
        at: '3:15',
        width: 7,
        code: 'unknown-handler',
        message: 'there is no handler "restart"',
        hint: 'Write it under "handlers" of the play.',
      },
    ],
  },
  {
    name: 'a notify where nothing is changed',
    text: '- hosts: flannel\n  verify:\n    - notify: restart\n      file: { path: /a, content: a }\n  handlers:\n    - name: restart\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:7',
        width: 6,
        code: 'bad-section',
        message: '"notify" has no meaning under "verify", which changes nothing',
        hint: 'Notify from "tasks" or "cleanup".',
      },
    ],
  },
  {
    name: 'a handler without a name',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n  handlers:\n    - verify_ping: { target: a }\n',
    errors: [{ at: '5:7', width: 26, code: 'missing-key', message: '"name" is missing' }],
  },
  {
    name: 'two handlers of one name',
    text: '- hosts: flannel\n  tasks:\n    - notify: r\n      file: { path: /a, content: a }\n  handlers:\n    - name: r\n      verify_ping: { target: a }\n    - name: r\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '8:13',
        width: 1,
        code: 'name-taken',
        message: 'there is a handler "r" already',
        hint: 'Choose another name; "listen" may be shared.',
      },
    ],
  },
  {
    name: 'a handler that is a block',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n  handlers:\n    - name: r\n      block:\n        - verify_ping: { target: a }\n',
    errors: [
      {
        at: '5:7',
        width: 7,
        code: 'bad-section',
        message: 'a handler is one task, not a block',
        hint: 'Let several handlers listen to one word.',
      },
    ],
  },
  {
    name: 'a handler that notifies one before it',
    text: '- hosts: flannel\n  tasks:\n    - notify: s\n      file: { path: /a, content: a }\n  handlers:\n    - name: r\n      verify_ping: { target: a }\n    - name: s\n      notify: r\n      file: { path: /a, content: a }\n',
    errors: [
      {
        at: '9:15',
        width: 1,
        code: 'not-in-order',
        message: 'a handler can notify only those after it, not "r"',
        hint: 'Move the one that is notified further down.',
      },
    ],
  },
  {
    name: 'a mistake in a handler that nobody notifies',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n  handlers:\n    - name: r\n      verify_ping: { target: "{{ nope }}" }\n',
    errors: [{ at: '6:34', width: 4, code: 'unknown-name', message: '"nope" is not known here' }],
  },
  {
    name: 'another meta task',
    text: '- hosts: flannel\n  tasks:\n    - meta: end_play\n',
    errors: [{ at: '3:13', width: 8, code: 'bad-value', message: '"meta" must be flush_handlers' }],
  },
  {
    name: 'handlers flushed where nothing is changed',
    text: '- hosts: flannel\n  verify:\n    - meta: flush_handlers\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:7',
        width: 4,
        code: 'bad-section',
        message: '"meta" has no meaning under "verify"',
        hint: 'Handlers are done under "tasks" and "cleanup".',
      },
    ],
  },
  {
    name: 'a task that listens',
    text: '- hosts: flannel\n  tasks:\n    - listen: x\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:7',
        width: 6,
        code: 'unknown-key',
        message: '"listen" is not a keyword of a task',
        hint: 'Only a handler listens.',
      },
    ],
  },
];
