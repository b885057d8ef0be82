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

test('neighbours are configured, and forgotten', async () => {
  const near = net.addressOf('hdss7-21').replace(/\.\d+$/, '');
  await roundTrip(
    lab,
    project,
    `
- hosts: ${nodes.join(',')}
  tasks:
    - neighbour: { address: ${near}.99, lladdr: "02:00:00:00:00:99", dev: eth0 }
    - neighbour: { address: ${near}.98, dev: eth0, proxy: true }
`,
    { look },
  );
});

test('what a program changes while it is protected comes back', async () => {
  const near = net.addressOf('hdss7-21').replace(/\.\d+$/, '');
  await net.on('hdss7-21', `ip neigh add ${near}.97 lladdr 02:00:00:00:00:97 dev eth0`);
  await roundTrip(
    lab,
    project,
    `
- hosts: hdss7-21
  skip_if_verified: true
  tasks:
    - protect: true
      neighbour: { dev: eth0 }
    - command: { argv: [ip, neigh, replace, ${near}.97, lladdr, "02:00:00:00:00:01", dev, eth0], undo: ["true"] }
  verify:
    - neighbour: { address: ${near}.97, lladdr: "02:00:00:00:00:01", dev: eth0 }
`,
    { look },
  );
  await net.on('hdss7-21', `ip neigh del ${near}.97 dev eth0`);
});
