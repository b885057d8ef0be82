import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { verifyLog } from '../../src/modules/verify_log.ts';
import { answers, asCheck } from '../support/laws.ts';
import type { Run } from '../support/run-command.ts';
import { inEachShell, temporaryFolder } from '../support/shells.ts';

const args = { path: '/var/log/x.log', required: ['(?i)type: vxlan'], forbidden: ['^panic:'] };

answers(verifyLog, [
  {
    name: 'all as wanted',
    args,
    host: { stdout: '/var/log/x.log\nFound type: VxLAN\n' },
    ok: true,
    because: '1 lines of /var/log/x.log',
  },
  {
    name: 'one is missing, another is there',
    args: { ...args, pid: 7 },
    host: { stdout: 'process 7\nstart\npanic: bind\n' },
    ok: false,
    because: 'no line matches (?i)type: vxlan; it says "panic: bind" (2 lines of process 7)',
  },
  {
    name: 'the first line is not the log’s',
    args: { path: '/x', forbidden: ['x'] },
    host: { stdout: '/x\n' },
    ok: true,
    because: '0 lines of /x',
  },
  {
    name: 'no log',
    args,
    host: { exit: 1, stderr: 'there is no /var/log/x.log' },
    ok: false,
    because: /^the log could not be read: .*there is no/,
  },
  {
    name: 'more than can be read',
    args,
    host: { stdout: '/var/log/x.log\ntype: vxlan\n', truncated: true },
    ok: false,
    because: /more of it/,
  },
  {
    name: 'what is not the log',
    args: { path: '/x', forbidden: ['x'] },
    host: { stdout: 'Last login: today\n' },
    ok: false,
    because: 'the answer is not the log: Last login: today',
  },
  { name: 'a lost host', args, host: { exit: null, cut: 'lost' }, ok: false, because: /connection lost/ },
]);

test('a hostile line costs no time', () => {
  const stdout = `/x\n${'a'.repeat(100_000)}!\n`;
  const begin = performance.now();
  asCheck(verifyLog).judge(
    { exit: 0, stdout, stderr: '', startedAt: '', ms: 1 },
    { path: '/x', forbidden: ['(a+)+$'] },
  );
  expect(performance.now() - begin).toBeLessThan(2_000);
});

describe('on this machine', () => {
  const folder = temporaryFolder();
  const it = asCheck(verifyLog);
  const ask = async (run: Run, asked: JsonObject) => it.judge(await run(it.probe(asked)), asked);
  const glog = (pid: number, words: string): string => `I1020 14:52:50.397551  ${pid} main.go:386] ${words}\n`;

  inEachShell((run) => {
    test('only lines of one process, with what follows them without a header', async () => {
      const path = join(folder.path, 'pid.log');
      writeFileSync(
        path,
        `${glog(11, 'old trouble')}goroutine of 11\n${glog(12, 'found')}${glog(111, 'other')}${glog(12, 'bad')}goroutine of 12\n`,
      );
      expect(
        await ask(run, { path, pid: 12, required: ['found', 'goroutine of 12'], forbidden: ['old|other|of 11'] }),
      ).toEqual({
        ok: true,
        because: '3 lines of process 12',
      });
    });

    test('no line of a long log is passed over', async () => {
      const path = join(folder.path, 'long.log');
      const lines = Array.from({ length: 3000 }, (_, i) =>
        glog(12, i === 1500 ? 'Lease has been revoked' : `line ${i}`),
      );
      writeFileSync(path, lines.join(''));
      expect(await ask(run, { path, pid: 12, forbidden: ['Lease has been revoked'] })).toMatchObject({
        ok: false,
        because: expect.stringMatching(/^it says .*Lease has been revoked" \(3000 lines of process 12\)$/),
      });
    });

    test('a program that logs before its flags are parsed is known by its pid as well', async () => {
      const path = join(folder.path, 'unparsed.log');
      const early = (pid: number, words: string): string => `ERROR: logging before flag.Parse: ${glog(pid, words)}`;
      writeFileSync(path, `${early(11, 'old trouble')}${early(12, 'found')}${early(12, 'bad')}goroutine of 12\n`);
      expect(
        await ask(run, { path, pid: 12, required: ['^I1020 .*found', 'goroutine of 12'], forbidden: ['old'] }),
      ).toEqual({ ok: true, because: '3 lines of process 12' });
    });

    test('a start whose lines were rotated away is found there', async () => {
      const path = join(folder.path, 'rotated.log');
      writeFileSync(`${path}.1`, glog(12, 'found'));
      writeFileSync(path, glog(12, 'later'));
      expect(await ask(run, { path, pid: 12, required: ['found', 'later'] })).toMatchObject({ ok: true });
    });

    test('only what came since, wherever it was rotated to', async () => {
      const path = join(folder.path, `since-${Math.random()}.log`);
      writeFileSync(path, 'before\n');
      const { ino, size } = statSync(path);
      const since = { inode: ino, size };
      appendFileSync(path, 'first\n');
      const asked = { path, since, required: ['first'], forbidden: ['before'] };
      expect(await ask(run, asked)).toMatchObject({ ok: true });
      renameSync(path, `${path}.1`);
      writeFileSync(path, 'second\n');
      expect(await ask(run, { ...asked, required: ['first', 'second'] })).toMatchObject({ ok: true });
      renameSync(`${path}.1`, `${path}.2`);
      renameSync(path, `${path}.1`);
      writeFileSync(path, 'third\n');
      expect(await ask(run, { ...asked, required: ['first', 'second', 'third'] })).toEqual({
        ok: true,
        because: `3 lines of ${path}`,
      });
      const gone = await ask(run, { ...asked, since: { inode: 1, size: 0 } });
      expect(gone.because).toMatch(/inode 1, has been rotated away/);
    });

    test('a log that was emptied in place is read from its beginning', async () => {
      const path = join(folder.path, 'emptied.log');
      writeFileSync(path, 'a long line of before\n');
      const { ino, size } = statSync(path);
      writeFileSync(path, 'new\n');
      expect(await ask(run, { path, since: { inode: ino, size }, required: ['^new'] })).toMatchObject({ ok: true });
    });

    test('the process is found by its program, and there must be one', async () => {
      const program = join(folder.path, 'zzlogger');
      cpSync('/bin/sleep', program);
      const path = join(folder.path, 'program.log');
      const child = spawn(program, ['60']);
      await once(child, 'spawn');
      writeFileSync(path, glog(child.pid ?? 0, 'mine') + glog(1, 'not mine'));
      const asked = { path, process: 'zzlogger', required: ['mine'], forbidden: ['not mine'] };
      expect(await ask(run, asked)).toEqual({ ok: true, because: `1 lines of process ${child.pid}` });
      child.kill('SIGKILL');
      await once(child, 'close');
      expect((await ask(run, asked)).because).toMatch(/0 processes of zzlogger run/);
    });

    test('what the program has forked, and not executed yet, is not taken for a second one', async () => {
      const program = join(folder.path, 'zzforker');
      cpSync('/bin/bash', program);
      const path = join(folder.path, 'forked.log');
      const child = spawn(program, ['-c', '(echo forked; read -r rest; true) <&0 & wait'], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      writeFileSync(path, glog(child.pid ?? 0, 'mine'));
      const asked = { path, process: 'zzforker', required: ['mine'] };
      expect(await ask(run, asked)).toEqual({ ok: true, because: `1 lines of process ${child.pid}` });
      child.stdin.end();
      await once(child, 'close');
    });

    test('no log', async () => {
      expect((await ask(run, { path: join(folder.path, 'none'), forbidden: ['x'] })).because).toMatch(/there is no /);
    });
  });
});
