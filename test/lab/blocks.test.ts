import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startSshd, stopSshd } from '../../src/lab/faults.ts';
import { type Lab, labExec } from '../../src/lab/lab.ts';
import type { TestProject } from '../support/cli.ts';
import { bed } from './bed.ts';
import { labInHostGw, stateOf } from './test-lab.ts';

let lab: Lab;
let project: TestProject;
let before: unknown;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
  before = await stateOf(lab);
});
afterAll(() => project.remove());
afterEach(async () => {
  await startSshd(lab, 'hdss7-22');
  await labExec(lab, 'hdss7-12', ['sh', '-c', 'rm -f /tmp/left-*'], { timeoutMs: 20_000 });
});

/** Flanneld is stopped on a node and a route is gone there: its pod reaches a peer's no more. */
async function breakRoute(): Promise<void> {
  const { said } = bed(lab);
  await said('hdss7-21', ['supervisorctl', 'stop', 'flanneld']);
  const routes = await said('hdss7-21', ['ip', 'route', 'show', 'proto', 'boot']);
  const [first = ''] = routes.split('\n').filter((line) => line.startsWith('172.'));
  await said('hdss7-21', ['ip', 'route', 'del', ...first.trim().split(/\s+/)]);
}

const repairing = (last: string) => `- name: Reach every pod
  hosts: flannel
  tasks:
    - name: Reach the pods
      block:
        - name: Each peer's pod answers
          loop: "{{ peers }}"
          verify_ping: { target: "{{ item.pod_ip }}" }
      rescue:
        - name: A route to each peer
          loop: "{{ peers }}"
          when: failed_task == "Each peer's pod answers"
          route: { to: "{{ item.pod_cidr }}", via: "{{ item.ansible_host }}", dev: "{{ iface }}" }
      always:
        - name: Leave a mark on the etcd host
          delegate_to: "{{ etcd_host }}"
          command: { argv: [touch, "/tmp/left-{{ inventory_hostname }}"] }
${last}
  verify:
    - name: Every peer's pod answers
      loop: "{{ peers }}"
      verify_ping: { target: "{{ item.pod_ip }}" }
`;

const marks = () => bed(lab).said('hdss7-12', ['sh', '-c', 'ls /tmp/left-* 2>/dev/null || true']);

test('a rescue repairs the one host that needs it; a later failure takes the repair back', async () => {
  await breakRoute();
  const broken = await stateOf(lab);
  expect(broken).not.toEqual(before);

  const failing = await project.playbook('failing.yml', repairing('    - command: { argv: ["false"] }'));
  const failed = await project.call('play', failing);
  expect(failed.exit, failed.stdout).toBe(3);
  expect(await marks()).toMatch(/left-hdss7-21\n.*left-hdss7-22\n.*left-hdss7-23/);
  expect(await stateOf(lab)).toEqual(broken);

  const good = await project.playbook('good.yml', repairing(''));
  const kept = await project.call('play', good);
  expect(kept.exit, kept.stdout).toBe(0);
  const rescued = (await project.events()).filter(
    (event) => event.type === 'step_ended' && event.phase === 'tasks' && event.status === 'changed',
  );
  const routed = rescued.filter((event) => event.type === 'step_ended' && event.module === 'route');
  expect(routed).toMatchObject([{ host: 'hdss7-21' }]);

  await bed(lab).said('hdss7-21', ['supervisorctl', 'start', 'flanneld']);
  expect(await stateOf(lab)).toEqual(before);
});

test('for a node whose sshd is killed, always is done on the etcd host before everything is put back', async () => {
  const text = `- name: A block that loses a host
  hosts: flannel
  guard: 5s
  tasks:
    - block:
        - name: Change something everywhere
          file: { path: /tmp/left-by-a-block, content: x }
        - name: Take some time
          command: { argv: [sleep, "3"] }
      always:
        - name: On the node itself
          command: { argv: [touch, /tmp/left-by-always] }
        - name: On the etcd host
          delegate_to: "{{ etcd_host }}"
          command: { argv: [touch, "/tmp/left-{{ inventory_hostname }}"] }
  verify:
    - file: { path: /tmp/left-by-a-block, content: x }
`;
  const { child, ended } = project.start('play', await project.playbook('lost.yml', text), '-o', 'ndjson');
  let seen = '';
  let stopped: Promise<void> | undefined;
  child.stdout?.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    if (/"type":"task_started","phase":"tasks"[^\n]*"name":"Take some time"/.test(seen))
      stopped ??= stopSshd(lab, 'hdss7-22');
  });
  const { exit, stdout } = await ended;
  await stopped;
  expect(exit, stdout.slice(-2_000)).toBe(4);
  expect(await marks()).toMatch(/left-hdss7-21\n.*left-hdss7-22\n.*left-hdss7-23/);
  expect(stdout).toContain('"because":"hdss7-22 cannot be reached"');
  const place = (pattern: RegExp) => stdout.search(pattern);
  expect(place(/"type":"phase_started","phase":"undo"/)).toBeGreaterThan(place(/touch","\/tmp\/left-hdss7-22/));

  await startSshd(lab, 'hdss7-22');
  const back = await project.call('rollback', 'last');
  expect(back.exit, back.stdout).toBe(0);
  const clean = ['sh', '-c', 'rm -f /tmp/left-by-always; ! test -e /tmp/left-by-a-block'];
  for (const host of ['hdss7-21', 'hdss7-22', 'hdss7-23']) await bed(lab).said(host, clean);
  expect(await stateOf(lab)).toEqual(before);
});
