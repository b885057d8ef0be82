import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestProject } from '../support/cli.ts';

/** Real runs on the machine itself that write a secret over others; what they leave is encrypted to who may read the project's secrets. */
let project: TestProject;
const at = (name: string) => join(project.folder, name);
const [old, hidden, fresh] = ['Old-Secret-11', 'Hidden-Secret-22', 'Fresh-Secret-33'];

const playbook = `- hosts: here
  tasks:
    - name: In the clear, with a secret of the project in it
      file: { path: "{{ folder }}/token", content: "{{ fresh }}\\n" }
    - name: A secret task
      secret: true
      file: { path: "{{ folder }}/hidden", content: "{{ fresh }}\\n" }
  verify:
    - name: It is there
      file: { path: "{{ folder }}/token", content: "{{ fresh }}\\n" }
`;

beforeEach(async () => {
  project = await TestProject.create('inventory.yml', { alone: true });
  for (const key of ['key', 'other']) execFileSync('age-keygen', ['-o', at(key)], { stdio: 'ignore' });
  await settings(recipient('key'));
  await mkdir(at('group_vars/all'), { recursive: true });
  await mkdir(at('host'));
  await writeFile(at('inventory.yml'), 'all: { hosts: { here: { ansible_connection: local } } }\n');
  await writeFile(at('group_vars/all/age.yml'), `old: ${old}\nfresh: ${fresh}\n`);
  expect((await project.call('secret', 'encrypt', 'group_vars/all/age.yml')).exit).toBe(0);
  await writeFile(at('host/token'), `${old}\n`);
  await writeFile(at('host/hidden'), `${hidden}\n`);
  await project.playbook('p.yml', playbook);
});
afterEach(() => project.remove());

const recipient = (key: string) => execFileSync('age-keygen', ['-y', at(key)], { encoding: 'utf8' }).trim();
const settings = (...recipients: string[]) =>
  writeFile(
    at('runbook.yml'),
    `inventory: inventory.yml\nsecrets: { recipients: [${recipients.join(', ')}], identities: [key] }\n`,
  );
const states = async () => [await readFile(at('host/token'), 'utf8'), await readFile(at('host/hidden'), 'utf8')];

async function expectNoSecret(...shown: { stdout: string; stderr: string }[]): Promise<void> {
  const entries = await readdir(at('.runbook'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  for (const secret of [old, hidden, fresh])
    for (const text of [...texts, ...shown.flatMap(({ stdout, stderr }) => [stdout, stderr])])
      expect(text.includes(secret), secret).toBe(false);
}

test('a rollback puts states back that hold secrets, also those of a secret task, and nothing that it leaves tells them', async () => {
  const played = await project.run('play', 'p.yml', '-e', `folder=${at('host')}`);
  expect(played.exit, played.stdout + played.stderr).toBe(0);
  expect(await states()).toEqual([`${fresh}\n`, `${fresh}\n`]);
  const back = await project.run('rollback', 'last', '-o', 'ndjson');
  expect(back.exit, back.stdout + back.stderr).toBe(0);
  expect(await states()).toEqual([`${old}\n`, `${hidden}\n`]);
  await expectNoSecret(played, back);
});

test('what is encrypted to others is left, and it is told who can', async () => {
  await settings(recipient('other'));
  const played = await project.call('play', 'p.yml', '-e', `folder=${at('host')}`);
  expect(played.exit).toBe(0);
  const back = await project.call('rollback', 'last');
  expect(back.exit).toBe(4);
  expect(back.stderr).toContain('warning: 2 noted states with a secret cannot be read, and so not be put back');
  expect(back.stderr).toContain('none of your identities is among its recipients');
  expect(await states()).toEqual([`${fresh}\n`, `${fresh}\n`]);
  await expectNoSecret(played, back);
});

test('what is encrypted with one note does not pass for that of another', async () => {
  expect((await project.call('play', 'p.yml', '-e', `folder=${at('host')}`)).exit).toBe(0);
  const [run = ''] = await readdir(at('.runbook/runs'));
  const journal = at(`.runbook/runs/${run}/journal.jsonl`);
  const text = await readFile(journal, 'utf8');
  const [first = '', second = ''] = [...text.matchAll(/"sealed":"(.*?)"/g)].map(([, sealed]) => sealed);
  expect(second).not.toBe('');
  await writeFile(
    journal,
    text
      .replace(second, '<>')
      .replace(first, second)
      .replace('"sealed":"<>"', () => `"sealed":"${first}"`),
  );
  const back = await project.call('rollback', 'last');
  expect(back.stderr).toMatch(/not its own|altered/);
  expect(back.exit).toBe(4);
  expect(await states()).toEqual([`${fresh}\n`, `${fresh}\n`]);
});

test('a recipient that is none is refused before anything is touched', async () => {
  await settings('age1nobody');
  const { exit, stderr } = await project.call('play', 'p.yml', '-e', `folder=${at('host')}`);
  expect(exit).toBe(2);
  expect(stderr).toContain('"age1nobody" is not a recipient of age');
  expect(await states()).toEqual([`${old}\n`, `${hidden}\n`]);
});

const planned = async () => {
  const made = await project.call('plan', 'p.yml', '-o', 'change.plan', '-e', `folder=${at('host')}`);
  expect(made.exit, made.stderr).toBe(5);
  const text = await readFile(at('change.plan'), 'utf8');
  for (const secret of [old, hidden, fresh]) expect(text).not.toContain(secret);
  expect(text.match(/sealed:/g)).toHaveLength(2);
  return text;
};

test('a plan that is still as it says is applied', async () => {
  await planned();
  const applied = await project.call('apply', 'change.plan');
  expect(applied.exit, applied.stdout + applied.stderr).toBe(0);
  expect(await states()).toEqual([`${fresh}\n`, `${fresh}\n`]);
  await expectNoSecret(applied);
});

test.each([
  ['hidden', 'Moved-Secret-44', 'A secret task: what it found has changed'],
  ['token', fresh, 'In the clear, with a secret of the project in it: what it found has changed'],
])('a secret state that has moved since is a difference: %s', async (file, text, told) => {
  await planned();
  await writeFile(at(`host/${file}`), `${text}\n`);
  const applied = await project.call('apply', 'change.plan');
  expect(applied.exit, applied.stdout).toBe(2);
  expect(applied.stdout).toContain(told);
  expect(applied.stdout).not.toContain(text);
});

test('a plan that is sealed to others is refused, and so is one whose parts were exchanged', async () => {
  const good = await planned();
  const [first = '', second = ''] = [...good.matchAll(/-----BEGIN.*?-----END AGE ENCRYPTED FILE-----\n/gs)].map(String);
  expect(second).not.toBe('');
  const exchanged = good.replace(second, '<>').replace(first, second).replace('<>', first);
  const text = exchanged.replace(/digest: .*\n$/, '');
  await writeFile(at('change.plan'), `${text}digest: sha256:${createHash('sha256').update(text).digest('hex')}\n`);
  expect((await project.call('apply', 'change.plan')).stderr).toContain('is not its own');
  await settings(recipient('other'));
  await planned();
  const { exit, stderr } = await project.call('apply', 'change.plan');
  expect(stderr).toContain('what is sealed in change.plan cannot be read: it is encrypted to others');
  expect(exit).toBe(2);
  expect(await states()).toEqual([`${old}\n`, `${hidden}\n`]);
});
