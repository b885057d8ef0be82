import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Sshd, sessionsOf, startSshd } from '../hosts/sshd.ts';
import { TestProject } from '../support/cli.ts';

/** A change that is at work until it is told to go on, or 60 seconds have gone: then it lands. */
const play = (folder: string, host: string) => `- hosts: ${host}
  guard: off
  tasks:
    - name: Write it
      file: { path: ${folder}/first, content: "one\\n" }
    - name: Make it
      command:
        shell: 'echo "$$" >${folder}/at-work; i=0; until [ -e ${folder}/go ] || [ $i = 600 ]; do sleep 0.1; i=$((i + 1)); done; touch ${folder}/landed'
        creates: ${folder}/landed
        undo: [rm, -f, ${folder}/landed]
`;

let project: TestProject;
const at = (name: string) => join(project.folder, name);
const atWork = () => readFileSync(at('at-work'), 'utf8').trim();
const isThere = (pid: string) => existsSync(`/proc/${pid}/exe`);
const begun = () => vi.waitFor(() => expect(atWork()).toMatch(/^\d+$/), { timeout: 30_000 });

afterEach(async () => {
  await writeFile(at('go'), '');
  await vi.waitFor(() => expect(isThere(atWork())).toBe(false), { timeout: 10_000 });
  await project.remove();
});

describe('a command that a dead controller has left at work', () => {
  beforeEach(async () => {
    project = await TestProject.create('inventory.yml', { alone: true });
    await writeFile(at('inventory.yml'), 'all: { hosts: { here: { ansible_connection: local } } }\n');
    await writeFile(at('p.yml'), play(project.folder, 'here'));
    const { child, ended } = project.start('play', 'p.yml');
    await begun();
    child.kill('SIGKILL');
    await ended;
    expect(isThere(atWork())).toBe(true);
  });

  test('is ended by a rollback, which tells so, before it says "undone"', async () => {
    const rollback = await project.run('rollback', 'last', '--output', 'plain');
    expect(rollback, rollback.stderr).toMatchObject({ exit: 0 });
    expect(isThere(atWork())).toBe(false);
    expect(existsSync(at('landed')) || existsSync(at('first'))).toBe(false);
    expect(rollback.stdout + rollback.stderr).toContain('here: a command of the run was still at work');
    const replay = await project.run('replay', '--dry', 'last');
    expect(replay).toMatchObject({ exit: 0 });
  });

  test('is let be by resume, which goes on once it is through', async () => {
    const early = await project.run('resume', 'last');
    expect(early).toMatchObject({ exit: 2 });
    expect(early.stdout + early.stderr).toMatch(/here: a command is still at work there \(process/);
    expect(isThere(atWork())).toBe(true);
    await writeFile(at('go'), '');
    await vi.waitFor(() => expect(isThere(atWork())).toBe(false), { timeout: 10_000 });
    const late = await project.run('resume', 'last');
    expect(late, late.stderr).toMatchObject({ exit: 0 });
    expect(existsSync(at('landed'))).toBe(true);
  });
});

describe('a command whose connection is cut', () => {
  let sshd: Sshd;
  beforeEach(async () => {
    sshd = await startSshd();
    project = await TestProject.create('inventory.yml', { alone: true });
    const { port, identity, knownHosts } = sshd;
    const how = { ansible_host: '127.0.0.1', ansible_port: port, ansible_ssh_private_key_file: identity };
    const ssh = { ...how, ansible_user: 'root', ansible_ssh_common_args: `-o UserKnownHostsFile=${knownHosts}` };
    await writeFile(at('inventory.yml'), JSON.stringify({ all: { hosts: { there: ssh } } }));
    await writeFile(at('p.yml'), play(project.folder, 'there'));
  });
  afterEach(() => sshd.stop());

  test('is ended by the undo, which reads only then', async () => {
    const { ended } = project.start('play', 'p.yml', '--output', 'plain');
    await begun();
    for (const pid of sessionsOf(sshd)) process.kill(pid, 'SIGKILL');
    const { exit, stdout, stderr } = await ended;
    expect(exit, stdout + stderr).toBe(3);
    expect(isThere(atWork())).toBe(false);
    expect(existsSync(at('landed')) || existsSync(at('first'))).toBe(false);
    expect(stdout + stderr).toContain('there: a command of the run was still at work');
  });
});
