import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../../src/lab/lab.ts';
import type { TestProject } from '../../support/cli.ts';
import { bed } from '../bed.ts';
import { labInHostGw, stateOf } from '../test-lab.ts';

const host = 'hdss7-22';
let lab: Lab;
let project: TestProject;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
});
afterAll(() => project.remove());

test('a program that its supervisor starts again: the run fails and says by whom', async () => {
  const { said } = bed(lab);
  await said(host, ['cp', '/bin/sleep', '/opt/zz-kept']);
  const ini = '[program:kept]\\ncommand=/opt/zz-kept 1000\\nstartsecs=0\\nautorestart=true\\n';
  await said(host, ['sh', '-c', `printf '${ini}' >/etc/supervisord.d/kept.ini && supervisorctl update kept`]);
  try {
    const book = await project.playbook('kept.yml', `- hosts: ${host}\n  tasks:\n    - process: { name: zz-kept }\n`);
    const { exit, stdout } = await project.call('play', book, '--no-commit');
    expect(exit, stdout).not.toBe(0);
    expect(stdout).toMatch(
      /zz-kept was started again as process \d+ by supervisord: stop the program with supervisorctl/,
    );
  } finally {
    await said(host, ['sh', '-c', 'rm /etc/supervisord.d/kept.ini && supervisorctl update kept && rm /opt/zz-kept']);
  }
});

test('stopped processes are ended too, then unchanged', async () => {
  const { said } = bed(lab);
  const before = await stateOf(lab);
  await said(host, [
    'sh',
    '-c',
    'cp /bin/sleep /opt/zz-halted; /opt/zz-halted 1000 >/dev/null 2>&1 </dev/null & until [ "$(readlink /proc/$!/exe)" = /opt/zz-halted ]; do :; done; kill -STOP $!',
  ]);
  const book = await project.playbook('halted.yml', `- hosts: ${host}\n  tasks:\n    - process: { name: zz-halted }\n`);
  const first = await project.call('play', book, '--no-commit');
  expect(first.exit, first.stdout).toBe(0);
  const again = await project.call('play', book, '--no-commit');
  expect([again.exit, again.stdout]).toEqual([0, expect.stringContaining('unchanged')]);
  await said(host, ['rm', '/opt/zz-halted']);
  expect(await stateOf(lab)).toEqual(before);
});
