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

test('routes of every kind are made, and go', async () => {
  const via = (last: number) => net.addressOf('hdss7-21').replace(/\.\d+$/, `.${last}`);
  await roundTrip(
    lab,
    project,
    `
- hosts: ${nodes.join(',')}
  tasks:
    - route: { to: 192.0.2.0/25, via: ${via(2)}, dev: eth0, mtu: 1300, mtu_lock: true, advmss: 1200, proto: static, metric: 50 }
    - route: { to: 192.0.2.128/25, nexthops: [{ via: ${via(2)}, weight: 2 }, { via: ${via(12)} }] }
    - route: { to: 198.51.100.0/24, type: blackhole, table: 100, tos: "0x10" }
    - route: { to: 203.0.113.9, via: 203.0.113.9, dev: eth0, onlink: true, realm: "7" }
    - route: { to: 203.0.113.10, dev: eth0, encap: "ip id 5 dst ${via(12)}" }
`,
    { look },
  );
});

test('all routes to the pods go, in the order of the kernel they come back', async () => {
  // flanneld would put them back within ten seconds.
  for (const host of nodes) await net.on(host, 'supervisorctl stop flanneld');
  await net.on(
    'hdss7-21',
    `ip route append ${net.podsOf('hdss7-22')} via ${net.addressOf('hdss7-23')} proto bird
    ip route append ${net.podsOf('hdss7-22')} via ${net.addressOf('hdss7-23')} metric 9 mtu 1400`,
  );
  await roundTrip(
    lab,
    project,
    `
- hosts: ${nodes.join(',')}
  tasks:
    - route: { within: ${lab.plan.pods}, except: { dev: docker0 }, state: absent }
`,
    { look },
  );
  await net.on(
    'hdss7-21',
    `ip route del ${net.podsOf('hdss7-22')} proto bird; ip route del ${net.podsOf('hdss7-22')} metric 9`,
  );
  for (const host of nodes) await net.on(host, 'supervisorctl start flanneld');
});

test('of a set only what one program made', async () => {
  await net.on(
    'hdss7-21',
    'ip route add 192.0.2.0/25 dev docker0 proto bird; ip route add 192.0.2.128/25 dev docker0 proto static',
  );
  await roundTrip(
    lab,
    project,
    '\n- hosts: hdss7-21\n  tasks:\n    - route: { within: 192.0.2.0/24, proto: bird, state: absent }\n',
    {
      look,
      meanwhile: async () => expect(await net.on('hdss7-21', 'ip route show proto static')).toContain('192.0.2.128/25'),
    },
  );
  await net.on('hdss7-21', 'ip route del 192.0.2.0/25; ip route del 192.0.2.128/25');
});

test('a host whose ip is BusyBox’s is read and left as it is', async () => {
  // flanneld needs a whole ip.
  await net.on('hdss7-21', 'supervisorctl stop flanneld');
  const before = await stateOf(lab);
  await net.on(
    'hdss7-21',
    'mkdir -p /usr/local/sbin && printf "#!/bin/sh\\nexec busybox ip \\"\\$@\\"\\n" >/usr/local/sbin/ip && chmod 755 /usr/local/sbin/ip',
  );
  try {
    const peer = `to: ${net.podsOf('hdss7-22')}, via: ${net.addressOf('hdss7-22')}`;
    const same = await project.playbook(
      'same.yml',
      `\n- hosts: hdss7-21\n  tasks:\n    - route: { ${peer}, dev: eth0 }\n`,
    );
    expect(await project.call('play', same)).toMatchObject({ exit: 0 });
    const other = await project.playbook(
      'other.yml',
      `\n- hosts: hdss7-21\n  tasks:\n    - route: { ${peer}, metric: 5 }\n`,
    );
    const refused = await project.call('play', other);
    expect(refused.exit, refused.stdout).not.toBe(0);
    expect(refused.stdout + refused.stderr).toContain('only BusyBox');
  } finally {
    await net.on('hdss7-21', 'rm -f /usr/local/sbin/ip');
  }
  expect(await stateOf(lab)).toEqual(before);
  await net.on('hdss7-21', 'supervisorctl start flanneld');
});
