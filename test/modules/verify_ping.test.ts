import { expect, test } from 'vitest';
import { verifyPing } from '../../src/modules/verify_ping.ts';
import { answers, asCheck } from '../support/laws.ts';
import { runHere } from '../support/run-command.ts';

const args = { target: '198.18.7.2', netns: 'rbrec' };
const some = { ...args, loss: '34%' };

answers(verifyPing, [
  ...['iputils', 'busybox'].flatMap((ping) => [
    { name: `${ping}: all answered`, args, host: `${ping}-answers`, ok: true, because: '3 of 3 answered, 0% loss' },
    { name: `${ping}: many`, args: { ...args, count: 30 }, host: `${ping}-many`, ok: true, because: /^30 of 30/ },
    {
      name: `${ping}: exit 0, but not all answered`,
      args,
      host: `${ping}-some-loss`,
      ok: false,
      because: '2 of 3 answered, 33.33% loss, at most 0% is allowed',
    },
    {
      name: `${ping}: as much loss as is allowed`,
      args: some,
      host: `${ping}-some-loss`,
      ok: true,
      because: '2 of 3 answered, 33.33% loss',
    },
    { name: `${ping}: nobody`, args, host: `${ping}-nobody`, ok: false, because: /^0 of 2 answered, 100% loss/ },
    {
      name: `${ping}: no such name`,
      args,
      host: `${ping}-unknown-name`,
      ok: false,
      because: /^ping gave no result: exit [12]: ping: .*no.such.name/,
    },
    {
      name: `${ping}: not an address of the host`,
      args,
      host: `${ping}-bad-source`,
      ok: false,
      because: /^ping gave no result: exit [12]: ping: /,
    },
    {
      name: `${ping}: no such namespace`,
      args,
      host: `${ping}-no-namespace`,
      ok: false,
      because: /Cannot open network namespace "rbnone"/,
    },
  ]),
  {
    name: 'a packet that is too big says so',
    args: { ...args, size: 1423, df: true },
    host: 'iputils-too-big',
    ok: false,
    because: '0 of 3 answered, 100% loss, at most 0% is allowed (local error: message too long, mtu=1450)',
  },
  {
    name: 'BusyBox cannot forbid fragments',
    args: { ...args, df: true },
    host: 'busybox-df',
    ok: false,
    because: /^ping gave no result/,
  },
  {
    name: 'a host that does not answer',
    args,
    host: { exit: null, cut: 'lost' },
    ok: false,
    because: /connection lost/,
  },
]);

test('one packet lost of a thousand is a loss, whatever the summary rounds it to', () => {
  const stdout = '1000 packets transmitted, 999 packets received, 0% packet loss\n';
  const outcome = { exit: 0, stdout, stderr: '', startedAt: '', ms: 1 };
  expect(asCheck(verifyPing).judge(outcome, args)).toMatchObject({
    ok: false,
    because: expect.stringMatching(/0\.1% loss/),
  });
});

test('every argument reaches ping', () => {
  const probe = asCheck(verifyPing).probe({
    ...{ target: '172.7.22.2', count: 5, interval: '500ms', timeout: '1500ms', source: '172.7.21.1' },
    ...{ size: 1422, df: true, netns: 'pod' },
  });
  expect(probe.argv.join(' ')).toBe(
    'ip netns exec pod ping -n -c 5 -i 0.5 -W 2 -I 172.7.21.1 -s 1422 -M do 172.7.22.2',
  );
  expect(probe.env).toEqual({ LC_ALL: 'C' });
});

test('this machine answers itself', async () => {
  const it = asCheck(verifyPing);
  const outcome = await runHere(it.probe({ target: '127.0.0.1', interval: '10ms' }));
  expect(it.judge(outcome, { target: '127.0.0.1' })).toEqual({ ok: true, because: '3 of 3 answered, 0% loss' });
});
