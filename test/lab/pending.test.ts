import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSshd, stopSshd } from '../../src/lab/faults.ts';
import { type Lab, labExec } from '../../src/lab/lab.ts';
import { labStatus } from '../../src/lab/status.ts';
import { shipped, type TestProject } from '../support/cli.ts';
import { labInHostGw, nodes, pairs } from './test-lab.ts';

let lab: Lab;
let project: TestProject;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
});
afterAll(async () => {
  await startSshd(lab, lost);
  await project.call('play', shipped('switch-to-host-gw.yml'), '--no-commit');
  await project.remove();
});

const lost = 'hdss7-23';

/**
 * The shipped switch for nodes that may be lost: what it proves holds with two backends side by side, and what the new config
 * brings about stays, since a lost node's guard starts flanneld on that.
 */
async function tolerant(): Promise<string> {
  const text = await readFile(shipped('switch-to-vxlan.yml'), 'utf8');
  const whole = text.slice(0, text.indexOf('\n  verify:\n'));
  const required = whole.slice(whole.indexOf('\n  require:\n'), whole.indexOf('\n  tasks:\n'));
  const device = whole.slice(whole.indexOf('    - name: A flannel.1'), whole.indexOf('    - name: Stop flanneld'));
  const head = whole.replace(required, '').replace(device, '');
  const verify = `
  verify:
    - name: The network config is in force
      run_once: true
      delegate_to: "{{ etcd_host }}"
      etcd_key: *config

    - name: flanneld runs
      supervisor: { program: flanneld, state: running }

    - name: Every pod answers
      retries: 20
      delay: 500ms
      verify_ping: { targets: "{{ peers.map(peer, peer.pod_ip) }}", mesh: true, netns: "{{ netns }}", source: "{{ source }}" }
`;
  const tolerance = 'rollback: on_failure\n  guard: 5s\n  max_fail_percentage: 34';
  return project.playbook('switch.yml', head.replace('rollback: on_failure', tolerance) + verify);
}

async function leftOn(host: string): Promise<string> {
  const script = 'ls -d /run/runbook/* /run/lock/runbook* 2>/dev/null; exit 0';
  return (await labExec(lab, host, ['sh', '-c', script])).stdout;
}

test('a node that is lost in mid-switch is pending, mended by its guard, and completed when it is back', async () => {
  const { child, ended } = project.start('play', await tolerant(), '--no-commit', '-o', 'ndjson');
  let seen = '';
  let cut: Promise<void> | undefined;
  child.stdout?.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    if (/"type":"task_started","phase":"tasks"[^\n]*"name":"Start flanneld"/.test(seen)) cut ??= stopSshd(lab, lost);
  });
  const { exit, stdout, stderr } = await ended;
  await cut;
  expect(exit, `${stdout.slice(-4_000)}${stderr}`).toBe(4);
  const [run = ''] = (await project.events()).flatMap((event) => (event.type === 'run_started' ? [event.run] : []));

  const listed = await project.call('pending');
  expect(listed.stdout).toContain(run);
  expect(listed.stdout).toMatch(new RegExp(`${lost} .*since .*lost`));
  expect(listed.stdout).toContain('supervisor: Start flanneld');
  const away = await project.call('resume', run, '--no-commit');
  expect(away.exit, away.stdout).toBe(2);
  expect(away.stdout).toContain('Still pending');

  await labExec(lab, lost, ['sh', '-c', 'until ls /run/runbook/*/done >/dev/null 2>&1; do sleep 0.2; done']);
  await startSshd(lab, lost);
  const resumed = await project.call('resume', run, '--no-commit');
  expect(resumed.exit, `${resumed.stdout.slice(-4_000)}${resumed.stderr}`).toBe(0);
  expect((await project.call('pending')).stdout).toBe('No host is pending.\n');

  const status = await labStatus(lab);
  expect(status.etcd?.leases.map(({ value }) => (value as { BackendType: string }).BackendType)).toEqual(
    nodes.map(() => 'vxlan'),
  );
  for (const [from, to] of pairs()) {
    const target = lab.plan.hosts.find(({ name }) => name === to)?.pod?.address ?? '';
    const ping = await labExec(lab, from, ['ping', '-n', '-c', '2', '-i', '0.05', '-W', '1', target], { pod: true });
    expect(ping.stdout, `${from} to ${to}`).toContain(' 0% packet loss');
  }
  for (const host of ['hdss7-12', ...nodes]) expect(await leftOn(host)).toBe('');
});
