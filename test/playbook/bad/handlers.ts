import type { BadPlaybook } from './row.ts';

/** Handlers, and who notifies them. */
export const handlers: readonly BadPlaybook[] = [
  {
    name: 'a handler that is not there',
    text: '- hosts: flannel\n  tasks:\n    - notify: [one, restrat]\n      file: { path: /a, content: a }\n  handlers:\n    - name: restart\n      listen: one\n      verify_ping: { target: a }\n',
    error: {
      at: '3:21',
      width: 7,
      code: 'unknown-handler',
      message: 'there is no handler "restrat"',
      hint: 'Did you mean "restart"?',
    },
  },
  {
    name: 'a notify without handlers',
    text: '- hosts: flannel\n  tasks:\n    - notify: restart\n      file: { path: /a, content: a }\n',
    error: {
      at: '3:15',
      width: 7,
      code: 'unknown-handler',
      message: 'there is no handler "restart"',
      hint: 'Write it under "handlers" of the play.',
    },
  },
  {
    name: 'a notify where nothing is changed',
    text: '- hosts: flannel\n  verify:\n    - notify: restart\n      file: { path: /a, content: a }\n  handlers:\n    - name: restart\n      verify_ping: { target: a }\n',
    error: {
      at: '3:7',
      width: 6,
      code: 'bad-section',
      message: '"notify" has no meaning under "verify", which changes nothing',
      hint: 'Notify from "tasks" or "cleanup".',
    },
  },
  {
    name: 'a handler without a name',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n  handlers:\n    - verify_ping: { target: a }\n',
    error: {
      at: '5:7',
      width: 26,
      code: 'missing-key',
      message: '"name" is missing',
      hint: 'What the task is for, as people read it while it runs. Not a template.',
    },
  },
  {
    name: 'two handlers of one name',
    text: '- hosts: flannel\n  tasks:\n    - notify: r\n      file: { path: /a, content: a }\n  handlers:\n    - name: r\n      verify_ping: { target: a }\n    - name: r\n      verify_ping: { target: a }\n',
    error: {
      at: '8:13',
      width: 1,
      code: 'name-taken',
      message: 'there is a handler "r" already',
      hint: 'Choose another name; "listen" may be shared.',
    },
  },
  {
    name: 'a handler that is a block',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n  handlers:\n    - name: r\n      block:\n        - verify_ping: { target: a }\n',
    error: {
      at: '5:7',
      width: 7,
      code: 'bad-section',
      message: 'a handler is one task, not a block',
      hint: 'Let several handlers listen to one word.',
    },
  },
  {
    name: 'a handler that notifies one before it',
    text: '- hosts: flannel\n  tasks:\n    - notify: s\n      file: { path: /a, content: a }\n  handlers:\n    - name: r\n      verify_ping: { target: a }\n    - name: s\n      notify: r\n      file: { path: /a, content: a }\n',
    error: {
      at: '9:15',
      width: 1,
      code: 'not-in-order',
      message: 'a handler can notify only those after it, not "r"',
      hint: 'Move the one that is notified further down.',
    },
  },
  {
    name: 'a mistake in a handler that nobody notifies',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n  handlers:\n    - name: r\n      verify_ping: { target: "{{ nope }}" }\n',
    error: {
      at: '6:34',
      width: 4,
      code: 'unknown-name',
      message: '"nope" is not known here',
      hint: 'Names come from "vars", "inputs", the inventory, -e, and the "register" of earlier tasks.',
    },
  },
  {
    name: 'another meta task',
    text: '- hosts: flannel\n  tasks:\n    - meta: end_play\n',
    error: {
      at: '3:13',
      width: 8,
      code: 'bad-value',
      message: '"meta" must be flush_handlers',
      hint: 'Only flush_handlers is known. What "end_play" and its like are for is said with "when" on the tasks.',
    },
  },
  {
    name: 'handlers flushed where nothing is changed',
    text: '- hosts: flannel\n  verify:\n    - meta: flush_handlers\n    - verify_ping: { target: a }\n',
    error: {
      at: '3:7',
      width: 4,
      code: 'bad-section',
      message: '"meta" has no meaning under "verify"',
      hint: 'Handlers are done under "tasks" and "cleanup".',
    },
  },
  {
    name: 'a task that listens',
    text: '- hosts: flannel\n  tasks:\n    - listen: x\n      verify_ping: { target: a }\n',
    error: {
      at: '3:7',
      width: 6,
      code: 'unknown-key',
      message: '"listen" is not a keyword of a task',
      hint: 'Only a handler listens.',
    },
  },
  {
    name: 'a notify that is a template',
    text: '- hosts: flannel\n  tasks:\n    - notify: "{{ pod_ip }}"\n      file: { path: /a, content: a }\n  handlers:\n    - name: r\n      verify_ping: { target: a }\n',
    error: {
      at: '3:15',
      width: 14,
      code: 'unknown-handler',
      message: 'there is no handler "{{ pod_ip }}"',
      hint: 'Handlers: r.',
    },
  },
  {
    name: 'a handler with a module that there is not',
    text: '- hosts: flannel\n  tasks:\n    - notify: r\n      file: { path: /a, content: a }\n  handlers:\n    - name: r\n      restrat: { name: a }\n',
    error: {
      at: '7:7',
      width: 7,
      code: 'unknown-module',
      message: '"restrat" is neither a module nor a keyword of a task',
      hint: 'Modules: address, assert, command, copy, directory, etcd_key, file, iptables_chain, iptables_rule, iptables_save, line, link, neighbour, process, route, rule, script, service, supervisor, symlink, sysctl, template, verify_dns, verify_flannel, verify_http, verify_log, verify_ping, verify_route, verify_tcp, wait_for.',
    },
  },
  {
    name: 'a handler with a mistake',
    text: '- hosts: flannel\n  tasks:\n    - notify: r\n      file: { path: /a, content: a }\n  handlers:\n    - name: r\n      verify_ping: { target: "{{ pod_pi }}" }\n',
    error: {
      at: '7:34',
      width: 6,
      code: 'unknown-name',
      message: '"pod_pi" is not known here',
      hint: 'Did you mean "pod_ip"?',
    },
  },
  {
    name: 'handlers that are a map',
    text: '- hosts: flannel\n  tasks:\n    - notify: r\n      file: { path: /a, content: a }\n  handlers:\n    r:\n      verify_ping: { target: a }\n',
    error: {
      at: '6:5',
      width: 2,
      code: 'wrong-type',
      message: '"handlers" must be a list, not a map',
      hint: 'Begin each entry with "- ".',
    },
  },
  {
    name: 'what a handler listens to, as a map',
    text: '- hosts: flannel\n  tasks:\n    - notify: r\n      file: { path: /a, content: a }\n  handlers:\n    - name: r\n      listen: { a: b }\n      verify_ping: { target: a }\n',
    error: {
      at: '7:15',
      width: 8,
      code: 'wrong-type',
      message: '"listen" must be text or a list, not a map',
      hint: 'Begin each entry with "- ".',
    },
  },
  {
    name: 'a handler that uses what is registered later',
    text: '- hosts: flannel\n  tasks:\n    - notify: r\n      file: { path: /a, content: a }\n  handlers:\n    - name: r\n      when: late.ok\n      verify_ping: { target: a }\n  cleanup:\n    - register: late\n      verify_ping: { target: a }\n',
    error: {
      at: '7:13',
      width: 4,
      code: 'not-registered',
      message: '"late" is registered only by a later task',
      hint: 'Move that task before this one.',
    },
  },
];
