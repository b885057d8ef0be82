import { expect, test } from 'vitest';
import { importPlaybook } from '../../src/ansible/import-playbook.ts';
import { sealedIn } from '../../src/secrets/inline.ts';

const sealed = ['$ANSIBLE_VAULT;1.1;AES256', '3866356661346238', '3039'];
/** An encrypted value as `ansible-vault encrypt_string` writes it, after a key. */
const vault = (indent: number, tag = '!vault') =>
  `${tag} |\n${sealed.map((line) => ' '.repeat(indent) + line).join('\n')}\n`;
const last = '    - command: { argv: [ last ], creates: /last }\n';

function imported(text: string) {
  const { text: made = '', findings } = importPlaybook({ file: 'p.yml', text });
  const told = findings.map(
    ({ kind, code, message, spot: { at } }) => `${at.line}:${at.column} ${kind} ${code}: ${message}`,
  );
  return { made, told };
}

test.each([
  ['of a play', `- hosts: all\n  vars:\n    password: ${vault(6)}  tasks:\n${last}`],
  ['by its other name', `- hosts: all\n  vars:\n    password: ${vault(6, '!vault-encrypted')}  tasks:\n${last}`],
  [
    'of a task',
    `- hosts: all\n  tasks:\n    - command: { argv: [ last ], creates: /last }\n      vars:\n        password: ${vault(10)}`,
  ],
  ['in a map', `- hosts: all\n  vars:\n    users:\n      admin: ${vault(8)}  tasks:\n${last}`],
  ['of a task in a file of tasks', `- command: { argv: [ last ], creates: /last }\n  vars:\n    password: ${vault(6)}`],
])('a variable %s stays encrypted', (_, text) => {
  const { made, told } = imported(text);
  expect(told).toEqual([]);
  expect(made).toBe(text.replace('!vault-encrypted', '!vault'));
  expect(sealedIn(made).map((one) => one.text.trim())).toEqual([sealed.join('\n')]);
});

test.each([
  ['an argument', `    - copy:\n        dest: /etc/x\n        content: ${vault(10)}`, '5:25'],
  ['a keyword', `    - ping:\n      environment:\n        PASSWORD: ${vault(10)}`, '5:26'],
  ['an item', `    - command: { argv: [ echo, "{{ item }}" ] }\n      loop:\n        - ${vault(10)}`, '5:18'],
  ['a fact', `    - set_fact:\n        password: ${vault(10)}`, '4:26'],
  ['a keyword of a block', `    - block:\n        - ping:\n      environment:\n        PASSWORD: ${vault(10)}`, '6:26'],
])('%s would lose its tag: it is left out, and told', (_, task, place) => {
  const { made, told } = imported(`- hosts: all\n  tasks:\n${task}${last}`);
  expect(told).toEqual([`${place} left-out no-equal: an encrypted value is imported as a variable only`]);
  expect(made.split('\n').filter((line) => line.includes('ANSIBLE_VAULT'))).toEqual([expect.stringMatching(/^\s*# /)]);
});
