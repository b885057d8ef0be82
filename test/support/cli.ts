import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Event } from '../../src/core/event.ts';

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

  private constructor(folder: string, inventory: string) {
    this.folder = folder;
    this.#inventory = inventory;
  }

  static async create(inventory: string): Promise<TestProject> {
    const folder = await mkdtemp(join(tmpdir(), 'runbook-project-'));
    await writeFile(join(folder, 'runbook.yml'), `inventory: ${inventory}\n`);
    return new TestProject(folder, inventory);
  }

  get inventory(): string {
    return this.#inventory;
  }

  /** Runs the built program to its end. */
  async run(...args: string[]): Promise<Ran> {
    const { child, ended } = this.start(...args);
    child.stdin?.end();
    return ended;
  }

  /** Starts the built program; the caller may send it signals. */
  start(...args: string[]): { child: ChildProcess; ended: Promise<Ran> } {
    const child = spawn(process.execPath, [join(checkout, 'bin/runbook.js'), ...args], { cwd: this.folder });
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
    const { stdout, stderr, exit } = await this.run('show', '--json', run);
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
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A playbook of the checkout. */
export function shipped(name: string): string {
  return join(checkout, 'playbooks', name);
}
