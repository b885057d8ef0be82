import { mkdir, readdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestProject } from '../support/cli.ts';

/** The whole program, on the machine itself as its only host. */
let project: TestProject;
const at = (name: string) => join(project.folder, name);
beforeEach(async () => {
  project = await TestProject.create('inventory.yml', { alone: true });
  await writeFile(at('inventory.yml'), 'all:\n  hosts:\n    here: { ansible_connection: local }\n');
  await mkdir(at('tasks'));
  await project.playbook('tasks/note.yml', NOTE);
  await project.playbook('p.yml', PLAYBOOK);
});
afterEach(() => project.remove());

const NOTE = `inputs:
  name: { type: string, description: The name of the file }
tasks:
  - name: Write it
    file: { path: "{{ folder }}/{{ name }}.txt", content: "{{ name }}" }
`;
const PLAYBOOK = `- hosts: here
  tasks:
    - include_tasks: { file: tasks/note.yml, with: { name: one } }
      tags: one
    - include_tasks: { file: tasks/note.yml, with: { name: two } }
      tags: two
  verify:
    - directory: { path: "{{ folder }}", state: present }
`;
const run = (...args: string[]) => project.call(...args, '-e', `folder=${project.folder}`);
const written = async () => (await readdir(project.folder)).filter((name) => name.endsWith('.txt'));

test('only what is chosen is played; record, replay and a saved plan keep to it', async () => {
  const played = await run('play', 'p.yml', '--tags', 'one', '--no-commit');
  expect(played, played.stderr).toMatchObject({ exit: 0 });
  expect(await written()).toEqual(['one.txt']);
  expect((await project.call('show', 'last')).stdout).toContain('only --tags one\n');
  const replayed = await project.call('replay', '--dry', 'last');
  expect(replayed.stdout, replayed.stderr).toContain('all as recorded');

  const planned = await run('plan', 'p.yml', '--skip-tags', 'one', '-o', 'change.plan');
  expect(planned, planned.stderr).toMatchObject({ exit: 5 });
  const applied = await project.call('apply', 'change.plan', '--no-commit');
  expect(applied, applied.stderr).toMatchObject({ exit: 0 });
  expect(await written()).toEqual(['one.txt', 'two.txt']);
  await writeFile(at('tasks/note.yml'), `${NOTE}# more\n`);
  expect((await project.call('apply', 'change.plan')).stderr).toContain('tasks/note.yml: its text has changed');
});

test('hosts, tasks and tags are listed as they are chosen, and nothing is done', async () => {
  const all = await run('play', 'p.yml', '--list-hosts', '--list-tasks', '--list-tags');
  expect(all, all.stderr).toMatchObject({
    exit: 0,
    stdout: [
      'here',
      '  hosts (1)',
      '    here',
      '  tasks',
      '    file: Write it  [one]',
      '    file: Write it  [two]',
      '  verify',
      '    directory: directory',
      '  tags  one, two',
      '',
    ].join('\n'),
  });
  expect((await run('play', 'p.yml', '--list-tags', '--tags', 'two')).stdout).toBe('here\n  tags  two\n');
  expect(await written()).toEqual([]);
  expect((await project.call('history')).stdout).not.toContain('p.yml');
});

test('a tag that there is not, and tags that leave nothing, are refused', async () => {
  const unknown = await run('play', 'p.yml', '--tags', 'oen');
  expect(unknown.exit).toBe(2);
  expect(unknown.stderr).toContain('--tags: no task has the tag "oen". Did you mean "one"?');
  expect((await run('validate', 'p.yml', '--skip-tags', 'three')).exit).toBe(2);
  await project.playbook('q.yml', PLAYBOOK.replace('- hosts: here', '- hosts: here\n  tags: all-of-it'));
  const nothing = await run('audit', 'q.yml', '--skip-tags', 'all-of-it');
  expect(nothing).toMatchObject({ exit: 2, stderr: expect.stringContaining('the tags leave nothing to do') });
  expect(await written()).toEqual([]);
});

test('an include of what is no text file is refused at its place, at once', async () => {
  await mkdir(at('folder.yml'));
  await symlink(at('loop.yml'), at('loop.yml'));
  await writeFile(at('large.yml'), '');
  await truncate(at('large.yml'), 100 * 1024 * 1024);
  for (const [name, words] of [
    ['/dev/zero', 'not a file but a pipe or a device'],
    ['folder.yml', 'is a folder'],
    ['loop.yml', 'cannot be read'],
    ['large.yml', 'the limit is'],
  ] as const) {
    await project.playbook('p.yml', `- hosts: here\n  tasks:\n    - include_tasks: ${name}\n`);
    const { exit, stderr } = await project.call('validate', 'p.yml');
    expect({ name, exit }).toEqual({ name, exit: 2 });
    expect(stderr).toContain('p.yml:3:22: error bad-include: ');
    expect(stderr).toContain(words);
  }
});
