import type { CodeFacts } from './facts.ts';

/** What is wrong with a task as a whole. */
export const taskCodes = {
  'unknown-module': {
    summary: 'A task names a module that there is not',
    severity: 'error',
    means: [
      'The key is neither a module nor a keyword of a task.',
      'The message names the nearest one, or what takes the place of a module of Ansible; `runbook modules` lists them all.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_pign: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'no-module': {
    summary: 'A task names no module',
    severity: 'error',
    means: [
      'It has keywords alone, so it says nothing to do.',
      'Often the module is indented wrongly and stands in the task before it. Name one.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - name: The gateway answers
`,
      right: `- hosts: web
  verify:
    - name: The gateway answers
      verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'two-modules': {
    summary: 'A task names more than one module',
    severity: 'error',
    means: [
      'A task is one thing: which of them comes first, or whether both must succeed, would be left open.',
      'Make two tasks of it.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      verify_tcp: { target: 10.4.7.1, port: 22 }
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
    - verify_tcp: { target: 10.4.7.1, port: 22 }
`,
    },
  },
  'not-a-resource': {
    summary: 'A check has no state to protect',
    severity: 'error',
    means: [
      '`protect` notes a state, for an undo to bring it back; a check only asks and has none.',
      'Protect the resource whose state is meant.',
    ],
    example: {
      wrong: `- hosts: web
  tasks:
    - verify_route: { to: 10.4.8.0/24, via: 10.4.7.1 }
      protect: true
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  tasks:
    - route: { to: 10.4.8.0/24 }
      protect: true
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'cannot-assert': {
    summary: 'Whether this holds, no command can tell',
    severity: 'error',
    means: [
      'Under "require" and "verify" nothing is changed: a resource there is asked whether it is as said, and this one has no state that can be read.',
      'Ask a check, or a resource that can be read; of a command that only reads say `changed_when: false`.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - command: { argv: [systemctl, is-active, sshd] }
`,
      right: `- hosts: web
  verify:
    - command: { argv: [systemctl, is-active, sshd] }
      changed_when: false
`,
    },
  },
  'nothing-wanted': {
    summary: 'A task wants no state',
    severity: 'error',
    means: [
      'It names a thing, and says nothing of how it is to be: nothing would be done or asked.',
      'Say what is wanted. To have an undo restore what other programs change of it, say `protect: true`.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - link: { name: eth0 }
`,
      right: `- hosts: web
  verify:
    - link: { name: eth0, state: up }
`,
    },
  },
  'retried-change': {
    summary: 'A change would be tried again silently',
    severity: 'error',
    means: [
      'A change that failed may have been done in part; to do it again without a look can make it worse.',
      'Put the retries on the task under "verify" that proves the change, or say with `until` what is waited for.',
    ],
    example: {
      wrong: `- hosts: web
  tasks:
    - link: { name: eth1, state: up }
      retries: 3
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  tasks:
    - link: { name: eth1, state: up }
  verify:
    - verify_ping: { target: 10.4.7.1 }
      retries: 3
`,
    },
  },
  'would-change': {
    summary: 'A plan would change something',
    severity: 'error',
    means: [
      '`check_mode: false` asks for a task to be done while a plan is made, and a plan changes nothing.',
      'Only a command that says `changed_when: false` may be asked there; checks are asked anyway.',
    ],
    example: {
      wrong: `- hosts: web
  tasks:
    - command: { argv: [uname, -r] }
      check_mode: false
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  tasks:
    - command: { argv: [uname, -r] }
      check_mode: false
      changed_when: false
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'no-effect': {
    summary: 'Something is said that does nothing here',
    severity: 'warning',
    means: [
      'The keyword needs another one beside it, or means nothing for this module: who reads the playbook would think it does something.',
      'Add what it needs, or remove it.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      delay: 2s
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      delay: 2s
      retries: 3
`,
    },
  },
  'never-runs': {
    summary: 'No host of the play meets the condition of a task',
    severity: 'warning',
    means: [
      'With what the inventory says, the condition is false on each of them, so the task is never done.',
      'Correct the condition, the hosts of the play or the inventory.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      when: subnet == 'none'
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      when: subnet != 'none'
`,
    },
  },
} as const satisfies Readonly<Record<string, CodeFacts>>;
