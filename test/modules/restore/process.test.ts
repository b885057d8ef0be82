import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { process as module } from '../../../src/modules/process.ts';
import { asResource } from '../../support/laws.ts';
import { comesBack, type Disturb } from '../../support/restores.ts';
import { type Run, readOn } from '../../support/run-command.ts';
import { inEachShell, temporaryFolder } from '../../support/shells.ts';

const it = asResource(module);
const folder = temporaryFolder();
const started: ChildProcess[] = [];
const patience = { timeout: 20_000 };
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

inEachShell((run: Run) => {
  const args = () => ({ name: `rb ${randomBytes(3).toString('hex')}`, kill_after: '500ms' });

  async function start(name: string, words: readonly string[], program = '/usr/bin/sleep'): Promise<void> {
    const path = join(folder.path, name);
    if (!existsSync(path)) copyFileSync(program, path);
    started.push(spawn(path, words, { stdio: 'ignore' }));
    const count = started.length;
    await vi.waitFor(async () => expect(await readOn(run, it, { name })).toHaveLength(count), patience);
  }

  describe('where none was', () => {
    test.each<readonly [string, (name: string) => Disturb]>([
      ['untouched', () => () => undefined],
      ['one that came', (name) => () => start(name, ['1000'])],
      ['two that came', (name) => () => start(name, ['1000']).then(() => start(name, ['1001']))],
      [
        'one that does not hear TERM',
        (name) => () => start(name, ['-c', 'trap "" TERM; while :; do sleep 0.1; done'], '/bin/sh'),
      ],
    ])('none is left: %s', async (_, disturb) => {
      const asked = args();
      const bystander = spawn('sleep', ['1000'], { stdio: 'ignore' });
      const trace = async () => ((await readOn(run, it, asked)) === null ? 'none' : 'some');
      await comesBack({ run, resource: it, args: asked, trace }, disturb(asked.name));
      expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
      bystander.kill();
    });
  });

  test('one that is started again is named', async () => {
    const { name } = args();
    await start(name, ['1000']);
    const path = join(folder.path, name);
    const keeper = spawn('sh', ['-c', 'while :; do "$1" 1000; done', 'sh', path], { stdio: 'ignore', detached: true });
    try {
      await vi.waitFor(async () => expect(await readOn(run, it, { name })).toHaveLength(2), patience);
      const outcome = await run(it.restore?.(null, null, { name, kill_after: '500ms' }) ?? { argv: [] });
      expect(outcome).toMatchObject({ exit: 1, stderr: expect.stringMatching(/was started again as process \d+/) });
    } finally {
      process.kill(-(keeper.pid ?? 0), 'SIGKILL');
    }
  });
});

test('one that ran cannot be brought back', () => {
  expect(it.restore?.([{ pid: 1, start: 1, exe: '/x' }], null, { name: 'x' })).toBeNull();
});
