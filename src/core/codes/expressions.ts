import type { CodeFacts } from './facts.ts';

/** What is wrong inside of an expression. */
export const expressionCodes = {
  expression: {
    summary: 'An expression cannot be read',
    severity: 'error',
    means: [
      'What stands between {{ and }}, or in a condition, is no expression of CEL, or the template is not closed.',
      'Correct it at the place that is shown.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: "{{ cidr(subnet.host(1) }}" }
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: "{{ cidr(subnet).host(1) }}" }
`,
    },
  },
  jinja: {
    summary: 'This is Jinja, which is not run',
    severity: 'error',
    means: [
      'Statements {% ... %} and comments {# ... #} would stand in the text as they are: only {{ }} is looked for.',
      'Say it with an expression: a choice with `condition ? a : b`, a list with map, filter and join.',
    ],
    example: {
      wrong: `- hosts: web
  vars:
    target: "{% if subnet == '' %}10.4.7.1{% endif %}"
  verify:
    - verify_ping: { target: "{{ target }}" }
`,
      right: `- hosts: web
  vars:
    target: "{{ subnet == '' ? '10.4.7.2' : '10.4.7.1' }}"
  verify:
    - verify_ping: { target: "{{ target }}" }
`,
    },
  },
  braces: {
    summary: 'A condition stands in braces',
    severity: 'error',
    means: [
      '`when`, `until`, `failed_when` and `changed_when` are expressions already.',
      'With braces they would be text that an expression makes, and that would have to be read as one again.',
      'Leave the braces and quotes out.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      when: "{{ subnet != '' }}"
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      when: subnet != ''
`,
    },
  },
  'quoted-braces': {
    summary: 'A text inside of a condition has braces, which stay as they are',
    severity: 'warning',
    means: [
      'A condition is an expression already: in a text inside of it {{ }} is not looked for.',
      'Write the name without quotes and braces.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      when: subnet != "{{ inventory_hostname }}"
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      when: subnet != inventory_hostname
`,
    },
  },
  'unknown-function': {
    summary: 'There is no function of this name',
    severity: 'error',
    means: [
      'Neither CEL nor runbook has it; a filter of Jinja is often a function or a method here.',
      'The message names the nearest one; the reference lists all functions.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: "{{ cdir(subnet).host(1) }}" }
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: "{{ cidr(subnet).host(1) }}" }
`,
    },
  },
  'unsafe-function': {
    summary: 'A function of CEL that is not offered',
    severity: 'error',
    means: [
      'It could take for ever on some texts, and a plan has to end.',
      'The message names the one to use in its place.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      when: subnet.matches("^172[.]")
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      when: subnet.re_match("^172[.]")
`,
    },
  },
  'expression-failed': {
    summary: 'An expression can be read, but comes to nothing',
    severity: 'error',
    means: [
      'It was tried with the values of the hosts, and a function refused what it was given, or the arithmetic has no result.',
      'The message says on which hosts, where it is not all of them.',
      'Correct the value, or ask for it first: `a ? b : c`.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: "{{ cidr(ansible_host).host(1) }}" }
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: "{{ cidr(subnet).host(1) }}" }
`,
    },
  },
  'no-such-key': {
    summary: 'A map or a list has not what is looked up in it',
    severity: 'error',
    means: [
      'The map has no such key, or the list no such item, on any host or on those that are named.',
      'The message names the nearest key.',
      'Where it may be missing, ask for it: `map.?key.orValue("...")`.',
    ],
    example: {
      wrong: `- hosts: web
  vars: { gateway: { address: 10.4.7.1 } }
  verify:
    - verify_ping: { target: "{{ gateway.adress }}" }
`,
      right: `- hosts: web
  vars: { gateway: { address: 10.4.7.1 } }
  verify:
    - verify_ping: { target: "{{ gateway.address }}" }
`,
    },
  },
} as const satisfies Readonly<Record<string, CodeFacts>>;
