import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, labExec } from '../../../src/lab/lab.ts';
import type { TestProject } from '../../support/cli.ts';
import { roundTrip } from '../round-trip.ts';
import { labInHostGw, nodes, stateOf } from '../test-lab.ts';

let lab: Lab;
let project: TestProject;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
});
afterAll(() => project.remove());

async function everywhere(text: string): Promise<void> {
  for (const node of nodes) expect(await labExec(lab, node, ['sh', '-ec', text])).toMatchObject({ exit: 0 });
}

test('a chain, a rule in it and the jump to it are made in order and taken back in the other', async () => {
  await roundTrip(
    lab,
    project,
    `
- hosts: flannel
  skip_if_verified: true
  tasks:
    - iptables_chain: &chain { chain: PODS }
    - iptables_rule: &rule { chain: PODS, rule: "-p tcp -m tcp --dport 23 -j REJECT" }
    - iptables_rule: &jump { chain: FORWARD, rule: "-i docker0 -j PODS", position: first }
  verify:
    - iptables_chain: *chain
    - iptables_rule: *rule
    - iptables_rule: *jump
`,
  );
});

test('a chain goes with its rules, a policy is turned, and both come back', async () => {
  await everywhere('iptables -N OLD; iptables -A OLD -s 192.0.2.1 -j ACCEPT; iptables -A OLD -j RETURN');
  await roundTrip(
    lab,
    project,
    `
- hosts: flannel
  skip_if_verified: true
  tasks:
    - iptables_chain: &old { chain: OLD, state: absent }
    - iptables_chain: &policy { chain: OUTPUT, table: filter, policy: ACCEPT }
    - iptables_chain: &drop { chain: INPUT, table: nat, policy: ACCEPT }
  verify:
    - iptables_chain: *old
    - iptables_chain: *policy
    - iptables_chain: *drop
`,
  );
  await everywhere('iptables -F OLD; iptables -X OLD');
});

test('a chain that is in use is not removed, and nothing is left half done', async () => {
  await everywhere('iptables -N OLD; iptables -A OLD -j RETURN; iptables -A FORWARD -j OLD');
  const before = await stateOf(lab, { pids: true });
  const text = '- hosts: flannel\n  tasks:\n    - iptables_chain: { chain: OLD, state: absent }\n';
  const { exit, stdout } = await project.call('play', await project.playbook('in-use.yml', text));
  expect([1, 3], stdout).toContain(exit);
  expect(await stateOf(lab, { pids: true })).toEqual(before);
  await everywhere('iptables -D FORWARD -j OLD; iptables -F OLD; iptables -X OLD');
});
