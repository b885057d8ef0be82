import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../../src/lab/lab.ts';
import type { TestProject } from '../../support/cli.ts';
import { roundTrip } from '../round-trip.ts';
import { labInHostGw, nodes, stateOf } from '../test-lab.ts';
import { network } from './network.ts';

let lab: Lab;
let project: TestProject;
let net: ReturnType<typeof network>;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
  net = network(lab);
});
afterAll(() => project.remove());

const look = () => net.everything(nodes);

test('addresses are added, and go', async () => {
  await roundTrip(
    lab,
    project,
    `
- hosts: ${nodes.join(',')}
  tasks:
    - address: { address: 192.0.2.10/32, dev: lo }
    - address: { address: "192.0.2.{{ inventory_hostname == 'hdss7-21' ? 129 : 130 }}/25", dev: eth0, label: eth0:svc, broadcast: 192.0.2.255 }
    - address: { address: "2001:db8::{{ inventory_hostname == 'hdss7-21' ? 1 : 2 }}/64", dev: eth0, nodad: true }
`,
    { look },
  );
});

test('the first address of a bridge goes and comes back as the first, with the route that hangs on it', async () => {
  await net.on(
    'hdss7-21',
    `ip address add 192.0.2.1/24 dev docker0; ip address add 192.0.2.2/24 dev docker0
    ip route add 198.51.100.0/24 dev docker0 src 192.0.2.1; ip route add 198.51.101.0/24 dev docker0 src 192.0.2.2`,
  );
  const order = () => net.on('hdss7-21', "ip -o address show dev docker0 | grep -F 192.0.2. | sed 's/^[0-9]*: //'");
  const before = await order();
  await roundTrip(
    lab,
    project,
    '\n- hosts: hdss7-21\n  tasks:\n    - address: { address: 192.0.2.1/24, dev: docker0, state: absent }\n',
    {
      look: order,
      meanwhile: async () => expect(await net.on('hdss7-21', 'ip route')).toContain('198.51.101.0/24'),
    },
  );
  expect(await order()).toBe(before);
  await net.on(
    'hdss7-21',
    'ip route del 198.51.100.0/24; ip address del 192.0.2.2/24 dev docker0; ip address del 192.0.2.1/24 dev docker0',
  );
});

test('the address that the connection comes in by is left alone', async () => {
  const before = await stateOf(lab);
  const address = `${net.addressOf('hdss7-21')}/24`;
  const playbook = await project.playbook(
    'cut.yml',
    `\n- hosts: hdss7-21\n  tasks:\n    - address: { address: ${address}, dev: eth0, state: absent }\n`,
  );
  const refused = await project.call('play', playbook);
  expect(refused.exit).not.toBe(0);
  expect(refused.stdout + refused.stderr).toContain('is the host’s own address on it');
  expect(await stateOf(lab)).toEqual(before);
});
