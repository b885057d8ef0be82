import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../src/lab/lab.ts';
import { shipped, type TestProject } from '../support/cli.ts';
import { labInHostGw, stateOf } from './test-lab.ts';

let lab: Lab;
let project: TestProject;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
});
afterAll(() => project.remove());

const run = promisify(execFile);
const git = async (...args: string[]) => (await run('git', args, { cwd: project.folder })).stdout.trim();

async function newest(): Promise<string> {
  const names = await readdir(join(project.folder, 'records'));
  const dated = await Promise.all(
    names.map(async (name) => [await git('log', '-1', '--format=%ct %H', '--', join('records', name)), name] as const),
  );
  return join('records', dated.toSorted(([a], [b]) => (a < b ? 1 : -1))[0]?.[1] ?? '');
}

test('a record is committed alone, its rollback playbook validates and works, and both runs replay dry', async () => {
  await git('init', '-q', '-b', 'main');
  await git('config', 'user.name', 'operator');
  await git('config', 'user.email', 'operator@example.org');
  await writeFile(join(project.folder, 'staged.txt'), 'staged\n');
  await writeFile(join(project.folder, 'dirty.txt'), 'dirty\n');
  await git('add', 'staged.txt');
  const before = await stateOf(lab);

  expect((await project.run('play', shipped('fix-snat.yml'))).exit).toBe(0);
  const after = await stateOf(lab);
  expect(after).not.toEqual(before);

  const record = await newest();
  const committed = (await git('show', '--format=', '--name-only', 'HEAD')).split('\n');
  expect(committed.every((path) => path.startsWith(`${record}/`))).toBe(true);
  expect(committed.map((path) => path.slice(record.length + 1)).sort()).toEqual([
    'README.md',
    'after.yml',
    'before.yml',
    'history.jsonl',
    'record.json',
    'rollback.yml',
  ]);
  expect(await git('log', '-1', '--format=%(trailers:key=Runbook-Ending,valueonly)')).toBe('kept');
  expect(
    (await git('status', '--porcelain'))
      .split('\n')
      .filter((line) => !line.includes('runbook') && line !== '')
      .sort(),
  ).toEqual(['?? dirty.txt', 'A  staged.txt']);
  expect(await readFile(join(project.folder, record, 'README.md'), 'utf8')).toContain('MASQUERADE');

  const undo = join(project.folder, record, 'rollback.yml');
  expect((await project.run('validate', undo)).exit).toBe(0);
  const undone = await project.run('play', undo);
  expect(undone.exit, undone.stdout).toBe(0);
  expect(await stateOf(lab)).toEqual(before);

  for (const { run: id } of await runs()) {
    const replay = await project.run('replay', '--dry', id);
    expect(replay.exit, `${id}: ${replay.stdout}${replay.stderr}`).toBe(0);
  }
});

test('the rollback playbook of a flannel switch brings the old network back', async () => {
  const before = await stateOf(lab);
  expect((await project.run('play', shipped('switch-to-vxlan.yml'))).exit).toBe(0);
  const undo = join(project.folder, await newest(), 'rollback.yml');
  const played = await project.run('play', undo);
  expect(played.exit, `${played.stdout}${played.stderr}`).toBe(0);
  expect((await project.run('play', shipped('switch-to-host-gw.yml'))).exit).toBe(0);
  expect(await stateOf(lab)).toEqual(before);
});

test('`show` numbers the commands as a history does; `replay` stops where a host answers otherwise', async () => {
  expect((await project.run('play', shipped('switch-to-host-gw.yml'))).stdout).toContain('unchanged');
  const [last] = (await runs()).slice(-1);
  const { stdout } = await project.run('show', last?.run ?? '');
  expect(stdout).toMatch(/^ +1 {2}\d\d:\d\d:\d\d {2}hdss7-12/m);
  expect((await project.run('replay', last?.run ?? '')).exit).toBe(0);

  expect((await project.run('play', shipped('switch-to-vxlan.yml'))).exit).toBe(0);
  const other = await project.run('replay', last?.run ?? '');
  expect(other.exit).toBe(2);
  expect(other.stdout).toContain('the record has ok');
  expect((await project.run('play', shipped('switch-to-host-gw.yml'))).exit).toBe(0);
});

async function runs(): Promise<{ run: string }[]> {
  const { stdout } = await project.run('history');
  return [...stdout.matchAll(/^([0-9A-Z]{26}) /gm)].map(([, id]) => ({ run: id ?? '' }));
}
