import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '../../src/core/event.ts';
import { leftByController } from './leftovers.ts';
import { controllerProgram } from './places.ts';
import type { Fault } from './trial.ts';

/** What a controller is told, as JSON in its first argument. */
export interface ControllerTask {
  /** The lab's name. */
  readonly lab: string;
  /** The project's folder; absolute. */
  readonly project: string;
  readonly faults: readonly Fault[];
  /** The file that it notes in what it reached and what struck. */
  readonly report: string;
  /** Of the command line. */
  readonly args: readonly string[];
}

export interface ControllerRun {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It had to be killed because it did not come to an end. */
  readonly endless: boolean;
  /** The end that it told. */
  readonly ended: Extract<Event, { type: 'run_ended' }> | undefined;
  readonly events: readonly Event[];
  readonly said: string;
  readonly struck: readonly Fault[];
  /** Keys of positions, in the order in which they were reached. */
  readonly reached: readonly string[];
  /** What it left behind on the machine: processes, temporary files. */
  readonly left: readonly string[];
}

const limitMs = 180_000;

/** Runs a controller to its end, whatever that is. */
export async function runController(task: Omit<ControllerTask, 'report'>): Promise<ControllerRun> {
  const folder = await mkdtemp(join(tmpdir(), 'runbook-faults-'));
  const report = join(folder, 'report');
  const temporary = await mkdtemp(join(folder, 'tmp-'));
  try {
    const ran = await spawned({ ...task, report }, temporary);
    const lines = (await readFile(report, 'utf8').catch(() => '')).split('\n').filter(Boolean);
    const notes = lines.map((line) => JSON.parse(line) as { reached?: string; struck?: Fault });
    const events = ran.stdout.split('\n').flatMap(parsed);
    return {
      ...ran,
      events,
      ended: events.findLast((event) => event.type === 'run_ended'),
      said: ran.stderr.trim(),
      struck: notes.flatMap(({ struck }) => (struck === undefined ? [] : [struck])),
      reached: notes.flatMap(({ reached }) => (reached === undefined ? [] : [reached])),
      left: await leftByController(temporary),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Spawned {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly endless: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<ChildProcess>();

/** For when the harness itself is to end. */
export function endControllers(): void {
  for (const child of running) child.kill('SIGKILL');
}

function spawned(task: ControllerTask, temporary: string): Promise<Spawned> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [controllerProgram, JSON.stringify(task)], {
      cwd: task.project,
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let [stdout, stderr, endless] = ['', '', false];
    const timer = setTimeout(() => {
      endless = true;
      child.kill('SIGKILL');
    }, limitMs);
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (exit, signal) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ exit, signal, endless, stdout, stderr });
    });
  });
}

/** A killed controller may leave half a line. */
function parsed(line: string): Event[] {
  if (!line.startsWith('{')) return [];
  try {
    return [JSON.parse(line) as Event];
  } catch {
    return [];
  }
}
