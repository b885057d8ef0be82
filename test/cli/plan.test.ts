import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestProject } from '../support/cli.ts';

/** The whole program, on the machine itself as its only host, with real keys. */
let project: TestProject;
const at = (name: string) => join(project.folder, name);
beforeEach(async () => {
  project = await TestProject.create('inventory.yml');
  await writeFile(at('inventory.yml'), 'all:\n  hosts:\n    here: { ansible_connection: local, answer: 42 }\n');
  await mkdir(at('playbooks'));
  await project.playbook(
    'playbooks/hello.yml',
    `- name: Say hello
  hosts: here
  tasks:
    - name: Write it
      file: { path: "{{ folder }}/hello", content: "{{ string(answer) }}" }
`,
  );
});
afterEach(() => project.remove());

const planning = () => ['plan', 'hello.yml', '-e', `folder=${project.folder}`];
const plan = (...args: string[]) => project.call(...planning(), ...args);
const apply = (...args: string[]) => project.call('apply', 'change.plan', '--no-commit', ...args);
const written = async () => (await readdir(project.folder)).includes('hello');
const run = promisify(execFile);

/** A key, and the line of an allowed signers file for it. */
async function key(name: string): Promise<string> {
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', at(name)]);
  return `${name}@example.org namespaces="runbook-plan" ${await readFile(at(`${name}.pub`), 'utf8')}`;
}

test('planned 5, saved for its owner alone, applied 0, named in the history, nothing left to plan 0', async () => {
  const planned = await project.run(...planning(), '-o', 'change.plan');
  expect(planned.exit, planned.stderr).toBe(5);
  expect(planned.stdout).toMatch(/plan +change\.plan \(sha256:[0-9a-f]{64}\)/);
  expect((await stat(at('change.plan'))).mode & 0o777).toBe(0o600);
  expect(await written()).toBe(false);

  const applied = await project.run('apply', 'change.plan', '--no-commit');
  expect(applied, applied.stderr).toMatchObject({ exit: 0, stdout: expect.stringContaining('kept: ') });
  expect(await readFile(at('hello'), 'utf8')).toBe('42');
  const [, digest = ''] = /sha256:([0-9a-f]{12})/.exec(planned.stdout) ?? [];
  expect((await project.call('history')).stdout).toContain(`(plan ${digest})`);
  expect((await project.call('show', 'last')).stdout).toContain(`held to the plan sha256:${digest}`);
  expect((await project.call('replay', '--dry', 'last')).stdout).toContain('all as recorded');
  expect(await plan()).toMatchObject({ exit: 0, stdout: expect.stringContaining('1 as wanted') });
});

test('without -o it shows, with -o - it prints the plan and nothing else, from anywhere in the project', async () => {
  expect((await plan()).stdout).toContain('1 to change');
  const { stdout, exit } = await plan('-o', '-');
  expect(exit).toBe(5);
  expect(stdout).toMatch(/^# A plan[\s\S]*\nplaybook: playbooks\/hello.yml\n[\s\S]*\ndigest: sha256:[0-9a-f]{64}\n$/);
  await writeFile(at('change.plan'), stdout);
  expect((await apply()).exit).toBe(0);
});

test.each<[string, () => Promise<void>, string]>([
  ['the playbook', () => append('playbooks/hello.yml', '# a comment\n'), 'playbooks/hello.yml: its text has changed'],
  ['the inventory', () => append('inventory.yml', '    there: {}\n'), 'inventory.yml: its text has changed'],
  [
    'variables that were not there',
    async () => {
      await mkdir(at('group_vars'));
      await writeFile(at('group_vars/all.yml'), 'answer: 43\n');
    },
    'group_vars',
  ],
  ['the plan', () => edit('change.plan', (text) => text.replace('"42"', '"43"')), 'has been changed since it was made'],
  ['what is on the host', () => writeFile(at('hello'), 'mine'), 'Write it: what it found has changed'],
])('%s has changed since: exit 2, told, and nothing touched', async (_, change, told) => {
  await plan('-o', 'change.plan');
  await change();
  const before = await written();
  const { exit, stdout, stderr } = await apply();
  expect(stdout + stderr).toContain(told);
  expect(exit).toBe(2);
  expect(await written()).toBe(before);
  if (before) expect(await readFile(at('hello'), 'utf8')).toBe('mine');
});

async function append(name: string, text: string): Promise<void> {
  await edit(name, (before) => before + text);
}

async function edit(name: string, change: (text: string) => string): Promise<void> {
  await writeFile(at(name), change(await readFile(at(name), 'utf8')));
}

test('a signature that is required: missing, wrong, not allowed and for something else are refused; a good one is told', async () => {
  const [ours, theirs] = [await key('alice'), await key('mallory')];
  await writeFile(at('signers'), ours);
  await plan('-o', 'change.plan');
  const refused = async (why: string) => {
    const { exit, stderr } = await apply('--require-signature', 'signers');
    expect(stderr, why).toContain('the plan is not signed by anyone whom');
    expect(exit, why).toBe(2);
    expect(await written(), why).toBe(false);
  };
  await refused('missing');
  await run('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'file', '-f', at('alice'), at('change.plan')]);
  await refused('for something else');
  expect((await plan('-o', 'change.plan', '--sign', 'mallory')).exit).toBe(5);
  await refused('not allowed');
  expect((await plan('-o', 'change.plan', '--sign', 'alice')).stdout).toContain(', signed)');
  const good = await readFile(at('change.plan'), 'utf8');
  await writeFile(at('change.plan'), `${good} `);
  await refused('of another text');

  await writeFile(at('change.plan'), good);
  await writeFile(at('signers'), theirs + ours);
  await writeFile(at('runbook.yml'), 'inventory: inventory.yml\nrequire_signature: signers\n');
  const { exit, stdout, stderr } = await apply();
  expect(exit, stderr).toBe(0);
  expect(stdout).toMatch(/^signed by alice@example\.org with ED25519 key SHA256:/);
});

test('a password in an extra variable is not in the plan, and is given again', async () => {
  await writeFile(
    at('inventory.yml'),
    'all:\n  hosts:\n    here: { ansible_connection: local, ansible_become_password: hunter2secret, answer: 1 }\n',
  );
  expect((await plan('-o', 'change.plan', '-e', 'answer=hunter2secret')).exit).toBe(5);
  expect(await readFile(at('change.plan'), 'utf8')).not.toContain('hunter2');
  expect(await apply()).toMatchObject({ exit: 2, stderr: expect.stringContaining('Give it again: -e answer=') });
  expect((await apply('-e', 'answer=other')).stderr).toContain('answer: this extra variable has another value');
  expect((await apply('-e', 'answer=hunter2secret')).exit).toBe(0);
  expect(await readFile(at('hello'), 'utf8')).toBe('hunter2secret');
});

test.each([
  [['plan', 'hello.yml', '--sign', 'key'], '--sign needs a file'],
  [['apply', 'nothing.plan'], 'there is no plan nothing.plan'],
  [['apply', 'playbooks/hello.yml'], 'cannot be read as a plan'],
  [['apply', 'change.plan', '--max-age', '0s'], 'not within the last 0s'],
  [['apply', 'change.plan', '-e', 'more=1'], 'made without the extra variable "more"'],
  [['apply', 'change.plan', '--require-signature', 'nobody'], 'there is no file of allowed signers'],
])('%s is refused with exit 2', async (args, message) => {
  await plan('-o', 'change.plan');
  const { exit, stderr } = await project.call(...args);
  expect(stderr).toContain(message);
  expect(exit).toBe(2);
});
