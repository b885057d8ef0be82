import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { blockUdp, startSshd, stopSshd, unblockUdp } from '../../src/lab/faults.ts';
import { type Lab, labExec, labHost } from '../../src/lab/lab.ts';
import { shipped, type TestProject } from '../support/cli.ts';
import { labInHostGw, stateOf } from './test-lab.ts';

let lab: Lab;
let project: TestProject;
let before: unknown;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
  before = await stateOf(lab);
});
afterAll(() => project.remove());
afterEach(async () => {
  await unblockUdp(lab, 'hdss7-21', 'hdss7-22');
  await startSshd(lab, 'hdss7-22');
});

/** The switch, failing sooner: fewer tries for what will not come. */
async function impatient(change: (text: string) => string = (text) => text): Promise<string> {
  const text = await readFile(shipped('switch-to-vxlan.yml'), 'utf8');
  return project.playbook(
    'switch.yml',
    change(
      text.replaceAll('retries: 10', 'retries: 2').replace('rollback: on_failure', 'rollback: on_failure\n  guard: 5s'),
    ),
  );
}

test('UDP 8472 is blocked between two hosts: undone, and everything is as before', async () => {
  await blockUdp(lab, 'hdss7-21', 'hdss7-22');
  const { exit, stdout } = await project.call('play', await impatient());
  expect(exit, stdout).toBe(3);
  expect(stdout).toContain('undone');
  expect(await stateOf(lab)).toEqual(before);
});

test('a backend type that flanneld does not know is refused before anything is touched', async () => {
  const running = await stateOf(lab, { pids: true });
  const wrong = await impatient((text) => text.replace('Type: VxLAN', 'Type: vxlam'));
  const { exit, stdout, stderr } = await project.call('play', wrong);
  expect(exit, stdout).toBe(2);
  expect(`${stdout}${stderr}`).toMatch(/"vxlam" is not known to flanneld. Did you mean "vxlan"/);
  expect(await stateOf(lab, { pids: true })).toEqual(running);
});

test('the same, allowed by name, so that flanneld meets it: undone, and everything is as before', async () => {
  const allowed = 'json: "{{ config }}"\n        allow: [unknown_type]';
  const { exit, stdout } = await project.call(
    'play',
    await impatient((text) => text.replace('Type: VxLAN', 'Type: vxlam').replace('json: "{{ config }}"', allowed)),
  );
  expect(exit, stdout).toBe(3);
  expect(stdout).toContain('undone');
  expect(await stateOf(lab)).toEqual(before);
});

test('Ctrl-C in the middle: undone, and everything is as before', async () => {
  const { child, ended } = project.start('play', await impatient(), '-o', 'ndjson');
  let seen = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    if (/"type":"undo_noted"[^\n]*"module":"etcd_key"/.test(seen) && !child.killed) child.kill('SIGINT');
  });
  const { exit, stdout } = await ended;
  expect(exit, stdout.slice(-2_000)).toBe(3);
  expect(stdout).toContain('"type":"interrupted"');
  expect(await stateOf(lab)).toEqual(before);
});

test('a host loses its sshd after the stop: unsure until it is back, then a rollback completes it', async () => {
  const { child, ended } = project.start('play', await impatient(), '-o', 'ndjson');
  let seen = '';
  let stopped: Promise<void> | undefined;
  child.stdout?.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    // flanneld is stopped everywhere: the next task has begun.
    if (/"type":"task_started","phase":"tasks"[^\n]*"module":"process"/.test(seen))
      stopped ??= stopSshd(lab, 'hdss7-22');
  });
  const { exit, stdout } = await ended;
  await stopped;
  expect(exit, stdout.slice(-2_000)).toBe(4);
  const end = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as {
    ending: string;
    doubts: { host: string; what: string }[];
  };
  expect(end.ending).toBe('unsure');
  expect([...new Set(end.doubts.map(({ host }) => host))]).toEqual(['hdss7-22']);

  const refused = await project.call('play', await impatient());
  expect(refused.exit).toBe(2);
  expect(refused.stderr).toContain('has not come to a proven end');

  await startSshd(lab, 'hdss7-22');
  const [started] = await project.events();
  const run = started?.type === 'run_started' ? started.run : '';
  const back = await project.call('rollback', run);
  expect(back.exit, back.stdout).toBe(0);
  expect(await stateOf(lab)).toEqual(before);
  expect((await project.call('play', shipped('switch-to-host-gw.yml'))).exit).toBe(0);
});

test('a name that leads to another machine by now: a rollback touches nothing there, unless that is allowed', async () => {
  const text = '- hosts: hdss7-22\n  tasks:\n    - file: { path: /run/moved, content: "it\\n" }\n';
  expect(await project.call('play', await project.playbook('moved.yml', text), '--no-commit')).toMatchObject({
    exit: 0,
  });
  const [own, other] = ['hdss7-22', 'hdss7-23'].map((host) => labHost(lab, host).address);
  const inventory = (await readFile(lab.inventory, 'utf8')).replaceAll(
    `ansible_host: ${own}`,
    `ansible_host: ${other}`,
  );
  const elsewhere = await project.playbook('elsewhere.yml', inventory);
  const there = (host: string) => labExec(lab, host, ['test', '-e', '/run/moved']).then(({ exit }) => exit === 0);
  await labExec(lab, 'hdss7-23', ['sh', '-ec', 'echo it >/run/moved']);

  const { exit, stdout } = await project.call('rollback', 'last', '-i', elsewhere, '--no-commit');
  expect(exit, stdout).toBe(2);
  expect(stdout).toContain(`hdss7-22 was root@${own}:22 in that run and is root@${other}:22 now, with another boot id`);
  expect(await there('hdss7-23')).toBe(true);

  expect(await project.call('rollback', 'last', '-i', elsewhere, '--allow-moved', '--no-commit')).toMatchObject({
    exit: 0,
  });
  expect(await there('hdss7-23')).toBe(false);
  await labExec(lab, 'hdss7-22', ['rm', '/run/moved']);
});
