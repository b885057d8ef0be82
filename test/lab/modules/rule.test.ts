import { afterAll, beforeAll, test } from 'vitest';
import type { Lab } from '../../../src/lab/lab.ts';
import type { TestProject } from '../../support/cli.ts';
import { roundTrip } from '../round-trip.ts';
import { labInHostGw, nodes } from '../test-lab.ts';
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

test('rules and their table are made, and go', async () => {
  await roundTrip(
    lab,
    project,
    `
- hosts: ${nodes.join(',')}
  tasks:
    - route: { to: default, via: ${net.addressOf('hdss7-12')}, table: 100 }
    - rule: { priority: 1000, from: ${lab.plan.pods}, table: 100, suppress_prefixlength: 0 }
    - rule: { priority: 1001, fwmark: "0x10/0xff", iif: docker0, ipproto: tcp, dport: 80, type: prohibit }
    - rule: { family: 6, oif: eth0, table: 9 }
`,
    { look },
  );
});

test('a rule that goes comes back before the others of its priority', async () => {
  await net.on(
    'hdss7-21',
    'ip rule add priority 700 from 192.0.2.1 lookup 5; ip rule add priority 700 from 192.0.2.2 lookup 6',
  );
  await roundTrip(
    lab,
    project,
    '\n- hosts: hdss7-21\n  tasks:\n    - rule: { priority: 700, from: 192.0.2.1, state: absent }\n',
    { look },
  );
  await roundTrip(
    lab,
    project,
    '\n- hosts: hdss7-21\n  tasks:\n    - rule: { priority: 700, from: 192.0.2.1, table: 7 }\n',
    { look },
  );
  await net.on('hdss7-21', 'ip rule del priority 700; ip rule del priority 700');
});
