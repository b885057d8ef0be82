import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../../src/lab/lab.ts';
import type { TestProject } from '../../support/cli.ts';
import { roundTrip } from '../round-trip.ts';
import { labInHostGw, stateOf } from '../test-lab.ts';
import { network } from './network.ts';

let lab: Lab;
let project: TestProject;
let net: ReturnType<typeof network>;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
  net = network(lab);
});
afterAll(() => project.remove());

const hosts = ['hdss7-21', 'hdss7-22', 'hdss7-23'];
const look = () => net.everything(hosts);

const overlay = (mtu: number) => `
- hosts: hdss7-21,hdss7-22
  tasks:
    - link:
        name: vxlan42
        state: up
        kind: vxlan
        mtu: ${mtu}
        vxlan:
          id: 42
          local: "{{ host.ansible_host }}"
          remote: "{{ inventory_hostname == 'hdss7-21' ? hostvars['hdss7-22'].ansible_host : hostvars['hdss7-21'].ansible_host }}"
          dev: eth0
          port: 4789
    - address: { address: "192.0.2.{{ inventory_hostname == 'hdss7-21' ? 21 : 22 }}/24", dev: vxlan42 }
    - verify_ping: { target: "192.0.2.{{ inventory_hostname == 'hdss7-21' ? 22 : 21 }}", count: 2 }
`;

test('a VXLAN between two hosts is made and carries packets, and goes', async () => {
  await roundTrip(lab, project, overlay(1400), { look });
});

test('what a device carries comes back with it', async () => {
  const playbook = await project.playbook('overlay.yml', overlay(1450));
  expect(await project.call('play', playbook)).toMatchObject({ exit: 0 });
  const [started] = await project.events();
  await net.on(
    'hdss7-21',
    `ip route add 198.51.100.0/24 via 192.0.2.22; ip neigh add 192.0.2.99 lladdr 02:00:00:00:00:99 dev vxlan42
    bridge fdb append 02:00:00:00:00:99 dev vxlan42 dst ${net.addressOf('hdss7-23')} self permanent`,
  );
  const seen = () =>
    net.on(
      'hdss7-21',
      "ip -d route show dev vxlan42; ip neigh show dev vxlan42 nud permanent; bridge fdb show dev vxlan42 | grep ':99 '; ip -d -o link show vxlan42 | sed 's/^[0-9]*://'",
    );
  const before = await seen();
  for (const [how, host] of [
    ['state: absent', 'hdss7-21'],
    ['state: down', 'hdss7-21'],
    ['state: up, vxlan: { port: 4790 }', 'hdss7-21'],
  ]) {
    await roundTrip(lab, project, `\n- hosts: ${host}\n  tasks:\n    - link: { name: vxlan42, ${how} }\n`, {
      look: () =>
        net
          .on('hdss7-21', 'ip -d route show; ip -d -o link show vxlan42 2>&1 || :')
          .then((text) => text.replace(/^\d+: vxlan/m, 'vxlan')),
    });
    expect(await seen()).toBe(before);
  }
  await net.on('hdss7-21', 'ip route del 198.51.100.0/24; ip neigh del 192.0.2.99 dev vxlan42');
  const back = await project.call('rollback', started?.type === 'run_started' ? started.run : '');
  expect(back.exit, back.stdout).toBe(0);
});

test('the device that the connection comes by is left alone', async () => {
  const before = await stateOf(lab);
  for (const state of ['down', 'absent']) {
    const playbook = await project.playbook(
      'cut.yml',
      `\n- hosts: hdss7-21\n  tasks:\n    - link: { name: eth0, state: ${state} }\n`,
    );
    const refused = await project.call('play', playbook);
    expect(refused.exit).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/it would cut the way to|could not be put back/);
  }
  expect(await stateOf(lab)).toEqual(before);
});
