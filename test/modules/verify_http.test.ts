import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyHttp } from '../../src/modules/verify_http.ts';
import { answers, asCheck } from '../support/laws.ts';
import { inEachShell } from '../support/shells.ts';

const args = { url: 'http://198.18.7.2/', netns: 'rbrec' };

answers(verifyHttp, [
  {
    name: 'the page',
    args: { ...args, body: 'Welcome to nginx' },
    host: 'page',
    ok: true,
    because: /^status 200, curl exit 0, 32 bytes in /,
  },
  {
    name: 'another page',
    args: { ...args, body: 'Apache' },
    host: 'page',
    ok: false,
    because: /; expected the text "Apache" in it$/,
  },
  { name: 'not found', args, host: 'none', ok: false, because: /^status 404, curl exit 0, .*; expected status 200$/ },
  { name: 'not found, as expected', args: { ...args, status: 404 }, host: 'none', ok: true, because: /^status 404/ },
  {
    name: 'a redirect is not followed',
    args: { ...args, status: 302 },
    host: 'moved',
    ok: true,
    because: /^status 302/,
  },
  {
    name: 'status 200, and a page that does not come to its end',
    args,
    host: 'stalls',
    ok: false,
    because: /^status 200, but the answer broke off: curl exit 28 \(28\) Operation timed out/,
  },
  {
    name: 'the client that is expected',
    args: { ...args, client: '198.18.7.1' },
    host: 'client',
    ok: true,
    because: /, client 198\.18\.7\.1$/,
  },
  {
    name: 'another client: its address was translated',
    args: { ...args, client: '172.7.21.2' },
    host: 'client',
    ok: false,
    because: /; expected 172\.7\.21\.2 to be the client, the server saw 198\.18\.7\.1$/,
  },
  {
    name: 'a page that does not tell the client',
    args: { ...args, client: '172.7.21.2' },
    host: 'page',
    ok: false,
    because: /; expected it to tell the client's address/,
  },
  {
    name: 'a client in words of its own',
    args: { ...args, client: '10.0.0.1', client_pattern: 'you are <([0-9.]+)>' },
    host: { stdout: 'you are <10.0.0.1>', stderr: 'asked: status=200 size=18 time=0.1 curl=0\n' },
    ok: true,
    because: /client 10\.0\.0\.1$/,
  },
  {
    name: 'an IPv4 client as a server on IPv6 tells it',
    args: { ...args, client: '10.0.0.1' },
    host: { stdout: 'client=::ffff:10.0.0.1', stderr: 'asked: status=200 size=18 time=0.1 curl=0\n' },
    ok: true,
    because: /client 10\.0\.0\.1$/,
  },
  { name: 'a large page', args: { ...args, bytes: 65_536 }, host: 'big', ok: true, because: /, 100000 bytes in / },
  {
    name: 'less than is expected',
    args: { ...args, bytes: 65_536 },
    host: 'page',
    ok: false,
    because: /, 32 bytes in .*; expected at least 65536 bytes$/,
  },
  {
    name: 'nobody listens',
    args,
    host: 'refused',
    ok: false,
    because: /^no answer: curl exit 7 \(7\) Failed to connect/,
  },
  {
    name: 'no curl',
    args,
    host: { stderr: 'sh: 4: curl: not found\nasked curl=127\n' },
    ok: false,
    because: /curl: not found/,
  },
  {
    name: 'a page that pretends to be a report',
    args,
    host: { stdout: 'asked: status=200 size=1 time=0.1 curl=0', stderr: 'asked: status=500 size=1 time=0.1 curl=0\n' },
    ok: false,
    because: /^status 500/,
  },
  { name: 'a lost host', args, host: { exit: null, cut: 'lost' }, ok: false, because: /connection lost/ },
]);

describe('on this machine', () => {
  const it = asCheck(verifyHttp);
  let server: Server;
  let url = '';
  beforeAll(async () => {
    server = createServer((_, response) => response.end(`Welcome${' '.repeat(300_000)}to nginx`));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => server.close());

  inEachShell((run) => {
    test('asks to the end, and keeps the beginning', async () => {
      const outcome = await run(it.probe({ url }));
      expect(outcome.stdout).toHaveLength(65_536);
      expect(it.judge(outcome, { url, body: 'Welcome' })).toMatchObject({ ok: true });
      expect(it.judge(outcome, { url, body: 'nginx' })).toMatchObject({ ok: false });
      expect(it.judge(outcome, { url }).because).toMatch(/^status 200, curl exit 0, 300015 bytes/);
    });

    test('keeps no more than is asked for, and counts it all', async () => {
      const outcome = await run(it.probe({ url, keep: 0 }));
      expect(outcome.stdout).toBe('');
      expect(it.judge(outcome, { url, bytes: 300_000, keep: 0 })).toMatchObject({ ok: true });
    });

    test('asks from an address of its own', async () => {
      const own = { url, source: '127.0.0.9', client: '127.0.0.9', client_pattern: 'Welcome' };
      expect(it.judge(await run(it.probe(own)), own).because).toMatch(/^status 200, .* saw Welcome$/);
      const none = { url, source: '203.0.113.1' };
      expect(it.judge(await run(it.probe(none)), none)).toMatchObject({ ok: false });
    });

    test('goes round a proxy', async () => {
      const probe = it.probe({ url });
      const outcome = await run({
        ...probe,
        env: { http_proxy: 'http://127.0.0.1:1/', ALL_PROXY: 'http://127.0.0.1:1/' },
      });
      expect(it.judge(outcome, { url })).toMatchObject({ ok: true });
    });
  });
});
