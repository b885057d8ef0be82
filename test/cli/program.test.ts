import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestProject } from '../support/cli.ts';

/** The whole program, on the machine itself as its only host: nothing but files in the project's folder is touched. */
let project: TestProject;
beforeEach(async () => {
  project = await TestProject.create('inventory.yml', { alone: true });
  await writeFile(
    join(project.folder, 'inventory.yml'),
    'all:\n  hosts:\n    here: { ansible_connection: local, answer: 42 }\n',
  );
  await mkdir(join(project.folder, 'playbooks'));
});
afterEach(() => project.remove());

const hello = (content: string, more = '') => `- name: Say hello
  hosts: here
  tasks:
    - name: Write it
      file: { path: "{{ folder }}/hello", content: "${content}" }
  verify:
    - name: It is there
      file: { path: "{{ folder }}/hello", content: "${content}" }
${more}`;

const playing = () => ['play', 'hello.yml', '-e', `folder=${project.folder}`];
const play = (...args: string[]) => project.run(...playing(), ...args);
const written = async () => (await readdir(project.folder)).includes('hello');

test('a change from plan to rollback: check 5, play 0, again unchanged, audit 0, rollback 0, audit 5', async () => {
  await project.playbook('playbooks/hello.yml', hello('{{ string(answer) }}'));
  const check = await play('--check', '--diff');
  expect(check.exit, check.stderr).toBe(5);
  expect(check.stdout).toContain('1 to change');
  expect(check.stdout).toContain('"42"');
  expect(await written()).toBe(false);

  expect(await play()).toMatchObject({ exit: 0, stdout: expect.stringContaining('kept: ') });
  expect(await play()).toMatchObject({ exit: 0, stdout: expect.stringContaining('unchanged: ') });
  expect((await project.run('audit', 'hello.yml', '-e', `folder=${project.folder}`)).exit).toBe(0);

  const { stdout } = await project.run('history');
  const [, run = ''] = /^(\w{26}) .* play +kept/m.exec(stdout) ?? [];
  expect(await project.run('rollback', run)).toMatchObject({ exit: 0, stdout: expect.stringContaining('undone: ') });
  expect(await written()).toBe(false);
  expect((await project.run('audit', 'hello.yml', '-e', `folder=${project.folder}`)).exit).toBe(5);
  expect((await project.run('replay', '--dry', run)).exit).toBe(0);
});

test('a failing verify: exit 3, and the file is gone again', async () => {
  await project.playbook(
    'playbooks/hello.yml',
    hello('x', '    - name: Never\n      verify_http: { url: "http://127.0.0.1:1/" }\n'),
  );
  expect(await play()).toMatchObject({ exit: 3, stdout: expect.stringContaining('undone: ') });
  expect(await written()).toBe(false);
});

test('nothing changed and failed: exit 1', async () => {
  await project.playbook(
    'playbooks/hello.yml',
    '- hosts: here\n  verify:\n    - name: Never\n      verify_http: { url: "http://127.0.0.1:1/" }\n',
  );
  expect((await project.call(...playing())).exit).toBe(1);
});

test.each([
  [['play'], "missing required argument 'file'"],
  [['play', 'nothing.yml'], 'there is no playbook "nothing.yml"'],
  [['play', 'hello.yml', '--chekc'], 'Did you mean --check?'],
  [['play', 'hello.yml', '--forks', '0'], 'not a whole number above 0'],
  [['play', 'hello.yml', '--limit', 'nobody'], 'nobody'],
  [['plya', 'hello.yml'], 'Did you mean play?'],
  [['show', 'nothing'], 'there is no run "nothing"'],
  [['modules', 'file_'], 'Did you mean "file"?'],
  [['explain', 'wrong-typ'], 'Did you mean "wrong-type"?'],
])('%s is refused with exit 2', async (args, message) => {
  await project.playbook('playbooks/hello.yml', hello('x').replaceAll('{{ folder }}', project.folder));
  const { exit, stderr } = await project.call(...args);
  expect(stderr).toContain(message);
  expect(exit).toBe(2);
});

test('-o ndjson prints the events of the journal, and nothing else', async () => {
  await project.playbook('playbooks/hello.yml', hello('x'));
  const { stdout } = await play('-o', 'ndjson');
  const printed = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(printed).toEqual(await project.events());
  expect(printed.at(-1)).toMatchObject({ type: 'run_ended', ending: 'kept' });
});

test('passwords of the inventory are in no file and on no screen', async () => {
  await writeFile(
    join(project.folder, 'inventory.yml'),
    'all:\n  hosts:\n    here: { ansible_connection: local, ansible_become_password: hunter2secret, note: "hunter2secret" }\n',
  );
  await project.playbook('playbooks/hello.yml', hello('{{ note }}').replace('file: {', 'file: { mode: "0600",'));
  const { stdout, stderr, exit } = await play('--diff');
  expect(exit, stderr).toBe(0);
  expect(stdout + stderr).not.toContain('hunter2');
  for (const entry of await readdir(project.folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'inventory.yml' || entry.name === 'hello') continue;
    const { readFile } = await import('node:fs/promises');
    expect(await readFile(join(entry.parentPath, entry.name), 'utf8'), entry.name).not.toContain('hunter2');
  }
});

test('inventory and modules tell what there is', async () => {
  expect(JSON.parse((await project.call('inventory', '--json')).stdout)).toEqual({
    here: { groups: ['ungrouped'], vars: expect.objectContaining({ answer: 42 }) },
  });
  expect((await project.call('modules')).stdout).toMatch(/^route +resource +/m);
  expect((await project.call('modules', 'route')).stdout).toContain('# route');
});

test('explain tells all codes, and what one means', async () => {
  const { exit, stdout } = await project.call('explain');
  expect(exit).toBe(0);
  expect(stdout).toMatch(/^no-verify +warning +A play changes something/m);
  expect(stdout).toMatch(/^busy +failure +/m);
  expect((await project.call('explain', 'unknown-group')).stdout).toMatch(
    /^# unknown-group\n[\s\S]*\nWrong, in `inventory.ini`:\n\n```ini example\n\[web\]\n[\s\S]*\nRight:\n/,
  );
});
