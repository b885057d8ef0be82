import { expect, test } from 'vitest';
import { modules } from '../../src/modules/list.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
import { flannelFleet } from '../support/fake-fleet.ts';

const files: Readonly<Record<string, string>> = {
  '/p/files/plain.conf': 'keep {{ this }} as it is\n',
  '/p/hdss7-21.conf': 'mine\n',
  '/p/node.ini': '[node]\nname={{ inventory_hostname }}\npeers={{ peers.map(p, p.name).join(",") }} {{ own }}\n',
  '/p/bad.ini': 'one\n  two {{ nosuch }}\n',
  '/p/binary': 'a\ufffdb',
  '/p/number': '{{ 6 * 7 }}',
};

function load(tasks: string) {
  const reads: string[] = [];
  const read = (path: string): string | undefined => {
    reads.push(path);
    return files[path];
  };
  const text = `- hosts: hdss7-21\n  vars: { own: yes }\n  tasks:\n${tasks.replaceAll(/^/gm, '    ')}\n`;
  const loaded = loadPlaybook({
    file: '/p/play.yml',
    text,
    fleet: flannelFleet,
    modules,
    extraVars: {},
    env: {},
    read,
  });
  const errors = loaded.problems.filter(({ severity }) => severity === 'error');
  const contentOf = (task: number, registered = new Map()) => {
    const resolution = loaded.plays[0]?.tasks[task]?.resolve('hdss7-21', registered);
    return resolution !== undefined && 'steps' in resolution ? resolution.steps[0]?.args.content : resolution;
  };
  return { ...loaded, errors, contentOf, asked: reads };
}

test('a file that is copied stays as it is', () => {
  const { errors, contentOf, reads } = load('- copy: { src: files/plain.conf, path: /etc/x }');
  expect(errors).toEqual([]);
  expect(contentOf(0)).toBe('keep {{ this }} as it is\n');
  expect(reads).toEqual(['/p/play.yml', '/p/files/plain.conf']);
});

test('its name may differ from host to host', () => {
  expect(load('- copy: { src: "{{ inventory_hostname }}.conf", path: /etc/x }').contentOf(0)).toBe('mine\n');
});

test('a template is filled in with the variables of the task', () => {
  const { errors, contentOf } = load('- template: { src: node.ini, path: /etc/x }');
  expect(errors).toEqual([]);
  expect(contentOf(0)).toBe('[node]\nname=hdss7-21\npeers= yes\n');
  expect(load('- template: { src: number, path: /etc/x }').contentOf(0)).toBe('42');
});

test('a mistake in a template is shown at its own line', () => {
  const { errors, plays } = load('- template: { src: bad.ini, path: /etc/x }');
  expect(errors).toMatchObject([
    { code: 'unknown-name', at: { file: '/p/bad.ini', line: 2, column: 10 }, source: '  two {{ nosuch }}', width: 6 },
  ]);
  expect(plays).toEqual([]);
});

test.each([
  ['copy: { src: nosuch, path: /etc/x }', /there is no file \/p\/nosuch/],
  ['copy: { src: binary, path: /etc/x }', /not UTF-8/],
  ['copy: { src: "{{ inventory_hostname }}-nosuch", path: /etc/x }', /there is no file \/p\/hdss7-21-nosuch/],
  ['template: { src: "{{ inventory_hostname }}.conf", path: /etc/x }', /without variables/],
])('what cannot be read is said at its place: %s', (task, message) => {
  const { errors } = load(`- ${task}`);
  expect(errors).toMatchObject([{ message: expect.stringMatching(message), at: { file: '/p/play.yml', line: 4 } }]);
});

test('each file is read once, and none after the playbook is loaded', () => {
  const tasks = `- { name: ask, command: { argv: [hostname] }, register: told }
- { name: one, copy: { src: files/plain.conf, path: /etc/x }, when: told.changed }
- { name: two, copy: { src: files/plain.conf, path: /etc/y } }
- { name: late, copy: { src: "{{ told.stdout }}", path: /etc/z } }`;
  const { errors, asked, contentOf } = load(tasks);
  expect(errors).toEqual([]);
  expect(asked).toEqual(['/p/files/plain.conf']);
  const registered = new Map([['hdss7-21', { told: { changed: true, stdout: 'node.ini' } }]]);
  expect(contentOf(1, registered)).toContain('keep');
  expect(() => contentOf(3, registered)).toThrow(/was not read when the playbook was loaded/);
});
