import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkout, TestProject } from '../support/cli.ts';

let project: TestProject;
const at = (name: string) => join(project.folder, name);
beforeEach(async () => {
  project = await TestProject.create('inventory.yml', { alone: true });
  await rm(at('runbook.yml'));
});
afterEach(() => project.remove());

const names = ['.gitignore', 'inventory.yml', 'playbooks/hello.yml', 'runbook.yml'];
const filesIn = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

test('what it writes is valid, and can be played, audited and rolled back at once', async () => {
  const made = await project.run('init');
  expect(made, made.stderr).toMatchObject({ exit: 0, stdout: expect.stringContaining('playbooks/hello.yml') });
  expect(await filesIn(project.folder)).toEqual(names);
  expect(await readFile(at('.gitignore'), 'utf8')).toMatch(/^\.runbook\/$/m);
  const valid = await project.call('validate', 'hello.yml');
  expect(valid).toEqual({ exit: 0, stdout: 'hello.yml: valid\n', stderr: '' });

  const path = at('hello.txt');
  const hello = ['hello.yml', '-e', `path=${path}`];
  expect((await project.call('play', '--check', ...hello)).exit).toBe(5);
  const played = await project.run('play', '--no-commit', ...hello);
  expect(played, played.stderr).toMatchObject({ exit: 0, stdout: expect.stringContaining('kept: ') });
  expect(await readFile(path, 'utf8')).toBe('hello from localhost\n');
  expect((await project.call('audit', ...hello)).exit).toBe(0);
  expect((await project.call('rollback', 'last', '--no-commit')).exit).toBe(0);
  expect(await filesIn(project.folder)).not.toContain('hello.txt');
});

test('each file names a schema that is there', async () => {
  expect((await project.call('init', 'a b/new')).exit).toBe(0);
  expect(await filesIn(at('a b/new'))).toEqual(names);
  for (const [name, schema] of [
    ['runbook.yml', 'runbook'],
    ['inventory.yml', 'inventory'],
    ['playbooks/hello.yml', 'playbook'],
  ]) {
    const text = await readFile(at(`a b/new/${name}`), 'utf8');
    const [, url = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
    expect(fileURLToPath(url)).toBe(join(checkout, `schemas/${schema}.schema.json`));
  }
});

test('a schema inside of the project is named by its path, which is the same on every machine', async () => {
  const inside = await mkdtemp(join(checkout, 'node_modules/.runbook-init-'));
  try {
    await mkdir(join(inside, 'node_modules/runbook'), { recursive: true });
    for (const name of ['dist', 'bin', 'schemas', 'package.json'])
      await cp(join(checkout, name), join(inside, 'node_modules/runbook', name), { recursive: true });
    const own = join(inside, 'node_modules/runbook/bin/runbook.js');
    await promisify(execFile)(process.execPath, [own, 'init', inside]);
    const text = await readFile(join(inside, 'playbooks/hello.yml'), 'utf8');
    expect(text).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/node_modules\/runbook\/schemas\/playbook\.schema\.json\n/,
    );
  } finally {
    await rm(inside, { recursive: true });
  }
});

test.each([
  ['a file', () => writeFile(at('inventory.yml'), 'mine\n'), ['inventory.yml']],
  ['a link that leads nowhere', () => symlink('gone', at('.gitignore')), ['.gitignore']],
])('%s that is there: it is named, nothing is written, exit 2', async (_, put, there) => {
  await put();
  const { exit, stdout, stderr } = await project.call('init');
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  expect(stderr).toContain(`there is something already, so nothing was written:\n  ${at(there[0] ?? '')}\n`);
  expect(await filesIn(project.folder)).toEqual(there);
});

test('where it cannot be written whole, no file of it is left', async () => {
  await writeFile(at('playbooks'), 'a file\n');
  const { exit, stderr } = await project.call('init');
  expect({ exit, stderr }).toEqual({ exit: 2, stderr: expect.stringContaining('No file of it is left.') });
  expect(await filesIn(project.folder)).toEqual(['playbooks']);
});
