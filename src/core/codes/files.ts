import type { CodeFacts } from './facts.ts';

const ping = '- verify_ping: { target: 10.4.7.1 }\n';

/** What is wrong with the files that a playbook names, and with what is handed to them. */
export const fileCodes = {
  'bad-source': {
    summary: 'A file that is named cannot be had',
    severity: 'error',
    means: [
      'It is not there, is no text, or cannot be read; a path is taken from the folder of the file that names it.',
      'Files are read when the playbook is loaded, so their names rest on nothing that is known only in the run.',
      'Correct the path, or make the file.',
    ],
    example: {
      wrong: `- hosts: web
  vars_files: [adresses.yml]
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      right: `- hosts: web
  vars_files: [addresses.yml]
  verify:
    - verify_ping: { target: "{{ gateway }}" }
`,
      files: { 'addresses.yml': 'gateway: 10.4.7.1\n' },
    },
  },
  'bad-include': {
    summary: 'A file of tasks or plays cannot be had',
    severity: 'error',
    means: [
      'The file that is included or imported is not there, or cannot be read; the message names the nearest one beside it.',
      'Names that are missing because of it are not told: one mistake, not thirty.',
      'Correct the path: it is taken from the folder of the file that names it.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - include_tasks: pign.yml
`,
      right: `- hosts: web
  verify:
    - include_tasks: ping.yml
`,
      files: { 'ping.yml': ping },
    },
  },
  'include-cycle': {
    summary: 'A file includes itself',
    severity: 'error',
    means: ['Directly or over others: it would never end.', 'Move what both need into a file of its own.'],
    example: {
      file: 'ping.yml',
      wrong: `${ping}- include_tasks: ping.yml\n`,
      right: ping,
      files: {
        'site.yml': `- hosts: web
  verify:
    - include_tasks: ping.yml
`,
      },
    },
  },
  'a-playbook': {
    summary: 'Plays stand where tasks must',
    severity: 'error',
    means: [
      'The file that is included as tasks holds plays, with hosts of their own.',
      'Import it as an item of the playbook, with `import_playbook`.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - include_tasks: other.yml
`,
      right: `- import_playbook: other.yml
`,
      files: {
        'other.yml': `- hosts: web
  verify:
    - verify_ping: { target: 10.4.7.1 }
`,
      },
    },
  },
  'too-many': {
    summary: 'More than anybody wrote would have to be read',
    severity: 'error',
    means: [
      'Includes come to more than 20 000 tasks, or an inventory to more hosts, variables or nested groups than are read.',
      'Mostly it is a loop or a range that goes too far. Let the tasks inside of a file loop, or split the inventory.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - include_tasks: ping.yml
      loop: "{{ range(10000) }}"
`,
      right: `- hosts: web
  verify:
    - include_tasks: ping.yml
      loop: "{{ range(3) }}"
`,
      files: { 'ping.yml': `${ping}${ping}${ping}` },
    },
  },
  'unknown-input': {
    summary: 'A file of tasks is handed what it does not take',
    severity: 'error',
    means: [
      'Under `with` stands a name that the file does not declare under "inputs".',
      'The message names the nearest input. Correct the name, or declare the input.',
    ],
    example: {
      wrong: `- hosts: web
  verify:
    - include_tasks: { file: ping.yml, with: { address: 10.4.7.1, cuont: 2 } }
`,
      right: `- hosts: web
  verify:
    - include_tasks: { file: ping.yml, with: { address: 10.4.7.1, count: 2 } }
`,
      files: {
        'ping.yml': `inputs:
  address: { type: string, description: Whom to ask. }
  count: { type: integer, description: How often., default: 1 }
tasks:
  - verify_ping: { target: "{{ address }}", count: "{{ count }}" }
`,
      },
    },
  },
  'missing-input': {
    summary: 'A file of tasks is not handed what it needs',
    severity: 'error',
    means: ['The file declares an input without a default, and the include does not give it.', 'Give it under `with`.'],
    example: {
      wrong: `- hosts: web
  verify:
    - include_tasks: ping.yml
`,
      right: `- hosts: web
  verify:
    - include_tasks: { file: ping.yml, with: { address: 10.4.7.1 } }
`,
      files: {
        'ping.yml': `inputs:
  address: { type: string, description: Whom to ask. }
tasks:
  - verify_ping: { target: "{{ address }}" }
`,
      },
    },
  },
  'bad-input': {
    summary: 'An input cannot be checked as it is declared',
    severity: 'error',
    means: [
      'Its declaration is a JSON Schema, and a part of this one is none: a pattern that is no regular expression, for instance.',
      'Nothing that is given could be held to it. Correct the declaration.',
    ],
    example: {
      wrong: `- hosts: web
  inputs:
    address: { type: string, description: Whom to ask., pattern: "10[.", default: 10.4.7.1 }
  verify:
    - verify_ping: { target: "{{ address }}" }
`,
      right: `- hosts: web
  inputs:
    address: { type: string, description: Whom to ask., pattern: "^10[.]", default: 10.4.7.1 }
  verify:
    - verify_ping: { target: "{{ address }}" }
`,
    },
  },
} as const satisfies Readonly<Record<string, CodeFacts>>;
