/** Playbooks with one thing wrong, and all that is said about each. */
export interface BadPlaybook {
  readonly name: string;
  readonly text: string;
  /** `at` is line:column. */
  readonly errors: readonly {
    readonly at: string;
    readonly width: number;
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
  }[];
}

export const badPlaybooks: readonly BadPlaybook[] = [
  {
    name: 'an empty file',
    text: '',
    errors: [
      {
        at: '1:1',
        width: 1,
        code: 'empty',
        message: 'the playbook is empty',
        hint: 'A playbook is a list of plays: "- hosts: web", then "tasks:".',
      },
    ],
  },
  {
    name: 'a map instead of a list',
    text: 'hosts: flannel\n',
    errors: [
      {
        at: '1:1',
        width: 14,
        code: 'wrong-type',
        message: 'a playbook must be a list of plays',
        hint: 'Begin each play with "- ".',
      },
    ],
  },
  {
    name: 'a play that is text',
    text: '- flannel\n',
    errors: [{ at: '1:3', width: 7, code: 'wrong-type', message: 'must be a map, not the text "flannel"' }],
  },
  {
    name: 'an unquoted template',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: {{ pod_ip }} }\n',
    errors: [
      {
        at: '3:31',
        width: 1,
        code: 'key-not-text',
        message: 'a key must be text',
        hint: 'Quote the template: "{{ ... }}". Without quotes YAML reads {{ as the start of a map.',
      },
    ],
  },
  {
    name: 'an unquoted template as a block value',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping:\n        target: {{ pod_ip }}\n',
    errors: [
      {
        at: '4:18',
        width: 1,
        code: 'key-not-text',
        message: 'a key must be text',
        hint: 'Quote the template: "{{ ... }}". Without quotes YAML reads {{ as the start of a map.',
      },
    ],
  },
  {
    name: 'a key twice',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n      verify_ping: { target: b }\n',
    errors: [{ at: '4:7', width: 11, code: 'yaml', message: 'the same key stands here twice' }],
  },
  {
    name: 'a tab',
    text: '- hosts: flannel\n  tasks:\n\t- verify_ping: {target: a}\n',
    errors: [
      {
        at: '3:1',
        width: 1,
        code: 'yaml',
        message: 'tabs are not allowed as indentation',
        hint: 'Indent with spaces.',
      },
    ],
  },
  {
    name: 'a tag',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: !vault abc }\n',
    errors: [
      {
        at: '3:30',
        width: 6,
        code: 'yaml',
        message: 'unresolved tag: !vault',
        hint: 'Only in playbooks, inventories and files of variables values are decrypted.',
      },
    ],
  },
  {
    name: 'an alias to nothing',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: *nothing\n',
    errors: [{ at: '3:20', width: 8, code: 'yaml', message: 'there is no anchor &nothing before this' }],
  },
  {
    name: 'a second document',
    text: '- hosts: flannel\n  tasks: []\n---\n[]\n',
    errors: [{ at: '3:1', width: 3, code: 'yaml', message: 'the file holds more than one document ("---")' }],
  },
  {
    name: 'a key named __proto__',
    text: '- hosts: flannel\n  vars: { __proto__: 1 }\n  tasks:\n    - verify_ping: { target: a }\n',
    errors: [{ at: '2:11', width: 9, code: 'bad-key', message: '"__proto__" cannot be a key' }],
  },
  {
    name: 'a number that would be rounded',
    text: '- hosts: flannel\n  tasks:\n    - route: { to: a, metric: 12345678901234567890 }\n',
    errors: [
      {
        at: '3:31',
        width: 20,
        code: 'bad-number',
        message: '12345678901234567890 is too large to be kept exactly; quote it to have it as text',
      },
    ],
  },
  {
    name: 'an unknown key of a play',
    text: '- hosts: flannel\n  taks: []\n  tasks:\n    - verify_ping: { target: a }\n',
    errors: [
      { at: '2:3', width: 4, code: 'unknown-key', message: '"taks" is not known here', hint: 'Did you mean "tasks"?' },
    ],
  },
  {
    name: 'a keyword that there is not',
    text: '- hosts: flannel\n  fancy: 1\n  tasks:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '2:3',
        width: 5,
        code: 'unknown-key',
        message: '"fancy" is not known here',
        hint: 'Known here: name, hosts, vars, vars_files, inputs, skip_if_verified, rollback, guard, serial, order, max_fail_percentage, any_errors_fatal, ignore_unreachable, lock, become, become_user, become_method, environment, gather, gather_facts, require, tasks, verify, cleanup, handlers, tags.',
      },
    ],
  },
  {
    name: 'a play without hosts',
    text: '- name: x\n  tasks:\n    - verify_ping: { target: a }\n',
    errors: [{ at: '1:3', width: 7, code: 'missing-key', message: '"hosts" is missing' }],
  },
  {
    name: 'a play with nothing to do',
    text: '- hosts: flannel\n',
    errors: [
      {
        at: '1:3',
        width: 14,
        code: 'missing-key',
        message: 'the play has nothing to do',
        hint: 'Give it "tasks" or "verify".',
      },
    ],
  },
  {
    name: 'a section that is empty',
    text: '- hosts: flannel\n  tasks:\n  verify:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '2:9',
        width: 1,
        code: 'wrong-type',
        message: '"tasks" must be a list, not empty',
        hint: 'In order, each on all hosts before the next.',
      },
    ],
  },
  {
    name: 'a section that is a map',
    text: '- hosts: flannel\n  tasks:\n    verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:5',
        width: 26,
        code: 'wrong-type',
        message: '"tasks" must be a list, not a map',
        hint: 'Begin each entry with "- ".',
      },
    ],
  },
  {
    name: 'a wrong rollback',
    text: '- hosts: flannel\n  rollback: on-failure\n  verify:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '2:13',
        width: 10,
        code: 'bad-value',
        message: '"rollback" must be on_failure or never',
        hint: 'Did you mean "on_failure"?',
      },
    ],
  },
  {
    name: 'skip_if_verified without verify',
    text: '- hosts: flannel\n  skip_if_verified: true\n  tasks:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '2:3',
        width: 16,
        code: 'missing-key',
        message: '"skip_if_verified" needs "verify"',
        hint: 'Say under "verify" what must hold.',
      },
    ],
  },
  {
    name: 'a variable with a dash',
    text: '- hosts: flannel\n  vars: { pod-net: x }\n  verify:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '2:11',
        width: 7,
        code: 'bad-name',
        message: '"pod-net" cannot be a name',
        hint: 'Names begin with a small letter or _, then letters, digits and _.',
      },
    ],
  },
  {
    name: 'a variable with a reserved name',
    text: '- hosts: flannel\n  vars: { peers: x }\n  verify:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '2:11',
        width: 5,
        code: 'name-taken',
        message: '"peers" has a meaning of its own in expressions',
        hint: 'Choose another name.',
      },
    ],
  },
  {
    name: 'an unknown group',
    text: '- hosts: flanel\n  verify:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '1:10',
        width: 6,
        code: 'bad-hosts',
        message: '"flanel" is neither a host nor a group',
        hint: 'Did you mean "flannel"?',
      },
    ],
  },
  {
    name: 'a group without hosts',
    text: '- hosts: none\n  verify:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '1:10',
        width: 4,
        code: 'no-hosts',
        message: 'no host matches "none"',
        hint: 'Look at what the inventory has with "runbook inventory".',
      },
    ],
  },
  {
    name: 'an unknown module',
    text: '- hosts: flannel\n  tasks:\n    - supervisr: { program: flanneld }\n',
    errors: [
      {
        at: '3:7',
        width: 9,
        code: 'unknown-module',
        message: '"supervisr" is neither a module nor a keyword of a task',
        hint: 'Did you mean "supervisor"?',
      },
    ],
  },
  {
    name: 'an unknown keyword beside a module',
    text: '- hosts: flannel\n  tasks:\n    - supervisor: { program: flanneld, state: running }\n      registr: x\n',
    errors: [
      {
        at: '4:7',
        width: 7,
        code: 'unknown-key',
        message: '"registr" is not a keyword of a task',
        hint: 'Did you mean "register"?',
      },
    ],
  },
  {
    name: 'no module',
    text: '- hosts: flannel\n  tasks:\n    - name: nothing\n',
    errors: [
      {
        at: '3:7',
        width: 13,
        code: 'no-module',
        message: 'the task names no module',
        hint: 'Modules: command, etcd_key, file, process, route, supervisor, verify_ping.',
      },
    ],
  },
  {
    name: 'two modules',
    text: '- hosts: flannel\n  tasks:\n    - supervisor: { program: a, state: running }\n      process: { name: a, state: absent }\n',
    errors: [
      {
        at: '4:7',
        width: 7,
        code: 'two-modules',
        message: 'a task names one module; here are "supervisor" and "process"',
        hint: 'Make two tasks of it.',
      },
    ],
  },
  {
    name: 'a merge key',
    text: '- hosts: flannel\n  tasks:\n    - <<: { name: x }\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:7',
        width: 2,
        code: 'unknown-key',
        message: '"<<" is not a keyword of a task',
        hint: 'YAML 1.2 has no merge keys: write the keys out, or use an anchor for the whole value.',
      },
    ],
  },
  {
    name: 'an unknown argument',
    text: '- hosts: flannel\n  tasks:\n    - supervisor: { programm: flanneld, state: running }\n',
    errors: [
      {
        at: '3:21',
        width: 8,
        code: 'unknown-key',
        message: '"programm" is not known here',
        hint: 'Did you mean "program"?',
      },
    ],
  },
  {
    name: 'a missing argument',
    text: '- hosts: flannel\n  tasks:\n    - process: { name: flanneld }\n',
    errors: [{ at: '3:7', width: 7, code: 'missing-key', message: '"state" is missing' }],
  },
  {
    name: 'a wrong choice',
    text: '- hosts: flannel\n  tasks:\n    - supervisor: { program: flanneld, state: runing }\n',
    errors: [
      {
        at: '3:47',
        width: 6,
        code: 'bad-value',
        message: '"state" must be running, stopped or restarted',
        hint: 'Did you mean "running"?',
      },
    ],
  },
  {
    name: 'yes for true',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n      run_once: yes\n',
    errors: [
      {
        at: '4:17',
        width: 3,
        code: 'wrong-type',
        message: '"run_once" must be true or false, not the text "yes"',
        hint: 'Write true: in YAML 1.2 "yes" is text.',
      },
    ],
  },
  {
    name: 'a number for text',
    text: '- hosts: flannel\n  tasks:\n    - file: { path: /a, content: x, mode: 0644 }\n',
    errors: [
      { at: '3:43', width: 4, code: 'wrong-type', message: '"mode" must be text, not 644', hint: 'Put it in quotes.' },
    ],
  },
  {
    name: 'quotes around a number',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a, count: "3" }\n',
    errors: [
      {
        at: '3:40',
        width: 3,
        code: 'wrong-type',
        message: '"count" must be a whole number, not the text "3"',
        hint: 'Remove the quotes.',
      },
    ],
  },
  {
    name: 'none of two arguments',
    text: '- hosts: flannel\n  tasks:\n    - route: { dev: eth0 }\n',
    errors: [{ at: '3:7', width: 5, code: 'missing-key', message: 'to or within is missing' }],
  },
  {
    name: 'both of two arguments',
    text: '- hosts: flannel\n  tasks:\n    - route: { to: a, within: b }\n',
    errors: [{ at: '3:7', width: 5, code: 'missing-key', message: 'only one of to or within may be given' }],
  },
  {
    name: 'arguments that are text',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: 10.0.0.1\n',
    errors: [
      { at: '3:20', width: 8, code: 'wrong-type', message: '"verify_ping" must be a map, not the text "10.0.0.1"' },
    ],
  },
  {
    name: 'a wrong duration',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n      timeout: 10\n',
    errors: [
      {
        at: '4:16',
        width: 2,
        code: 'wrong-type',
        message: '"timeout" must be text, not 10',
        hint: 'Write a number and a unit: 500ms, 2s, 1.5m or 1h.',
      },
    ],
  },
  {
    name: 'a duration without a unit',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n      timeout: "10"\n',
    errors: [
      {
        at: '4:16',
        width: 4,
        code: 'bad-value',
        message: '"timeout" must be a duration, not "10"',
        hint: 'Write a number and a unit: 500ms, 2s, 1.5m or 1h.',
      },
    ],
  },
  {
    name: 'a duration of a module without a unit',
    text: '- hosts: flannel\n  tasks:\n    - process: { name: a, state: absent, kill_after: 5 s }\n',
    errors: [
      {
        at: '3:54',
        width: 3,
        code: 'bad-value',
        message: '"kill_after" must be a duration, not "5 s"',
        hint: 'Write a number and a unit: 500ms, 2s, 1.5m or 1h.',
      },
    ],
  },
  {
    name: 'an unknown name',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ pod_ipp }}" }\n',
    errors: [
      {
        at: '3:34',
        width: 7,
        code: 'unknown-name',
        message: '"pod_ipp" is not known here',
        hint: 'Did you mean "pod_ip"?',
      },
    ],
  },
  {
    name: 'an unknown name behind text',
    text: "- hosts: flannel\n  tasks:\n    - verify_ping:\n        target: 'to {{ pod_ip }} and {{ pod_ipp }}'\n",
    errors: [
      {
        at: '4:41',
        width: 7,
        code: 'unknown-name',
        message: '"pod_ipp" is not known here',
        hint: 'Did you mean "pod_ip"?',
      },
    ],
  },
  {
    name: 'an unknown name in a block of text',
    text: '- hosts: flannel\n  tasks:\n    - file:\n        path: /a\n        content: |\n          one {{ pod_ip }}\n          two {{ pod_ipp }}\n',
    errors: [
      {
        at: '7:18',
        width: 7,
        code: 'unknown-name',
        message: '"pod_ipp" is not known here',
        hint: 'Did you mean "pod_ip"?',
      },
    ],
  },
  {
    name: 'an unknown name in when',
    text: '- hosts: flannel\n  tasks:\n    - when: numbr > 3\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:13',
        width: 5,
        code: 'unknown-name',
        message: '"numbr" is not known here',
        hint: 'Did you mean "number"?',
      },
    ],
  },
  {
    name: 'an unknown function',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ cidrr(pod_cidr).host(1) }}" }\n',
    errors: [
      {
        at: '3:34',
        width: 15,
        code: 'unknown-function',
        message: 'there is no function "cidrr"',
        hint: 'Did you mean "cidr"?',
      },
    ],
  },
  {
    name: 'an unknown field of a peer',
    text: '- hosts: flannel\n  tasks:\n    - loop: "{{ peers }}"\n      verify_ping: { target: "{{ item.pod_ipp }}" }\n',
    errors: [
      {
        at: '4:39',
        width: 7,
        code: 'no-such-key',
        message: 'no host has a variable "pod_ipp"',
        hint: 'Did you mean "pod_ip"?',
      },
    ],
  },
  {
    name: 'an unknown field of the host',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ host.podip }}" }\n',
    errors: [
      {
        at: '3:39',
        width: 5,
        code: 'no-such-key',
        message: 'no host has a variable "podip"',
        hint: 'Did you mean "pod_ip"?',
      },
    ],
  },
  {
    name: 'an unknown group in groups',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ groups.flanel[0] }}" }\n',
    errors: [
      {
        at: '3:41',
        width: 6,
        code: 'no-such-key',
        message: 'the inventory has no group "flanel"',
        hint: 'Did you mean "flannel"?',
      },
    ],
  },
  {
    name: 'item without loop',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ item }}" }\n',
    errors: [
      {
        at: '3:34',
        width: 4,
        code: 'unknown-name',
        message: '"item" is not known here',
        hint: 'Give the task a "loop".',
      },
    ],
  },
  {
    name: 'a variable that only one host has',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ only_here }}" }\n',
    errors: [
      {
        at: '3:34',
        width: 9,
        code: 'not-everywhere',
        message: '"only_here" is not known on hdss7-22',
        hint: 'Give it to all of them, or write host.?only_here.orValue("...").',
      },
    ],
  },
  {
    name: 'and for &&',
    text: '- hosts: flannel\n  tasks:\n    - when: number > 1 and number < 3\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:24',
        width: 3,
        code: 'expression',
        message: "unexpected character: 'd'",
        hint: 'In CEL: number > 1 && number < 3',
      },
    ],
  },
  {
    name: 'a filter',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ pod_ip | default(1) }}" }\n',
    errors: [
      {
        at: '3:41',
        width: 1,
        code: 'expression',
        message: 'unexpected character: |',
        hint: 'In CEL: host.?pod_ip.orValue(1)',
      },
    ],
  },
  {
    name: 'is defined',
    text: '- hosts: flannel\n  tasks:\n    - when: pod_ip is defined\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:20',
        width: 2,
        code: 'expression',
        message: "unexpected character: 's'",
        hint: 'In CEL: has(host.pod_ip)',
      },
    ],
  },
  {
    name: 'a dash in a name',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ hostvars.hdss7-12.ansible_host }}" }\n',
    errors: [
      {
        at: '3:52',
        width: 12,
        code: 'wrong-type',
        message: "cannot index type 'int'",
        hint: 'With a dash in it, write hostvars["hdss7-12"].',
      },
    ],
  },
  {
    name: 'matches()',
    text: '- hosts: flannel\n  tasks:\n    - when: pod_ip.matches("(a+)+")\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:20',
        width: 7,
        code: 'unsafe-function',
        message: 'matches() is not offered: some patterns never end',
        hint: 'Use re_match(): text.re_match("^flannel[.]") finds an RE2 pattern anywhere in the text.',
      },
    ],
  },
  {
    name: 'braces in when',
    text: '- hosts: flannel\n  tasks:\n    - when: "{{ number > 1 }}"\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:13',
        width: 18,
        code: 'braces',
        message: '"when" is an expression already',
        hint: 'Write it without braces: number > 1',
      },
    ],
  },
  {
    name: 'when that is no condition',
    text: '- hosts: flannel\n  tasks:\n    - when: \'"yes" + "no"\'\n      verify_ping: { target: a }\n',
    errors: [
      { at: '3:13', width: 14, code: 'wrong-type', message: 'this must be true or false, and is of type string' },
    ],
  },
  {
    name: 'when that comes to a number',
    text: '- hosts: flannel\n  tasks:\n    - when: number\n      verify_ping: { target: a }\n',
    errors: [{ at: '3:13', width: 6, code: 'wrong-type', message: 'this must be true or false, and is 21' }],
  },
  {
    name: 'a template that is not closed',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ pod_ip }" }\n',
    errors: [
      {
        at: '3:31',
        width: 2,
        code: 'expression',
        message: 'the template is not closed',
        hint: 'Close it with }}. To have two braces as text, write {{ "{{" }}.',
      },
    ],
  },
  {
    name: 'a result of the wrong type',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a, count: "{{ pod_ip }}" }\n',
    errors: [
      {
        at: '3:40',
        width: 14,
        code: 'wrong-type',
        message: '"count" must be a whole number, not the text "172.7.21.2"',
      },
    ],
  },
  {
    name: 'a wrong address in a function',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ cidr(pod_ip).host(1) }}" }\n',
    errors: [
      {
        at: '3:34',
        width: 12,
        code: 'expression-failed',
        message: '"172.7.21.2" is not a network: the prefix length is missing, as in /24',
      },
    ],
  },
  {
    name: 'adding text to a number',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ pod_ip + number }}" }\n',
    errors: [
      {
        at: '3:34',
        width: 15,
        code: 'expression-failed',
        message: 'string + int is not possible',
        hint: 'To join text, convert the other value with string(...).',
      },
    ],
  },
  {
    name: 'a map inside text',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "x {{ host }}" }\n',
    errors: [
      {
        at: '3:36',
        width: 4,
        code: 'wrong-type',
        message: 'a map cannot stand inside text',
        hint: 'Write to_json(...) to have it as JSON text.',
      },
    ],
  },
  {
    name: 'a loop over text',
    text: '- hosts: flannel\n  tasks:\n    - loop: "{{ pod_ip }}"\n      verify_ping: { target: a }\n',
    errors: [{ at: '3:13', width: 14, code: 'wrong-type', message: '"loop" must come to a list or a map' }],
  },
  {
    name: 'a delegate that is no host',
    text: '- hosts: flannel\n  tasks:\n    - delegate_to: hdss7-13\n      verify_ping: { target: a }\n',
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
    name: 'a delegate that is a template of no host',
    text: '- hosts: flannel\n  tasks:\n    - delegate_to: "{{ pod_ip }}"\n      verify_ping: { target: a }\n',
    errors: [{ at: '3:20', width: 14, code: 'unknown-host', message: '"172.7.21.2" is not a host of the inventory' }],
  },
  {
    name: 'a register that is a variable',
    text: '- hosts: flannel\n  tasks:\n    - register: pod_ip\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:7',
        width: 8,
        code: 'name-taken',
        message: '"pod_ip" is a variable already',
        hint: 'Choose another name.',
      },
    ],
  },
  {
    name: 'a name registered later',
    text: '- hosts: flannel\n  tasks:\n    - when: ping.ok\n      verify_ping: { target: a }\n    - register: ping\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:13',
        width: 4,
        code: 'not-registered',
        message: '"ping" is registered only by a later task',
        hint: 'Move that task before this one.',
      },
    ],
  },
  {
    name: 'a field that no result has',
    text: '- hosts: flannel\n  tasks:\n    - register: ping\n      verify_ping: { target: a }\n    - when: ping.stdot == ""\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '5:18',
        width: 5,
        code: 'no-such-key',
        message: 'a registered result has no "stdot"',
        hint: 'Did you mean "stdout"?',
      },
    ],
  },
  {
    name: 'until without register',
    text: '- hosts: flannel\n  tasks:\n    - until: true\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:7',
        width: 5,
        code: 'missing-key',
        message: '"until" needs "register"',
        hint: 'Register the result under a name, and ask for that name.',
      },
    ],
  },
  {
    name: 'retries on a change',
    text: '- hosts: flannel\n  tasks:\n    - retries: 3\n      supervisor: { program: a, state: running }\n',
    errors: [
      {
        at: '3:7',
        width: 7,
        code: 'retried-change',
        message: 'a change is never tried again silently',
        hint: 'Give "until", or put the retries on the task under "verify" that proves the change.',
      },
    ],
  },
  {
    name: 'protect on a check',
    text: '- hosts: flannel\n  tasks:\n    - protect: true\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:7',
        width: 7,
        code: 'not-a-resource',
        message: '"verify_ping" is a check and has no state to protect',
        hint: 'Protect a resource.',
      },
    ],
  },
  {
    name: 'protect under verify',
    text: '- hosts: flannel\n  verify:\n    - protect: true\n      file: { path: /a }\n',
    errors: [
      {
        at: '3:7',
        width: 7,
        code: 'bad-section',
        message: '"protect" has no meaning under "verify"',
        hint: 'Protect a state under "tasks".',
      },
    ],
  },
  {
    name: 'an assertion that wants nothing',
    text: '- hosts: flannel\n  verify:\n    - file: { path: /a }\n',
    errors: [
      {
        at: '3:7',
        width: 4,
        code: 'nothing-wanted',
        message: 'this "file" wants no state',
        hint: 'Say what must hold.',
      },
    ],
  },
  {
    name: 'a command as an assertion',
    text: '- hosts: flannel\n  verify:\n    - command: { argv: [ls] }\n',
    errors: [
      {
        at: '3:7',
        width: 7,
        code: 'cannot-assert',
        message: 'no command can tell whether "command" holds',
        hint: 'Ask a check here, or a resource whose state can be read, or say with "changed_when: false" that the command only reads.',
      },
    ],
  },
  {
    name: 'a task that wants nothing',
    text: '- hosts: flannel\n  tasks:\n    - file: { path: /a }\n',
    errors: [
      {
        at: '3:7',
        width: 4,
        code: 'nothing-wanted',
        message: 'this "file" wants no state',
        hint: 'Say what is wanted, or "protect: true" to have an undo restore it.',
      },
    ],
  },
  {
    name: 'a variable made of itself',
    text: '- hosts: flannel\n  vars:\n    a: "{{ b }}"\n    b: "{{ a }}"\n  verify:\n    - verify_ping: { target: "{{ a }}" }\n',
    errors: [
      { at: '3:5', width: 1, code: 'cycle', message: 'the variable "a" is made of itself' },
      { at: '4:5', width: 1, code: 'cycle', message: 'the variable "b" is made of itself' },
    ],
  },
  {
    name: 'a variable with an unknown name',
    text: '- hosts: flannel\n  vars: { net: "{{ cidr(pod_cdr) }}" }\n  verify:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '2:25',
        width: 7,
        code: 'unknown-name',
        message: '"pod_cdr" is not known here',
        hint: 'Did you mean "pod_cidr"?',
      },
    ],
  },
  {
    name: 'an environment variable that is not set',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ env(\'TARGET\') }}" }\n',
    errors: [
      { at: '3:34', width: 13, code: 'expression-failed', message: 'the environment variable TARGET is not set' },
    ],
  },
  {
    name: 'an argument that the module refuses',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "-f" }\n',
    errors: [{ at: '3:20', width: 16, code: 'bad-value', message: '"-f" is not an address', hint: 'Give an address.' }],
  },
  {
    name: 'a task variable with an unknown name',
    text: '- hosts: flannel\n  tasks:\n    - vars: { to: "{{ pod_ipp }}" }\n      verify_ping: { target: "{{ to }}" }\n',
    errors: [
      {
        at: '3:23',
        width: 7,
        code: 'unknown-name',
        message: '"pod_ipp" is not known here',
        hint: 'Did you mean "pod_ip"?',
      },
    ],
  },
  {
    name: 'too many macros in each other',
    text: '- hosts: flannel\n  tasks:\n    - when: "[1].all(a, [1].all(b, [1].all(c, a == c)))"\n      verify_ping: { target: a }\n',
    errors: [
      {
        at: '3:14',
        width: 1,
        code: 'too-deep',
        message: 'map, filter, all and exists may stand in each other only twice',
        hint: 'Split it over variables.',
      },
    ],
  },
  {
    name: 'an unknown field of the loop',
    text: '- hosts: flannel\n  tasks:\n    - loop: [1]\n      verify_ping: { target: "{{ string(loop.idx) }}" }\n',
    errors: [
      {
        at: '4:46',
        width: 3,
        code: 'no-such-key',
        message: 'there is no "idx" here',
        hint: 'It has index, first, last, length.',
      },
    ],
  },
  {
    name: "Ansible's loop over items",
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n      with_items: [1]\n',
    errors: [
      {
        at: '4:7',
        width: 10,
        code: 'unknown-key',
        message: '"with_items" is not a keyword of a task',
        hint: 'Write loop: "{{ the_list }}"; each turn has "item".',
      },
    ],
  },
  {
    name: "Ansible's loop over a map",
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n      with_dict: {}\n',
    errors: [
      {
        at: '4:7',
        width: 9,
        code: 'unknown-key',
        message: '"with_dict" is not a keyword of a task',
        hint: 'Write loop: "{{ the_map }}"; each turn has "item.key" and "item.value".',
      },
    ],
  },
  {
    name: "Ansible's no_log",
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n      no_log: true\n',
    errors: [
      {
        at: '4:7',
        width: 6,
        code: 'unknown-key',
        message: '"no_log" is not a keyword of a task',
        hint: 'Write "secret: true": nothing of what the task does or finds is then recorded or shown.',
      },
    ],
  },
  {
    name: 'facts of another host',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n      delegate_facts: true\n',
    errors: [
      {
        at: '4:7',
        width: 14,
        code: 'unknown-key',
        message: '"delegate_facts" is not a keyword of a task',
        hint: 'Nothing is gathered from hosts, so there are no facts to give to another one. Remove it.',
      },
    ],
  },
  {
    name: 'ignore_errors on a play',
    text: '- hosts: flannel\n  ignore_errors: true\n  tasks:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '2:3',
        width: 13,
        code: 'unknown-key',
        message: '"ignore_errors" is not known here',
        hint: 'It stands on a task, whose failure it is about.',
      },
    ],
  },
  {
    name: 'facts that are to be gathered',
    text: '- hosts: flannel\n  gather_facts: true\n  tasks:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '2:17',
        width: 4,
        code: 'bad-value',
        message: '"gather_facts" must be false',
        hint: 'Nothing is gathered from hosts: false is taken as it is from a playbook of Ansible, true is refused.',
      },
    ],
  },
  {
    name: 'a change that is to be made in a plan',
    text: '- hosts: flannel\n  tasks:\n    - command: { argv: [ls] }\n      check_mode: false\n',
    errors: [
      {
        at: '4:7',
        width: 10,
        code: 'would-change',
        message: 'a plan changes nothing',
        hint: 'Only a command with "changed_when: false" may be asked in a plan; checks are asked there anyway.',
      },
    ],
  },
  {
    name: 'an undo of what changes nothing',
    text: '- hosts: flannel\n  tasks:\n    - file: { path: /x }\n      protect: true\n      check_mode: true\n',
    errors: [
      {
        at: '5:7',
        width: 10,
        code: 'contradiction',
        message: '"protect" notes a state for an undo, and "check_mode: true" changes nothing to undo',
        hint: 'Remove one of the two.',
      },
    ],
  },
  {
    name: 'a condition over a result that is not there',
    text: '- hosts: flannel\n  tasks:\n    - command: { argv: [ls] }\n      failed_when: reslt.exit > 1\n      register: result\n',
    errors: [
      {
        at: '4:20',
        width: 5,
        code: 'unknown-name',
        message: '"reslt" is not known here',
        hint: 'Did you mean "result"?',
      },
    ],
  },
  {
    name: 'a condition over a field that no result has',
    text: '- hosts: flannel\n  tasks:\n    - command: { argv: [ls] }\n      changed_when: [result.exit == 0, result.rc == 2]\n      register: result\n',
    errors: [
      {
        at: '4:47',
        width: 2,
        code: 'no-such-key',
        message: 'a registered result has no "rc"',
        hint: 'It has ok, changed, failed, skipped, because, exit, stdout, stderr, before, after, results.',
      },
    ],
  },
  {
    name: 'a variable of the environment that cannot have its name',
    text: '- hosts: flannel\n  tasks:\n    - command: { argv: [ls] }\n      environment: { A-B: x }\n',
    errors: [
      {
        at: '4:22',
        width: 3,
        code: 'bad-name',
        message: '"A-B" cannot be a name',
        hint: 'Letters, digits and _, with no digit in front.',
      },
    ],
  },
  {
    name: 'a variable of the environment that is a list',
    text: '- hosts: flannel\n  tasks:\n    - command: { argv: [ls] }\n      environment: { A: "{{ play_hosts }}" }\n',
    errors: [
      {
        at: '4:25',
        width: 18,
        code: 'wrong-type',
        message: '"A" must come to text, not ["hdss7-21","hdss7-22"]',
      },
    ],
  },
  {
    name: 'a way to become another user that there is not',
    text: '- hosts: flannel\n  tasks:\n    - command: { argv: [ls] }\n      become: true\n      become_method: pfexec\n',
    errors: [
      {
        at: '5:22',
        width: 6,
        code: 'bad-value',
        message: '"become_method" must be sudo, su or doas',
      },
    ],
  },
  {
    name: 'a name for the item that has a meaning already',
    text: '- hosts: flannel\n  tasks:\n    - command: { argv: [ls] }\n      loop: [1]\n      loop_control: { loop_var: peers }\n',
    errors: [
      {
        at: '5:23',
        width: 8,
        code: 'name-taken',
        message: '"peers" has a meaning of its own in expressions',
        hint: 'Choose another name.',
      },
    ],
  },
  {
    name: 'a pause in a loop',
    text: '- hosts: flannel\n  tasks:\n    - command: { argv: [ls] }\n      loop: [1]\n      loop_control: { pause: 3 }\n',
    errors: [
      {
        at: '5:23',
        width: 5,
        code: 'unknown-key',
        message: '"pause" is not known here',
        hint: 'Known here: label, loop_var, index_var.',
      },
    ],
  },
  {
    name: 'a file of variables named by what is not known yet',
    text: '- hosts: flannel\n  vars_files: ["{{ pod_ip }}.yml"]\n  tasks:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '2:20',
        width: 6,
        code: 'unknown-name',
        message: '"pod_ip" is not known here',
      },
    ],
  },
  {
    name: 'no file of variables of those that there may be',
    text: '- hosts: flannel\n  vars_files: [[a.yml, b.yml]]\n  tasks:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '2:16',
        width: 14,
        code: 'bad-source',
        message: 'none of a.yml, b.yml is there',
        hint: 'A path is taken from the folder of the file that names it. End the list with a file that is always there.',
      },
    ],
  },
  {
    name: 'a serial that is no size',
    text: '- hosts: flannel\n  serial: half\n  tasks:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '2:11',
        width: 4,
        code: 'bad-value',
        message: '"serial" cannot be "half"',
        hint: 'Batch by batch, so many hosts at a time: 2, "30%", or a list of these, of which the last repeats.',
      },
    ],
  },
  {
    name: 'hosts in a random order',
    text: '- hosts: flannel\n  order: shuffle\n  tasks:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '2:10',
        width: 7,
        code: 'bad-value',
        message: '"order" must be inventory, reverse_inventory, sorted or reverse_sorted',
      },
    ],
  },
  {
    name: 'any_errors_fatal: false without saying how many',
    text: '- hosts: flannel\n  any_errors_fatal: false\n  tasks:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '2:3',
        width: 16,
        code: 'missing-key',
        message: '"any_errors_fatal: false" needs "max_fail_percentage"',
        hint: 'A failure undoes everything here. Say how many hosts may drop out: "max_fail_percentage: 100" for all but the last.',
      },
    ],
  },
  {
    name: 'any_errors_fatal beside hosts that may fail',
    text: '- hosts: flannel\n  any_errors_fatal: true\n  max_fail_percentage: 30\n  tasks:\n    - verify_ping: { target: a }\n',
    errors: [
      {
        at: '2:3',
        width: 16,
        code: 'contradiction',
        message: '"any_errors_fatal: true" lets no host drop out, and "max_fail_percentage" does',
        hint: 'Remove one of them.',
      },
    ],
  },
  {
    name: 'hosts that may be lost without a guard',
    text: '- hosts: flannel\n  guard: off\n  tasks:\n    - verify_ping: { target: a }\n      ignore_unreachable: true\n',
    errors: [
      {
        at: '5:7',
        width: 18,
        code: 'no-guard',
        message: '"ignore_unreachable" does not go with "guard: off"',
        hint: 'A host that drops out is put back by itself, by its guard. Remove one of them.',
      },
    ],
  },
];
