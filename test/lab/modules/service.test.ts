import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, labExec } from '../../../src/lab/lab.ts';
import type { TestProject } from '../../support/cli.ts';
import { bed } from '../bed.ts';
import { labInHostGw, stateOf } from '../test-lab.ts';

const host = 'hdss7-22';
let lab: Lab;
let project: TestProject;

const script = `#!/bin/sh
### BEGIN INIT INFO
# Provides: nodeagent
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
pid=/run/nodeagent.pid
case $1 in
  start) start-stop-daemon --start --quiet --background --make-pidfile --pidfile $pid --exec /bin/sleep -- 4242 ;;
  stop) start-stop-daemon --stop --quiet --oknodo --remove-pidfile --pidfile $pid ;;
  status)
    if start-stop-daemon --status --pidfile $pid; then exit 0; fi
    if [ -e $pid ]; then exit 1; else exit 3; fi ;;
esac
`;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
  await labExec(lab, host, ['sh', '-c', 'cat >/etc/init.d/nodeagent && chmod 755 /etc/init.d/nodeagent'], {
    stdin: script,
  });
});
afterAll(async () => {
  await labExec(lab, host, [
    'sh',
    '-c',
    '/etc/init.d/nodeagent stop; rm -f /etc/init.d/nodeagent; update-rc.d -f nodeagent remove',
  ]);
  await project.remove();
});

test('an init script: started and enabled, then unchanged, then as before', async () => {
  const { said } = bed(lab);
  const before = await stateOf(lab);
  const links = await said(host, ['sh', '-c', 'ls /etc/rc?.d | sort']);
  const book = await project.playbook(
    'service.yml',
    `- hosts: ${host}\n  tasks:\n    - service: { name: nodeagent, state: running, enabled: true }\n`,
  );
  const first = await project.call('play', book, '--no-commit');
  expect(first.exit, first.stdout + first.stderr).toBe(0);
  expect(await said(host, ['pgrep', '-f', 'sleep 4242'])).toMatch(/^\d+$/);
  expect(await said(host, ['sh', '-c', 'ls /etc/rc2.d'])).toMatch(/S\d\dnodeagent/);

  const back = await project.call('rollback', 'last');
  expect(back.exit, back.stdout + back.stderr).toBe(0);
  expect(await said(host, ['sh', '-c', 'ls /etc/rc?.d | sort'])).toBe(links);
  expect((await labExec(lab, host, ['pgrep', '-f', 'sleep 4242'])).exit).toBe(1);
  expect(await stateOf(lab)).toEqual(before);

  expect((await project.call('play', book, '--no-commit')).exit).toBe(0);
  const again = await project.call('play', book, '--no-commit');
  expect([again.exit, again.stdout]).toEqual([0, expect.stringContaining('unchanged')]);
  expect((await project.call('rollback', 'last')).exit).not.toBe(undefined);
});
