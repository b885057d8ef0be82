import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventBody } from '../../src/core/event.ts';
import { RunStore } from '../../src/history/run-store.ts';
import { type Ran, TestProject } from '../support/cli.ts';

/** What holds for a run from the user's files holds for one from recorded texts too; on the machine itself. */
let project: TestProject;
const at = (name: string) => join(project.folder, name);
const secret = 'Hidden-Secret-22';

beforeEach(async () => {
  project = await TestProject.create('inventory.yml', { alone: true });
  await mkdir(at('host'));
  await writeFile(at('host/file'), 'before\n');
  await writeFile(
    at('inventory.yml'),
    `all:
  hosts: { here: { ansible_connection: local } }
  vars: { login_password: ${secret}, ansible_become_password: "{{ login_password }}", folder: ${at('host')} }
`,
  );
});
afterEach(() => project.remove());

const file = () => readFile(at('host/file'), 'utf8');
const again = (): Promise<Ran> => project.call('replay', 'last');

/** Plays it, and puts the file back by hand: a replay then finds what the run found. */
async function played(content: string, before = ''): Promise<void> {
  await project.playbook(
    'p.yml',
    `- hosts: here
  tasks:${before}
    - name: Write it
      file: { path: "{{ folder }}/file", content: ${content} }
  verify:
    - name: Something is there
      command: { argv: [test, -s, "{{ folder }}/file"] }
      changed_when: false
`,
  );
  const { exit, stdout, stderr } = await project.call('play', 'p.yml');
  expect(exit, stdout + stderr).toBe(0);
  await writeFile(at('host/file'), 'before\n');
}

/** A play of the operator's on this host that ended so, with something changed. */
async function left(inputs: Record<string, string>, ...ending: EventBody[]): Promise<string> {
  const store = new RunStore(at('.runbook'));
  const { run, journal } = await store.begin({
    ...{ playbook: at('p.yml'), inventory: [at('inventory.yml')], extraVars: {}, env: {}, forks: 1, folders: {} },
    files: inputs,
  });
  const operator = process.env.SUDO_USER ?? userInfo().username;
  const events = [
    {
      ...{ type: 'run_started' as const, format: 2 as const, run, tool: 't', mode: 'play' as const },
      ...{ playbook: 'p.yml', operator, hosts: ['here'] },
    },
    {
      ...{ type: 'undo_noted' as const, entry: 1, task: '0.tasks.0', host: 'here', on: 'here', module: 'file' },
      ...{ key: 'x', before: {}, args: {}, protect: false, name: 'Write it' },
    },
    ...ending,
  ].map((body, i) => ({ ...body, seq: i + 1, at: '2026-01-02T03:04:05.000Z' }) as never);
  for (const event of events) await journal.append(event);
  await journal.close();
  await store.end(run, events, journal.head);
  return run;
}

const unsure: EventBody = { type: 'run_ended', ending: 'unsure', ok: false, exit: 4, doubts: [] };

describe('on hosts', () => {
  test('it plays again what was played', async () => {
    await played('after');
    const { exit, stdout } = await project.run('replay', 'last');
    expect(exit, stdout).toBe(0);
    expect(await file()).toBe('after');
  });

  test('a password that the record does not have is not written as asterisks', async () => {
    await played('"{{ login_password }}"');
    const { exit, stderr } = await again();
    expect(stderr).toContain(
      'the task "Write it" holds a password, which the run\'s record does not. Nothing has been',
    );
    expect(exit).toBe(2);
    expect(await file()).toBe('before\n');
  });

  test('nor one that stands beside what only the run itself finds out', async () => {
    const ask = `
    - name: Ask
      register: asked
      changed_when: false
      command: { argv: [echo, found] }`;
    await played('"{{ asked.stdout }} {{ login_password }}"', ask);
    const { exit, stdout } = await again();
    expect(stdout).toContain('an argument holds a password, which the record does not');
    expect(exit).toBe(2);
    expect(await file()).toBe('before\n');
  });

  test('it does not begin where an earlier run has not come to a proven end', async () => {
    await played('after');
    const [first] = await project.events();
    const run = first?.type === 'run_started' ? first.run : '';
    const open = await left({}, unsure);
    const { exit, stderr } = await project.call('replay', run);
    expect(stderr).toContain(`an earlier run on these hosts has not come to a proven end: ${open}`);
    expect(exit).toBe(2);
    expect(await file()).toBe('before\n');
  });

  test('a state with a secret is kept encrypted for a rollback, where there are recipients', async () => {
    execFileSync('age-keygen', ['-o', at('key')], { stdio: 'ignore' });
    const recipient = execFileSync('age-keygen', ['-y', at('key')], { encoding: 'utf8' }).trim();
    await writeFile(
      at('runbook.yml'),
      `inventory: inventory.yml\nsecrets: { recipients: [${recipient}], identities: [key] }\n`,
    );
    await writeFile(at('host/file'), `${secret}\n`);
    await played('after');
    await writeFile(at('host/file'), `${secret}\n`);
    expect((await again()).exit).toBe(0);
    expect(await file()).toBe('after');
    const back = await project.call('rollback', 'last');
    expect(back.exit, back.stdout + back.stderr).toBe(0);
    expect(await file()).toBe(`${secret}\n`);
  });
});

test('the pending hosts of a run are not played on while another run has not come to a proven end there', async () => {
  await played('after');
  await rm(at('.runbook'), { recursive: true });
  const texts = {
    [at('p.yml')]: await readFile(at('p.yml'), 'utf8'),
    [at('inventory.yml')]: await readFile(at('inventory.yml'), 'utf8'),
  };
  const pending = await left(
    texts,
    { type: 'host_pending', host: 'here', because: 'lost', steps: [] },
    { type: 'run_ended', ending: 'kept', ok: false, exit: 4, doubts: [] },
  );
  const open = await left({}, unsure);
  const { exit, stderr } = await project.call('resume', pending);
  expect(stderr).toContain(`an earlier run on these hosts has not come to a proven end: ${open}`);
  expect(exit).toBe(2);
  expect(await file()).toBe('before\n');
});
