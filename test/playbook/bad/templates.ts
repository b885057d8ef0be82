import type { BadPlaybook } from './row.ts';

/** Values with `{{ }}` in them. */
export const templates: readonly BadPlaybook[] = [
  {
    name: 'an unknown name behind text',
    text: "- hosts: flannel\n  tasks:\n    - verify_ping:\n        target: 'to {{ pod_ip }} and {{ pod_ipp }}'\n",
    error: {
      at: '4:41',
      width: 7,
      code: 'unknown-name',
      message: '"pod_ipp" is not known here',
      hint: 'Did you mean "pod_ip"?',
    },
  },
  {
    name: 'an unknown name in a block of text',
    text: '- hosts: flannel\n  tasks:\n    - file:\n        path: /a\n        content: |\n          one {{ pod_ip }}\n          two {{ pod_ipp }}\n',
    error: {
      at: '7:18',
      width: 7,
      code: 'unknown-name',
      message: '"pod_ipp" is not known here',
      hint: 'Did you mean "pod_ip"?',
    },
  },
  {
    name: 'a template that is not closed',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ pod_ip }" }\n',
    error: {
      at: '3:31',
      width: 2,
      code: 'expression',
      message: 'the template is not closed',
      hint: 'Close it with }}. To have two braces as text, write {{ "{{" }}.',
    },
  },
  {
    name: 'a result of the wrong type',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a, count: "{{ pod_ip }}" }\n',
    error: {
      at: '3:40',
      width: 14,
      code: 'wrong-type',
      message: '"count" must be a whole number, not the text "172.7.21.2"',
      hint: 'How many packets to send.',
    },
  },
  {
    name: 'a map inside text',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "x {{ host }}" }\n',
    error: {
      at: '3:36',
      width: 4,
      code: 'wrong-type',
      message: 'a map cannot stand inside text',
      hint: 'Write to_json(...) to have it as JSON text.',
    },
  },
  {
    name: 'a template that is empty',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ }}" }\n',
    error: { at: '3:34', width: 1, code: 'expression', message: 'the expression is empty' },
  },
  {
    name: 'two templates, the second wrong',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ pod_ip }}{{ pod_pi }}" }\n',
    error: {
      at: '3:46',
      width: 6,
      code: 'unknown-name',
      message: '"pod_pi" is not known here',
      hint: 'Did you mean "pod_ip"?',
    },
  },
  {
    name: 'a template in a list',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { targets: [a, "{{ pod_pi }}"] }\n',
    error: {
      at: '3:39',
      width: 6,
      code: 'unknown-name',
      message: '"pod_pi" is not known here',
      hint: 'Did you mean "pod_ip"?',
    },
  },
  {
    name: 'a template in folded text',
    text: '- hosts: flannel\n  tasks:\n    - file:\n        path: /a\n        content: >-\n          one\n          {{ pod_pi }}\n',
    error: {
      at: '7:14',
      width: 6,
      code: 'unknown-name',
      message: '"pod_pi" is not known here',
      hint: 'Did you mean "pod_ip"?',
    },
  },
  {
    name: 'a list inside text',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "x {{ play_hosts }}" }\n',
    error: {
      at: '3:36',
      width: 10,
      code: 'wrong-type',
      message: 'a list cannot stand inside text',
      hint: 'Write to_json(...) to have it as JSON text.',
    },
  },
  {
    name: 'null inside text',
    text: '- hosts: flannel\n  tasks:\n    - vars: { none: null }\n      verify_ping: { target: "x {{ none }}" }\n',
    error: {
      at: '4:36',
      width: 4,
      code: 'wrong-type',
      message: 'null cannot stand inside text',
      hint: 'Write to_json(...) to have it as JSON text.',
    },
  },
  {
    name: 'arguments that come to a list',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: "{{ play_hosts }}"\n',
    error: {
      at: '3:20',
      width: 18,
      code: 'wrong-type',
      message: '"verify_ping" must be a map, not a list',
      hint: 'Who is to answer, and how well.',
    },
  },
  {
    name: 'arguments of which one is not known, from a variable',
    text: '- hosts: flannel\n  tasks:\n    - vars: { ping: { target: a, cuont: 3 } }\n      verify_ping: "{{ ping }}"\n',
    error: {
      at: '4:20',
      width: 12,
      code: 'unknown-key',
      message: '"cuont" is not known here',
      hint: 'Did you mean "count"?',
    },
  },
  {
    name: 'a path that comes to no path',
    text: '- hosts: flannel\n  tasks:\n    - file: { path: "{{ pod_ip }}", content: a }\n',
    error: {
      at: '3:21',
      width: 14,
      code: 'bad-value',
      message: '"path" cannot be "172.7.21.2"',
      hint: 'Absolute path. Its folder must exist.',
    },
  },
  {
    name: 'a choice that comes to none of them',
    text: '- hosts: flannel\n  tasks:\n    - supervisor: { program: a, state: "{{ pod_ip }}" }\n',
    error: { at: '3:40', width: 14, code: 'bad-value', message: '"state" must be running, stopped, present or absent' },
  },
  {
    name: 'a result that has not the field, in a template',
    text: '- hosts: flannel\n  tasks:\n    - register: ping\n      verify_ping: { target: a }\n    - verify_ping: { target: "{{ ping.stdot }}" }\n',
    error: {
      at: '5:39',
      width: 5,
      code: 'no-such-key',
      message: 'a registered result has no "stdot"',
      hint: 'Did you mean "stdout"?',
    },
  },
  {
    name: "Jinja's division of whole numbers",
    text: '- hosts: flannel\n  name: x\n  verify:\n    - verify_ping: { target: a, count: "{{ number // 2 }}" }\n',
    error: {
      at: '4:51',
      width: 2,
      code: 'expression',
      message: '// would begin a comment, and what follows it would be left out',
      hint: 'Write / to divide: of two whole numbers it gives a whole one. A comment is one of YAML, with #.',
    },
  },
  {
    name: "Jinja's division in a condition, behind a text with two slashes",
    text: '- hosts: flannel\n  name: x\n  verify:\n    - verify_ping: { target: a }\n      when: "pod_ip != \'http://x\' // 2 && number > 1"\n',
    error: {
      at: '5:35',
      width: 2,
      code: 'expression',
      message: '// would begin a comment, and what follows it would be left out',
      hint: 'Write / to divide: of two whole numbers it gives a whole one. A comment is one of YAML, with #.',
    },
  },
  {
    name: "Jinja's dash before an expression",
    text: '- hosts: flannel\n  name: x\n  verify:\n    - verify_ping: { target: "{{- pod_ip }}" }\n',
    error: {
      at: '4:33',
      width: 1,
      code: 'jinja',
      message: 'a dash at the braces is Jinja',
      hint: 'Blanks around an expression stay: leave the dash out. A minus stands behind a blank: {{ -number }}.',
    },
  },
  {
    name: "Jinja's dash behind an expression",
    text: '- hosts: flannel\n  name: x\n  verify:\n    - verify_ping: { target: "{{ pod_ip -}}" }\n',
    error: {
      at: '4:41',
      width: 1,
      code: 'jinja',
      message: 'a dash at the braces is Jinja',
      hint: 'Blanks around an expression stay: leave the dash out. A minus stands behind a blank: {{ -number }}.',
    },
  },
];
