import type { CodeFacts } from './facts.ts';

/** What is wrong with the names that a playbook uses. */
export const nameCodes = {
  'unknown-name': {
    summary: 'A name is not known here',
    severity: 'error',
    means: [
      'No variable of the play, the inventory or -e, no input and no registered result has this name.',
      'The message names the nearest one.',
      'Some names are known in some places only: `item` under a `loop`, `failed_task` under "rescue".',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: "{{ ansible_hots }}" }
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: "{{ ansible_host }}" }
`,
    },
  },
  'connection-variable': {
    summary: 'A playbook sets a variable that says how to connect',
    severity: 'error',
    means: [
      'How a host is reached is read from the inventory and -e alone: in a playbook such a variable would change nothing, and a password there would not be known as one.',
      'Set it for the hosts in the inventory. For another user there are `become`, `become_user` and `become_method`.',
    ],
    example: {
      wrong: `- hosts: web
  vars: { ansible_become: true }
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  become: true
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'unknown-host': {
    summary: 'A host is named that the inventory does not have',
    severity: 'error',
    means: [
      '`delegate_to`, `lock` and `hostvars` take hosts of the inventory, by the names that it gives them.',
      'Correct the name, or add the host to the inventory.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      delegate_to: wbe1
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      delegate_to: web1
`,
    },
  },
  'not-everywhere': {
    summary: 'Some hosts of the play do not have this variable',
    severity: 'error',
    means: [
      'The play would stop half way, on the first host without it.',
      'Give it to all hosts, in a group for instance, or say what holds without it: `host.?name.orValue("...")`.',
    ],
    example: {
      file: 'inventory.yml',
      wrong: `web:
  hosts:
    web1: { gateway: 10.4.7.1 }
    web2:
`,
      right: `web:
  hosts:
    web1:
    web2:
  vars: { gateway: 10.4.7.1 }
`,
      files: {
        'site.yml': `- hosts: web
  verify:
    - verify_ping: { target: "{{ gateway }}" }
`,
      },
    },
  },
  'not-registered': {
    summary: 'A result is used before it is registered',
    severity: 'error',
    means: [
      'The task that registers the name stands further down, or was skipped in this run, so there is no result yet.',
      'Move that task up. Where it is skipped under a `when`, give the task that uses the result the same `when`.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      when: gateway.ok
    - verify_ping: { target: 10.4.7.1 }
      register: gateway
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      register: gateway
    - verify_ping: { target: 10.4.7.1 }
      when: gateway.ok
`,
    },
  },
  'not-chosen': {
    summary: 'The tags leave out the task that registers a result',
    severity: 'error',
    means: [
      'A task that --tags or --skip-tags chooses uses a result, and the task that registers it is not played.',
      'Give both the same tag, or tag the one that registers it `always`.',
    ],
    example: {
      tags: 'gateway',
      wrong: `- hosts: web
  verify:
    - { verify_ping: { target: 10.4.7.1 }, register: first, tags: router }
    - { verify_ping: { target: 10.4.7.2 }, when: first.ok, tags: gateway }
`,
      right: `- hosts: web
  verify:
    - { verify_ping: { target: 10.4.7.1 }, register: first, tags: gateway }
    - { verify_ping: { target: 10.4.7.2 }, when: first.ok, tags: gateway }
`,
    },
  },
  'not-auditable': {
    summary: 'A check rests on a result that only the change registers',
    severity: 'warning',
    means: [
      '`runbook audit` asks "verify" alone: there the result is not known, and the check cannot be asked.',
      'Register what the check needs under "require" or "verify".',
    ],
    example: {
      wrong: `- hosts: web
  tasks:
    - link: { name: eth1, state: up }
      register: eth1
  verify:
    - verify_ping: { target: 10.4.7.1 }
      when: eth1.changed
`,
      right: `- hosts: web
  tasks:
    - link: { name: eth1, state: up }
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'not-static': {
    summary: 'Something must be known before the run, and is not',
    severity: 'error',
    means: [
      'Which tasks a play has is the same for every host: the name of an included file, and the loop of an include, rest on nothing that differs between hosts or is registered.',
      'Use a variable of the play, an input with a default, or -e; let the tasks inside of the file differ.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - include_tasks: "{{ subnet }}.yml"
`,
      right: `- hosts: web
  vars: { kind: ping }
  verify:
    - include_tasks: "{{ kind }}.yml"
`,
      files: { 'ping.yml': '- verify_ping: { target: 10.4.7.1 }\n' },
    },
  },
  cycle: {
    summary: 'A variable is made of itself',
    severity: 'error',
    means: [
      'Its value uses a variable whose value uses it again, directly or over others: it never comes to anything.',
      'Break the circle; give one of them a value of its own.',
    ],
    example: {
      wrong: `- hosts: web
  vars:
    gateway: "{{ router }}"
    router: "{{ gateway }}"
  verify:
    - verify_ping: { target: "{{ gateway }}" }
`,
      right: `- hosts: web
  vars:
    gateway: "{{ router }}"
    router: 10.4.7.1
  verify:
    - verify_ping: { target: "{{ gateway }}" }
`,
    },
  },
  'unused-register': {
    summary: 'A result is registered, and nothing uses it',
    severity: 'warning',
    means: [
      'No expression of the playbook reads the name: perhaps it is misspelt where it should be read.',
      'Use it, or remove `register`.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      register: answer
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'unused-extra': {
    summary: 'A value is given with -e, and nothing uses it',
    severity: 'warning',
    means: [
      'No input of a play has the name, and no expression of the playbook reads it: perhaps it is misspelt.',
      'Of a file that is given with `-e @FILE`, which may be for several playbooks, only a name that is nearly one of these is told.',
    ],
    example: {
      extra: 'packets=5',
      wrong: `- hosts: web
  inputs:
    pakets: { type: integer, default: 3, description: How many packets }
  verify:
    - verify_ping: { target: 10.4.7.1, count: "{{ pakets }}" }
`,
      right: `- hosts: web
  inputs:
    packets: { type: integer, default: 3, description: How many packets }
  verify:
    - verify_ping: { target: 10.4.7.1, count: "{{ packets }}" }
`,
    },
  },
} as const satisfies Readonly<Record<string, CodeFacts>>;
