import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Failure } from '../core/failure.ts';
import { printable } from '../core/printable.ts';

const timeLimitMs = 60_000;
const largest = 16 * 1024 * 1024;

/**
 * The text as the sops command decrypts it. `path` tells the format, by its ending: the text itself, which may be of a past run, is given
 * as a file of its own, encrypted as it is. Throws Failure `missing` or `invalid`, its message without a place.
 */
export function openWithSops(text: string, path: string, env: Readonly<Record<string, string | undefined>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-sops-'));
  try {
    const file = join(folder, basename(path));
    writeFileSync(file, text, { mode: 0o600 });
    const { error, status, signal, stdout, stderr } = spawnSync('sops', ['-d', file], {
      encoding: 'utf8',
      env,
      timeout: timeLimitMs,
      killSignal: 'SIGKILL',
      maxBuffer: largest,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (error !== undefined) throw unusable(error);
    if (status === 0) return stdout;
    const said = printable(stderr.trim().replaceAll(file, path), 500);
    throw new Failure('invalid', `sops ended with ${status === null ? signal : `exit code ${status}`}: ${said}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function unusable(error: NodeJS.ErrnoException): Failure {
  if (error.code !== 'ENOENT') return new Failure('invalid', `sops cannot be run: ${error.message}`);
  return new Failure('missing', 'it is encrypted with sops, and there is no command sops on the path', {
    hint: 'Install sops, or keep the values in a file of age: `runbook secret encrypt FILE`.',
  });
}
