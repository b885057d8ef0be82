import { describe, expect, test } from 'vitest';
import { importPlaybook } from '../../src/ansible/import-playbook.ts';

const read = (path: string) => (path === 'files/motd' ? 'here\n' : undefined);
const play = (task: string) => `- hosts: all\n  tasks:\n    - ${task}\n`;

function imported(text: string, moved: string) {
  const { text: made = '', findings } = importPlaybook({ file: 'p.yml', text, read, moved });
  return { made, told: findings.map(({ code }) => code).filter((code) => code === 'other-folder') };
}

describe('a file on this side is named from where the result is', () => {
  test.each([
    ['copy: { src: motd, dest: /etc/motd }', '', 'src: files/motd'],
    ['copy: { src: motd, dest: /etc/motd }', '..', 'src: ../files/motd'],
    ['copy: { src: ./a/../motd, dest: /etc/motd }', '../theirs', 'src: ../theirs/motd'],
    ['copy: { src: "conf/{{ item }}", dest: /etc/x }', '..', 'src: "../conf/{{ item }}"'],
    ['copy: { src: /srv/motd, dest: /etc/motd }', '..', 'src: /srv/motd'],
    ['template: { src: motd.j2, dest: /etc/motd }', '../..', 'src: ../../motd.j2'],
    ['script: drain.sh --now', '..', 'src: ../drain.sh'],
  ])('%s, from %j', (task, moved, wanted) => {
    const { made, told } = imported(play(task), moved);
    expect(made).toContain(wanted);
    expect(told).toEqual([]);
  });

  test('files of variables too', () => {
    const text = `- hosts: all\n  vars_files: [ vars/one.yml, /etc/two.yml ]\n  tasks:\n    - ping:\n`;
    expect(imported(text, '..').made).toContain('vars_files: [ ../vars/one.yml, /etc/two.yml ]');
    expect(imported(text, '').made).toContain('vars_files: [ vars/one.yml, /etc/two.yml ]');
  });
});

test.each([
  ['..', ['other-folder']],
  ['', []],
])('what begins with a template is told, from %j', (moved, wanted) => {
  const { made, told } = imported(play('copy: { src: "{{ item }}", dest: /etc/x }\n      loop: [ motd ]'), moved);
  expect(made).toContain('src: "{{ item }}"');
  expect(told).toEqual(wanted);
});
