import { expect } from 'vitest';
import { type Lab, labExec } from '../../src/lab/lab.ts';
import { configKey, nodesOf } from '../../src/lab/plan.ts';
import { until } from '../../src/lab/shell.ts';
import { type HostState, labStatus } from '../../src/lab/status.ts';

/** What a test asks of a lab and does to it by hand, without anything of the product above the lab. */
export function bed(lab: Lab) {
  async function said(host: string, argv: string[], how: { pod?: boolean } = {}): Promise<string> {
    const ran = await labExec(lab, host, argv, { ...how, timeoutMs: 20_000 });
    expect(ran, `${host}: ${argv.join(' ')}`).toMatchObject({ exit: 0 });
    return ran.stdout.trim();
  }

  function etcdctl(...argv: string[]): Promise<string> {
    const client = ['env', 'ETCDCTL_API=2', 'etcdctl', '--no-sync', '--endpoints', 'http://127.0.0.1:2379'];
    return said('hdss7-12', [...client, ...argv]);
  }

  async function hostState(host: string): Promise<HostState> {
    const state = (await labStatus(lab)).hosts[host];
    if (!state?.on) throw new Error(`${host} is off`);
    return state;
  }

  /** The one route of a host to another's pods. */
  async function peerRoute(host: string): Promise<string | undefined> {
    const { routes } = await hostState(host);
    return routes
      .find((route) => route.startsWith('unicast 172.7.'))
      ?.replace(' table main proto boot scope global', '');
  }

  /** Stops flanneld on every node, writes the config, starts it again; resolves when the routes are of the wanted shape. */
  async function switchTo(backend: object, shape: RegExp): Promise<void> {
    const nodes = nodesOf(lab.plan).map((host) => host.name);
    for (const node of nodes) await said(node, ['supervisorctl', 'stop', 'flanneld']);
    await etcdctl('set', configKey, JSON.stringify({ Network: '172.7.0.0/16', Backend: backend }));
    for (const node of nodes) await said(node, ['supervisorctl', 'start', 'flanneld']);
    for (const node of nodes) {
      await until(`${node} routes by ${shape}`, async () =>
        shape.test((await peerRoute(node)) ?? '') ? true : undefined,
      );
    }
  }

  function flannelLog(host: string): Promise<string> {
    return said(host, ['cat', '/data/logs/flanneld/flanneld.stdout.log']);
  }

  return { said, etcdctl, hostState, peerRoute, switchTo, flannelLog };
}
