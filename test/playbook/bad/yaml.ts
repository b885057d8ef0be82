import type { BadPlaybook } from './row.ts';

/** What is no YAML, or none that a playbook can be read from. */
export const yaml: readonly BadPlaybook[] = [
  {
    name: 'an empty file',
    text: '',
    error: {
      at: '1:1',
      width: 1,
      code: 'empty',
      message: 'the playbook is empty',
      hint: 'A playbook is a list of plays: "- hosts: web", then "tasks:".',
    },
  },
  {
    name: 'a map instead of a list',
    text: 'hosts: flannel\n',
    error: {
      at: '1:1',
      width: 14,
      code: 'wrong-type',
      message: 'a playbook must be a list of plays',
      hint: 'Begin each play with "- ".',
    },
  },
  {
    name: 'a play that is text',
    text: '- flannel\n',
    error: {
      at: '1:3',
      width: 7,
      code: 'wrong-type',
      message: 'must be a map, not the text "flannel"',
      hint: 'A play is a map: "- hosts: GROUP", then "tasks:".',
    },
  },
  {
    name: 'an unquoted template',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: {{ pod_ip }} }\n',
    error: {
      at: '3:30',
      width: 12,
      code: 'unquoted-template',
      message: 'the template stands without quotes',
      hint: 'Quote the template: "{{ ... }}". Without quotes YAML reads {{ as the start of a map.',
    },
  },
  {
    name: 'an unquoted template as a block value',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping:\n        target: {{ pod_ip }}\n',
    error: {
      at: '4:17',
      width: 12,
      code: 'unquoted-template',
      message: 'the template stands without quotes',
      hint: 'Quote the template: "{{ ... }}". Without quotes YAML reads {{ as the start of a map.',
    },
  },
  {
    name: 'a key twice',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a }\n      verify_ping: { target: b }\n',
    error: {
      at: '4:7',
      width: 11,
      code: 'yaml',
      message: 'the same key stands here twice',
      hint: 'Remove one of them. An entry of a list of its own begins with "- ".',
    },
  },
  {
    name: 'a tab',
    text: '- hosts: flannel\n  tasks:\n\t- verify_ping: {target: a}\n',
    error: {
      at: '3:1',
      width: 1,
      code: 'yaml',
      message: 'tabs are not allowed as indentation',
      hint: 'Indent with spaces.',
    },
  },
  {
    name: 'a tag',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: !vault abc }\n',
    error: {
      at: '3:30',
      width: 6,
      code: 'yaml',
      message: 'unresolved tag: !vault',
      hint: 'Only in playbooks, inventories and files of variables values are decrypted.',
    },
  },
  {
    name: 'an alias to nothing',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: *nothing\n',
    error: {
      at: '3:20',
      width: 8,
      code: 'yaml',
      message: 'there is no anchor &nothing before this',
      hint: 'Write the & before the value that is meant, or quote a text that begins with *.',
    },
  },
  {
    name: 'a second document',
    text: '- hosts: flannel\n  tasks: []\n---\n[]\n',
    error: {
      at: '3:1',
      width: 3,
      code: 'yaml',
      message: 'the file holds more than one document ("---")',
      hint: 'Remove the "---" between them, or make two files of it.',
    },
  },
  {
    name: 'a key named __proto__',
    text: '- hosts: flannel\n  vars: { __proto__: 1 }\n  tasks:\n    - verify_ping: { target: a }\n',
    error: { at: '2:11', width: 9, code: 'bad-key', message: '"__proto__" cannot be a key' },
  },
  {
    name: 'a number that would be rounded',
    text: '- hosts: flannel\n  tasks:\n    - route: { to: a, metric: 12345678901234567890 }\n',
    error: {
      at: '3:31',
      width: 20,
      code: 'bad-number',
      message: '12345678901234567890 is too large to be kept exactly; quote it to have it as text',
    },
  },
  {
    name: 'a value with a colon',
    text: '- hosts: flannel\n  verify:\n    - name: one: two\n      verify_ping: { target: a }\n',
    error: {
      at: '3:13',
      width: 1,
      code: 'yaml',
      message: 'nested mappings are not allowed in compact mappings',
      hint: 'Quote a value that holds ": ".',
    },
  },
  {
    name: 'a quote that is not closed',
    text: '- hosts: flannel\n  tasks:\n    - name: "open\n      verify_ping: { target: a }\n',
    error: { at: '3:13', width: 1, code: 'yaml', message: 'this " is not closed' },
  },
  {
    name: 'a bracket that is not closed',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a\n',
    error: { at: '3:20', width: 1, code: 'yaml', message: 'this { is not closed' },
  },
  {
    name: 'a text that begins with @',
    text: '- hosts: flannel\n  verify:\n    - verify_ping: { target: @a }\n',
    error: {
      at: '3:30',
      width: 1,
      code: 'yaml',
      message: 'plain value cannot start with reserved character @',
      hint: 'Quote the value.',
    },
  },
  {
    name: 'another version of YAML',
    text: '%YAML 1.1\n---\n- hosts: flannel\n  verify:\n    - verify_ping: { target: a }\n',
    error: { at: '1:1', width: 1, code: 'yaml', message: '%YAML 1.1: only YAML 1.2 is read' },
  },
  {
    name: 'an alias inside of what it repeats',
    text: '- hosts: flannel\n  vars: &a { b: *a }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:17',
      width: 2,
      code: 'yaml',
      message: '*a stands inside of what it repeats',
      hint: 'Write the value out there.',
    },
  },
  {
    name: 'a task that is indented too little',
    text: '- hosts: flannel\n  tasks:\n    - name: one\n     verify_ping: { target: a }\n',
    error: { at: '4:1', width: 1, code: 'yaml', message: 'sequence item without - indicator' },
  },
  {
    name: 'a number that JSON does not know',
    text: '- hosts: flannel\n  verify:\n    - vars: { n: .inf }\n      verify_ping: { target: a }\n',
    error: { at: '3:18', width: 4, code: 'bad-number', message: '.inf is not a number that JSON knows' },
  },
  {
    name: 'a tag of Ansible',
    text: '- hosts: flannel\n  tasks:\n    - vars: { a: !unsafe "{{ b }}" }\n      verify_ping: { target: a }\n',
    error: {
      at: '3:18',
      width: 7,
      code: 'yaml',
      message: 'unresolved tag: !unsafe',
      hint: 'Remove the tag, or quote the text if it is meant to begin with "!".',
    },
  },
  {
    name: 'a merge key in data',
    text: '- hosts: flannel\n  vars: { base: &b { x: 1 }, all: { <<: *b, y: 2 } }\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:37',
      width: 2,
      code: 'yaml',
      message: 'there are no merge keys ("<<") in YAML 1.2',
      hint: 'Write the keys out, or use an anchor for the whole value.',
    },
  },
  {
    name: 'a text that is to be none of a template, in a file of variables',
    text: '- hosts: flannel\n  vars_files: [v.yml]\n  verify:\n    - verify_ping: { target: a }\n',
    files: { 'v.yml': 'q: !unsafe plain\np: !unsafe "a{{ string(1+1) }}b"\n' },
    error: {
      file: 'v.yml',
      at: '2:12',
      width: 21,
      code: 'yaml',
      message: '"!unsafe" does not keep {{ }} from being filled in',
      hint: 'Remove the tag, and write {{ "{{" }} for two braces.',
    },
  },
];
