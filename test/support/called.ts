import { readFileSync } from 'node:fs';
import { vi } from 'vitest';
import type { runProgram } from '../../src/cli/commands/program.ts';
import type { processTerminal, Terminal } from '../../src/cli/terminal.ts';
import type { Ran } from './cli.ts';

const built = (name: string) => new URL(`../../dist/program/${name}`, import.meta.url).href;
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/**
 * Runs a command of the built program to its end in this process, as its own beginning would in that folder: to start one costs more than
 * most commands. All that this process writes meanwhile is taken for the command's. One at a time.
 */
export async function called(
  folder: string,
  args: readonly string[],
  through: Terminal['through'] = (connect) => connect,
): Promise<Ran> {
  const program = (await import(built('program.js'))) as { runProgram: typeof runProgram };
  const terminal = (await import(built('terminal.js'))) as { processTerminal: typeof processTerminal };
  const cwd = process.cwd();
  const [stdout, stderr] = [caught(process.stdout), caught(process.stderr)];
  process.chdir(folder);
  try {
    const surroundings = { ...terminal.processTerminal(), through };
    const exit = await program.runProgram(['node', 'runbook', ...args], version, surroundings);
    return { exit, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.chdir(cwd);
    stdout.release();
    stderr.release();
  }
}

/** Takes what is written to a stream, as text or bytes, and keeps it from there. */
function caught(stream: NodeJS.WriteStream): { text(): string; release(): void } {
  const chunks: Buffer[] = [];
  const spy = vi.spyOn(stream, 'write').mockImplementation((chunk, encoding, done) => {
    chunks.push(Buffer.from(chunk));
    const then = typeof encoding === 'function' ? encoding : done;
    if (then !== undefined) process.nextTick(then);
    return true;
  });
  return { text: () => Buffer.concat(chunks).toString(), release: () => spy.mockRestore() };
}
