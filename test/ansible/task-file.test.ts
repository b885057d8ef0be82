import { expect, test } from 'vitest';
import { importPlaybook } from '../../src/ansible/import-playbook.ts';
import { modules } from '../../src/modules/list.ts';
import { formatProblem } from '../../src/playbook/format-problem.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
import { fakeFleet } from '../support/fake-fleet.ts';

const theirs = `# How a node forwards.
- name: It forwards
  ansible.builtin.sysctl: { name: net.ipv4.ip_forward, value: "{{ forward }}" }
  notify: Restart routing
- ansible.builtin.apt: name=frr
- include_tasks: more.yml
  when: "'flannel' in group_names"
`;

const ours = `# How a node forwards.
- name: It forwards
  sysctl:
    name: net.ipv4.ip_forward
    value: "{{ forward }}"
    file: /etc/sysctl.conf
  notify: Restart routing

# not imported: line 5: no module here does what ansible.builtin.apt does
# - ansible.builtin.apt: name=frr

- include_tasks: more.yml
  when: inventory_hostname in groups.flannel
`;

test('a file of tasks becomes a file of tasks; whose handlers it notifies is not its own to say', () => {
  const { text, kind, findings } = importPlaybook({ file: 'tasks.yml', text: theirs });
  expect(kind).toBe('tasks');
  expect(text).toBe(ours);
  expect(findings.map(({ kind: how, code, spot: { at } }) => `${at.line} ${how} ${code}`)).toEqual([
    '5 left-out no-equal',
    '6 note still-ansible',
  ]);
});

test('a play that has the handler includes it', () => {
  const { text = '' } = importPlaybook({ file: 'tasks.yml', text: theirs });
  const play = `- hosts: all
  tasks: [{ include_tasks: tasks.yml }]
  handlers: [{ name: Restart routing, command: { argv: [systemctl, restart, frr] } }]
`;
  const read = (path: string) => (path.endsWith('/tasks.yml') ? text : '- meta: flush_handlers\n');
  const fleet = fakeFleet({ web1: { forward: '1' } }, { flannel: ['web1'] });
  const { problems } = loadPlaybook({ file: '/p.yml', text: play, fleet, modules, extraVars: {}, env: {}, read });
  expect(problems.filter(({ severity }) => severity === 'error').map(formatProblem)).toEqual([]);
});
