import { spawn } from 'node:child_process';
import { cut } from '../core/cut.ts';
import { Failure } from '../core/failure.ts';

/** How a program on this machine ended. `exit` is null when a signal (or the timeout) ended it. */
export interface Ran {
  exit: number | null;
  stdout: string;
  stderr: string;
}

/** The lab's own environment: nothing of the caller's leaks into the hosts. */
export const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
};

/** Output beyond this many bytes per stream is dropped. */
const limit = 16 * 1024 * 1024;

/** Runs a program to its end. Never throws for an exit code; a program that is not there gives exit 127. */
export function run(argv: readonly string[], options: { stdin?: string; timeoutMs?: number } = {}): Promise<Ran> {
  const [program = '', ...rest] = argv;
  return new Promise((resolve) => {
    const child = spawn(program, rest, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
    const timer = options.timeoutMs ? setTimeout(() => child.kill('SIGKILL'), options.timeoutMs) : undefined;
    const collect = (stream: NodeJS.ReadableStream): (() => string) => {
      const chunks: Buffer[] = [];
      let size = 0;
      stream.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= limit) chunks.push(chunk);
      });
      return () => Buffer.concat(chunks).toString('utf8');
    };
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ exit: 127, stdout: stdout(), stderr: error.message });
    });
    child.on('close', (exit) => {
      clearTimeout(timer);
      resolve({ exit, stdout: stdout(), stderr: stderr() });
    });
    // A program that does not read its input closes the pipe early; that is no error.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
  });
}

/** Runs a program that has to succeed and returns its stdout. Throws Failure `internal` with what it said otherwise. */
export async function must(
  argv: readonly string[],
  options: { stdin?: string; timeoutMs?: number } = {},
): Promise<string> {
  const ran = await run(argv, options);
  if (ran.exit !== 0) {
    const said = cut((ran.stderr || ran.stdout).trim(), 2000);
    throw new Failure('internal', `\`${cut(argv.join(' '), 200)}\` ended with ${ran.exit ?? 'a signal'}: ${said}`, {
      hint: 'The lab may be half there: `runbook lab down` removes whatever is left of it.',
    });
  }
  return ran.stdout;
}

/**
 * Asks again every `everyMs` until the answer is there, and returns it. Throws Failure `internal` with `what` after `timeoutMs`.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  { timeoutMs = 30_000, everyMs = 20 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Failure('internal', `Waited ${timeoutMs / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
