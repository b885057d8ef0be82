import type { BadPlaybook } from './row.ts';

/** Keywords of a task. */
export const tasks: readonly BadPlaybook[] = [
  {
    name: 'an unknown module',
    text: '- hosts: flannel\n  tasks:\n    - supervisr: { program: flanneld }\n',
    error: {
      at: '3:7',
      width: 9,
      code: 'unknown-module',
      message: '"supervisr" is neither a module nor a keyword of a task',
      hint: 'Did you mean "supervisor"?',
    },
  },
  {
    name: 'an unknown keyword beside a module',
    text: '- hosts: flannel\n  tasks:\n    - supervisor: { program: flanneld, state: running }\n      registr: x\n',
    error: {
      at: '4:7',
      width: 7,
      code: 'unknown-key',
      message: '"registr" is not a keyword of a task',
      hint: 'Did you mean "register"?',
    },
  },
  {
    name: 'no module',
    text: '- hosts: flannel\n  tasks:\n    - name: nothing\n',
    error: {
      at: '3:7',
      width: 13,
      code: 'no-module',
      message: 'the task names no module',
      hint: 'Modules: address, assert, command, copy, directory, etcd_key, file, iptables_chain, iptables_rule, iptables_save, line, link, neighbour, process, route, rule, script, service, supervisor, symlink, sysctl, template, verify_dns, verify_flannel, verify_http, verify_log, verify_ping, verify_route, verify_tcp, wait_for.',
    },
  },
  {
    name: 'two modules',
    text: '- hosts: flannel\n  tasks:\n    - supervisor: { program: a, state: running }\n      process: { name: a, state: absent }\n',
    error: {
      at: '4:7',
      width: 7,
      code: 'two-modules',
      message: 'a task names one module; here are "supervisor" and "process"',
      hint: 'Make two tasks of it.',
    },
  },
  {
    name: 'a merge key',
    text: '- hosts: flannel\n  tasks:\n    - <<: { name: x }\n      verify_ping: { target: a }\n',
    error: {
      at: '3:7',
      width: 2,
      code: 'yaml',
      message: 'there are no merge keys ("<<") in YAML 1.2',
      hint: 'Write the keys out, or use an anchor for the whole value.',
    },
  },
  {
    name: 'yes for true',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n      run_once: yes\n',
    error: {
      at: '4:17',
      width: 3,
      code: 'wrong-type',
      message: '"run_once" must be true or false, not the text "yes"',
      hint: 'Write true: in YAML 1.2 "yes" is text.',
    },
  },
  {
    name: 'a delegate that is no host',
    text: '- hosts: flannel\n  tasks:\n    - delegate_to: hdss7-13\n      verify_ping: { target: a }\n',
    error: {
      at: '3:20',
      width: 8,
      code: 'unknown-host',
      message: '"hdss7-13" is not a host of the inventory',
      hint: 'Did you mean "hdss7-12"?',
    },
  },
  {
    name: 'a delegate that is a template of no host',
    text: '- hosts: flannel\n  tasks:\n    - delegate_to: "{{ pod_ip }}"\n      verify_ping: { target: a }\n',
    error: { at: '3:20', width: 14, code: 'unknown-host', message: '"172.7.21.2" is not a host of the inventory' },
  },
  {
    name: 'a variable of the environment that cannot have its name',
    text: '- hosts: flannel\n  tasks:\n    - command: { argv: [ls] }\n      environment: { A-B: x }\n',
    error: {
      at: '4:22',
      width: 3,
      code: 'bad-name',
      message: '"A-B" cannot be a name',
      hint: 'Letters, digits and _, with no digit in front.',
    },
  },
  {
    name: 'a variable of the environment that is a list',
    text: '- hosts: flannel\n  tasks:\n    - command: { argv: [ls] }\n      environment: { A: "{{ play_hosts }}" }\n',
    error: {
      at: '4:25',
      width: 18,
      code: 'wrong-type',
      message: '"A" must come to text, not ["hdss7-21","hdss7-22"]',
      hint: 'Write {{ to_json(...) }}, or {{ list.join(",") }}.',
    },
  },
  {
    name: 'a way to become another user that there is not',
    text: '- hosts: flannel\n  tasks:\n    - command: { argv: [ls] }\n      become: true\n      become_method: pfexec\n',
    error: { at: '5:22', width: 6, code: 'bad-value', message: '"become_method" must be sudo, su or doas' },
  },
  {
    name: 'a task that is text',
    text: '- hosts: flannel\n  tasks:\n    - ping\n',
    error: {
      at: '3:7',
      width: 4,
      code: 'wrong-type',
      message: 'must be a map, not the text "ping"',
      hint: 'A task is a map that names a module: "- MODULE: { ... }".',
    },
  },
  {
    name: 'a task that is empty',
    text: '- hosts: flannel\n  tasks:\n    -\n',
    error: {
      at: '3:6',
      width: 1,
      code: 'wrong-type',
      message: 'must be a map, not empty',
      hint: 'A task is a map that names a module: "- MODULE: { ... }".',
    },
  },
  {
    name: 'an environment with a map in it',
    text: '- hosts: flannel\n  tasks:\n    - environment: { A: { b: c } }\n      command: { argv: [ls] }\n',
    error: {
      at: '3:25',
      width: 8,
      code: 'wrong-type',
      message: '"A" must be text, a number or true or false, not a map',
    },
  },
  {
    name: 'an environment with a name that is not known',
    text: '- hosts: flannel\n  tasks:\n    - environment: { A: "{{ pod_cdr }}" }\n      command: { argv: [ls] }\n',
    error: {
      at: '3:29',
      width: 7,
      code: 'unknown-name',
      message: '"pod_cdr" is not known here',
      hint: 'Did you mean "pod_cidr"?',
    },
  },
  {
    name: 'a user to become that is not known',
    text: '- hosts: flannel\n  tasks:\n    - become: true\n      become_user: "{{ usr }}"\n      verify_ping: { target: a }\n',
    error: {
      at: '4:24',
      width: 3,
      code: 'unknown-name',
      message: '"usr" is not known here',
      hint: 'Names come from "vars", "inputs", the inventory, -e, and the "register" of earlier tasks.',
    },
  },
  {
    name: 'a user to become that is empty',
    text: '- hosts: flannel\n  tasks:\n    - become: true\n      become_user: ""\n      verify_ping: { target: a }\n',
    error: {
      at: '4:20',
      width: 2,
      code: 'bad-value',
      message: '"become_user" must not be empty',
      hint: 'The user to become with `become: true`.',
    },
  },
  {
    name: 'a user to become that comes to a number',
    text: '- hosts: flannel\n  tasks:\n    - become: true\n      become_user: "{{ number }}"\n      verify_ping: { target: a }\n',
    error: {
      at: '4:20',
      width: 14,
      code: 'wrong-type',
      message: '"become_user" must come to text, not 21',
      hint: 'Write {{ string(...) }}.',
    },
  },
  {
    name: 'no tags in a text',
    text: '- hosts: flannel\n  tasks:\n    - tags: ""\n      verify_ping: { target: a }\n',
    error: {
      at: '3:13',
      width: 2,
      code: 'bad-value',
      message: '"tags" must not be empty',
      hint: 'A list, or text with commas: what --tags and --skip-tags choose by; also `always` and `never`. Not a template.',
    },
  },
  {
    name: 'a tag that is a number',
    text: '- hosts: flannel\n  tasks:\n    - tags: [1]\n      verify_ping: { target: a }\n',
    error: { at: '3:14', width: 1, code: 'wrong-type', message: 'must be text, not 1', hint: 'Put it in quotes.' },
  },
  {
    name: 'a host for the commands that is a list',
    text: '- hosts: flannel\n  tasks:\n    - delegate_to: [hdss7-12]\n      verify_ping: { target: a }\n',
    error: {
      at: '3:20',
      width: 10,
      code: 'wrong-type',
      message: '"delegate_to" must be text, not a list',
      hint: 'The host of the inventory that the commands run on.',
    },
  },
  {
    name: 'a variable of the wrong type for an argument',
    text: '- hosts: flannel\n  tasks:\n    - vars: { n: "three" }\n      verify_ping: { target: a, count: "{{ n }}" }\n',
    error: {
      at: '4:40',
      width: 9,
      code: 'wrong-type',
      message: '"count" must be a whole number, not the text "three"',
      hint: 'How many packets to send.',
    },
  },
];
