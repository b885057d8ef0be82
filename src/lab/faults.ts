import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Failure } from '../core/failure.ts';
import { ensureSshd } from './cluster.ts';
import { type Lab, labExec, labHost } from './lab.ts';
import * as power from './power.ts';
import { environment, until } from './shell.ts';
import { inSwitch } from './switch.ts';

/** Cuts a host's power: no farewell, its memory is gone, its disk stays. */
export async function powerOff(lab: Lab, host: string): Promise<void> {
  await power.powerOff(lab.plan, labHost(lab, host));
}

/** Boots a host anew, with a new boot id. Resolves when its sshd and supervisord run. */
export async function powerOn(lab: Lab, host: string): Promise<void> {
  await power.powerOn(lab.plan, labHost(lab, host));
}

/** Kills a host's sshd and every session of it; what the sessions had started lives on. */
export async function stopSshd(lab: Lab, host: string): Promise<void> {
  await labExec(lab, host, ['pkill', '-KILL', '^sshd']);
  await until(`sshd of ${host} is gone`, async () =>
    (await labExec(lab, host, ['pgrep', '^sshd'])).exit === 0 ? undefined : true,
  );
}

/** Starts a host's sshd again; one that runs is left alone. */
export async function startSshd(lab: Lab, host: string): Promise<void> {
  await ensureSshd(lab.plan, labHost(lab, host));
}

/** Drops UDP to this port between two hosts, both ways, on the wire: neither host can see it in its own rules. Twice is as once. */
export async function blockUdp(lab: Lab, hostA: string, hostB: string, port = 8472): Promise<void> {
  await unblockUdp(lab, hostA, hostB, port);
  for (const rule of wireRules(lab, hostA, hostB, port))
    await inSwitch(lab.plan, ['ebtables', '-A', 'FORWARD', ...rule]);
}

/** Lets through again what {@link blockUdp} dropped; nothing happens when nothing was. */
export async function unblockUdp(lab: Lab, hostA: string, hostB: string, port = 8472): Promise<void> {
  for (const rule of wireRules(lab, hostA, hostB, port)) {
    await inSwitch(lab.plan, ['ebtables', '-D', 'FORWARD', ...rule]).catch(() => undefined);
  }
}

/** What a {@link countPings} saw. Lost are those that had no answer, but for what was still under way at the end. */
export interface PingCount {
  sent: number;
  received: number;
  lost: number;
  /** The longest run of lost ones. */
  longestLoss: number;
}

/** Pings from one host's pod to another's, every 10 ms by default, until stopped; `stop` tells what came back. */
export async function countPings(
  lab: Lab,
  from: string,
  to: string,
  options: { intervalMs?: number } = {},
): Promise<{ stop: () => Promise<PingCount> }> {
  const target = labHost(lab, to).pod?.address;
  const init = await power.initOf(lab.plan, labHost(lab, from));
  if (!target || !init) throw new Failure('invalid', `There is no pod to ping from ${from} to ${to}`);
  const interval = `${(options.intervalMs ?? 10) / 1000}`;
  const namespace = `--net=/proc/${init}/root/run/netns/pod`;
  const child = spawn('nsenter', [namespace, '--', 'ping', '-n', '-i', interval, '-W', '1', target], {
    env: { ...environment, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const closed = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
    child.on('error', () => resolve());
  });
  return {
    stop: async () => {
      const alive = await Promise.race([once(child.stdout, 'data'), setTimeout(1000)]);
      child.kill('SIGINT');
      await closed;
      return pingCount(text, { alive: alive !== undefined });
    },
  };
}

/**
 * Reads what iputils' ping printed until it was interrupted. `alive`: answers still came, so that what was sent after the last of
 * them may have been under way; on a busy machine that is more than one.
 */
export function pingCount(text: string, { alive }: { alive: boolean }): PingCount {
  const answered = new Set([...text.matchAll(/icmp_seq=(\d+) ttl=/g)].map((match) => Number(match[1])));
  const sent = Number(/^(\d+) packets transmitted/m.exec(text)?.[1] ?? 0);
  const end = alive ? Math.max(0, ...answered) : sent;
  let lost = 0;
  let longestLoss = 0;
  let row = 0;
  for (let sequence = 1; sequence < end; sequence++) {
    row = answered.has(sequence) ? 0 : row + 1;
    if (row > 0) lost++;
    longestLoss = Math.max(longestLoss, row);
  }
  return { sent, received: answered.size, lost, longestLoss };
}

function wireRules(lab: Lab, hostA: string, hostB: string, port: number): string[][] {
  const [a, b] = [labHost(lab, hostA).address, labHost(lab, hostB).address];
  const rule = (from: string, to: string): string[] => [
    '-p',
    'IPv4',
    '--ip-src',
    from,
    '--ip-dst',
    to,
    '--ip-proto',
    'udp',
    '--ip-dport',
    `${port}`,
    '-j',
    'DROP',
  ];
  return [rule(a, b), rule(b, a)];
}
