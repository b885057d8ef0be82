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
