import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Command } from '../../src/core/command.ts';
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

/**
 * A script in BusyBox' sh and with its tools, but for those programs that are none of its own: that shell would prefer its own applets to
 * what stands in the PATH.
 */
export function inBusybox(programs: Readonly<Record<string, string>>): (command: Command) => Command {
  const functions = Object.entries(programs).map(([name, path]) => `${name}() { ${path} "$@"; }`);
  return (command) => {
    const [, , text = '', ...rest] = command.argv;
    return { ...command, argv: ['busybox', 'sh', '-c', `${functions.join('\n')}\n${text}`, ...rest] };
  };
}
