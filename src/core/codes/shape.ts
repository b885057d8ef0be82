import type { CodeFacts } from './facts.ts';

/** What is wrong with keys and values, wherever they stand. */
export const shapeCodes = {
  'unknown-key': {
    summary: 'A key is not known here',
    severity: 'error',
    means: [
      'Nothing would be done with it, so it is never ignored: a slip in "verify" would leave a change unproven.',
      'The message names the nearest key that is known here.',
      'Keywords of Ansible that have another form here are told with that form.',
    ],
    example: {
      wrong: `- hosts: web
  taks: []
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  tasks: []
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'missing-key': {
    summary: 'Something that must be said is not said',
    severity: 'error',
    means: [
      'A play, a task or an argument needs a key that is not there, or a key that needs another beside it stands alone.',
      'Add what the message names.',
      '`runbook modules NAME` tells what a module needs.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - verify_ping: { count: 3 }
`,
      right: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1, count: 3 }
`,
    },
  },
  'wrong-type': {
    summary: 'A value is of another kind than is wanted here',
    severity: 'error',
    means: [
      'Text where a number is wanted, a map where a list is, and so on; values are not converted, since a guess can be wrong.',
      'In YAML 1.2 `yes` and `no` are text: write true or false. A number in quotes is text.',
      'An expression is held to the same when it is known what it comes to.',
    ],
    example: {
      wrong: `- hosts: web
  skip_if_verified: yes
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  skip_if_verified: true
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  'bad-value': {
    summary: 'A value is of the right kind, but cannot be this one',
    severity: 'error',
    means: [
      'It is not among the words that are possible, out of range, no address, no duration.',
      'The message says what is possible; `runbook modules NAME` tells it for each argument.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - link: { name: eth0, state: upp }
`,
      right: `- hosts: web
  verify:
    - link: { name: eth0, state: up }
`,
    },
  },
  'bad-name': {
    summary: 'Something cannot have this name',
    severity: 'error',
    means: [
      'A variable must be named so that an expression can use it: a small letter or _, then letters, digits and _.',
      'With a dash, `pod-ip` would be `pod` minus `ip`.',
      'Names of hosts and groups of an inventory hold no blanks, commas or characters of a pattern.',
    ],
    example: {
      wrong: `- hosts: web
  vars: { pod-ip: 172.7.21.2 }
  verify:
    - verify_ping: { target: 172.7.21.2 }
`,
      right: `- hosts: web
  vars: { pod_ip: 172.7.21.2 }
  verify:
    - verify_ping: { target: "{{ pod_ip }}" }
`,
    },
  },
  'name-taken': {
    summary: 'A name means something else already',
    severity: 'error',
    means: [
      'It is a name of the language, a variable that a registered result would hide, or a second handler of the same name.',
      'Which of the two is meant could not be told where the name is used.',
      'Choose another name.',
    ],
    example: {
      wrong: `- hosts: web
  vars: { groups: [one, two] }
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  vars: { teams: [one, two] }
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  empty: {
    summary: 'The file holds nothing',
    severity: 'error',
    means: [
      'A playbook without plays, or a file of tasks without tasks: nothing would be done, and that would look like success.',
      'Write the plays or tasks, or remove what names the file.',
    ],
    example: {
      wrong: '# to be written\n',
      right: `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
    },
  },
  contradiction: {
    summary: 'Two things are said that cannot both be',
    severity: 'error',
    means: ['Each of the two keys takes away what the other asks for.', 'Decide which is meant, and remove the other.'],
    example: {
      wrong: `- hosts: web
  any_errors_fatal: true
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
} as const satisfies Readonly<Record<string, CodeFacts>>;
