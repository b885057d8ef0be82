import { closeSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { Failure } from '../core/failure.ts';
import type { Connect } from '../core/host.ts';
import { printable } from '../core/printable.ts';
import type { Clock } from '../run/clock.ts';
import { systemClock } from './clock.ts';

/** The program's surroundings; nothing below this floor reads them itself. */
export interface Terminal {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Who asks for the run, as the record names him. */
  readonly operator: string;
  readonly isTty: boolean;
  readonly color: boolean;
  readonly width: number;
  out(text: string): void;
  err(text: string): void;
  /** Asks without echo. Absent: there is nobody to ask. */
  readonly ask?: (prompt: string) => Promise<string>;
  /** Asks with echo. Absent: there is nobody to ask. */
  readonly askOpenly?: (prompt: string) => Promise<string>;
  readonly clock: Clock;
  /** What every connection to a host is led through; a test of faults cuts it there. */
  readonly through: (connect: Connect) => Connect;
}

export function processTerminal(): Terminal {
  const isTty = process.stdout.isTTY === true;
  return {
    cwd: process.cwd(),
    env: process.env,
    home: homedir(),
    operator: process.env.SUDO_USER ?? userInfo().username,
    isTty,
    color: isTty && process.env.NO_COLOR === undefined && process.env.TERM !== 'dumb',
    width: process.stdout.columns ?? 120,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    clock: systemClock,
    through: (connect) => connect,
    ...(process.stdin.isTTY === true && process.stderr.isTTY === true
      ? { ask: askOnTerminal, askOpenly: askWithEcho }
      : {}),
  };
}

/**
 * A terminal may be closed in mid-run, and who reads a pipe may end: what is written then is lost, and the run still comes to its end, with
 * its own exit code. Node aborts at its exit over a terminal that it began with and that is gone; over one that it has closed it does not.
 */
export function goOnUnseen(): void {
  for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on('error', () => undefined);
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.once('exit', () => {
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
  });
}

async function askWithEcho(prompt: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: true });
  return answerOn(lines, prompt, 'no answer was given; nothing has been touched');
}

async function askOnTerminal(prompt: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  process.stderr.write(printable(prompt, 500));
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await answerOn(lines, '', 'no password was given; nothing has been touched');
  } finally {
    process.stderr.write('\n');
  }
}

/** Throws Failure `refused`, in these words, on Ctrl-C and Ctrl-D, and where the terminal is closed. */
async function answerOn(lines: Interface, prompt: string, none: string): Promise<string> {
  try {
    return await new Promise((resolve, reject) => {
      const refuse = () => reject(new Failure('refused', none));
      for (const end of ['SIGINT', 'close', 'error']) lines.on(end, refuse);
      lines.question(prompt, resolve);
    });
  } finally {
    lines.close();
  }
}
