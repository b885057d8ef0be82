import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestProject } from '../support/cli.ts';

let project: TestProject;
beforeEach(async () => {
  project = await TestProject.create('inventory.yml', { alone: true });
  await writeFile(at('inventory.yml'), 'all: { hosts: { web1: {} } }\n');
});
afterEach(() => project.remove());
const at = (name: string) => join(project.folder, name);
const imported = (...args: string[]) => project.call('import', 'ansible-playbook', ...args);

const whole = '- hosts: all\n  tasks:\n    - service: name=nginx state=started\n';
const partly = `${whole}    - apt: name=nginx\n`;

test('a playbook goes to standard output, and is valid', async () => {
  await writeFile(at('site.yml'), whole);
  const { exit, stdout, stderr } = await imported('site.yml');
  expect({ exit, stdout }).toEqual({
    exit: 0,
    stdout: '- hosts: all\n  tasks:\n    - service: { name: nginx, state: running }\n',
  });
  expect(stderr).toMatch(/^everything was imported/);
  expect(await imported('site.yml', '-o', 'ours.yml')).toMatchObject({ exit: 0, stdout: '' });
  expect(await readFile(at('ours.yml'), 'utf8')).toBe(stdout);
  expect(await project.call('validate', at('ours.yml'))).toMatchObject({ exit: 0 });
});

test('what is left out is told with its place, exit 5', async () => {
  await writeFile(at('site.yml'), partly);
  const { exit, stdout, stderr } = await imported('site.yml');
  expect(exit).toBe(5);
  expect(stdout).toContain('    # not imported: line 4: no module here does what apt does\n    # - apt: name=nginx\n');
  expect(stderr).toContain(
    'site.yml:4:7: not imported, no-equal: no module here does what apt does\n    4 |     - apt: name=nginx\n      |       ^^^\n',
  );
});

test('a file that cannot be written is said to be as it was, whichever command was to write it', async () => {
  await writeFile(at('site.yml'), whole);
  const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
  for (const words of [
    ['import', 'ansible-playbook', 'site.yml'],
    ['secret', 'encrypt', 'site.yml', '--recipient', recipient],
  ]) {
    const { exit, stderr } = await project.call(...words, '-o', 'gone/ours.yml');
    expect(exit).toBe(2);
    expect(stderr).toMatch(/gone\/ours\.yml cannot be written: .*\n.*It is as it was\./);
  }
});

test('a file that is there is written over only when asked for', async () => {
  await writeFile(at('site.yml'), whole);
  await writeFile(at('ours.yml'), 'mine\n');
  const refused = await imported('site.yml', '-o', 'ours.yml');
  expect(refused).toMatchObject({ exit: 2, stdout: '', stderr: expect.stringContaining('--force') });
  expect(await readFile(at('ours.yml'), 'utf8')).toBe('mine\n');
  expect(await imported('site.yml', '-o', 'ours.yml', '--force')).toMatchObject({ exit: 0 });
  expect(await readFile(at('ours.yml'), 'utf8')).toContain('state: running');
});

test.each([
  [
    'nothing that could be imported',
    '- hosts: all\n  tasks:\n    - apt: name=nginx\n',
    'nothing of site.yml could be imported',
  ],
  ['no YAML', '- [', 'nothing of site.yml could be imported'],
])('%s: nothing is written, exit 2', async (_, text, says) => {
  await writeFile(at('site.yml'), text);
  const { exit, stdout, stderr } = await imported('site.yml', '-o', 'ours.yml');
  expect({ exit, stdout, stderr }).toEqual({ exit: 2, stdout: '', stderr: expect.stringContaining(says) });
  await expect(readFile(at('ours.yml'))).rejects.toThrow('ENOENT');
});

test('a file that is not there', async () => {
  expect(await imported('gone.yml')).toMatchObject({ exit: 2, stderr: expect.stringContaining('there is no file') });
});
