import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../src/lab/lab.ts';
import { configKey } from '../../src/lab/plan.ts';
import { shipped, type TestProject } from '../support/cli.ts';
import { bed } from './bed.ts';
import { labInHostGw, stateOf } from './test-lab.ts';

let lab: Lab;
let project: TestProject;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
});
afterAll(() => project.remove());

async function plan(playbook: string): Promise<string> {
  const { exit, stdout, stderr } = await project.call('plan', playbook, '-o', 'change.plan');
  expect(exit, stdout + stderr).toBe(5);
  return readFile(join(project.folder, 'change.plan'), 'utf8');
}

const apply = () => project.call('apply', 'change.plan', '--no-commit');

test('a switch is planned without touching a host, applied as planned, and not a second time', async () => {
  const before = await stateOf(lab, { pids: true });
  const text = await plan(shipped('switch-to-vxlan.yml'));
  expect(await stateOf(lab, { pids: true })).toEqual(before);
  expect(text).toMatch(
    /status: depends\n +key: process:flanneld\n +because: rests on "Stop flanneld on every node"\n +args:\n/,
  );

  const applied = await apply();
  expect(applied.exit, applied.stdout + applied.stderr).toBe(0);
  expect(applied.stdout).toContain('kept: ');
  expect(await stateOf(lab)).not.toEqual(before);

  const running = await stateOf(lab, { pids: true });
  const again = await apply();
  expect(again, again.stdout).toMatchObject({ exit: 0, stdout: expect.stringContaining('unchanged: ') });
  expect(await stateOf(lab, { pids: true })).toEqual(running);
});

test('the key in etcd was written by then, another value or the same: refused, named, and nothing is touched', async () => {
  const { etcdctl } = bed(lab);
  await plan(shipped('switch-to-host-gw.yml'));
  const config = await etcdctl('get', configKey);
  await etcdctl('set', configKey, config.replace(/}$/, ', "SubnetLen": 24}'));
  const disturbed = await stateOf(lab, { pids: true });
  const { exit, stdout, stderr } = await apply();
  expect(exit, stdout + stderr).toBe(2);
  expect(stdout).toMatch(/hdss7-12: Write the network config: what it found has changed\n[\s\S]*\+.*SubnetLen/);
  expect(await stateOf(lab, { pids: true })).toEqual(disturbed);

  // The plan's command swaps what had one index: that the value is back does not make it so again.
  await etcdctl('set', configKey, config);
  const rewritten = await apply();
  expect(rewritten.exit, rewritten.stdout).toBe(2);
  expect(rewritten.stdout).toMatch(/Write the network config: its commands are others\n[\s\S]*--swap-with-index/);

  await plan(shipped('switch-to-host-gw.yml'));
  const fits = await apply();
  expect(fits, fits.stdout).toMatchObject({ exit: 0, stdout: expect.stringContaining('kept: ') });
});

test('a route is another by then: refused, named, and nothing is touched; when it is back, the plan holds', async () => {
  const { said, hostState } = bed(lab);
  const { routes } = await hostState('hdss7-21');
  expect(routes.join('\n')).not.toContain('198.51.100.0/24');
  const playbook = await project.playbook(
    'route.yml',
    `- name: A way to the archive
  hosts: hdss7-21:hdss7-22
  tasks:
    - name: The archive's route
      route: { to: 198.51.100.0/24, via: "{{ hostvars['hdss7-23'].ansible_host }}" }
`,
  );
  await plan(playbook);
  await said('hdss7-22', ['ip', 'route', 'add', 'blackhole', '198.51.100.0/24']);
  const disturbed = await stateOf(lab, { pids: true });
  const refused = await apply();
  expect(refused.exit, refused.stdout).toBe(2);
  expect(refused.stdout).toMatch(/hdss7-22: The archive's route: what it found has changed\n[\s\S]*\+.*blackhole/);
  expect(refused.stdout).not.toContain('hdss7-21: The archive');
  expect(await stateOf(lab, { pids: true })).toEqual(disturbed);

  await said('hdss7-22', ['ip', 'route', 'del', 'blackhole', '198.51.100.0/24']);
  expect((await apply()).exit).toBe(0);
  expect((await hostState('hdss7-22')).routes.join('\n')).toContain('198.51.100.0/24');
  const { stdout } = await project.call('history');
  const [, run = ''] = /^(\w{26}) .* play +kept +route\.yml/m.exec(stdout) ?? [];
  expect((await project.call('rollback', run, '--no-commit')).exit).toBe(0);
});
