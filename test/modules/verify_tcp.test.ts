import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyTcp } from '../../src/modules/verify_tcp.ts';
import { answers, asCheck } from '../support/laws.ts';
import { inEachShell } from '../support/shells.ts';

const args = { target: '198.18.7.2', port: 80, netns: 'rbrec', timeout: '1s' };
const closed = { ...args, state: 'closed' };
const ssh = { ...args, banner: '^SSH-2.0' };

answers(verifyTcp, [
  ...['', '-curl'].flatMap((by) => [
    { name: `open${by}`, args, host: `open${by}`, ok: true, because: 'connected' },
    {
      name: `open, and closed is wanted${by}`,
      args: closed,
      host: `open${by}`,
      ok: false,
      because: 'it took the connection; expected none',
    },
    {
      name: `says who it is${by}`,
      args: ssh,
      host: `banner${by}`,
      ok: true,
      because: 'connected, it said "SSH-2.0-OpenSSH_9.2"',
    },
    {
      name: `says it is another${by}`,
      args: { ...args, banner: '^220 ' },
      host: `banner${by}`,
      ok: false,
      because: 'connected, but it said "SSH-2.0-OpenSSH_9.2"',
    },
    {
      name: `says nothing${by}`,
      args: ssh,
      host: `silent${by}`,
      ok: false,
      because: 'connected, but it said nothing within 1s',
    },
    { name: `refused${by}`, args, host: `refused${by}`, ok: false, because: /refused|failed to connect/ },
    { name: `refused, as is wanted${by}`, args: closed, host: `refused${by}`, ok: true, because: /refused|failed/ },
    { name: `dropped${by}`, args, host: `dropped${by}`, ok: false, because: /no answer within 1s|timed out/ },
    {
      name: `dropped, as is wanted${by}`,
      args: closed,
      host: `dropped${by}`,
      ok: true,
      because: /no answer|timed out/,
    },
    { name: `no way there${by}`, args, host: `no-route${by}`, ok: false, because: /unreachable|failed to connect/ },
  ]),
  {
    name: 'that it could not be tried is not taken for closed',
    args: closed,
    host: { exit: 127, stderr: 'sh: 12: curl: not found' },
    ok: false,
    because: 'it could not be tried: exit 127: sh: 12: curl: not found',
  },
  {
    name: 'a lost host is not taken for closed',
    args: closed,
    host: { exit: null, cut: 'lost' },
    ok: false,
    because: /lost/,
  },
]);

describe('on this machine', () => {
  const it = asCheck(verifyTcp);
  const received: Buffer[] = [];
  let server: Server;
  let port = 0;
  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('data', (data) => received.push(data)).on('error', () => undefined);
      socket.write('220 ready\r\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());

  inEachShell((run) => {
    test('connects, hears, and sends nothing', async () => {
      const asked = { target: '127.0.0.1', port, banner: '^220 ' };
      expect(it.judge(await run(it.probe(asked)), asked)).toEqual({
        ok: true,
        because: 'connected, it said "220 ready"',
      });
      expect(received).toEqual([]);
    });

    test('words of an argument are never a command', async () => {
      const asked = { target: '$(echo,127.0.0.1)', port, timeout: '1s' };
      expect(it.judge(await run(it.probe(asked)), asked)).toMatchObject({ ok: false });
    });
  });
});
