import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processSeconds } from './processor-time.ts';

/** The OpenSSH connections that a side keeps in the background, by the folder of their sockets. */
export class Connections {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** Processor time that the living ones have used so far. Nobody waits for them, so no stopwatch counts it. */
  seconds(): number {
    return this.#pids().reduce((sum, pid) => sum + processSeconds(pid), 0);
  }

  /** Resolves when all of them are gone. */
  async end(): Promise<void> {
    const pids = this.#pids();
    for (const socket of this.#sockets()) control(socket, 'exit');
    while (pids.some((pid) => existsSync(`/proc/${pid}`))) await sleep(5);
  }

  #pids(): number[] {
    return this.#sockets().flatMap((socket) => {
      const pid = /pid=(\d+)/.exec(control(socket, 'check'))?.[1];
      return pid === undefined ? [] : [Number(pid)];
    });
  }

  #sockets(): string[] {
    return readdirSync(this.folder).map((name) => join(this.folder, name));
  }
}

function control(socket: string, order: 'check' | 'exit'): string {
  return spawnSync('ssh', ['-F', 'none', '-O', order, '-o', `ControlPath=${socket}`, 'any'], { encoding: 'utf8' })
    .stderr;
}
