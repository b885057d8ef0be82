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

const values = () =>
  Promise.all(
    hosts.map((host) =>
      net.on(
        host,
        'sysctl -a 2>/dev/null | grep -E "forwarding|ip_forward|rp_filter" | sort; ls /etc/sysctl.d; cat /etc/sysctl.d/* /etc/sysctl.conf 2>/dev/null || :',
      ),
    ),
  );

test('parameters are set, now and at boot, and come back with the file', async () => {
  await roundTrip(
    lab,
    project,
    `
- hosts: ${hosts.join(',')}
  tasks:
    - sysctl: { name: net.ipv4.conf.all.rp_filter, value: 2, file: /etc/sysctl.d/90-pods.conf }
    - sysctl: { name: net.ipv4.conf.eth0.rp_filter, value: 0, file: /etc/sysctl.d/90-pods.conf }
    - sysctl: { name: net.ipv6.conf.all.forwarding, value: 1 }
`,
    { look: values },
  );
});

test('a line of a file that others wrote is changed in its place', async () => {
  const text = '# forwarding of pods\nnet.ipv4.ip_forward=1\nvm.swappiness = 10\n';
  await net.on(
    'hdss7-21',
    `printf '%s' '${text}' >/etc/sysctl.d/50-others.conf; chmod 640 /etc/sysctl.d/50-others.conf`,
  );
  await roundTrip(
    lab,
    project,
    '\n- hosts: hdss7-21\n  tasks:\n    - sysctl: { name: net.ipv4.ip_forward, value: 0, file: /etc/sysctl.d/50-others.conf }\n',
    {
      look: values,
      meanwhile: async () =>
        expect(
          await net.on('hdss7-21', 'cat /etc/sysctl.d/50-others.conf; stat -c %a /etc/sysctl.d/50-others.conf'),
        ).toBe(`${text.replace('ip_forward=1', 'ip_forward = 0')}640\n`),
    },
  );
  await net.on('hdss7-21', 'rm /etc/sysctl.d/50-others.conf');
});

test('a name that the kernel does not know fails before anything is changed', async () => {
  const before = await stateOf(lab);
  const playbook = await project.playbook(
    'unknown.yml',
    '\n- hosts: hdss7-21\n  tasks:\n    - sysctl: { name: net.ipv4.nosuch, value: 1 }\n',
  );
  const failed = await project.call('play', playbook);
  expect(failed.exit).not.toBe(0);
  expect(failed.stdout + failed.stderr).toContain('No such file or directory');
  expect(await stateOf(lab)).toEqual(before);
});
