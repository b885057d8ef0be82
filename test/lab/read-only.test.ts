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

test.each([
  ['play --check of a switch', ['play', shipped('switch-to-vxlan.yml'), '--check', '--diff'], 5],
  ['play --check of the classic switch', ['play', shipped('switch-classic.yml'), '--check'], 5],
  ['play --check of the nat rule', ['play', shipped('fix-snat.yml'), '--check'], 5],
  ['play --check of what is in force', ['play', shipped('switch-to-host-gw.yml'), '--check'], 0],
  ['audit of what is in force', ['audit', shipped('audit-flannel.yml'), '-e', 'model=host-gw'], 0],
  ['audit of what is not', ['audit', shipped('audit-flannel.yml'), '-e', 'model=vxlan'], 5],
  ['validate', ['validate', shipped('switch-to-vxlan.yml'), shipped('fix-snat.yml')], 0],
])('%s changes nothing on any host', async (_, args, exit) => {
  const before = await stateOf(lab, { pids: true });
  const ran = await project.call(...args);
  expect(ran.exit, `${ran.stdout}${ran.stderr}`).toBe(exit);
  expect(await stateOf(lab, { pids: true })).toEqual(before);
});

test('the plan names each change with its commands, and what it cannot know yet', async () => {
  const { stdout } = await project.call('play', shipped('switch-to-vxlan.yml'), '--check', '-o', 'ndjson');
  const steps = stdout
    .trim()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as {
          type: string;
          phase?: string;
          host: string;
          module: string;
          status: string;
          commands?: unknown[];
        },
    )
    .filter((event) => event.type === 'step_ended' && event.phase === 'plan' && event.host === 'hdss7-21');
  expect(steps.map(({ module, status }) => `${module} ${status}`)).toEqual([
    'link protected',
    'supervisor change',
    'process depends',
    'route protected',
    'file protected',
    'etcd_key change',
    'process protected',
    'supervisor change',
    'verify_http depends',
    'route depends',
    'route depends',
  ]);
  for (const step of steps.filter(({ status }) => status === 'change')) expect(step.commands).not.toEqual([]);
});

test('a playbook with an error connects nowhere: exit 2', async () => {
  const path = await project.playbook(
    'bad.yml',
    '- hosts: flannel\n  tasks:\n    - suprvisor: { program: flanneld, state: stopped }\n',
  );
  const { exit, stderr } = await project.call('play', path);
  expect(exit).toBe(2);
  expect(stderr).toContain('bad.yml:3:7');
  expect(stderr).toContain('supervisor');
});
