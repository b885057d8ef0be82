import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { process as module } from '../../src/modules/process.ts';
import { asResource, laws } from '../support/laws.ts';
import { applyOn, moveOn, readOn } from '../support/run-command.ts';
import { inEachShell, temporaryFolder } from '../support/shells.ts';

const bin = '/tmp/runbook-record/bin';
const [one, other] = [
  { pid: 9568, start: 636528, exe: `${bin}/zzdaemon` },
  { pid: 9569, start: 636528, exe: `${bin}/zzdaemon` },
];

laws(
  module,
  [
    { name: 'no process of that name', args: { name: 'zzdaemon', state: 'absent' }, host: 'none', before: null },
    {
      name: 'two survivors get signals by pid and start time, and do not come back',
      args: { name: 'zzdaemon', state: 'absent', kill_after: '5s' },
      host: 'two',
      before: [one, other],
      after: null,
      apply: [{ script: /TERM/, args: ['zzdaemon', '500', '9568', '636528', '9569', '636528'] }],
      applied: 'none',
    },
    {
      name: 'a name with spaces and parentheses',
      args: { name: 'a) b (c' },
      host: 'odd-name',
      before: [{ pid: 9570, start: 636528, exe: `${bin}/a) b (c` }],
      after: null,
      apply: [{ script: /TERM/, args: ['a) b (c', '1000', '9570', '636528'] }],
    },
    {
      name: 'a program whose file was replaced since',
      args: { name: 'zzdeleted' },
      host: 'deleted',
      before: [{ pid: 9571, start: 636528, exe: `${bin}/zzdeleted (deleted)` }],
      after: null,
      apply: [{ script: /TERM/, args: ['zzdeleted', '1000', '9571', '636528'] }],
    },
    {
      name: 'a stopped process is there',
      args: { name: 'zzstopped' },
      host: 'stopped',
      before: [{ pid: 9572, start: 636528, exe: `${bin}/zzstopped` }],
      after: null,
      apply: [{ script: /TERM/, args: ['zzstopped', '1000', '9572', '636528'] }],
    },
    {
      name: 'who would start it again is told',
      args: { name: 'zzkept' },
      protect: true,
      host: 'kept',
      before: [{ pid: 9729, start: 636560, exe: `${bin}/zzkept`, keeper: 'runsv:9727' }],
      now: [{ pid: 9729, start: 636560, exe: `${bin}/zzkept` }],
    },
    { name: 'a zombie is gone', args: { name: 'zzzombie' }, host: 'zombie', before: null },
    {
      name: 'another network namespace is not this host',
      args: { name: 'zzother' },
      host: 'other-namespace',
      before: null,
    },
    {
      name: 'protected, it is only read',
      args: { name: 'zzdaemon' },
      protect: true,
      host: 'two',
      before: [one, other],
      now: [one, other],
    },
  ],
  [
    {
      name: 'a user who cannot see every process proves nothing',
      args: { name: 'zzdaemon' },
      host: 'not-root',
      code: 'unreadable',
      says: /Not all processes can be seen/,
    },
    {
      name: 'a line that is not understood',
      args: { name: 'zzdaemon' },
      host: { stdout: 'zzdaemon is fine\n' },
      code: 'unreadable',
      says: /not understood: zzdaemon is fine/,
    },
  ],
);

describe('on this machine', () => {
  const folder = temporaryFolder();
  const started: ChildProcess[] = [];
  const it = asResource(module);
  let count = 0;

  afterEach(() => {
    for (const { pid = 0, exitCode, signalCode } of started.splice(0)) {
      if (exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
    }
  });

  /** A program of a new name, that sleeps. */
  function program(): { name: string; file: string } {
    count += 1;
    const name = `runbook-test-daemon-${process.pid}-${count}`;
    copyFileSync('/bin/sleep', join(folder.path, name));
    return { name, file: join(folder.path, name) };
  }
  /** Starts it in a process group of its own, which is ended after the test. */
  function start(command: string, args: readonly string[], argv0 = command): ChildProcess {
    const child = spawn(command, args, { stdio: 'ignore', detached: true, argv0 });
    started.push(child);
    return child;
  }

  inEachShell((run) => {
    const found = (name: string, count: number): Promise<void> =>
      vi.waitFor(async () => expect((await readOn(run, it, { name })) ?? []).toHaveLength(count), { timeout: 5_000 });

    test('finds a process by its file, under whatever name it runs and from whatever file', async () => {
      const { name, file } = program();
      const child = start(file, ['1000'], 'other');
      start('tail', ['-f', '/dev/null', file]);
      await found(name, 1);
      rmSync(file);
      const state = await readOn(run, it, { name });
      expect(state).toEqual([{ pid: child.pid, start: expect.any(Number), exe: `${file} (deleted)` }]);
    });

    test('ends what obeys TERM', async () => {
      const { name, file } = program();
      start(file, ['1000']);
      start(file, ['1000']);
      await found(name, 2);
      const { before, after } = await applyOn(run, it, { name, state: 'absent' });
      expect(before).toHaveLength(2);
      expect(after).toBeNull();
    });

    test('has a stopped process obey TERM too', async () => {
      const { name, file } = program();
      const child = start(file, ['1000']);
      await found(name, 1);
      child.kill('SIGSTOP');
      const { after } = await applyOn(run, it, { name, state: 'absent', kill_after: '5s' });
      expect(after).toBeNull();
      await vi.waitFor(() => expect(child.signalCode).toBe('SIGTERM'));
    });

    test('kills what does not obey TERM', async () => {
      const { name } = program();
      copyFileSync('/bin/dash', join(folder.path, name));
      const child = start(join(folder.path, name), ['-c', 'trap "" TERM; while :; do read -r x </dev/zero; done']);
      await found(name, 1);
      await vi.waitFor(() =>
        expect(readFileSync(`/proc/${child.pid}/status`, 'utf8')).toMatch(/^SigIgn:.*[4-7c-f]...$/m),
      );
      const { after } = await applyOn(run, it, { name, state: 'absent', kill_after: '200ms' });
      expect(after).toBeNull();
      await vi.waitFor(() => expect(child.signalCode).toBe('SIGKILL'));
    });

    test('sends no signal to a pid that has gone to another process', async () => {
      const { name, file } = program();
      const child = start(file, ['1000']);
      await found(name, 1);
      const stale = [{ pid: child.pid ?? 0, start: 1, exe: file }];
      for (const command of it.move(stale, null, { name })) expect((await run(command)).exit).toBe(0);
      await found(name, 1);
      expect(child.signalCode).toBeNull();
    });

    test('sees that somebody has started it again, and says who', async () => {
      const { name, file } = program();
      copyFileSync('/bin/dash', join(folder.path, 'runsv'));
      const keeper = start(join(folder.path, 'runsv'), ['-c', `while :; do "${file}" 1000; sleep 0.8; done`]);
      await found(name, 1);
      const before = await readOn(run, it, { name });
      expect(before).toMatchObject([{ keeper: `runsv:${keeper.pid}` }]);
      const [outcome] = await moveOn(run, it, { name }, null);
      expect(outcome?.exit).toBe(1);
      expect(outcome?.stderr).toMatch(
        new RegExp(
          `^${name} was started again as process \\d+ by runsv \\(process ${keeper.pid}\\): stop it there first$`,
          'm',
        ),
      );
      const after = await readOn(run, it, { name });
      expect(after).toHaveLength(1);
      expect(it.same?.(after, before, { name })).toBe(false);
    });
  });
});
