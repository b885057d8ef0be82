import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { type Run, runHere } from './run-command.ts';

/** A folder for the tests of one file, removed in the end. Its path is known once a test runs. */
export function temporaryFolder(): { readonly path: string } {
  const folder = { path: '' };
  beforeAll(() => {
    folder.path = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  });
  afterAll(() => rmSync(folder.path, { recursive: true, force: true }));
  return folder;
}

/** The same tests with the machine's own sh and tools (dash, coreutils) and with BusyBox' sh and tools alone. */
export function inEachShell(tests: (run: Run) => void): void {
  describe('with sh', () => tests(runHere));
  describe('with BusyBox', () => {
    const applets = temporaryFolder();
    beforeAll(() => {
      execFileSync('busybox', ['--install', '-s', applets.path]);
    });
    tests((command) => {
      const PATH = `${applets.path}:${process.env.PATH}`;
      return runHere({ ...command, env: { ...command.env, PATH } });
    });
  });
}
