import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { Failure } from '../core/failure.ts';
import { labPlaces } from './places.ts';
import type { LabPlan } from './plan.ts';

/**
 * Does something to a lab while nobody else does. The lock is the file `lock` with the pid of its holder; one whose holder is
 * gone counts for nothing. Throws Failure `busy` when another process holds it.
 */
export async function withLock<T>(plan: LabPlan, work: () => Promise<T>): Promise<T> {
  const path = labPlaces(plan).lock;
  await take(path, plan.name);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string, name: string): Promise<void> {
  const mine = `${path}.${process.pid}`;
  for (let attempt = 0; attempt < 5; attempt++) {
    // Linking a finished file makes the lock appear with its holder's name in it, never empty.
    const taken = await writeFile(mine, `${process.pid} ${await started(process.pid)}\n`)
      .then(() => link(mine, path))
      .then(
        () => 'taken',
        (error: NodeJS.ErrnoException) => error.code,
      );
    await rm(mine, { force: true });
    // No directory, no lab: there is nothing to keep anybody from.
    if (taken === 'taken' || taken === 'ENOENT') return;
    const [pid = '', start = ''] = (await readFile(path, 'utf8').catch(() => '')).trim().split(' ');
    if (pid && start && (await started(Number(pid))) === start) {
      throw new Failure('busy', `Another process (${pid}) is raising or removing lab ${name}`, {
        hint: 'Wait for it, or end it and try again.',
      });
    }
    await rm(path, { force: true });
  }
  throw new Failure('busy', `The lock ${path} keeps being taken`);
}

async function started(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(') ') + 2).split(' ')[19] ?? '';
}
