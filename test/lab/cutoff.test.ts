import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, labExec } from '../../src/lab/lab.ts';
import type { TestProject } from '../support/cli.ts';
import { labInHostGw, stateOf } from './test-lab.ts';

let lab: Lab;
let project: TestProject;
let before: unknown;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
  before = await stateOf(lab);
});
afterAll(() => project.remove());

const host = 'hdss7-21';
const sh = async (text: string) => (await labExec(lab, host, ['sh', '-c', text])).stdout;

/** A black hole in the way back to the controller, and what stands after it. */
const cutting = (more = '') =>
  project.playbook(
    'cut.yml',
    `- name: Cut
  hosts: ${host}
  guard: 8s
  tasks:
    - name: Cut the way back
      route: { to: ${lab.plan.controller.address}, type: blackhole }
${more}`,
  );
const healing = () => `    - name: Heal it
      route: { to: ${lab.plan.controller.address}, state: absent }
    - name: A service address
      address: { address: 192.0.2.10/32, dev: lo }
  verify:
    - name: It is there
      address: { address: 192.0.2.10/32, dev: lo }
`;
const play = async (playbook: Promise<string>, ...words: string[]) =>
  project.run('play', await playbook, '-o', 'ndjson', '--no-commit', ...words);

afterEach(async () => {
  expect(
    await sh('ls -d /run/runbook/* /run/lock/runbook* 2>/dev/null; pgrep -af "/run/runbook" | grep -v pgrep; :'),
  ).toBe('');
  expect(await stateOf(lab)).toEqual(before);
});

test('a way back that would be cut is refused before anything is touched', async () => {
  const { exit, stdout } = await play(cutting());
  expect(exit, stdout).toBe(2);
  expect(stdout).toContain(`it would cut the way to ${lab.plan.controller.address} (the SSH session of this run)`);
  expect(stdout).not.toMatch(/"purpose":"change"|"undo_noted"/);
});

test('a device that the way leaves by is not set down', async () => {
  const down = `- hosts: ${host}\n  tasks:\n    - link: { name: eth0, state: down }\n`;
  const { exit, stdout } = await play(project.playbook('down.yml', down));
  expect(exit, stdout).toBe(2);
  expect(stdout).toContain('it leaves by eth0, which goes down');
});

describe('with --allow-cutoff', () => {
  test('a cut that a later step heals is survived: the host goes on by itself, and the change is kept', async () => {
    const { exit, stdout } = await play(cutting(healing()), '--allow-cutoff');
    expect(exit, stdout.slice(-3_000)).toBe(0);
    expect(stdout).toMatch(/"type":"guard_ended","host":"hdss7-21","status":"kept"/);
    expect(await sh('ip -o address show dev lo')).toContain('192.0.2.10/32');
    expect((await project.run('rollback', 'last', '--no-commit')).exit).toBe(0);
  });

  test('a cut for good is healed by the guard while the controller waits, and the run is undone', async () => {
    const { exit, stdout } = await play(cutting(), '--allow-cutoff');
    expect(exit, stdout.slice(-3_000)).toBe(3);
    expect(stdout).toMatch(/"type":"guard_ended","host":"hdss7-21","status":"fired"/);
  });

  test('a cut for good is healed by the guard with the controller killed, and a rollback finds all as before', async () => {
    const { child, ended } = project.start('play', await cutting(), '-o', 'ndjson', '--no-commit', '--allow-cutoff');
    let seen = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (/"step-start"[\s\S]*"command_ended"/.test(seen)) child.kill('SIGKILL');
    });
    await ended;
    await sh('until ls /run/runbook/*/done >/dev/null 2>&1; do sleep 0.2; done');
    expect(await stateOf(lab)).toEqual(before);
    const { exit, stdout } = await project.run('rollback', 'last', '--no-commit');
    expect(exit, stdout).toBe(0);
    expect(stdout).toContain('its guard has put everything back by itself');
  });
});
