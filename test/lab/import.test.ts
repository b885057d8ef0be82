import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, labExec } from '../../src/lab/lab.ts';
import type { TestProject } from '../support/cli.ts';
import { labInHostGw } from './test-lab.ts';

const theirs = `- name: A small resolver of names
  hosts: hdss7-21
  gather_facts: no
  vars:
    folder: /opt/imported
    zones:
      - { name: pods, origin: pods.example }
      - { name: nodes, origin: nodes.example }
  tasks:
    - name: A folder for it
      ansible.builtin.file: { path: "{{ folder }}", state: directory, mode: 0755 }
    - name: Its settings
      ansible.builtin.template: { src: resolver.conf.j2, dest: "{{ folder }}/resolver.conf", mode: "0640" }
      notify: Note the change
    - name: Its hosts
      ansible.builtin.copy: src=hosts dest=/opt/imported/
    - name: Its zones
      ansible.builtin.lineinfile:
        path: "{{ folder }}/zones"
        regexp: "^zone {{ item.name }} "
        line: "zone {{ item.name }} {{ item.origin }}"
        create: yes
      with_items: "{{ zones }}"
      notify: Note the change
    - name: Has it a name
      ansible.builtin.command: test -e /etc/hostname
      register: named
      changed_when: no
      failed_when: no
    - name: A mark where the host has a name
      ansible.builtin.copy: { dest: "{{ folder }}/named", content: "yes\\n" }
      when: named.rc == 0
    - name: Never there
      ansible.builtin.copy: { dest: "{{ folder }}/unnamed", content: "no\\n" }
      when: named.rc != 0
    - name: flanneld runs
      community.general.supervisorctl: name=flanneld state=started
  handlers:
    - name: Note the change
      ansible.builtin.lineinfile: { path: "{{ folder }}/changes", line: "resolver.conf of {{ inventory_hostname }}", create: yes }
`;

let lab: Lab;
let project: TestProject;
const at = (name: string) => join(project.folder, name);

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
  for (const folder of ['theirs/files', 'theirs/templates', 'ours']) await mkdir(at(folder), { recursive: true });
  await writeFile(at('theirs/site.yml'), theirs);
  await writeFile(at('theirs/files/hosts'), '10.4.7.11 registry\n');
  await writeFile(at('theirs/templates/resolver.conf.j2'), 'listen {{ inventory_hostname }}\n');
});
afterAll(async () => {
  await labExec(lab, 'hdss7-21', ['rm', '-rf', '/opt/imported']);
  await project.remove();
});

/** Every file of the folder with its permissions and what it holds, as lines; nothing where there is no folder. */
async function folder(): Promise<readonly string[]> {
  const script = 'cd /opt/imported 2>/dev/null || exit 0; for f in *; do echo "$f $(stat -c %a "$f")"; cat "$f"; done';
  const { exit, stdout } = await labExec(lab, 'hdss7-21', ['sh', '-c', script]);
  expect(exit).toBe(0);
  return stdout.split('\n').filter((line) => line !== '');
}

test('a playbook of Ansible is imported, played, found unchanged, and rolled back', async () => {
  const imported = await project.call('import', 'ansible-playbook', 'theirs/site.yml', '-o', 'ours/site.yml');
  expect(imported, imported.stderr).toMatchObject({ exit: 0 });
  expect(await folder()).toEqual([]);

  const played = await project.call('play', 'ours/site.yml', '--no-commit');
  expect(played, played.stdout).toMatchObject({ exit: 0, stdout: expect.stringContaining('kept') });
  expect(await folder()).toEqual([
    ...['changes 644', 'resolver.conf of hdss7-21', 'hosts 644', '10.4.7.11 registry', 'named 644', 'yes'],
    ...['resolver.conf 640', 'listen hdss7-21', 'zones 644', 'zone pods pods.example', 'zone nodes nodes.example'],
  ]);

  const [{ run = '' } = {}] = (await project.events()) as readonly { readonly run?: string }[];
  const again = await project.call('play', 'ours/site.yml', '--no-commit');
  expect(again, again.stdout).toMatchObject({ exit: 0, stdout: expect.stringContaining('unchanged') });

  const back = await project.call('rollback', run, '--no-commit');
  expect(back, back.stdout).toMatchObject({ exit: 0 });
  expect(await folder()).toEqual([]);
});
