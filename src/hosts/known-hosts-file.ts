import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../core/failure.ts';
import { hashedName, type KnownKey, keysOf, keyType, parseKnownHosts } from './known-hosts.ts';

/** The usable lines of these files; those that are not there are passed over. */
export async function readKnownHosts(files: readonly string[]): Promise<KnownKey[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.flatMap((text, index) => parseKnownHosts(text, files[index]));
}

interface NewKey {
  /** As `keysOf` looks it up. */
  readonly name: string;
  readonly key: Buffer;
  /** The name is to be hashed, as HashKnownHosts has it. */
  readonly hashed: boolean;
}

/**
 * Appends one line, in one write under a lock, unless the file meanwhile knows the host; false then. Throws what the file system says, and
 * Failure `busy` where another program keeps the lock.
 */
export async function addKnownHost(file: string, { name, key, hashed }: NewKey): Promise<boolean> {
  await mkdir(dirname(file), { mode: 0o700 }).catch(() => undefined); // what is wrong shows itself below
  return locked(`${file}.runbook-lock`, async () => {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (keysOf(parseKnownHosts(text), name).some(({ revoked }) => !revoked)) return false;
    const line = `${hashed ? hashedName(name) : name} ${keyType(key)} ${key.toString('base64')}\n`;
    const handle = await open(file, 'a', 0o600);
    try {
      await handle.write(text === '' || text.endsWith('\n') ? line : `\n${line}`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  });
}

const lockTries = 100;
const lockWaitMs = 50;
/** Nobody keeps it for longer than one line takes: who has it then is gone. Milliseconds. */
const staleMs = 10_000;

async function locked<T>(lock: string, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const taken = await open(lock, 'wx', 0o600).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'EEXIST') return undefined;
      throw thrown;
    });
    if (taken !== undefined) {
      await taken.close();
      break;
    }
    const since = await stat(lock).catch(() => undefined);
    if (since !== undefined && Date.now() - since.mtimeMs > staleMs) await rm(lock, { force: true });
    else if (attempt === lockTries) throw new Failure('busy', `another program holds ${lock}`);
    else await sleep((0.5 + Math.random()) * lockWaitMs);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}
