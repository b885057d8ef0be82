import type { BadPlaybook } from './row.ts';

/** Keywords of a play. */
export const plays: readonly BadPlaybook[] = [
  {
    name: 'an unknown key of a play',
    text: '- hosts: flannel\n  taks: []\n  tasks:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:3',
      width: 4,
      code: 'unknown-key',
      message: '"taks" is not known here',
      hint: 'Did you mean "tasks"?',
    },
  },
  {
    name: 'a keyword that there is not',
    text: '- hosts: flannel\n  fancy: 1\n  tasks:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:3',
      width: 5,
      code: 'unknown-key',
      message: '"fancy" is not known here',
      hint: 'Known here: name, hosts, vars, vars_files, inputs, skip_if_verified, rollback, guard, serial, order, max_fail_percentage, any_errors_fatal, ignore_unreachable, lock, become, become_user, become_method, environment, gather, gather_facts, require, tasks, verify, cleanup, handlers, tags.',
    },
  },
  {
    name: 'a play without hosts',
    text: '- name: x\n  tasks:\n    - verify_ping: { target: a }\n',
    error: {
      at: '1:3',
      width: 7,
      code: 'missing-key',
      message: '"hosts" is missing',
      hint: 'Hosts and groups: web:&prod:!web3, globs, ~regex, subscripts.',
    },
  },
  {
    name: 'a play with nothing to do',
    text: '- hosts: flannel\n',
    error: {
      at: '1:3',
      width: 14,
      code: 'missing-key',
      message: 'the play has nothing to do',
      hint: 'Give it "tasks" or "verify".',
    },
  },
  {
    name: 'a section that is empty',
    text: '- hosts: flannel\n  tasks:\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:9',
      width: 1,
      code: 'wrong-type',
      message: '"tasks" must be a list, not empty',
      hint: 'Write its entries below it, each with "- ", or remove it.',
    },
  },
  {
    name: 'a section that is a map',
    text: '- hosts: flannel\n  tasks:\n    verify_ping: { target: a }\n',
    error: {
      at: '3:5',
      width: 26,
      code: 'wrong-type',
      message: '"tasks" must be a list, not a map',
      hint: 'Begin each entry with "- ".',
    },
  },
  {
    name: 'a wrong rollback',
    text: '- hosts: flannel\n  rollback: on-failure\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:13',
      width: 10,
      code: 'bad-value',
      message: '"rollback" must be on_failure or never',
      hint: 'Did you mean "on_failure"?',
    },
  },
  {
    name: 'skip_if_verified without verify',
    text: '- hosts: flannel\n  skip_if_verified: true\n  tasks:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:3',
      width: 16,
      code: 'missing-key',
      message: '"skip_if_verified" needs "verify"',
      hint: 'Say under "verify" what must hold.',
    },
  },
  {
    name: 'an unknown group',
    text: '- hosts: flanel\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '1:10',
      width: 6,
      code: 'bad-hosts',
      message: '"flanel" is neither a host nor a group of the inventory',
      hint: 'Did you mean "flannel"?',
    },
  },
  {
    name: 'a group without hosts',
    text: '- hosts: none\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '1:10',
      width: 4,
      code: 'no-hosts',
      message: 'no host matches "none"',
      hint: 'Look at what the inventory has with "runbook inventory".',
    },
  },
  {
    name: 'a name that is a list',
    text: '- hosts: flannel\n  name: [a]\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:9',
      width: 3,
      code: 'wrong-type',
      message: '"name" must be text, not a list',
      hint: 'What the play does, as people read it.',
    },
  },
  {
    name: 'yes for true on a play',
    text: '- hosts: flannel\n  become: yes\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:11',
      width: 3,
      code: 'wrong-type',
      message: '"become" must be true or false, not the text "yes"',
      hint: 'Write true: in YAML 1.2 "yes" is text.',
    },
  },
  {
    name: 'a guard without a unit',
    text: '- hosts: flannel\n  guard: 120\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:10',
      width: 3,
      code: 'wrong-type',
      message: '"guard" must be text, not 120',
      hint: 'Without contact for this long, each host undoes by itself what this run changed on it: 120s, 5m; or off.',
    },
  },
  {
    name: 'a guard that is neither a time nor off',
    text: '- hosts: flannel\n  guard: never\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:10',
      width: 5,
      code: 'bad-value',
      message: '"guard" cannot be "never"',
      hint: 'Without contact for this long, each host undoes by itself what this run changed on it: 120s, 5m; or off.',
    },
  },
  {
    name: 'skip_if_verified as text',
    text: '- hosts: flannel\n  skip_if_verified: "true"\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:21',
      width: 6,
      code: 'wrong-type',
      message: '"skip_if_verified" must be true or false, not the text "true"',
      hint: 'Write true: in YAML 1.2 "true" is text.',
    },
  },
  {
    name: 'a lock on a host that there is not',
    text: '- hosts: flannel\n  lock: { store: hdss7-11 }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:18',
      width: 8,
      code: 'unknown-host',
      message: '"hdss7-11" is not a host of the inventory',
      hint: 'Did you mean "hdss7-12"?',
    },
  },
  {
    name: 'a lock with a space in its name',
    text: '- hosts: flannel\n  lock: { "the store": hdss7-12 }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:11',
      width: 11,
      code: 'bad-name',
      message: '"the store" cannot be a name',
      hint: 'Letters, digits, _ and -.',
    },
  },
  {
    name: 'an environment that is a list',
    text: '- hosts: flannel\n  environment: [LANG=C]\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:16',
      width: 8,
      code: 'wrong-type',
      message: '"environment" must be a map, not a list',
      hint: "Environment of the commands on the host, beside what is there. A task's variables beat the play's.",
    },
  },
  {
    name: 'a tag that is a template',
    text: '- hosts: flannel\n  tags: "{{ pod_ip }}"\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:9',
      width: 14,
      code: 'bad-value',
      message: '"tags" cannot be "{{ pod_ip }}"',
      hint: 'A list, or text with commas: what --tags and --skip-tags choose by; also `always` and `never`. Not a template.',
    },
  },
  {
    name: 'no hosts in a list',
    text: '- hosts: []\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '1:10',
      width: 2,
      code: 'bad-value',
      message: '"hosts" must not be empty',
      hint: 'Hosts and groups: web:&prod:!web3, globs, ~regex, subscripts.',
    },
  },
  {
    name: 'a subscript behind the end',
    text: '- hosts: flannel[5]\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '1:10',
      width: 10,
      code: 'bad-hosts',
      message: '"flannel[5]": there are only 2 hosts',
      hint: 'The first one is 0, the last one -1.',
    },
  },
  {
    name: 'a host pattern that is no expression',
    text: '- hosts: "~("\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '1:10',
      width: 4,
      code: 'bad-hosts',
      message: '"(" is not a pattern: this ( is not closed',
      hint: 'Close it with ). To have it as it is, write [(].',
    },
  },
  {
    name: 'facts that are not to be gathered, in the words of YAML 1.1',
    text: '- hosts: flannel\n  gather_facts: no\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:17',
      width: 2,
      code: 'bad-value',
      message: '"gather_facts" must be false',
      hint: 'Write false: in YAML 1.2 "no" is text.',
    },
  },
];
