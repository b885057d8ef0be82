import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildRecord, recordName } from '../../../src/history/record/build.ts';
import { commitRecord } from '../../../src/history/record/commit.ts';
import { writeRecord } from '../../../src/history/record/write.ts';
import { sampleResource } from '../../support/sample-modules.ts';
import { keptRun, sampleJournal } from '../../support/sample-run.ts';

const events = keptRun();
const files = buildRecord(events, { modules: sampleResource, journal: sampleJournal(events) });

let scratch: string;
let home: string;
let env: Record<string, string>;

beforeEach(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'runbook-commit-test-')));
  home = join(scratch, 'home');
  mkdirSync(home);
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n\tname = Li Wei\n\temail = li@example.org\n[init]\n\tdefaultBranch = main\n',
  );
  env = { PATH: process.env.PATH ?? '', HOME: home };
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const commit = (folder: string, from: Record<string, string> = env) =>
  commitRecord(folder, events, { head: 'ab'.repeat(32), env: from });

const git = (folder: string, ...args: string[]) =>
  execFileSync('git', args, {
    cwd: folder,
    env: { ...env, LC_ALL: 'C' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trimEnd();

function repository(name = 'repo'): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  git(folder, 'init', '-q');
  return folder;
}

function repositoryWithWork(): string {
  const repo = repository();
  writeFileSync(join(repo, 'tracked'), 'one\n');
  writeFileSync(join(repo, 'other'), 'one\n');
  git(repo, 'add', '.');
  git(repo, 'commit', '-q', '-m', 'first');
  return repo;
}

async function record(repo: string): Promise<string> {
  const folder = join(repo, 'records', recordName(events));
  await writeRecord(folder, files);
  return folder;
}

const committedFiles = (repo: string, commit: string) =>
  git(repo, 'show', '--name-only', '--format=', commit).split('\n').sort();
const expected = Object.keys(files)
  .map((name) => `records/${recordName(events)}/${name}`)
  .sort((a, b) => (a < b ? -1 : 1));

describe('a record in a work tree', () => {
  test('is committed alone, and staged and changed work stays exactly as it is', async () => {
    const repo = repositoryWithWork();
    appendFileSync(join(repo, 'tracked'), 'staged\n');
    git(repo, 'add', 'tracked');
    appendFileSync(join(repo, 'tracked'), 'and changed after\n');
    appendFileSync(join(repo, 'other'), 'changed\n');
    writeFileSync(join(repo, 'new'), 'untracked\n');
    const before = [git(repo, 'status', '--porcelain'), git(repo, 'diff', '--cached'), git(repo, 'diff')];
    const done = await commit(await record(repo));
    expect(done).toEqual({ commit: git(repo, 'rev-parse', 'main') });
    expect(committedFiles(repo, 'HEAD')).toEqual(expected);
    expect([git(repo, 'status', '--porcelain'), git(repo, 'diff', '--cached'), git(repo, 'diff')]).toEqual(before);
    expect(git(repo, 'log', '-1', '--format=%an <%ae>')).toBe('Li Wei <li@example.org>');
    expect(git(repo, 'fsck', '--strict')).toBe('');
  });

  test('has a subject and trailers that git itself reads', async () => {
    const repo = repositoryWithWork();
    await commit(await record(repo));
    expect(git(repo, 'log', '-1', '--format=%s')).toBe('record(switch-to-vxlan): kept on 2 hosts');
    expect(git(repo, 'log', '-1', '--format=%(trailers:only)').split('\n')).toEqual([
      'Runbook-Run: 01JD9R6W3ZK8Q2V5H7XTNM4PCB',
      'Runbook-Ending: kept',
      'Runbook-Playbook: switch-to-vxlan.yml',
      'Runbook-Hosts: hdss7-21,hdss7-22',
      `Runbook-Journal: sha256:${'ab'.repeat(32)}`,
    ]);
  });

  test('in a folder whose name git would take for a pattern is that folder alone', async () => {
    const repo = repository('r*[ab]');
    writeFileSync(join(repo, 'first'), '');
    git(repo, 'add', '.');
    git(repo, 'commit', '-q', '-m', 'first');
    mkdirSync(join(repo, 'x*'));
    mkdirSync(join(repo, 'xy'));
    for (const folder of ['x*', 'xy']) writeFileSync(join(repo, folder, 'README.md'), '');
    expect(await commit(join(repo, 'x*'))).toHaveProperty('commit');
    expect(committedFiles(repo, 'HEAD')).toEqual(['x*/README.md']);
  });

  test('is the first commit of a branch that has none', async () => {
    const repo = repository();
    writeFileSync(join(repo, 'staged'), 'x\n');
    git(repo, 'add', 'staged');
    const done = await commit(await record(repo));
    expect(done).toHaveProperty('commit');
    expect(committedFiles(repo, 'main')).toEqual(expected);
    expect(git(repo, 'status', '--porcelain')).toBe('A  staged');
  });

  test('is committed on a detached HEAD without moving a branch', async () => {
    const repo = repositoryWithWork();
    git(repo, 'checkout', '-q', '--detach');
    const main = git(repo, 'rev-parse', 'main');
    const done = await commit(await record(repo));
    expect(done).toEqual({ commit: git(repo, 'rev-parse', 'HEAD') });
    expect(git(repo, 'rev-parse', 'HEAD^')).toBe(main);
    expect(git(repo, 'rev-parse', 'main')).toBe(main);
  });

  test('goes to the branch of the linked work tree that it is in', async () => {
    const repo = repositoryWithWork();
    git(repo, 'worktree', 'add', '-q', '-b', 'side', join(scratch, 'linked'));
    const main = git(repo, 'rev-parse', 'main');
    await commit(await record(join(scratch, 'linked')));
    expect(committedFiles(repo, 'side')).toEqual(expected);
    expect(git(repo, 'rev-parse', 'main')).toBe(main);
    expect(git(join(scratch, 'linked'), 'status', '--porcelain')).toBe('');
  });

  test('does not run hooks, and does not write into the index of a hook that it is run from', async () => {
    const repo = repositoryWithWork();
    for (const hook of ['pre-commit', 'commit-msg', 'post-commit', 'reference-transaction', 'post-index-change']) {
      const text = `#!/bin/sh\necho ${hook} >>'${join(scratch, 'hooks')}'\nexit 1\n`;
      writeFileSync(join(repo, '.git', 'hooks', hook), text, { mode: 0o755 });
    }
    const from = { ...env, GIT_INDEX_FILE: join(scratch, 'a-hooks-index'), GIT_DIR: '/nowhere' };
    expect(await commit(await record(repo), from)).toHaveProperty('commit');
    expect(existsSync(join(scratch, 'hooks'))).toBe(false);
    expect(git(repo, 'status', '--porcelain')).toBe('');
  });

  test('is signed where commit.gpgsign says so', async () => {
    const repo = repositoryWithWork();
    const key = join(scratch, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    git(repo, 'config', 'gpg.format', 'ssh');
    git(repo, 'config', 'user.signingkey', `${key}.pub`);
    git(repo, 'config', 'commit.gpgsign', 'true');
    expect(await commit(await record(repo))).toHaveProperty('commit');
    expect(git(repo, 'cat-file', '-p', 'HEAD')).toContain('BEGIN SSH SIGNATURE');
  });

  test('that is committed already makes an index that agrees', async () => {
    const repo = repositoryWithWork();
    const folder = await record(repo);
    git(repo, 'add', '--', folder);
    expect(git(repo, 'status', '--porcelain')).toContain('A  records/');
    await commit(folder);
    expect(git(repo, 'status', '--porcelain')).toBe('');
  });

  test('is committed although somebody holds the index, and says how to tell it', async () => {
    const repo = repositoryWithWork();
    const folder = await record(repo);
    writeFileSync(join(repo, '.git', 'index.lock'), '');
    const done = await commit(folder);
    expect(done).toMatchObject({
      note: expect.stringMatching(/held the index; run "git add -- :\/records\/.+" before you commit/),
    });
    expect(committedFiles(repo, 'HEAD')).toEqual(expected);
    rmSync(join(repo, '.git', 'index.lock'));
    const [, add = ''] = /run "git (.+)" before/.exec('note' in done ? (done.note ?? '') : '') ?? [];
    git(repo, ...add.split(' '));
    expect(git(repo, 'diff', '--cached', '--name-only')).not.toContain('records/');
  });

  test('is committed whole when two are committed at the same time', async () => {
    const repo = repositoryWithWork();
    const folders = [join(repo, 'records', 'one'), join(repo, 'records', 'two')];
    await Promise.all(folders.map((folder) => writeRecord(folder, { 'README.md': `${folder}\n` })));
    const done = await Promise.all(folders.map((folder) => commit(folder)));
    expect(done).toEqual([{ commit: expect.any(String) }, { commit: expect.any(String) }]);
    expect(git(repo, 'ls-tree', '-r', '--name-only', 'HEAD', 'records').split('\n')).toEqual([
      'records/one/README.md',
      'records/two/README.md',
    ]);
    expect(git(repo, 'status', '--porcelain')).toBe('');
  });
});

describe('a record is left as it is, and why is said', () => {
  test('outside of any work tree', async () => {
    const folder = await record(scratch);
    expect(await commit(folder)).toEqual({ because: 'it is not inside a git work tree' });
  });

  test('where git ignores it', async () => {
    const repo = repositoryWithWork();
    writeFileSync(join(repo, '.gitignore'), '*.jsonl\n');
    const head = git(repo, 'rev-parse', 'HEAD');
    const done = await commit(await record(repo));
    expect(done).toEqual({ because: `git ignores records/${recordName(events)}/history.jsonl` });
    expect(git(repo, 'rev-parse', 'HEAD')).toBe(head);
  });

  test('in the middle of a rebase', async () => {
    const repo = repositoryWithWork();
    mkdirSync(join(repo, '.git', 'rebase-merge'));
    expect(await commit(await record(repo))).toEqual({
      because: 'a rebase is under way in this work tree',
    });
  });

  test('where nobody is configured to be the author', async () => {
    const repo = repositoryWithWork();
    const head = git(repo, 'rev-parse', 'HEAD');
    writeFileSync(join(home, '.gitconfig'), '[user]\n\tuseConfigOnly = true\n');
    const done = await commit(await record(repo));
    expect(done).toEqual({ because: expect.stringMatching(/author identity unknown|no (email|name) was given/i) });
    expect(git(repo, 'rev-parse', 'HEAD')).toBe(head);
    expect(git(repo, 'status', '--porcelain')).toBe('?? records/');
  });

  test('where there is no git', async () => {
    const repo = repositoryWithWork();
    const folder = await record(repo);
    expect(await commit(folder, { ...env, PATH: '/nowhere' })).toHaveProperty('because');
  });
});
