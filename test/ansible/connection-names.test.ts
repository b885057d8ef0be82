import { expect, test } from 'vitest';
import { importPlaybook } from '../../src/ansible/import-playbook.ts';

const last = '    - command: { argv: [ last ], creates: /last }\n';
const why = 'says how to connect, which only the inventory and -e do here';

/** Ansible would connect by these; here they would do nothing, so none may be in what is made. */
test.each([
  [
    'a play',
    `- hosts: all\n  vars:\n    ansible_connection: local\n    mtu: 1400\n  tasks:\n${last}`,
    'ansible_connection',
    '3:5',
  ],
  [
    'a task',
    `- hosts: all\n  tasks:\n    - command: x\n      vars: { ansible_user: op }\n${last}`,
    'ansible_user',
    '4:15',
  ],
  [
    'a block',
    `- hosts: all\n  tasks:\n    - vars: { ansible_port: 1 }\n      block:\n        - command: x\n${last}`,
    'ansible_port',
    '3:15',
  ],
  [
    'an import',
    `- import_playbook: q.yml\n  vars: { ansible_host: a }\n- hosts: all\n  tasks:\n${last}`,
    'ansible_host',
    '2:11',
  ],
  ['a fact', `- hosts: all\n  tasks:\n    - set_fact: { ansible_user: op }\n${last}`, 'ansible_user', '3:33'],
])('how to connect is left out of %s, and told', (_, text, name, at) => {
  const { text: made = '', findings } = importPlaybook({ file: 'p.yml', text });
  const told = findings.map(({ kind, message, spot }) => `${spot.at.line}:${spot.at.column} ${kind} ${message}`);
  expect(told).toEqual([expect.stringMatching(new RegExp(`^${at} left-out .*"${name}" ${why}$`))]);
  expect(findings[0]?.hint).toContain('Set it in the inventory');
  const lines = made.split('\n').filter((line) => line.includes(name));
  expect(lines.filter((line) => !line.trimStart().startsWith('#'))).toEqual([]);
  expect(made).toContain('argv: [ last ]');
});

test('in a file of variables, which is taken as it is, it is told', () => {
  const text = `- hosts: all\n  vars_files: [ v.yml ]\n  tasks:\n${last}`;
  const read = (path: string) => (path === 'v.yml' ? 'mtu: 1\nansible_ssh_pass: x\n' : undefined);
  const { findings } = importPlaybook({ file: 'p.yml', text, read });
  expect(findings).toMatchObject([
    { kind: 'note', message: 'a file sets "ansible_ssh_pass", which says how to connect: take it out there' },
  ]);
});
