import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { verifyPing } from '../../src/modules/verify_ping.ts';
import { answers, asCheck } from '../support/laws.ts';
import { runHere } from '../support/run-command.ts';
import { temporaryFolder } from '../support/shells.ts';

const args = { target: '198.18.7.2', netns: 'rbrec' };
const together = { targets: ['198.18.7.2', '198.18.7.3', '198.18.7.9'], netns: 'rbrec', count: 2 };
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
    {
      name: `${ping}: many at once, of which one does not answer`,
      args: together,
      host: `${ping}-together`,
      ok: false,
      because: '1 of 3 do not answer well: 198.18.7.9 0 of 2 answered, 100% loss, at most 0% is allowed',
    },
    {
      name: `${ping}: the same as a row of the matrix`,
      args: { ...together, mesh: true },
      host: `${ping}-together`,
      ok: false,
      because: /^1 of 3 do not answer well: 198\.18\.7\.9 0 of 2 .* is allowed; 198\.18\.7\.2 ok; 198\.18\.7\.3 ok$/,
    },
    {
      name: `${ping}: the first were lost, the last window was not`,
      args: { ...args, count: 5, window: 3 },
      host: `${ping}-first-lost`,
      ok: true,
      because: '3 of the last 3 answered, 0% loss',
    },
    {
      name: `${ping}: a wider window sees the loss`,
      args: { ...args, count: 5, window: 5 },
      host: `${ping}-first-lost`,
      ok: false,
      because: /^3 of the last 5 answered/,
    },
  ]),
  {
    name: 'a row in which all is well',
    args: { targets: ['10.0.0.1', '10.0.0.2'], mesh: true },
    host: {
      stdout:
        '== 1\n3 packets transmitted, 3 received, 0% packet loss\n== 0\n3 packets transmitted, 3 received, 0% loss\n',
    },
    ok: true,
    because: 'all 2 answer: 10.0.0.1, 10.0.0.2',
  },
  {
    name: 'a target of which nothing came',
    args: { targets: ['10.0.0.1', '10.0.0.2'] },
    host: { stdout: '== 0\n3 packets transmitted, 3 received, 0% packet loss\n' },
    ok: false,
    because: /^1 of 2 do not answer well: 10\.0\.0\.2 ping gave no result/,
  },
  { name: 'no targets', args: { targets: [] }, host: {}, ok: true, because: 'no targets' },
  {
    name: 'many at once, on a host that is lost',
    args: together,
    host: { exit: null, cut: 'lost' },
    ok: false,
    because: /^ping gave no result: connection lost/,
  },
  {
    name: 'no such container',
    args: { ...args, netns: '' },
    host: 'no-container',
    ok: false,
    because: /no running container/,
  },
  {
    name: 'no such process',
    args: { ...args, netns: '' },
    host: 'no-process',
    ok: false,
    because: /nsenter: cannot open/,
  },
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

test('many targets are the input of one command, which is the same for each', async () => {
  const it = asCheck(verifyPing);
  const asked = { targets: ['127.0.0.1', '127.0.0.2', '127.0.0.3'], mesh: true, interval: '10ms' };
  const probe = it.probe(asked);
  expect(probe.stdin).toBe('127.0.0.1\n127.0.0.2\n127.0.0.3\n');
  expect(it.judge(await runHere(probe), asked)).toMatchObject({ ok: true });
});

test.each([
  [{ pid: 7 }, 'nsenter -t 7 -n -- ping'],
  [{ netns: 'pod' }, 'ip netns exec pod ping'],
  [{ netns: '', source: '' }, 'ping -n -c 3 -i 0.2 -W 1 10.0.0.1'],
])('%j asks from there', (inside, words) => {
  expect(
    asCheck(verifyPing)
      .probe({ target: '10.0.0.1', ...inside })
      .argv.join(' '),
  ).toContain(words);
});

test('two places to ask from are refused', () => {
  expect(asCheck(verifyPing).faults?.({ target: '10.0.0.1', netns: 'pod', pid: 7 })).toMatchObject([
    { message: 'only one of netns, pid and container can say where to ask from', path: ['pid'] },
  ]);
});

describe('a container', () => {
  const folder = temporaryFolder();

  test('is entered by the process that its runtime names', async () => {
    const docker = join(folder.path, 'docker');
    writeFileSync(docker, `#!/bin/sh\n[ "$4" = web.1 ] && echo ${process.pid}\n`, { mode: 0o755 });
    const it = asCheck(verifyPing);
    const ask = async (container: string) => {
      const asked = { targets: ['127.0.0.1'], container, count: 1 };
      const probe = it.probe(asked);
      return it.judge(
        await runHere({ ...probe, env: { ...probe.env, PATH: `${folder.path}:${process.env.PATH}` } }),
        asked,
      );
    };
    expect(await ask('web.1')).toMatchObject({ ok: true });
    expect(await ask('other')).toEqual({
      ok: false,
      because: 'ping gave no result: exit 125: no running container other',
    });
  });
});
