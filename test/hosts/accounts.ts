import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Accounts for one process and its children: an /etc of its own, in a mount namespace of its own. `op` has a password for logging in, sudo and
 * doas; `free` needs none for sudo and doas; `root` has one for su.
 */
export interface Accounts {
  /** Words that go before a command's own. */
  readonly within: readonly string[];
  remove(): void;
}

export const passwords = { op: "o'p pass: $HOME `id`", root: 'the root of all' };

export function privateAccounts(): Accounts {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-etc-'));
  chmodSync(folder, 0o755);
  const etc = join(folder, 'etc');
  cpSync('/etc', etc, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  for (const name of ['op', 'free']) mkdirSync(join(folder, name));
  const put = (name: string, lines: readonly string[], mode: number) => {
    rmSync(join(etc, name), { force: true });
    writeFileSync(join(etc, name), `${lines.join('\n')}\n`, { mode });
    chmodSync(join(etc, name), mode);
  };
  const user = (name: string, id: number, home: string) => `${name}:x:${id}:${id}::${home}:/bin/sh`;
  const people = [user('op', 4242, join(folder, 'op')), user('free', 4243, join(folder, 'free'))];
  const system = [
    user('root', 0, '/root'),
    'sshd:x:101:65534::/run/sshd:/usr/sbin/nologin',
    user('nobody', 65534, '/'),
  ];
  put('passwd', [...system, ...people], 0o644);
  put('group', ['root:x:0:', 'shadow:x:42:', 'nogroup:x:65534:', 'op:x:4242:', 'free:x:4243:'], 0o644);
  const secret = (name: string, hash: string) => `${name}:${hash}:19000:0:99999:7:::`;
  const shadow = ['sshd', 'nobody', 'free'].map((name) => secret(name, '*'));
  put('shadow', [...shadow, secret('root', hashed(passwords.root)), secret('op', hashed(passwords.op))], 0o600);
  put('sudoers', ['root ALL=(ALL) ALL', 'op ALL=(ALL) ALL', 'free ALL=(ALL) NOPASSWD: ALL'], 0o440);
  put('doas.conf', ['permit op', 'permit nopass free'], 0o400);
  return {
    within: ['unshare', '-m', 'sh', '-c', 'mount --bind "$0" /etc && exec "$@"', etc],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function hashed(password: string): string {
  return execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: password }).toString().trim();
}
