import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { journalText, type Origin, parseLine } from '../../src/history/chain.ts';
import { TestProject } from '../support/cli.ts';

/** A real run on the machine itself, recorded and committed; then somebody has a hand in it. */
let project: TestProject;
beforeEach(async () => {
  project = await TestProject.create('inventory.yml', { alone: true });
  await writeFile(join(project.folder, 'inventory.yml'), 'all:\n  hosts:\n    here: { ansible_connection: local }\n');
  await mkdir(join(project.folder, 'playbooks'));
  const file = `file: { path: ${project.folder}/hello, content: "x\\n" }`;
  await project.playbook(
    'playbooks/hello.yml',
    `- hosts: here\n  tasks:\n    - name: W\n      ${file}\n  verify:\n    - name: W\n      ${file}\n`,
  );
});
afterEach(() => project.remove());

const git = (...args: string[]) =>
  execFileSync('git', args, {
    cwd: project.folder,
    env: { PATH: process.env.PATH, HOME: project.folder, LC_ALL: 'C' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

async function repository(): Promise<void> {
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Li Wei');
  git('config', 'user.email', 'li@example.org');
}

/** Plays, and gives the folders of the run and of its record. */
async function played(...args: string[]): Promise<{ run: string; record: string; id: string }> {
  const { exit, stdout, stderr } = await project.call('play', 'hello.yml', ...args);
  expect(exit, stdout + stderr).toBe(0);
  const [id = ''] = await readdir(join(project.folder, '.runbook/runs'));
  const [record = ''] = await readdir(join(project.folder, 'records'));
  return { id, run: join(project.folder, '.runbook/runs', id), record: join(project.folder, 'records', record) };
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(path, 'utf8');
  const changed = change(text);
  expect(changed).not.toBe(text);
  await writeFile(path, changed);
}

const verify = (...args: string[]) => project.call('verify-record', ...args);

describe('in a git work tree', () => {
  beforeEach(repository);

  test('a run and its record as they were written: 0, by run and by folder', async () => {
    const { record, id } = await played();
    for (const word of ['last', id, record]) {
      const { exit, stdout } = await project.run('verify-record', word);
      expect(stdout).toContain('ok           journal.jsonl');
      expect(stdout).toMatch(/ok {11}git +all 6 files are as in commit/);
      expect(stdout).toContain('is not signed');
      expect(stdout).toContain('\nunaltered');
      expect(exit).toBe(0);
    }
    await rm(join(project.folder, '.runbook'), { recursive: true });
    expect(await verify(record)).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('ok           history.jsonl'),
    });
  });

  test('each altered file of the record is named: 5', async () => {
    const { record } = await played();
    const broken = async (name: string, change: (text: string) => string, told: RegExp) => {
      const was = await readFile(join(record, name));
      await edit(join(record, name), change);
      const { exit, stdout } = await verify(record);
      expect(stdout).toMatch(told);
      expect(exit).toBe(5);
      await writeFile(join(record, name), was);
    };
    const derived = (name: string) => new RegExp(`altered +${name}:\\d+ +is not what the journal gives`);
    await broken('README.md', (text) => text.replace('Operator', 'operator'), derived('README.md'));
    await broken('before.yml', (text) => `${text}more: 1\n`, derived('before.yml'));
    await broken('after.yml', (text) => text.replace('x', 'y'), /after\.yml:\d+ +is not what commit/);
    await broken('rollback.yml', (text) => text.replace('hosts: here', 'hosts: all'), derived('rollback.yml'));
    await broken('record.json', (text) => text.replace(/"lines": \d+/, '"lines": 1'), derived('record.json'));
    await broken('history.jsonl', (text) => text.replace('"seq":1,', '"seq":1.0,'), /history\.jsonl:1 +is not the run/);
    expect((await verify(record)).exit).toBe(0);
  }, 60_000);

  test("the run's own journal, its inputs and its summary are looked at too", async () => {
    const { run } = await played();
    const broken = async (name: string, change: (text: string) => string, told: RegExp) => {
      const was = await readFile(join(run, name));
      await edit(join(run, name), change);
      const { exit, stdout } = await verify();
      expect(stdout).toMatch(told);
      expect(exit).toBe(5);
      await writeFile(join(run, name), was);
    };
    const lines = (change: (lines: string[]) => string[]) => (text: string) => change(text.split('\n')).join('\n');
    await broken(
      'journal.jsonl',
      lines((all) => all.with(4, (all[4] ?? '').replace('here', 'hare'))),
      /l:5 +was altered/,
    );
    await broken(
      'journal.jsonl',
      lines((all) => all.toSpliced(4, 1)),
      /l:5 +event 5 is missing before it/,
    );
    await broken(
      'journal.jsonl',
      lines((all) => all.toSpliced(4, 0, all[2] ?? '')),
      /l:5 +was put in/,
    );
    await broken(
      'journal.jsonl',
      lines((all) => all.toSpliced(-2, 1)),
      /lines were taken away or altered/,
    );
    await broken('journal.jsonl', (text) => `${text}{"type":"warned"}\n`, /l:\d+ +carries no hash/);
    await broken(
      'inputs.json',
      (text) => text.replace('hello', 'hullo'),
      /inputs\.json +is not what the journal was begun/,
    );
    await broken('summary.json', (text) => text.replace('kept', 'undone'), /summary\.json:1 +is not what the journal/);
    expect((await verify()).exit).toBe(0);
  });

  test('who writes the whole chain and all files anew is told by the commit', async () => {
    const { id, run, record } = await played();
    const path = join(run, 'journal.jsonl');
    const forged = (await readFile(path, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => parseLine(line.replaceAll('"content":"x', '"content":"y')));
    const origin: Origin = { run: id, inputs: forged[0]?.inputs ?? '' };
    const { text, head } = journalText(
      forged.map(({ event }) => event),
      origin,
    );
    await writeFile(path, text);
    await writeFile(join(record, 'history.jsonl'), text);
    await edit(join(run, 'summary.json'), (was) => was.replace(/"head":"\w+"/, `"head":"${head}"`));
    const { exit, stdout } = await verify();
    expect(stdout).toMatch(/ok +journal\.jsonl +ends with the line that summary\.json names/);
    expect(stdout).toMatch(/altered +history\.jsonl:\d+ +the line that commit \w+ names as the last is not there/);
    expect(exit).toBe(5);
    git('commit', '-q', '-am', 'tidy up'); // a later commit vouches for nothing
    expect((await verify()).exit).toBe(5);
  });

  test('a file that is gone is told, one that was added is not of the record', async () => {
    const { record } = await played();
    await writeFile(join(record, 'notes.md'), 'mine\n');
    const added = await verify();
    expect(added).toMatchObject({ exit: 0, stdout: expect.stringMatching(/notes\.md +is not of the record/) });
    await rm(join(record, 'rollback.yml'));
    const { exit, stdout } = await verify();
    expect(stdout).toMatch(/altered +rollback\.yml +is missing/);
    expect(exit).toBe(5);
  });

  test('what else is in its commit, as after a squash merge, is none of its business', async () => {
    const { record } = await played();
    await writeFile(join(project.folder, 'README.md'), 'of the project\n');
    await writeFile(join(project.folder, 'other'), '');
    git('add', 'README.md', 'other');
    git('commit', '-q', '--amend', '--no-edit');
    const whole = await verify();
    expect(whole.stdout).toMatch(/ok +git +all \d files are as in commit/);
    expect(whole.exit).toBe(0);

    const moved = `${record}-old`;
    await rename(record, moved);
    const renamed = await verify(moved);
    expect(renamed.stdout).toMatch(/git +commit \w+ has no folder of that name/);
    await rename(moved, record);
    await edit(join(record, 'README.md'), (text) => `${text}more\n`);
    expect(await verify()).toMatchObject({ exit: 5, stdout: expect.stringMatching(/altered +README\.md:/) });
  });

  test('a signed commit is asked for its signature', async () => {
    const key = join(project.folder, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    git('config', 'gpg.format', 'ssh');
    git('config', 'user.signingkey', `${key}.pub`);
    git('config', 'commit.gpgsign', 'true');
    await played();
    expect((await verify()).stdout).toContain('is signed, and git has no key to check it with');
    await writeFile(join(project.folder, 'signers'), `li@example.org ${await readFile(`${key}.pub`, 'utf8')}`);
    git('config', 'gpg.ssh.allowedSignersFile', join(project.folder, 'signers'));
    const { stdout, exit } = await verify();
    expect(stdout).toMatch(/ok +git +commit \w+ is signed by li@example\.org/);
    expect(stdout).toContain('\nunaltered: all of it');
    expect(exit).toBe(0);

    // The same commit with another message, under the old signature.
    const text = execFileSync('git', ['cat-file', 'commit', 'HEAD'], { cwd: project.folder, encoding: 'utf8' });
    const forged = execFileSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], {
      cwd: project.folder,
      input: text.replace('kept on', 'Kept on'),
      encoding: 'utf8',
    });
    git('update-ref', 'HEAD', forged.trim());
    expect(await verify()).toMatchObject({
      exit: 5,
      stdout: expect.stringMatching(/altered +git +the signature .* is bad/),
    });
  });
});

test('without git, or without a commit, it says what could not be checked', async () => {
  const { record } = await played();
  const without = await verify();
  expect(without.stdout).toContain('no commit vouches for it: it is not inside a git work tree');
  expect(without.stdout).toContain('\nunaltered, as far as it could be checked');
  expect(without.exit).toBe(0);
  await repository();
  expect((await verify(record)).stdout).toContain('the git work tree has no commit yet');
  git('commit', '-q', '--allow-empty', '-m', 'first');
  expect((await verify(record)).stdout).toContain('no commit of this branch records the run');
});

test('what is not there: 2', async () => {
  expect(await project.run('verify-record')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('there is no run "last"'),
  });
  await mkdir(join(project.folder, 'empty'));
  expect(await verify('empty')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('there is no history.jsonl in it'),
  });
});

test('a run that was killed while it wrote is read, and told as such', async () => {
  const { run } = await played();
  await rm(join(run, 'summary.json'));
  const path = join(run, 'journal.jsonl');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.slice(0, text.lastIndexOf('"type":"run_ended"') + 10));
  const { stdout, exit } = await verify('last', '--records', 'nowhere');
  expect(stdout).toContain('its last line is cut short: the controller was killed while it wrote');
  expect(stdout).toContain('the run has no end in it');
  expect(exit).toBe(0);
  expect(await project.call('show', 'last')).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining('not ended'),
    stderr: expect.stringContaining('cut short'),
  });
});

test('a journal of a newer version is refused by name, and hides no other run from the history', async () => {
  const { id } = await played();
  const other = `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;
  const folder = join(project.folder, '.runbook/runs', other);
  await mkdir(folder);
  await appendFile(
    join(folder, 'journal.jsonl'),
    `${JSON.stringify({ type: 'run_started', format: 3, run: other, tool: 'runbook 9.9.9', seq: 1, at: '' })}\n`,
  );
  for (const command of ['show', 'verify-record', 'rollback', 'replay']) {
    const { exit, stderr } = await project.call(command, other);
    expect(stderr).toContain('of format 3');
    expect(stderr).toContain('runbook 9.9.9');
    expect(exit).toBe(2);
  }
  const history = await project.call('history');
  expect(history).toMatchObject({ exit: 0, stderr: expect.stringContaining(`${other} is not listed`) });
  expect(history.stdout).toContain(id);
});
