import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, labExec } from '../../src/lab/lab.ts';
import { shipped, type TestProject } from '../support/cli.ts';
import { labInHostGw, nodes, stateOf } from './test-lab.ts';

let lab: Lab;
let project: TestProject;
let playbook: string;
let before: unknown;
let switched: unknown;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
  before = await stateOf(lab);
  const text = await readFile(shipped('switch-to-vxlan.yml'), 'utf8');
  playbook = await project.playbook(
    'switch.yml',
    text.replace('rollback: on_failure', 'rollback: on_failure\n  guard: 10s').replaceAll('retries: 10', 'retries: 2'),
  );
  expect((await project.call('play', playbook, '--no-commit')).exit).toBe(0);
  switched = await switchedState();
  await backToHostGw();
}, 600_000);
afterAll(() => project.remove());

/** Each new flannel.1 has an address of its own; what it is does not matter. */
async function switchedState(): Promise<unknown> {
  return alike(await stateOf(lab, { pids: false }));
}

function alike(state: unknown): unknown {
  if (typeof state === 'string') return state.replaceAll(/(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/g, 'MAC');
  if (Array.isArray(state))
    return state.map(alike).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof state !== 'object' || state === null) return state;
  return Object.fromEntries(Object.entries(state).map(([key, value]) => [key, alike(value)]));
}

async function backToHostGw(): Promise<void> {
  const { exit, stdout } = await project.call('play', shipped('switch-to-host-gw.yml'), '--no-commit');
  expect(exit, stdout).toBe(0);
}

/** Plays the switch and kills the controller when the first event that matches is on its disk. */
async function playAndKill(event: RegExp): Promise<void> {
  const { child, ended } = project.start('play', playbook, '--no-commit', '-o', 'ndjson');
  let seen = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    if (event.test(seen)) child.kill('SIGKILL');
  });
  await ended;
  expect((await project.events()).some(({ type }) => type === 'run_ended')).toBe(false);
}

async function leftOn(host: string): Promise<string> {
  const script = 'ls -d /run/runbook/* /run/lock/runbook* 2>/dev/null; exit 0';
  return (await labExec(lab, host, ['sh', '-c', script])).stdout;
}

const moments = {
  'a command is under way on every host': /"type":"command_started"[^\n]*"purpose":"change"[^\n]*"task":"0\.tasks\.1"/,
  'the key is about to be written': /"type":"undo_noted"[^\n]*"module":"etcd_key"/,
  'flanneld is being started': /"type":"task_started","phase":"tasks"[^\n]*"name":"Start flanneld"/,
  'the change is being verified': /"type":"phase_started","phase":"verify","because":"after the change"/,
};

test.each(Object.entries(moments))(
  'kill -9 of the controller while %s: resume ends as a whole run',
  async (_, moment) => {
    await playAndKill(moment);
    const { exit, stdout, stderr } = await project.call('resume', 'last', '--no-commit');
    expect(exit, `${stdout}${stderr}`).toBe(0);
    expect(await switchedState()).toEqual(switched);
    for (const host of ['hdss7-12', ...nodes]) expect(await leftOn(host)).toBe('');
    expect((await project.call('history')).stdout).toMatch(/resumed by \S{6}: kept/);
    const back = await project.call('rollback', 'last', '--no-commit');
    expect(back.exit, back.stdout).toBe(0);
    expect(await stateOf(lab)).toEqual(before);
  },
);

test('once the guards have acted, resume refuses and touches nothing', async () => {
  await playAndKill(moments['flanneld is being started']);
  const script = 'until ls /run/runbook/*/done >/dev/null 2>&1; do sleep 0.2; done';
  for (const host of ['hdss7-12', ...nodes]) await labExec(lab, host, ['sh', '-c', script]);
  const { exit, stdout } = await project.call('resume', 'last', '--no-commit');
  expect(exit, stdout).toBe(2);
  expect(stdout).toContain('has put everything back');
  expect((await project.call('rollback', 'last', '--no-commit')).exit).toBe(0);
  expect(await stateOf(lab)).toEqual(before);
});
