import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { renderPlan } from '../../src/ui/plan.ts';
import { checkRun } from '../support/sample-run.ts';

const look = { color: false, width: 100 };

test('each task says what would be done, where, and what rests on what', () => {
  expect(renderPlan(checkRun(), look)).toBe(`Stop flanneld on every node
  ~ change    hdss7-21, hdss7-22
      [{"name":"flanneld","state":"RUNNING"}] -> [{"name":"flanneld","state":"STOPPED"}]
      $ supervisorctl stop flanneld
See that no flanneld process is left
  ? depends   hdss7-21, hdss7-22: rests on "Stop flanneld on every node"
The pod network's routes come back with an undo
  = protected hdss7-21, hdss7-22
So does flanneld's lease file
  = protected hdss7-21, hdss7-22
Write the network config
  ~ change    hdss7-12
      {"index":"7","value":"{\\"Network\\": \\"172.7.0.0/16\\", \\"Bac… -> {"value":"{\\"Network\\":\\"172.7.0.0/16\\",\\"Backend\\":{\\"Type…
      $ etcdctl set /coreos.com/network/config
        < {"Network":"172.7.0.0/16","Backend":{"Type":"VxLAN"}}
Start flanneld
  ~ change    hdss7-21
      [{"name":"flanneld","state":"STOPPED"}] -> [{"name":"flanneld","state":"RUNNING"}]
      $ supervisorctl start flanneld
  ~ change    hdss7-22
      [{"name":"flanneld","state":"STOPPED"}] -> [{"name":"flanneld","state":"RUNNING"}]
      $ supervisorctl start flanneld
      cannot be undone: only as an example
Remove the routes that the old backend left
    ok        hdss7-21, hdss7-22

Plan: 5 to change, 2 resting on an earlier change, 4 protected, 2 as wanted.
1 cannot be undone.
`);
});

test('with diff the states are compared line by line, JSON inside them too', () => {
  const text = renderPlan(checkRun(), { ...look, diff: true });
  expect(text).toMatch(/ {6}- +"Type": "host-gw"\n {6}\+ +"Type": "VxLAN"\n/);
  expect(text).toContain('      -  state: RUNNING\n      +  state: STOPPED\n');
});

test('with diff a script is shown whole', () => {
  const argv = ['sh', '-c', 'set -eu\nstop "$1"\nwait_for "$1"', 'sh', 'flanneld'];
  const events = checkRun().map(
    (event): Event =>
      event.type === 'step_ended' && event.status === 'change'
        ? { ...event, commands: [{ argv, become: 'root' }] }
        : event,
  );
  expect(renderPlan(events, look)).toContain('$ (as root) sh -c \'stop "$1" …\' flanneld\n');
  expect(renderPlan(events, { ...look, diff: true })).toContain(
    '| set -eu\n        | stop "$1"\n        | wait_for "$1"\n',
  );
});

test('a plan that could not be read whole says so', () => {
  const events = checkRun().map(
    (event): Event =>
      event.type === 'step_ended' && event.status === 'depends'
        ? { ...event, status: 'failed', because: 'no such\u001b[2J file' }
        : event,
  );
  const text = renderPlan(events, look);
  expect(text).toContain('  ! failed    hdss7-21, hdss7-22: no such\\x1b[2J file\n');
  expect(text).toContain('2 not readable');
});

test('a plan without anything', () => {
  expect(renderPlan([], look)).toBe('\nPlan: nothing to do.\n');
});
