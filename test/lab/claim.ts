import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Takes the first of these names that no process of this machine has, until this process ends; waits while all are taken. The kernel keeps
 * them (they are sockets without a file), so that none is left behind, however a process ends.
 */
export async function claim<Name extends string>(names: readonly Name[]): Promise<Name> {
  for (;;) {
    for (const name of names) if (await isOurs(name)) return name;
    await sleep(50);
  }
}

function isOurs(name: string): Promise<boolean> {
  const server = createServer().unref();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(`\0runbook-test-lab/${name}`, () => resolve(true));
  });
}
