import type { BadPlaybook } from './row.ts';

/** Names and fields in expressions. */
export const names: readonly BadPlaybook[] = [
  {
    name: 'an unknown name',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ pod_ipp }}" }\n',
    error: {
      at: '3:34',
      width: 7,
      code: 'unknown-name',
      message: '"pod_ipp" is not known here',
      hint: 'Did you mean "pod_ip"?',
    },
  },
  {
    name: 'an unknown name in when',
    text: '- hosts: flannel\n  tasks:\n    - when: numbr > 3\n      verify_ping: { target: a }\n',
    error: {
      at: '3:13',
      width: 5,
      code: 'unknown-name',
      message: '"numbr" is not known here',
      hint: 'Did you mean "number"?',
    },
  },
  {
    name: 'an unknown field of a peer',
    text: '- hosts: flannel\n  tasks:\n    - loop: "{{ peers }}"\n      verify_ping: { target: "{{ item.pod_ipp }}" }\n',
    error: {
      at: '4:39',
      width: 7,
      code: 'no-such-key',
      message: 'no host has a variable "pod_ipp"',
      hint: 'Did you mean "pod_ip"?',
    },
  },
  {
    name: 'an unknown field of the host',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ host.podip }}" }\n',
    error: {
      at: '3:39',
      width: 5,
      code: 'no-such-key',
      message: 'no host has a variable "podip"',
      hint: 'Did you mean "pod_ip"?',
    },
  },
  {
    name: 'an unknown group in groups',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ groups.flanel[0] }}" }\n',
    error: {
      at: '3:41',
      width: 6,
      code: 'no-such-key',
      message: 'the inventory has no group "flanel"',
      hint: 'Did you mean "flannel"?',
    },
  },
  {
    name: 'item without loop',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ item }}" }\n',
    error: {
      at: '3:34',
      width: 4,
      code: 'unknown-name',
      message: '"item" is not known here',
      hint: 'Give the task a "loop".',
    },
  },
  {
    name: 'a variable that only one host has',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ only_here }}" }\n',
    error: {
      at: '3:34',
      width: 9,
      code: 'not-everywhere',
      message: '"only_here" is not known on hdss7-22',
      hint: 'Give it to all of them, or write host.?only_here.orValue("...").',
    },
  },
  {
    name: 'a name registered later',
    text: '- hosts: flannel\n  tasks:\n    - when: ping.ok\n      verify_ping: { target: a }\n    - register: ping\n      verify_ping: { target: a }\n',
    error: {
      at: '3:13',
      width: 4,
      code: 'not-registered',
      message: '"ping" is registered only by a later task',
      hint: 'Move that task before this one.',
    },
  },
  {
    name: 'a result of another host',
    text: '- hosts: hdss7-21\n  tasks:\n    - register: ping\n      verify_ping: { target: a }\n- hosts: hdss7-22\n  tasks:\n    - when: ping.ok\n      verify_ping: { target: a }\n',
    error: {
      at: '7:13',
      width: 4,
      code: 'not-registered',
      message: '"ping" is registered on hdss7-21, and on no host of this play',
      hint: 'A result is known on the hosts of its own play: register it in this one.',
    },
  },
  {
    name: "a task's own result",
    text: '- hosts: flannel\n  tasks:\n    - register: ping\n      when: ping.ok\n      verify_ping: { target: a }\n',
    error: {
      at: '4:13',
      width: 4,
      code: 'not-registered',
      message: '"ping" is what this task itself registers',
      hint: 'Only "until", "failed_when" and "changed_when" are asked when there is a result.',
    },
  },
  {
    name: 'a field that no result has',
    text: '- hosts: flannel\n  tasks:\n    - register: ping\n      verify_ping: { target: a }\n    - when: ping.stdot == ""\n      verify_ping: { target: a }\n',
    error: {
      at: '5:18',
      width: 5,
      code: 'no-such-key',
      message: 'a registered result has no "stdot"',
      hint: 'Did you mean "stdout"?',
    },
  },
  {
    name: 'an unknown field of the loop',
    text: '- hosts: flannel\n  tasks:\n    - loop: [1]\n      verify_ping: { target: "{{ string(loop.idx) }}" }\n',
    error: {
      at: '4:46',
      width: 3,
      code: 'no-such-key',
      message: 'there is no "idx" here',
      hint: 'It has index, first, last, length.',
    },
  },
  {
    name: 'a condition over a result that is not there',
    text: '- hosts: flannel\n  tasks:\n    - command: { argv: [ls] }\n      failed_when: reslt.exit > 1\n      register: result\n',
    error: {
      at: '4:20',
      width: 5,
      code: 'unknown-name',
      message: '"reslt" is not known here',
      hint: 'Did you mean "result"?',
    },
  },
  {
    name: 'a condition over a field that no result has',
    text: '- hosts: flannel\n  tasks:\n    - command: { argv: [ls] }\n      changed_when: [result.exit == 0, result.rc == 2]\n      register: result\n',
    error: {
      at: '4:47',
      width: 2,
      code: 'no-such-key',
      message: 'a registered result has no "rc"',
      hint: 'It has ok, changed, failed, skipped, because, exit, stdout, stderr, before, after, results.',
    },
  },
  {
    name: 'a host that is not in hostvars',
    text: '- hosts: flannel\n  tasks:\n    - when: \'hostvars["hdss7-13"].number > 3\'\n      verify_ping: { target: a }\n',
    error: {
      at: '3:23',
      width: 10,
      code: 'no-such-key',
      message: 'the inventory has no host "hdss7-13"',
      hint: 'Did you mean "hdss7-12"?',
    },
  },
  {
    name: 'a peer behind the end',
    text: "- hosts: flannel\n  tasks:\n    - when: 'peers[5].number > 3'\n      verify_ping: { target: a }\n",
    error: {
      at: '3:14',
      width: 8,
      code: 'no-such-key',
      message: 'the list has no item 5',
      hint: 'Ask first: size(list) > 5.',
    },
  },
  {
    name: 'a field of a text',
    text: '- hosts: flannel\n  tasks:\n    - when: \'gateway.foo == "a"\'\n      verify_ping: { target: a }\n',
    error: { at: '3:22', width: 3, code: 'no-such-key', message: 'there is no "foo" here' },
  },
  {
    name: 'a list of conditions, the second wrong',
    text: '- hosts: flannel\n  tasks:\n    - when: [number > 1, numbr > 1]\n      verify_ping: { target: a }\n',
    error: {
      at: '3:26',
      width: 5,
      code: 'unknown-name',
      message: '"numbr" is not known here',
      hint: 'Did you mean "number"?',
    },
  },
  {
    name: 'variables as parts of a map of them',
    text: '- hosts: flannel\n  vars: { cidr: 10.0.0.1 }\n  verify:\n    - verify_ping: { target: "{{ vars.cidr }}" }\n',
    error: {
      at: '4:34',
      width: 4,
      code: 'unknown-name',
      message: '"vars" is not known here',
      hint: 'Variables and inputs are names by themselves: cidr, not vars.cidr.',
    },
  },
  {
    name: 'a word of CEL’s own',
    text: '- hosts: flannel\n  verify:\n    - verify_ping: { target: "{{ var.cidr }}" }\n',
    error: {
      at: '3:34',
      width: 3,
      code: 'expression',
      message: '"var" is a word that CEL keeps for itself',
    },
  },
];
