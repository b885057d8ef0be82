import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startSshd, stopSshd } from '../../src/lab/faults.ts';
import { type Lab, labExec } from '../../src/lab/lab.ts';
import { shipped, type TestProject } from '../support/cli.ts';
import { labInHostGw, nodes, stateOf } from './test-lab.ts';

let lab: Lab;
let project: TestProject;
let before: unknown;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
  before = await stateOf(lab);
});
afterAll(() => project.remove());

const machines = ['hdss7-12', ...nodes];

/** What a run keeps on its hosts for itself. */
async function leftOn(host: string): Promise<string> {
  const script =
    'ls -d /run/runbook/* /run/lock/runbook* 2>/dev/null; pgrep -af "/run/runbook" | grep -v pgrep; exit 0';
  return (await labExec(lab, host, ['sh', '-c', script])).stdout;
}

/** Resolves when the guards of all hosts are through. */
async function guardsThrough(hosts: readonly string[] = nodes): Promise<void> {
  const script = 'until ls /run/runbook/*/done >/dev/null 2>&1; do sleep 0.2; done';
  for (const host of hosts) await labExec(lab, host, ['sh', '-c', script]);
}

const switching = async (guard = '5s') =>
  project.playbook(
    'switch.yml',
    (await readFile(shipped('switch-to-vxlan.yml'), 'utf8'))
      .replace('rollback: on_failure', `rollback: on_failure\n  guard: ${guard}`)
      .replaceAll('retries: 10', 'retries: 2'),
  );

/** Starts the switch; `act` is called once, when the first event that matches is on the controller's disk. */
function playUntil(
  playbook: string,
  event: RegExp,
  act: (child: { kill(signal: NodeJS.Signals): boolean }) => unknown,
) {
  const { child, ended } = project.start('play', playbook, '-o', 'ndjson', '--no-commit');
  let seen = '';
  let acted: unknown;
  child.stdout?.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    if (acted === undefined && event.test(seen)) acted = act(child) ?? true;
  });
  return ended.finally(() => acted);
}

const startsFlanneld = /"type":"task_started","phase":"tasks"[^\n]*"name":"Start flanneld"/;
const writesKey = /"type":"undo_noted"[^\n]*"module":"etcd_key"/;

describe('the guard', () => {
  afterEach(async () => {
    for (const host of machines) expect(await leftOn(host)).toBe('');
    expect(await stateOf(lab)).toEqual(before);
  });

  test('restores every host without the controller, which was killed; a rollback then proves it', async () => {
    await playUntil(await switching(), startsFlanneld, (child) => child.kill('SIGKILL'));
    await guardsThrough(machines);
    expect(await stateOf(lab)).toEqual(before);
    const { exit, stdout } = await project.run('rollback', 'last', '--no-commit');
    expect(exit, stdout).toBe(0);
    expect(stdout).toContain('its guard has put everything back by itself');
  });

  test('restores a host that was cut off; the controller undoes the others, waits for it, and proves it', async () => {
    const { exit, stdout } = await playUntil(await switching(), startsFlanneld, async () => {
      await stopSshd(lab, 'hdss7-22');
      await guardsThrough(['hdss7-22']);
      await startSshd(lab, 'hdss7-22');
    });
    expect(exit, stdout.slice(-3_000)).toBe(3);
    expect(stdout).toMatch(/"type":"guard_ended","host":"hdss7-22","status":"fired"/);
    expect(stdout).toMatch(/"type":"guard_ended","host":"hdss7-21","status":"released"/);
  });

  test('acts when the controller stands still, which learns it and undoes what is left', async () => {
    const { exit, stdout } = await playUntil(await switching(), writesKey, async (child) => {
      child.kill('SIGSTOP');
      await guardsThrough();
      child.kill('SIGCONT');
    });
    expect(exit, stdout.slice(-3_000)).toBe(3);
    expect(stdout).toMatch(/"status":"fired"/);
  });

  test('of a host that is killed while it waits is no reason to leave anything', async () => {
    await playUntil(await switching('1m'), writesKey, (child) => child.kill('SIGKILL'));
    const refused = await project.run('locks');
    expect(refused.stdout).toMatch(/hdss7-21 .*switch\.yml.*since/);
    expect(refused.stdout).toMatch(/hdss7-21 .*guard: acts in/);
    const { exit, stdout } = await project.run('rollback', 'last', '--no-commit');
    expect(exit, stdout).toBe(0);
  });
});

describe('locks', () => {
  let second: TestProject;
  beforeEach(async () => {
    ({ project: second } = await labInHostGw());
  });
  afterEach(() => second.remove());

  test('let one run at a time play: the other is told who and since when, and touches nothing', async () => {
    const playbook = await switching('1m');
    let refused: Promise<{ exit: number | null; stdout: string }> | undefined;
    // It stands still meanwhile: the other would else come late, and find everything as it wants it.
    const { exit } = await playUntil(playbook, /"phase":"tasks"/, async (child) => {
      child.kill('SIGSTOP');
      refused = second.run('play', shipped('switch-to-vxlan.yml'), '--no-commit');
      await refused.finally(() => child.kill('SIGCONT'));
    });
    expect(exit).toBe(0);
    const other = await refused;
    expect(other?.exit).toBe(2);
    expect(other?.stdout).toMatch(/hdss7-12: locked by the run \S+ of \S+ \(.*switch\.yml, since \d{4}-/);
    for (const host of machines) expect(await leftOn(host)).toBe('');
    expect((await project.run('play', shipped('switch-to-host-gw.yml'), '--no-commit')).exit).toBe(0);
  });

  test('of a dead run are taken away by unlock; its guards stay and act', async () => {
    await playUntil(await switching(), writesKey, (child) => child.kill('SIGKILL'));
    const [started] = await project.events();
    const run = started?.type === 'run_started' ? started.run : '';
    const { exit, stdout } = await second.run('unlock', run);
    expect(exit, stdout).toBe(0);
    expect(stdout).toContain('Unlocked: ');
    expect((await second.run('locks')).stdout).not.toContain('unless renewed');
    await guardsThrough();
    expect(await stateOf(lab)).toEqual(before);
    expect((await project.run('rollback', 'last', '--no-commit')).exit).toBe(0);
  });
});
