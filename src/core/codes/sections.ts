import type { CodeFacts } from './facts.ts';

/** What stands in the wrong part of a play, and what is wrong with its handlers. */
export const sectionCodes = {
  'bad-section': {
    summary: 'Something has no meaning in this part of the play',
    severity: 'error',
    means: [
      '"require" and "verify" change nothing, so there is nothing to notify, protect or rescue; a handler is one task, no block and no file.',
      'Say it under the section that the message names.',
    ],
    example: {
      wrong: `- hosts: web
  tasks:
    - link: { name: eth1, state: up }
  verify:
    - verify_ping: { target: 10.4.7.1 }
    - route: { to: 10.4.8.0/24 }
      protect: true
`,
      right: `- hosts: web
  tasks:
    - route: { to: 10.4.8.0/24 }
      protect: true
    - link: { name: eth1, state: up }
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'unknown-handler': {
    summary: 'A task notifies a handler that there is not',
    severity: 'error',
    means: [
      'No handler of the play has this name or listens to this word: what should follow the change would never be done.',
      'Correct the word, or write the handler under "handlers".',
    ],
    example: {
      wrong: `- hosts: web
  tasks:
    - sysctl: { name: net.ipv4.ip_forward, value: "1" }
      notify: [Restart routing, Look at it agian]
  verify:
    - verify_ping: { target: 10.4.7.1 }
  handlers:
    - name: Restart routing
      command: { argv: [systemctl, restart, frr] }
      notify: Look at it again
    - name: Look at it again
      verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  tasks:
    - sysctl: { name: net.ipv4.ip_forward, value: "1" }
      notify: [Restart routing, Look at it again]
  verify:
    - verify_ping: { target: 10.4.7.1 }
  handlers:
    - name: Restart routing
      command: { argv: [systemctl, restart, frr] }
      notify: Look at it again
    - name: Look at it again
      verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'unused-handler': {
    summary: 'No task notifies this handler',
    severity: 'warning',
    means: ['It is never done.', 'Give a task `notify` with its name, or remove the handler.'],
    example: {
      wrong: `- hosts: web
  tasks:
    - sysctl: { name: net.ipv4.ip_forward, value: "1" }
  verify:
    - verify_ping: { target: 10.4.7.1 }
  handlers:
    - name: Restart routing
      command: { argv: [systemctl, restart, frr] }
`,
      right: `- hosts: web
  tasks:
    - sysctl: { name: net.ipv4.ip_forward, value: "1" }
      notify: Restart routing
  verify:
    - verify_ping: { target: 10.4.7.1 }
  handlers:
    - name: Restart routing
      command: { argv: [systemctl, restart, frr] }
`,
    },
  },
  'not-in-order': {
    summary: 'A handler notifies one that has had its turn',
    severity: 'error',
    means: [
      'Handlers are done once, in the order in which they are written: one further up would wait for the end of another section.',
      'Move the handler that is notified further down.',
    ],
    example: {
      wrong: `- hosts: web
  tasks:
    - sysctl: { name: net.ipv4.ip_forward, value: "1" }
      notify: Restart routing
  verify:
    - verify_ping: { target: 10.4.7.1 }
  handlers:
    - name: Look at it
      verify_ping: { target: 10.4.7.1 }
    - name: Restart routing
      command: { argv: [systemctl, restart, frr] }
      notify: Look at it
`,
      right: `- hosts: web
  tasks:
    - sysctl: { name: net.ipv4.ip_forward, value: "1" }
      notify: Restart routing
  verify:
    - verify_ping: { target: 10.4.7.1 }
  handlers:
    - name: Restart routing
      command: { argv: [systemctl, restart, frr] }
      notify: Look at it
    - name: Look at it
      verify_ping: { target: 10.4.7.1 }
`,
    },
  },
} as const satisfies Readonly<Record<string, CodeFacts>>;
