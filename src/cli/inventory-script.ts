import { spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { Failure } from '../core/failure.ts';
import { printable } from '../core/printable.ts';

const timeLimitMs = 30_000;
const largest = 16 * 1024 * 1024;

/**
 * Runs an executable inventory and gives what it writes; undefined: the file is none. Only a file that may be executed
 * and begins as a script or a program does is one: many a plain inventory has the x bit by accident, and a shell must not try it.
 * Throws Failure `invalid` when it fails, writes too much or takes longer than 30 s.
 */
export function runInventoryScript(path: string, args: readonly string[]): string | undefined {
  if (!isExecutable(path)) return undefined;
  const { error, status, signal, stdout, stderr } = spawnSync(path, [...args], {
    encoding: 'utf8',
    timeout: timeLimitMs,
    killSignal: 'SIGKILL',
    maxBuffer: largest,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = printable(stderr?.trim() ?? '', 500);
  const because = said === '' ? '' : `; it says: ${said}`;
  if (error !== undefined) throw new Failure('invalid', `${inWords(error)}${because}`);
  if (status === 0) return stdout;
  throw new Failure('invalid', `it ended with ${status === null ? signal : `exit code ${status}`}${because}`);
}

function isExecutable(path: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return false;
  }
  const head = Buffer.alloc(4);
  const file = openSync(path, 'r');
  try {
    readSync(file, head, 0, 4, 0);
  } finally {
    closeSync(file);
  }
  return head.toString('latin1').startsWith('#!') || head.toString('latin1') === '\x7fELF';
}

function inWords(error: NodeJS.ErrnoException): string {
  if (error.code === 'ETIMEDOUT') return `it did not end within ${timeLimitMs / 1_000} s and was killed`;
  if (error.code === 'ENOBUFS') return `it wrote more than ${largest / 1024 / 1024} MiB and was killed`;
  if (error.code === 'ENOENT') return 'it cannot be run: what its first line names is not there';
  return `it cannot be run: ${error.message}`;
}
