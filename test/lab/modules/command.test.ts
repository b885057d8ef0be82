import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, labExec } from '../../../src/lab/lab.ts';
import type { TestProject } from '../../support/cli.ts';
import { bed } from '../bed.ts';
import { labInHostGw, stateOf } from '../test-lab.ts';

const host = 'hdss7-21';
let lab: Lab;
let project: TestProject;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
});
afterAll(() => project.remove());

test('a command is run where its effect is not there, and undone by its own undo', async () => {
  const before = await stateOf(lab);
  const book = await project.playbook(
    'link.yml',
    `- hosts: ${host}
  tasks:
    - command:
        argv: [ip, link, add, br7, type, bridge]
        creates: /sys/class/net/br7
        undo: [ip, link, del, br7]
`,
  );
  const first = await project.call('play', book, '--no-commit');
  expect(first.exit, first.stdout).toBe(0);
  const again = await project.call('play', book, '--no-commit');
  expect([again.exit, again.stdout]).toEqual([0, expect.stringContaining('unchanged')]);
  const undone = await bed(lab).said(host, ['ip', 'link', 'del', 'br7']);
  expect(undone).toBe('');
  expect((await project.call('play', book, '--no-commit')).exit).toBe(0);
  const back = await project.call('rollback', 'last');
  expect(back.exit, back.stdout).toBe(0);
  expect(await stateOf(lab)).toEqual(before);
});

test('at its timeout a command ends with all that it has started, on the host', async () => {
  const book = await project.playbook(
    'slow.yml',
    `- hosts: ${host}
  tasks:
    - timeout: 1s
      command: { shell: 'sleep 7391 & sh -c "trap : TERM; while :; do sleep 7392; done" & sleep 7393' }
    - command: { argv: [touch, /tmp/never] }
`,
  );
  const { exit, stdout } = await project.call('play', book, '--no-commit');
  expect(exit, stdout).not.toBe(0);
  expect(stdout).toMatch(/did not end within/);
  expect((await labExec(lab, host, ['pgrep', '-f', 'sleep 739'])).stdout).toBe('');
  expect((await labExec(lab, host, ['ls', '/tmp/never'])).exit).not.toBe(0);
});
