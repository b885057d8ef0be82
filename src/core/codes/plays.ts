import type { CodeFacts } from './facts.ts';

/** What is wrong with a play as a whole. */
export const playCodes = {
  'bad-hosts': {
    summary: 'A pattern of hosts is not understood',
    severity: 'error',
    means: [
      'It names a host or a group that the inventory does not have, or is written wrongly.',
      'Nothing is guessed: a play on other hosts than meant is the worst of slips.',
      '`runbook inventory` lists what there is.',
    ],
    example: {
      wrong: `- hosts: wbe
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'no-hosts': {
    summary: 'A pattern leaves no host',
    severity: 'error',
    means: [
      'All its names are known, but no host is left: the play would do nothing, and that would look like success.',
      'Look at the groups with `runbook inventory`, and correct the pattern.',
    ],
    example: {
      wrong: `- hosts: web:!web*
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web:!web2
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'no-verify': {
    summary: 'A play changes something and proves nothing',
    severity: 'warning',
    means: [
      'What a change is kept or undone by stands under "verify"; without it every change that could be made is kept.',
      'Say there what must hold after the change.',
    ],
    example: {
      wrong: `- hosts: web
  tasks:
    - link: { name: eth1, state: up }
`,
      right: `- hosts: web
  tasks:
    - link: { name: eth1, state: up }
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'no-guard': {
    summary: 'Hosts may drop out, and nothing would put them back',
    severity: 'error',
    means: [
      'A host that drops out is put back by itself, by the guard that waits on it; without a guard, or without an undo, it would be left half changed.',
      'Leave the guard on, or let no host drop out.',
    ],
    example: {
      wrong: `- hosts: web
  guard: "off"
  max_fail_percentage: 30
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  max_fail_percentage: 30
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'serial-split': {
    summary: 'Batch by batch, the change splits the pod network',
    severity: 'warning',
    means: [
      'Nodes of two backends of flannel ignore each other: while a part of the hosts is switched, pods of the two parts do not reach each other.',
      'Protect the routes of the pod network until the last batch and remove what is left over in a later play, or do without "serial".',
    ],
    example: {
      wrong: `- hosts: web
  serial: 1
  tasks:
    - etcd_key: { api: 2, key: /coreos.com/network/config, json: { Network: 172.7.0.0/16, Backend: { Type: vxlan } } }
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  tasks:
    - etcd_key: { api: 2, key: /coreos.com/network/config, json: { Network: 172.7.0.0/16, Backend: { Type: vxlan } } }
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  tags: {
    summary: 'A tag is chosen that no task has',
    severity: 'error',
    means: [
      '--tags or --skip-tags names a tag that is written nowhere in the playbook: it would choose nothing, and that silently.',
      'The message names the nearest tag.',
    ],
    example: {
      tags: 'gateway',
      wrong: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      tags: gatway
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
      tags: gateway
`,
    },
  },
} as const satisfies Readonly<Record<string, CodeFacts>>;
