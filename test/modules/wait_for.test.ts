import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { waitFor } from '../../src/modules/wait_for.ts';
import { answers, asCheck, complaints } from '../support/laws.ts';
import type { Run } from '../support/run-command.ts';
import { inEachShell, temporaryFolder } from '../support/shells.ts';

const args = { path: '/x' };

answers(waitFor, [
  { name: 'at once', args, host: { stdout: 'waited yes 0 1\n\n' }, ok: true, because: 'present after 0.0 s' },
  {
    name: 'steady',
    args: { ...args, steady: '2s', state: 'absent' },
    host: { stdout: 'waited yes 512 20\n\n' },
    ok: true,
    because: 'absent and steady for 2s after 5.1 s',
  },
  {
    name: 'never, with what the last try said',
    args,
    host: { stdout: 'waited no 3001 99\nls: cannot access\nreally\n' },
    ok: false,
    because: 'not present within 30.0 s, 99 tries; the last try said: ls: cannot access really',
  },
  { name: 'a lost host', args, host: { exit: null, cut: 'lost' }, ok: false, because: /connection lost/ },
]);

test('what does not belong together is refused', () => {
  expect(complaints(waitFor.schema, { path: '/x', port: 1 })).toEqual([' must match exactly one schema in oneOf']);
  expect(complaints(waitFor.schema, { port: 1, contains: 'x' })).toEqual([
    ' must have property path when property contains is present',
  ]);
  expect(complaints(waitFor.schema, { path: '/x', after: 1 })).toEqual([
    ' must have property contains when property after is present',
  ]);
});

describe('on this machine', () => {
  const folder = temporaryFolder();
  const it = asCheck(waitFor);
  const ask = async (run: Run, asked: JsonObject) => it.judge(await run(it.probe(asked)), asked);
  const quick = { interval: '20ms', deadline: '400ms' };

  inEachShell((run) => {
    test('a file that comes while it waits', async () => {
      const path = join(folder.path, 'comes');
      rmSync(path, { force: true });
      const waiting = ask(run, { path, interval: '20ms', deadline: '10s' });
      await setTimeout(150);
      writeFileSync(path, '');
      const { ok, because } = await waiting;
      expect(ok).toBe(true);
      expect(Number(/after ([\d.]+) s/.exec(because)?.[1])).toBeGreaterThanOrEqual(0.1);
      expect(await ask(run, { path, state: 'absent', ...quick })).toMatchObject({ ok: false });
    });

    test('a text in a log, word for word, beyond what was there before', async () => {
      const path = join(folder.path, 'log');
      writeFileSync(path, 'Running [backend].*\n');
      const text = { path, contains: '[backend].*', ...quick };
      expect(await ask(run, text)).toMatchObject({ ok: true });
      expect(await ask(run, { ...text, contains: 'Running .backend' })).toMatchObject({ ok: false });
      expect(await ask(run, { ...text, after: 20 })).toMatchObject({ ok: false });
      writeFileSync(path, '[backend].*\n');
      expect(await ask(run, { ...text, after: 20 })).toMatchObject({ ok: true });
      expect(await ask(run, { ...text, path: join(folder.path, 'none') })).toMatchObject({ ok: false });
    });

    test('a command, which must hold without a break', async () => {
      const count = join(folder.path, 'count');
      writeFileSync(count, '');
      // Holds on every try but the third.
      const flicker = ['sh', '-c', 'echo x >>"$1"; [ $(($(wc -l <"$1"))) -ne 3 ]', 'sh', count];
      const told = await ask(run, { command: flicker, steady: '200ms', interval: '20ms', deadline: '10s' });
      expect(told).toMatchObject({ ok: true, because: expect.stringMatching(/^present and steady for 200ms after/) });
      const never = await ask(run, { command: ['sh', '-c', 'echo not yet; exit 3'], ...quick });
      expect(never).toMatchObject({ ok: false, because: expect.stringMatching(/tries; the last try said: not yet$/) });
    });

    test('a try that hangs is ended', async () => {
      const begin = performance.now();
      expect(await ask(run, { command: ['sleep', '60'], try: '200ms', ...quick })).toMatchObject({ ok: false });
      expect(performance.now() - begin).toBeLessThan(10_000);
    });

    test('a port', async () => {
      const server = createServer((socket) => socket.on('error', () => undefined));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      expect(await ask(run, { port, ...quick })).toMatchObject({ ok: true });
      server.close();
      expect(await ask(run, { port, ...quick })).toMatchObject({ ok: false });
      expect(await ask(run, { port, state: 'absent', ...quick })).toMatchObject({ ok: true });
    });
  });
});
