import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countPings } from '../../src/lab/faults.ts';
import { type Lab, labExec } from '../../src/lab/lab.ts';
import { labStatus } from '../../src/lab/status.ts';
import { shipped, type TestProject } from '../support/cli.ts';
import { labInHostGw, nodes, pairs, stateOf } from './test-lab.ts';

let lab: Lab;
let project: TestProject;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
});
afterAll(() => project.remove());

interface Model {
  readonly playbook: string;
  readonly lease: string;
  /** What every route to a peer's pods must look like. */
  readonly route: RegExp;
}

const vxlan: Model = {
  playbook: 'switch-to-vxlan.yml',
  lease: 'vxlan',
  route: / via 172\.\d+\.\d+\.0 dev flannel\.1 .*onlink/,
};
const directrouting: Model = {
  playbook: 'switch-to-directrouting.yml',
  lease: 'vxlan',
  route: / via 10\.4\.\d+\.\d+ dev eth0 /,
};
const hostGw: Model = { playbook: 'switch-to-host-gw.yml', lease: 'host-gw', route: / via 10\.4\.\d+\.\d+ dev eth0 / };

describe.each([
  ['host-gw to VXLAN', vxlan],
  ['VXLAN to DirectRouting', directrouting],
  ['DirectRouting to host-gw', hostGw],
  ['host-gw to DirectRouting', directrouting],
  ['DirectRouting to VXLAN', vxlan],
  ['VXLAN to host-gw', hostGw],
])('%s', (_, model) => {
  test('is kept, loses at most one packet, and holds over every ordered pair of pods', async () => {
    const taken = await routesTaken();
    const pings = await Promise.all(pairs().map(([from, to]) => countPings(lab, from, to)));
    const { exit, stdout, stderr } = await project.run('play', shipped(model.playbook));
    const counted = await Promise.all(pings.map((ping) => ping.stop()));
    expect({ exit, stderr }, stdout).toEqual({ exit: 0, stderr: '' });
    for (const { sent, lost } of counted) {
      expect(sent).toBeGreaterThan(50);
      expect(lost).toBeLessThanOrEqual(1);
    }
    expect(await routesTaken(), 'host-gw takes a route away before it adds its own').toEqual(taken);
    await expectModel(model);
  });

  test('a second play is unchanged and restarts nothing', async () => {
    const before = await stateOf(lab, { pids: true });
    const { exit, stdout } = await project.run('play', shipped(model.playbook));
    expect(exit).toBe(0);
    expect(stdout).toContain('unchanged');
    expect(await stateOf(lab, { pids: true })).toEqual(before);
  });
});

test('the classic order arrives at the same place', async () => {
  const { exit, stdout } = await project.run('play', shipped('switch-classic.yml'));
  expect(exit, stdout).toBe(0);
  await expectModel(vxlan);
  expect((await project.run('play', shipped(hostGw.playbook))).exit).toBe(0);
});

/** How often each node's flanneld, as host-gw, has taken a route of another kind away. */
async function routesTaken(): Promise<number[]> {
  return Promise.all(
    nodes.map(async (node) => {
      const { stdout } = await labExec(lab, node, ['cat', '/data/logs/flanneld/flanneld.stdout.log']);
      return stdout.split('Replacing existing route').length - 1;
    }),
  );
}

async function expectModel(model: Model): Promise<void> {
  const status = await labStatus(lab);
  expect(status.etcd?.leases.map(({ value }) => (value as { BackendType: string }).BackendType)).toEqual(
    nodes.map(() => model.lease),
  );
  for (const node of nodes) {
    const host = status.hosts[node];
    const peers = host?.on ? host.routes.filter((route) => / 172\.\d+\.\d+\.0\/24 via /.test(route)) : [];
    expect(peers).toHaveLength(nodes.length - 1);
    for (const route of peers) expect(route).toMatch(model.route);
  }
  for (const [from, to] of pairs()) {
    const target = lab.plan.hosts.find(({ name }) => name === to)?.pod?.address ?? '';
    const { stdout } = await labExec(lab, from, ['ping', '-n', '-c', '2', '-i', '0.05', '-W', '1', target], {
      pod: true,
    });
    expect(stdout, `${from} to ${to}`).toContain(' 0% packet loss');
  }
}
