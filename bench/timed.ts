import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One command that is to be measured. */
export interface Work {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Seconds. */
export interface Cost {
  readonly wall: number;
  /** Of all processes that the command started and waited for. */
  readonly cpu: number;
}

// bash's own clock: it counts what its children's children used, and adds nothing to the command.
const stopwatch =
  'TIMEFORMAT="%3R %3U %3S"; said=$1 took=$2; shift 2; { time "$@" >"$said" 2>&1 </dev/null; } 2>"$took"';

let running: number | undefined;

/** Runs the command and waits for it. Throws Error with the end of what it said unless it exits 0. */
export async function timed(work: Work, folder: string): Promise<Cost> {
  const [said, took] = [join(folder, 'said'), join(folder, 'took')];
  // A group of its own, so that all of it can be ended.
  const child = spawn('bash', ['-c', stopwatch, 'stopwatch', said, took, ...work.argv], {
    cwd: work.cwd,
    env: { ...process.env, ...work.env },
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  running = child.pid;
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  running = undefined;
  if (exit !== 0) {
    const end = readFileSync(said, 'utf8').slice(-3000);
    throw new Error(`exit ${exit} of: ${work.argv.join(' ')}\n${end}`);
  }
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = readFileSync(took, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  return { wall, cpu: user + system };
}

/** Ends the command that is being measured, and all that it started. */
export function endRunning(): void {
  if (running !== undefined) process.kill(-running, 'SIGTERM');
}
