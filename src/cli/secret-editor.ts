import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Failure } from '../core/failure.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Lets the user edit a text in $VISUAL or $EDITOR. It lies meanwhile in a folder of its own, in memory where the system has that, which is
 * gone however this ends; only `kill -9` leaves it. Throws Failure when the editor does not end well.
 */
export async function editText(
  path: string,
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'runbook-secret-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const file = join(folder, basename(path));
    writeFileSync(file, text, { mode: 0o600 });
    await edited(file, env);
    return readFileSync(file, 'utf8');
  } finally {
    process.off('exit', remove);
    remove();
  }
}

/** Ctrl-C is the editor's; what ends this program ends the editor, and then comes back here. */
async function edited(file: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const words = (env.VISUAL || env.EDITOR || 'vi').trim().split(/\s+/);
  const [program = 'vi', ...args] = words;
  const child = spawn(program, [...args, file], { stdio: 'inherit', env });
  const forward = (signal: NodeJS.Signals) => void (signal !== 'SIGINT' && child.kill(signal));
  for (const signal of signals) process.on(signal, forward);
  try {
    const ended = await new Promise<string | number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? signal));
    });
    if (ended === 0) return;
    throw new Failure('invalid', `the editor ended with ${ended}. The file is as it was`);
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure('missing', `the editor ${program} cannot be run. The file is as it was`, {
      hint: 'Name another in EDITOR.',
    });
  } finally {
    for (const signal of signals) process.off(signal, forward);
  }
}
