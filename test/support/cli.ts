import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Event } from '../../src/core/event.ts';
import { called } from './called.ts';
import { OwnPlace } from './own-place.ts';

export const checkout = resolve(import.meta.dirname, '../..');

export interface Ran {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project folder of its own, with the playbooks of the checkout. */
export class TestProject {
  readonly folder: string;
  readonly #inventory: string;
  readonly #alone: boolean;
  #place: OwnPlace | undefined;

  private constructor(folder: string, inventory: string, alone: boolean) {
    this.folder = folder;
    this.#inventory = inventory;
    this.#alone = alone;
  }

  /**
   * `alone`: with a `/run` of its own (as root), so that tests which play on the machine itself at the same time do not meet each
   * other's locks and guards there.
   */
  static async create(inventory: string, { alone = false } = {}): Promise<TestProject> {
    const folder = await mkdtemp(join(tmpdir(), 'runbook-project-'));
    await writeFile(join(folder, 'runbook.yml'), `inventory: ${inventory}\n`);
    if (alone) await mkdir(join(folder, 'run'));
    return new TestProject(folder, inventory, alone && process.getuid?.() === 0);
  }

  get inventory(): string {
    return this.#inventory;
  }

  /** As `run`, in this process: for tests whose subject is not the process itself. One at a time. */
  async call(...args: string[]): Promise<Ran> {
    if (!this.#alone) return called(this.folder, args);
    this.#place ??= await OwnPlace.make(join(this.folder, 'run'), this.folder);
    return called(this.folder, args, this.#place.through);
  }

  /** Runs the built program to its end, as a process. */
  async run(...args: string[]): Promise<Ran> {
    const { child, ended } = this.start(...args);
    child.stdin?.end();
    return ended;
  }

  /** What starts the built program. */
  commandLine(...args: string[]): string[] {
    const program = [process.execPath, join(checkout, 'bin/runbook.js'), ...args];
    if (!this.#alone) return program;
    const script = 'mount --bind "$1" /run && shift && exec "$@"';
    return ['unshare', '--mount', 'sh', '-c', script, 'sh', join(this.folder, 'run'), ...program];
  }

  /** Starts the built program; the caller may send it signals. */
  start(...args: string[]): { child: ChildProcess; ended: Promise<Ran> } {
    const [program = '', ...words] = this.commandLine(...args);
    const child = spawn(program, words, { cwd: this.folder });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const ended = new Promise<Ran>((done, fail) => {
      child.once('error', fail);
      child.once('close', (exit) => done({ exit, stdout, stderr }));
    });
    return { child, ended };
  }

  /** A run's events; the last run's without a name. */
  async events(run = 'last'): Promise<Event[]> {
    const { stdout, stderr, exit } = await this.call('show', '--json', run);
    if (exit !== 0) throw new Error(`show ${run}: ${stderr}`);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Event);
  }

  /** Writes a playbook and returns its path. */
  async playbook(name: string, text: string): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, text);
    return path;
  }

  async remove(): Promise<void> {
    await this.#place?.end();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A playbook of the checkout. */
export function shipped(name: string): string {
  return join(checkout, 'playbooks', name);
}
