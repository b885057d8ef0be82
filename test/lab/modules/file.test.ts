import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../../src/lab/lab.ts';
import type { TestProject } from '../../support/cli.ts';
import { bed } from '../bed.ts';
import { labInHostGw, stateOf } from '../test-lab.ts';

const nodes = ['hdss7-21', 'hdss7-22'];
let lab: Lab;
let project: TestProject;
let said: ReturnType<typeof bed>['said'];

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
  ({ said } = bed(lab));
  for (const node of nodes) {
    await said(node, [
      'sh',
      '-c',
      'mkdir -m 750 /srv/t && cd /srv/t && printf "one\\n#two" >conf && chmod 4640 conf && ln -s old link',
    ]);
  }
  await mkdir(join(project.folder, 'files'));
  await writeFile(join(project.folder, 'files/plain'), 'as {{ it }} is\n');
  await writeFile(join(project.folder, 'files/mine.tpl'), 'I am {{ inventory_hostname }}, {{ greeting }}\n');
  await writeFile(join(project.folder, 'files/make.sh'), '#!/bin/bash\nset -e\n: >"$1"\n');
});
afterAll(async () => {
  for (const node of nodes) await said(node, ['rm', '-rf', '/srv/t']);
  await project.remove();
});

/** Everything in the folder: names, modes, owners, targets and bytes. */
const folder = (node: string): Promise<string> =>
  said(node, [
    'sh',
    '-c',
    'cd /srv/t && find . -printf "%p %M %U %G %l\\n" | sort && find . -type f | sort | xargs sha256sum',
  ]);

const tasks = `
    - directory: { path: /srv/t/new/deep, state: present, mode: "0700" }
    - copy: { src: files/plain, path: /srv/t/new/deep/plain, owner: "65534" }
    - template: { src: files/mine.tpl, path: /srv/t/mine, validate: [grep, -q, hello, "%s"] }
    - file: { path: /srv/t/exact, content: "bytes", mode: "0600" }
    - line: { path: /srv/t/conf, match: "^#?two", line: two }
    - line: { path: /srv/t/conf, line: three }
    - symlink: { path: /srv/t/link, target: new/deep }
    - script: { src: files/make.sh, args: [/srv/t/made], creates: /srv/t/made, undo: [rm, /srv/t/made] }
`;
const book = (rest = ''): string => `- hosts: ${nodes.join(',')}\n  vars: { greeting: hello }\n  tasks:${tasks}${rest}`;

test('files, folders, links and lines: applied, then unchanged, then exactly as before', async () => {
  const before = await stateOf(lab);
  const folders = await Promise.all(nodes.map(folder));
  const path = await project.playbook('files.yml', book());
  const first = await project.call('play', path, '--no-commit');
  expect(first.exit, first.stdout + first.stderr).toBe(0);
  const node = nodes[0] ?? '';
  expect(await said(node, ['cat', '/srv/t/new/deep/plain'])).toBe('as {{ it }} is');
  expect(await said(node, ['cat', '/srv/t/mine'])).toBe('I am hdss7-21, hello');
  expect(await said(node, ['cat', '/srv/t/conf'])).toBe('one\ntwo\nthree');
  expect(await said(node, ['stat', '-c', '%a %u', '/srv/t/conf', '/srv/t/new/deep/plain'])).toBe('4640 0\n644 65534');

  const back = await project.call('rollback', 'last');
  expect(back.exit, back.stdout + back.stderr).toBe(0);
  expect(await Promise.all(nodes.map(folder))).toEqual(folders);
  expect(await stateOf(lab)).toEqual(before);

  expect((await project.call('play', path, '--no-commit')).exit).toBe(0);
  const again = await project.call('play', path, '--no-commit');
  expect([again.exit, again.stdout]).toEqual([0, expect.stringContaining('unchanged')]);
});

test('a content that a host does not accept undoes what came before it', async () => {
  const folders = await Promise.all(nodes.map(folder));
  const text = `
    - file: { path: /srv/t/first, content: "1" }
    - file: { path: /srv/t/exact, content: "bad", validate: [grep, -q, good, "%s"] }
`;
  const path = await project.playbook('bad.yml', `- hosts: ${nodes.join(',')}\n  tasks:${text}`);
  const { exit, stdout } = await project.call('play', path, '--no-commit');
  expect(exit, stdout).toBe(3);
  expect(stdout).toContain('does not accept the new content');
  expect(await Promise.all(nodes.map(folder))).toEqual(folders);
});

test('a replay has the files that the run had, though they are others now', async () => {
  const path = await project.playbook(
    'copy.yml',
    `- hosts: hdss7-21\n  tasks:\n    - copy: { src: files/plain, path: /srv/t/c }\n`,
  );
  expect((await project.call('play', path, '--no-commit')).exit).toBe(0);
  await writeFile(join(project.folder, 'files/plain'), 'changed since\n');
  const { exit, stdout, stderr } = await project.call('replay', '--dry', 'last');
  expect(exit, stdout + stderr).toBe(0);
});
