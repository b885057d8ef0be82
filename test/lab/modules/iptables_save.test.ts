import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, labExec } from '../../../src/lab/lab.ts';
import type { TestProject } from '../../support/cli.ts';
import { roundTrip } from '../round-trip.ts';
import { labInHostGw, nodes } from '../test-lab.ts';

let lab: Lab;
let project: TestProject;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
});
afterAll(() => project.remove());

async function everywhere(text: string): Promise<readonly string[]> {
  const ran = await Promise.all(nodes.map((node) => labExec(lab, node, ['sh', '-ec', text])));
  for (const one of ran) expect(one).toMatchObject({ exit: 0 });
  return ran.map(({ stdout }) => stdout);
}

const play = (args: string): string => `
- hosts: flannel
  skip_if_verified: true
  tasks:
    - iptables_rule: &rule
        table: nat
        chain: POSTROUTING
        rule: -s {{ pod_cidr }} ! -d {{ network }} ! -o {{ bridge }} -j MASQUERADE
        replaces: -s {{ pod_cidr }} ! -o {{ bridge }} -j MASQUERADE
    - iptables_save: &saved ${args}
  verify:
    - iptables_rule: *rule
    - iptables_save: *saved
`;

test('all rules are saved as they are in force, and the old bytes come back', async () => {
  await everywhere('iptables -A FORWARD -s 192.0.2.7 -j ACCEPT');
  await roundTrip(lab, project, play('{ path: /etc/sysconfig/iptables }'), {
    look: () => everywhere('stat -c "%a %u %g" /etc/sysconfig/iptables'),
    meanwhile: async () => {
      for (const saved of await everywhere('cat /etc/sysconfig/iptables')) expect(saved).toContain('192.0.2.7');
    },
  });
  await everywhere('iptables -D FORWARD -s 192.0.2.7 -j ACCEPT');
});

test('one line is changed, and what is in force for the moment is not frozen into the file', async () => {
  await everywhere('iptables -A FORWARD -s 192.0.2.7 -j ACCEPT');
  const other = await everywhere('grep -v MASQUERADE /etc/sysconfig/iptables');
  await roundTrip(lab, project, play('{ path: /etc/sysconfig/iptables, only: *rule }'), {
    meanwhile: async () => {
      expect(await everywhere('grep -v MASQUERADE /etc/sysconfig/iptables')).toEqual(other);
      for (const line of await everywhere('grep MASQUERADE /etc/sysconfig/iptables')) {
        expect(line).toMatch(/^-A POSTROUTING -s \S+ ! -d \S+ ! -o docker0 -j MASQUERADE\n$/);
      }
    },
  });
  await everywhere('iptables -D FORWARD -s 192.0.2.7 -j ACCEPT');
});

test('Debian: a new file for each version of IP, for root alone, and none of them afterwards', async () => {
  await everywhere('mkdir -p /etc/iptables; ip6tables -A FORWARD -s 2001:db8::/32 -j DROP');
  const look = () =>
    everywhere('cd /etc/iptables && for f in *; do [ ! -e "$f" ] || { stat -c "%a %n" $f; cat $f; }; done');
  const text = `
- hosts: flannel
  skip_if_verified: true
  tasks:
    - iptables_save: &four { path: /etc/iptables/rules.v4 }
    - iptables_save: &six { path: /etc/iptables/rules.v6 }
  verify:
    - iptables_save: *four
    - iptables_save: *six
`;
  await roundTrip(lab, project, text, {
    look,
    meanwhile: async () => {
      for (const files of await look()) {
        expect(files).toMatch(/600 rules\.v4\n[\s\S]*MASQUERADE[\s\S]*600 rules\.v6\n[\s\S]*-s 2001:db8::\/32 -j DROP/);
      }
    },
  });
  await everywhere('ip6tables -F FORWARD; rmdir /etc/iptables');
});
