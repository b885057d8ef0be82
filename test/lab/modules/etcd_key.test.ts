import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, labExec } from '../../../src/lab/lab.ts';
import { configKey } from '../../../src/lab/plan.ts';
import { labStatus } from '../../../src/lab/status.ts';
import type { TestProject } from '../../support/cli.ts';
import { roundTrip } from '../round-trip.ts';
import { labInHostGw, stateOf } from '../test-lab.ts';

let lab: Lab;
let project: TestProject;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
});
afterAll(() => project.remove());

const host = 'hdss7-12';
async function on(text: string): Promise<string> {
  const ran = await labExec(lab, host, ['sh', '-ec', text], { timeoutMs: 20_000 });
  expect(ran, text).toMatchObject({ exit: 0 });
  return ran.stdout;
}
const config = (backend: string, network = '{{ network }}'): string =>
  `{ Network: "${network}", Backend: { Type: ${backend} } }`;
const play = (args: string): string => `
- hosts: flannel
  skip_if_verified: true
  tasks:
    - run_once: true
      delegate_to: ${host}
      etcd_key: &key ${args}
  verify:
    - run_once: true
      delegate_to: ${host}
      etcd_key: *key
`;

test.each([
  ['API 2', `{ api: 2, key: ${configKey}, json: ${config('vxlan')} }`],
  ['the API where the nodes have their leases', `{ api: auto, key: ${configKey}, json: ${config('VxLAN')} }`],
  [
    'API 2 under a lock',
    `{ api: 2, key: ${configKey}, json: ${config('vxlan')}, lock: { key: /runbook/lock, ttl: 30 } }`,
  ],
])('flannel’s config is written by %s, and its bytes come back', async (_, args) => {
  await roundTrip(lab, project, play(args));
  expect(await on('ETCDCTL_API=2 etcdctl ls /runbook 2>&1 || :')).not.toContain('/runbook/lock');
});

test('what means the same to flannel is not written again', async () => {
  const value = (await labStatus(lab)).etcd?.config?.value ?? '';
  const odd = value.replace('Network', 'network').replace('host-gw', 'HOST-GW');
  await on(`ETCDCTL_API=2 etcdctl set ${configKey} '${odd}' >/dev/null`);
  const path = await project.playbook('same.yml', play(`{ api: auto, key: ${configKey}, json: ${config('host-gw')} }`));
  const { exit, stdout } = await project.call('play', path);
  expect(exit, stdout).toBe(0);
  expect(stdout).toContain('unchanged');
  expect((await labStatus(lab)).etcd?.config?.value).toBe(odd);
  await on(`ETCDCTL_API=2 etcdctl set ${configKey} '${value}' >/dev/null`);
});

test('API 3 has a key of its own, made and undone there', async () => {
  const look = () => on('ETCDCTL_API=3 etcdctl get --prefix /mine');
  await roundTrip(lab, project, play('{ api: 3, key: /mine/key, value: "-x\\ny", lock: { key: /mine/lock } }'), {
    look,
  });
});

describe('what flanneld would not survive is refused before anything is touched', () => {
  test.each([
    ['another network', config('vxlan', '172.9.0.0/16'), 'every node whose lease does not fit would lose it'],
    ['a network that is none', config('vxlan', '172.9.0.0'), 'is not a network'],
    [
      'a misspelt option',
      '{ Network: "{{ network }}", Backend: { Type: vxlan, DirectRuting: true } }',
      'DirectRouting',
    ],
    ['an option in quotes', '{ Network: "{{ network }}", Backend: { Type: vxlan, VNI: "2" } }', 'must be a number'],
  ])('%s', async (_, json, says) => {
    const before = await stateOf(lab, { pids: true });
    const path = await project.playbook('wrong.yml', play(`{ api: auto, key: ${configKey}, json: ${json} }`));
    const { exit, stdout, stderr } = await project.call('play', path);
    expect(exit, stdout).toBe(2);
    expect(`${stdout}${stderr}`).toContain(says);
    expect(await stateOf(lab, { pids: true })).toEqual(before);
  });
});

describe('two operators', () => {
  test('who holds the lock is named, and nothing is written', async () => {
    await on(`ETCDCTL_API=2 etcdctl mk --ttl 60 /runbook/lock 'anna since nine' >/dev/null`);
    const before = await stateOf(lab);
    const args = `{ api: 2, key: ${configKey}, json: ${config('vxlan')}, lock: { key: /runbook/lock } }`;
    const { exit, stdout } = await project.call('play', await project.playbook('locked.yml', play(args)));
    expect([1, 3], stdout).toContain(exit);
    expect(stdout).toContain('anna since nine');
    expect(await stateOf(lab)).toEqual(before);
    await on('ETCDCTL_API=2 etcdctl rm /runbook/lock >/dev/null');
  });

  test('a value that somebody else has written since is left alone by the undo', async () => {
    const value = (await labStatus(lab)).etcd?.config?.value ?? '';
    const path = await project.playbook('mine.yml', play(`{ api: 2, key: ${configKey}, json: ${config('vxlan')} }`));
    expect((await project.call('play', path)).exit).toBe(0);
    const theirs = value.replace('host-gw', 'udp');
    await on(`ETCDCTL_API=2 etcdctl set ${configKey} '${theirs}' >/dev/null`);
    const back = await project.call('rollback', 'last');
    expect(back.exit, back.stdout).toBe(4);
    expect(back.stdout).toContain('somebody else has changed it since');
    expect((await labStatus(lab)).etcd?.config?.value).toBe(theirs);
    // Once it is what the run wrote again, so is its undo.
    await on(`ETCDCTL_API=2 etcdctl set ${configKey} '${theirs.replace('udp', 'vxlan')}' >/dev/null`);
    expect((await project.call('rollback', 'last')).exit).toBe(0);
    expect((await labStatus(lab)).etcd?.config?.value).toBe(value);
  });
});

test('a write without an answer is never called undone: unsure, until etcd answers and a rollback proves it', async () => {
  const before = await stateOf(lab);
  // This host's etcdctl freezes the server right before it writes, for as long as the flag is there.
  await on(`mkdir -p /usr/local/bin; cat >/usr/local/bin/etcdctl <<'X'
#!/bin/sh
for word; do if [ "$word" = set ] && [ -e /run/freeze ]; then rm /run/freeze; pkill -STOP -x etcd; fi; done
exec /usr/bin/etcdctl "$@"
X
chmod 755 /usr/local/bin/etcdctl; touch /run/freeze`);
  const path = await project.playbook('lost.yml', play(`{ api: 2, key: ${configKey}, json: ${config('vxlan')} }`));
  const { exit, stdout } = await project.call('play', path);
  await on('pkill -CONT -x etcd; rm /usr/local/bin/etcdctl');
  expect(exit, stdout).toBe(4);
  const events = await project.events();
  expect(JSON.stringify(events)).toContain('Whether it was written is not known');
  await on('until ETCDCTL_API=3 etcdctl endpoint health 2>/dev/null; do :; done');
  const back = await project.call('rollback', events[0]?.type === 'run_started' ? events[0].run : '');
  expect(back.exit, back.stdout).toBe(0);
  expect(await stateOf(lab)).toEqual(before);
});
