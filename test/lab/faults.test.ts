import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blockUdp, pingCount, powerOff, powerOn, startSshd, stopSshd, unblockUdp } from '../../src/lab/faults.ts';
import { type Lab, labDown, labExec, labUp } from '../../src/lab/lab.ts';
import { ownFlanneld } from '../../src/lab/plan.ts';
import { until } from '../../src/lab/shell.ts';
import { comparable, labStatus } from '../../src/lab/status.ts';
import { inSwitch } from '../../src/lab/switch.ts';
import { bed } from './bed.ts';
import { ownLab } from './labs.ts';

const options = { name: ownLab('flt'), network: '10.77.4.0/24', nodes: 2, ...ownFlanneld(process.env) };
let lab: Lab;
let on: ReturnType<typeof bed>;

beforeAll(async () => {
  await labDown(options.name);
  lab = await labUp(options);
  on = bed(lab);
});
afterAll(async () => {
  await labDown(options.name);
});

describe('faults', () => {
  const reaches = async (): Promise<boolean> =>
    (await labExec(lab, 'hdss7-21', ['ping', '-c', '2', '-i', '0.1', '-W', '1', '172.7.22.2'], { pod: true })).exit ===
    0;

  test('UDP 8472 blocked on the wire cuts vxlan, and no host can see why', async () => {
    await on.switchTo({ Type: 'vxlan' }, / dev flannel\.1 onlink$/);
    expect(await reaches()).toBe(true);
    const before = comparable(await labStatus(lab));
    await blockUdp(lab, 'hdss7-21', 'hdss7-22');
    expect(await reaches()).toBe(false);
    expect((await labExec(lab, 'hdss7-21', ['ping', '-c', '1', '-W', '1', '10.77.4.22'])).exit).toBe(0);
    expect(comparable(await labStatus(lab))).toEqual(before);
    await unblockUdp(lab, 'hdss7-21', 'hdss7-22');
    expect(await reaches()).toBe(true);
    await on.switchTo({ Type: 'host-gw' }, / dev eth0$/);
  });

  test('sshd stops and starts while the host lives', async () => {
    const pids = (await on.hostState('hdss7-21')).programs;
    await stopSshd(lab, 'hdss7-21');
    const stopped = await on.hostState('hdss7-21');
    expect(stopped.sshd).toBe(false);
    expect(stopped.programs).toEqual(pids);
    await startSshd(lab, 'hdss7-21');
    expect((await on.hostState('hdss7-21')).sshd).toBe(true);
  });

  test('power lost: the memory is gone, the disk is not, and the host finds its way back', async () => {
    const before = await on.hostState('hdss7-21');
    await on.said('hdss7-21', ['sh', '-c', 'echo kept >/opt/kept; echo gone >/run/gone']);
    await powerOff(lab, 'hdss7-21');
    expect((await labStatus(lab)).hosts['hdss7-21']).toEqual({ on: false });
    await expect(labExec(lab, 'hdss7-21', ['true'])).rejects.toMatchObject({ code: 'unreachable' });
    await powerOn(lab, 'hdss7-21');
    await until('the pod answers again', async () => ((await reaches()) ? true : undefined));
    const after = await on.hostState('hdss7-21');
    expect(after.bootId).not.toBe(before.bootId);
    expect(after.routes).toEqual(before.routes);
    expect(after.nat).toEqual(before.nat);
    expect(await on.said('hdss7-21', ['sh', '-c', 'cat /opt/kept; ls /run/gone || true'])).toBe('kept');
  });

  test('raising the lab again mends what is off, dead or cut', async () => {
    await powerOff(lab, 'hdss7-22');
    await stopSshd(lab, 'hdss7-21');
    await blockUdp(lab, 'hdss7-21', 'hdss7-22', 33_434);
    await labUp(options);
    expect(await reaches()).toBe(true);
    expect(await on.hostState('hdss7-21')).toMatchObject({ sshd: true });
    expect(await inSwitch(lab.plan, ['ebtables', '-L', 'FORWARD'])).not.toContain('DROP');
  });
});

test('ping’s answers are counted by sequence, but for what may be under way', () => {
  const answer = (sequence: number): string => `64 bytes from 172.7.22.2: icmp_seq=${sequence} ttl=62 time=0.1 ms\n`;
  const text = `${answer(1)}${answer(2)}${answer(5)}\n--- ping statistics ---\n9 packets transmitted, 3 received\n`;
  expect(pingCount(text, { alive: true })).toEqual({ sent: 9, received: 3, lost: 2, longestLoss: 2 });
  expect(pingCount(text, { alive: false })).toEqual({ sent: 9, received: 3, lost: 5, longestLoss: 3 });
});
