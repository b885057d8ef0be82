import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reason } from '../../src/core/failure.ts';
import { powerOff, powerOn, startSshd, stopSshd } from '../../src/lab/faults.ts';
import { type Lab, labExec, labHost } from '../../src/lab/lab.ts';
import { etcdOf, portOf } from '../../src/lab/plan.ts';
import { initOf } from '../../src/lab/power.ts';
import { must, run, until } from '../../src/lab/shell.ts';
import type { KindName } from './kinds.ts';

/** Where the controller keeps its history, and how large the disk under it is. */
export const disk = { folder: '.runbook', filler: 'filler', bytes: 4 * 1024 * 1024 };

/** Does to the lab, or to the controller's disk, what the fault says. Kinds that need no help from the world do nothing here. */
export async function strike(kind: KindName, lab: Lab, host: string, project: string): Promise<void> {
  switch (kind) {
    case 'cut-during':
      await labExec(lab, host, ['pkill', '-KILL', '-f', '^sshd: root']);
      return;
    case 'sshd-gone':
      return stopSshd(lab, host);
    case 'sshd-flap':
      await stopSshd(lab, host);
      return startSshd(lab, host);
    case 'power-off':
    case 'power-off-during':
      return cutPower(lab, host);
    case 'power-cycle':
      await cutPower(lab, host);
      return powerOn(lab, host);
    case 'wire-cut':
      return setPort(lab, host, 'down');
    case 'etcd-stopped':
      await onEtcd(lab, ['pkill', '-STOP', '-x', 'etcd']);
      return;
    case 'etcd-crash':
      await onEtcd(lab, ['pkill', '-KILL', '-x', 'etcd']);
      return;
    case 'run-full':
      await labExec(lab, host, ['sh', '-c', fillRun]);
      return;
    case 'journal-full':
      return fill(join(project, disk.folder, disk.filler));
    default:
      return;
  }
}

/** Takes every lasting fault back, whichever there was. Resolves when every host runs and can be logged in to. */
export async function heal(lab: Lab, project: string): Promise<void> {
  await rm(join(project, disk.folder, disk.filler), { force: true });
  for (const { name } of lab.plan.hosts) await setPort(lab, name, 'up').catch(() => undefined);
  await Promise.all(
    lab.plan.hosts.map(async (host) => {
      if ((await initOf(lab.plan, host)) === undefined) return powerOn(lab, host.name);
      await labExec(lab, host.name, ['mount', '-o', 'remount,size=50%', '/run']);
      return startSshd(lab, host.name);
    }),
  );
  await onEtcd(lab, ['pkill', '-CONT', '-x', 'etcd']);
  await until('etcd answers', async () => {
    const address = etcdOf(lab.plan)?.address;
    const health = { signal: AbortSignal.timeout(1_000) };
    return (await fetch(`http://${address}:2379/health`, health).catch(() => undefined))?.ok ? true : undefined;
  });
}

/** The controller finds out at once that a host is off; by itself its kernel would try for seconds. */
export async function hastenNeighbours(lab: Lab): Promise<void> {
  const { link } = lab.plan.controller;
  const settings = ['retrans_time_ms=100', 'mcast_solicit=1', 'ucast_solicit=1', 'delay_first_probe_time=0'];
  await must(['sysctl', '-q', '-w', ...settings.map((setting) => `net.ipv4.neigh.${link}.${setting}`)]);
}

async function cutPower(lab: Lab, host: string): Promise<void> {
  await powerOff(lab, host);
  await run(['ip', 'neigh', 'flush', 'dev', lab.plan.controller.link, 'to', labHost(lab, host).address]);
}

async function setPort(lab: Lab, host: string, state: 'up' | 'down'): Promise<void> {
  await must(['ip', '-n', lab.plan.switchNetns, 'link', 'set', portOf(labHost(lab, host)), state]);
}

async function onEtcd(lab: Lab, argv: readonly string[]): Promise<void> {
  const host = etcdOf(lab.plan);
  // Where an earlier fault has taken its power there is nothing to be done to it.
  const isOn = host !== undefined && (await initOf(lab.plan, host)) !== undefined;
  if (isOn) await labExec(lab, host.name, argv);
}

/** As large as what is in it: not one byte more can be written. */
const fillRun =
  'used=$(df -k /run | tail -n 1 | { read -r _ _ used _; echo "$used"; }); mount -o "remount,size=${used}k" /run';

/** Writes until the disk takes no more. */
async function fill(path: string): Promise<void> {
  for (let size = disk.bytes; size >= 1; size = Math.floor(size / 2)) {
    while (await appended(path, size));
  }
}

async function appended(path: string, size: number): Promise<boolean> {
  return writeFile(path, Buffer.alloc(size), { flag: 'a' }).then(
    () => true,
    (thrown: unknown) => {
      if (!reason(thrown).includes('ENOSPC')) throw thrown;
      return false;
    },
  );
}
