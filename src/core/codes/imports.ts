import type { CodeFacts } from './facts.ts';

const wait = `    - name: The registry answers
      wait_for: { host: 10.4.7.11, port: 443 }
`;

/** What `import ansible-playbook` has to tell of a playbook of Ansible's. Its examples are such playbooks, and are imported. */
export const importCodes = {
  'no-equal': {
    summary: "Something of Ansible's has no equal here",
    severity: 'error',
    imported: true,
    means: [
      'No module, argument or keyword here does what this does, or it is none of Ansible either. The nearest task, key or play is left out whole, and is a comment at its place.',
      'Do it with another module, by hand in the result, or leave it out of what is imported.',
    ],
    example: {
      wrong: `- hosts: web
  tasks:
    - ansible.builtin.apt: { name: nginx }
${wait}`,
      right: `- hosts: web
  tasks:
${wait}`,
    },
  },
  'no-cel': {
    summary: 'An expression in Jinja has no form in CEL',
    severity: 'error',
    imported: true,
    means: [
      'It uses a filter, a test or a fact that expressions here do not have, or its parts are not of the same kind. What it stands in is left out.',
      'Say it otherwise: docs/expressions.md has the forms.',
    ],
    example: {
      wrong: `- hosts: web
  tasks:
    - sysctl: { name: net.ipv4.ip_forward, value: "1" }
      when: ansible_facts.os_family == "Debian"
${wait}`,
      right: `- hosts: web
  tasks:
    - sysctl: { name: net.ipv4.ip_forward, value: "1" }
      when: "'web' in group_names"
${wait}`,
    },
  },
  'rests-on-left-out': {
    summary: 'It rests on something that is left out',
    severity: 'error',
    imported: true,
    means: [
      'A result, a variable or a handler that it names is not in the result of the import, so it is left out too.',
      'Put right what it rests on, and import again.',
    ],
    example: {
      wrong: `- hosts: web
  tasks:
    - sysctl: { name: net.ipv4.ip_forward, value: "1" }
      notify: Restart routing
`,
      right: `- hosts: web
  tasks:
    - sysctl: { name: net.ipv4.ip_forward, value: "1" }
      notify: Restart routing
  handlers:
    - name: Restart routing
      command: { argv: [systemctl, restart, frr], creates: /run/frr.new }
`,
    },
  },
  'not-valid-here': {
    summary: 'What it comes to would not be valid here',
    severity: 'error',
    imported: true,
    means: [
      'It has an equal, but `runbook validate` would refuse that: the message has its reason. What it stands in is left out.',
      'Put it right as the message says, and import again.',
    ],
    example: {
      wrong: `- hosts: web
  tasks:
    - stat: { path: /etc/motd }
      register: Motd
${wait}`,
      right: `- hosts: web
  tasks:
    - stat: { path: /etc/motd }
      register: motd
${wait}`,
    },
  },
  'other-meaning': {
    summary: 'Something is imported and does not mean quite the same',
    severity: 'warning',
    imported: true,
    means: [
      'The task or the play is in the result. In the way that the message names it does something else than with Ansible.',
      'Look whether it matters to you; change the result where it does.',
    ],
    example: {
      wrong: `- hosts: web
  tasks:
    - command: ip route flush cache
`,
      right: `- hosts: web
  tasks:
    - command: ip route flush cache
      changed_when: false
`,
    },
  },
  'still-ansible': {
    summary: "A file that is named is still Ansible's",
    severity: 'warning',
    imported: true,
    means: [
      'Only the file that is named on the command line is imported. A template, a file of tasks or a playbook that it names stays as it is.',
      'Import each playbook and each file of tasks to where the result names it; write the {{ }} of a template in CEL.',
    ],
    example: {
      wrong: `- hosts: web
  tasks:
    - include_tasks: routing.yml
`,
      right: `- hosts: web
  tasks:
    - sysctl: { name: net.ipv4.ip_forward, value: "1" }
`,
    },
  },
  'other-folder': {
    summary: 'A file is looked for in another folder than before',
    severity: 'warning',
    imported: true,
    means: [
      'The result is written to another folder, and a path is taken from the folder of the playbook that names it. Paths are made anew for that, but what a template begins with is not known before the run.',
      'Put the files beside the result, or write the folder before the template: the import then makes it anew too.',
    ],
    example: {
      moved: '..',
      wrong: `- hosts: web
  tasks:
    - copy: { src: "{{ item }}", dest: "/etc/{{ item }}" }
      loop: [motd, issue]
`,
      right: `- hosts: web
  tasks:
    - copy: { src: "files/{{ item }}", dest: "/etc/{{ item }}" }
      loop: [motd, issue]
`,
    },
  },
} as const satisfies Readonly<Record<string, CodeFacts>>;

export type ImportCode = keyof typeof importCodes;
