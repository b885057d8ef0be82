import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, labDown, labExec, labUp, openLab } from '../../src/lab/lab.ts';
import { ownFlanneld } from '../../src/lab/plan.ts';
import type { Snapshot } from '../../src/lab/snapshot/shape.ts';
import { shipped, TestProject } from '../support/cli.ts';
import { stateOf, testLab } from './test-lab.ts';

const number = testLab.network.split('.')[2];
const real = { name: `${testLab.name}re`, nodes: 2, network: `10.5.${number}.0/24`, pods: `10.${number}.0.0/16` };
const copy = `${testLab.name}co`;
const config = `{ "Network": "${real.pods}",  "Backend": {"Type": "VxLAN"} }`;

let lab: Lab;
let project: TestProject;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runbook-rehearse-'));
  await labDown(copy);
  await labDown(real.name);
  lab = await labUp({ ...real, backend: { Type: 'VxLAN' }, ...ownFlanneld(process.env) });
  project = await TestProject.create(lab.inventory);
});

afterAll(async () => {
  await labDown(real.name);
  await labDown(copy);
  await project.remove();
  await rm(folder, { recursive: true, force: true });
});

async function on(host: string, ...argv: string[]): Promise<void> {
  expect(await labExec(lab, host, argv), `${host}: ${argv.join(' ')}`).toMatchObject({ exit: 0 });
}

test('a lab that was changed by hand is captured, raised again from the file, and a change is tried on the copy', async () => {
  const [one, other] = ['hdss7-21', 'hdss7-22'];
  await on('hdss7-12', 'env', 'ETCDCTL_API=2', 'etcdctl', 'set', '/coreos.com/network/config', config);
  await on(
    one,
    'ip',
    'route',
    'add',
    '10.99.0.0/16',
    'via',
    `10.5.${number}.22`,
    'metric',
    '50',
    'mtu',
    'lock',
    '1400',
  );
  await on(one, 'ip', 'route', 'add', `10.${number}.99.0/24`, 'via', `10.5.${number}.22`);
  const rule = ['-s', `10.${number}.21.9`, '-p', 'tcp', '--dport', '80', '-m', 'comment', '--comment', `a 'b' "c"`];
  await on(one, 'iptables', '-t', 'nat', '-I', 'POSTROUTING', ...rule, '-j', 'RETURN');
  await on(other, 'ip', 'rule', 'add', 'from', '10.8.0.0/16', 'fwmark', '3', 'lookup', '100', 'pref', '77');
  await on(other, 'ip', 'route', 'add', 'blackhole', '10.77.0.0/16', 'table', '100');
  await on(other, 'sh', '-c', 'echo 2 >/proc/sys/net/ipv4/conf/eth0/rp_filter');

  const file = join(folder, 'status.json');
  expect(await project.call('snapshot', '-o', file)).toMatchObject({ exit: 0, stdout: '' });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const snapshot = JSON.parse(await readFile(file, 'utf8')) as Snapshot;
  expect(snapshot.hosts[other]?.etcd?.config).toBe(config);
  expect(snapshot.hosts[other]?.sysctl).toMatchObject({ 'net/ipv4/conf/eth0/rp_filter': '2' });
  const before = await stateOf(lab);

  const inTheWay = await project.call('lab', 'up', '--name', copy, '--from', file);
  expect(inTheWay).toMatchObject({ exit: 2, stdout: '' });
  expect(inTheWay.stderr).toContain(`This machine itself uses ${real.network}`);

  await labDown(real.name);
  const raised = await project.call('lab', 'up', '--name', copy, '--from', file);
  expect(raised.stderr).toContain('all of the snapshot was rebuilt');
  expect(raised).toMatchObject({ exit: 0 });
  const rehearsal = await openLab(copy);
  expect(await stateOf(rehearsal)).toEqual(before);
  const rules = await labExec(rehearsal, other, ['ip', 'rule', 'show', 'pref', '77']);
  expect(rules.stdout).toContain('from 10.8.0.0/16 fwmark 0x3 lookup 100');
  const filter = await labExec(rehearsal, other, ['cat', '/proc/sys/net/ipv4/conf/eth0/rp_filter']);
  expect(filter.stdout).toBe('2\n');

  const inventory = raised.stdout.trim();
  const args = [shipped('switch-to-host-gw.yml'), '-i', inventory, '--no-commit'];
  expect(await project.call('play', ...args)).toMatchObject({ exit: 0 });
  expect(await stateOf(rehearsal)).not.toEqual(before);
});
