import { afterAll, beforeAll, expect, test } from 'vitest';
import { labExec, openLab } from '../../../src/lab/lab.ts';
import { until } from '../../../src/lab/shell.ts';
import { bed } from '../bed.ts';
import { labInHostGw, stateOf, testLab } from '../test-lab.ts';

const host = 'hdss7-21';
let lab: Awaited<ReturnType<typeof openLab>>;
let project: Awaited<ReturnType<typeof labInHostGw>>['project'];
let said: ReturnType<typeof bed>['said'];

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
  ({ said } = bed(lab));
});
afterAll(async () => {
  for (const name of ['worker', 'wrapped', 'crashing'])
    await said(host, ['rm', '-f', `/etc/supervisord.d/${name}.ini`]);
  await said(host, ['supervisorctl', 'update']);
  await said(host, ['rm', '-f', '/opt/worker.sh', '/opt/zz-worker']);
  await project.remove();
});

const play = (text: string, name: string): Promise<string> =>
  project.playbook(`${name}.yml`, `- hosts: ${host}\n  tasks:\n${text.replaceAll(/^(?=.)/gm, '    ')}`);

const define = (name: string, command: string, rest = ''): string => `- supervisor:
    program: ${name}
    state: present
    conf:
      path: /etc/supervisord.d/${name}.ini
      content: |
        [program:${name}]
        command=${command}
        autostart=false
        ${rest}
`;

test('a program is defined and started, nothing is done the second time, and a rollback takes both back', async () => {
  const before = await stateOf(lab);
  const book = await play(
    `${define('worker', 'sleep 1000', 'startsecs=2')}- supervisor: { program: worker, state: running }\n`,
    'define',
  );
  const first = await project.call('play', book, '--no-commit');
  expect(first.exit, first.stdout + first.stderr).toBe(0);
  expect(await said(host, ['supervisorctl', 'status', 'worker'])).toMatch(/RUNNING/);
  const again = await project.call('play', book, '--no-commit');
  expect(again.exit, again.stdout).toBe(0);
  expect(again.stdout).toContain('unchanged');
  const [started] = await project.events();
  expect(started?.type).toBe('run_started');
  const back = await project.call('rollback', runOf(first.stdout + first.stderr));
  expect(back.exit, back.stdout + back.stderr).toBe(0);
  expect((await labExec(lab, host, ['ls', '/etc/supervisord.d/worker.ini'])).exit).not.toBe(0);
  expect(await stateOf(lab)).toEqual(before);
});

test('a survivor behind a wrapper without exec: STOPPED, and the process module finds and ends it', async () => {
  await said(host, ['cp', '/bin/sleep', '/opt/zz-worker']);
  await said(host, [
    'sh',
    '-c',
    'printf "#!/bin/sh\\n/opt/zz-worker 1000\\n" >/opt/worker.sh; chmod 755 /opt/worker.sh',
  ]);
  const up = await project.call(
    'play',
    await play(`${define('wrapped', '/opt/worker.sh')}- supervisor: { program: wrapped, state: running }\n`, 'up'),
    '--no-commit',
  );
  expect(up.exit, up.stdout).toBe(0);
  const halted = await project.call(
    'play',
    await play('- supervisor: { program: wrapped, state: stopped }\n', 'halt'),
    '--no-commit',
  );
  expect(halted.exit, halted.stdout).toBe(0);
  expect((await labExec(lab, host, ['supervisorctl', 'status', 'wrapped'])).stdout).toContain('STOPPED');
  expect(await said(host, ['pgrep', '-x', 'zz-worker'])).toMatch(/^\d+$/);

  const ended = await project.call(
    'play',
    await play('- process: { name: zz-worker, state: absent, kill_after: 2s }\n', 'end'),
    '--no-commit',
  );
  expect(ended.exit, ended.stdout).toBe(0);
  expect((await labExec(lab, host, ['pgrep', '-x', 'zz-worker'])).exit).toBe(1);
});

test('a program in BACKOFF is stopped; one that only crashes ends FATAL and the run is undone', async () => {
  const text = `${define('crashing', 'false', 'startretries=2')}- supervisor: { program: crashing, state: running }\n`;
  const { exit, stdout } = await project.call('play', await play(text, 'crash'), '--no-commit');
  expect(exit, stdout).toBe(3);
  expect(stdout).toMatch(/FATAL/);
  expect((await labExec(lab, host, ['supervisorctl', 'status', 'crashing'])).stdout).toContain('no such process');

  const book = await play(define('crashing', 'false', 'startretries=50'), 'crash-on');
  expect((await project.call('play', book, '--no-commit')).exit).toBe(0);
  await labExec(lab, host, ['supervisorctl', 'start', 'crashing']);
  await until('crashing is in BACKOFF', async () =>
    (await labExec(lab, host, ['supervisorctl', 'status', 'crashing'])).stdout.includes('BACKOFF') ? true : undefined,
  );
  const stop = await play('- supervisor: { program: crashing, state: stopped }\n', 'stop');
  expect((await project.call('play', stop, '--no-commit')).exit).toBe(0);
  expect((await labExec(lab, host, ['supervisorctl', 'status', 'crashing'])).stdout).toContain('STOPPED');
});

test('supervisord killed with -9: nothing is taken for stopped, and the children that live on are found', async () => {
  const [node, other] = ['hdss7-23', await openLab(testLab.name)];
  const pid = await said(node, ['cat', '/run/supervisord.pid']);
  await said(node, ['kill', '-9', pid]);
  try {
    const book = await project.playbook(
      'dead.yml',
      `- hosts: ${node}\n  tasks:\n    - supervisor: { program: flanneld, state: stopped }\n`,
    );
    const refused = await project.call('play', book, '--no-commit');
    expect(refused.exit).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/supervisord does not answer/);
    const gone = '    - process: { name: flanneld, state: absent }\n';
    const look = await project.playbook('look.yml', `- hosts: ${node}\n  verify:\n${gone}`);
    expect((await project.call('audit', look)).exit).toBe(5);
    const end = await project.playbook('end-orphans.yml', `- hosts: ${node}\n  tasks:\n${gone}`);
    const ended = await project.call('play', end, '--no-commit');
    expect(ended.exit, ended.stdout).toBe(0);
    expect((await project.call('audit', look)).exit).toBe(0);
  } finally {
    await labExec(other, node, ['rm', '-f', '/run/supervisor.sock', '/run/supervisord.pid']);
    await said(node, ['supervisord', '-c', '/etc/supervisord.conf']);
    await until('flanneld runs again', async () =>
      (await labExec(other, node, ['supervisorctl', 'status', 'flanneld'])).stdout.includes('RUNNING')
        ? true
        : undefined,
    );
  }
});

/** The run that a play's output names. */
function runOf(text: string): string {
  return /\b[0-9A-HJKMNP-TV-Z]{26}\b/i.exec(text)?.[0] ?? 'last';
}
