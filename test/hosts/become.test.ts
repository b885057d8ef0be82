import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { script } from '../../src/core/command.ts';
import type { Connection } from '../../src/core/fleet.ts';
import type { Host } from '../../src/core/host.ts';
import { connector } from '../../src/hosts/connect.ts';
import { type Accounts, passwords, privateAccounts } from './accounts.ts';
import { fleetOf, type Sshd, startSshd } from './sshd.ts';

const never = new AbortController().signal;
let accounts: Accounts;
let sshd: Sshd;
let scratch: string;
const opened: Host[] = [];

beforeAll(async () => {
  accounts = privateAccounts();
  sshd = await startSshd({ within: accounts.within });
  scratch = mkdtempSync(join(tmpdir(), 'runbook-become-'));
});
afterAll(async () => {
  await Promise.all(opened.map((host) => host.close()));
  await sshd.stop();
  accounts.remove();
  rmSync(scratch, { recursive: true });
});

async function open(connection: Partial<Connection>): Promise<Host> {
  const host = connector(fleetOf('web', sshd.connection({ user: 'op', ...connection })), { home: sshd.home })('web');
  opened.push(host);
  await host.open(never);
  return host;
}

/** Where in the arguments and environments of all processes a text stands. */
function sightings(text: string): string[] {
  const files = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return files
    .flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`])
    .filter((file) => {
      try {
        return readFileSync(file, 'latin1').includes(text);
      } catch {
        return false;
      }
    });
}

const methods = [
  { becomeMethod: 'sudo', becomePassword: passwords.op },
  { becomeMethod: 'doas', becomePassword: passwords.op },
  { becomeMethod: 'su', becomePassword: passwords.root },
] as const;

describe.each(methods)('by $becomeMethod, with a password', (by) => {
  test('the command has its streams, its words and its exit code to itself', async () => {
    const host = await open(by);
    const words = ["it's", '$HOME', 'a\nb', '', '-n', '\\'];
    const command = script('id -un; printf "<%s>" "$@"; cat; echo err >&2; exit 3', words, {
      stdin: 'in\0'.replace('\0', '\r\n\u0003'),
      env: { A: "b'c" },
      become: 'root',
    });
    const expected = {
      exit: 3,
      stdout: `root\n${words.map((word) => `<${word}>`).join('')}in\r\n\u0003`,
      stderr: 'err\n',
    };
    expect(await host.run(command, never)).toMatchObject(expected);
    expect(await host.aside(command, never)).toMatchObject(expected);
    const bare = script('cat; echo "$A"', [], { env: { A: "b'c" }, become: 'root' });
    expect(await host.run(bare, never)).toMatchObject({ exit: 0, stdout: "b'c\n", stderr: '' });
  });

  test('nobody sees the password in an argument or an environment', async () => {
    const host = await open(by);
    const gate = join(scratch, by.becomeMethod);
    const command = (name: string) =>
      script('id -u; : >"$1.$2"; until [ -e "$1" ]; do sleep 0.05; done', [gate, name], { become: 'root' });
    const running = [host.run(command('a'), never), host.aside(command('b'), never)];
    try {
      const both = () => existsSync(`${gate}.a`) && existsSync(`${gate}.b`);
      await vi.waitFor(() => expect(both()).toBe(true), { timeout: 10_000 });
      expect(sightings(gate).length).toBeGreaterThanOrEqual(2);
      expect(sightings(by.becomePassword)).toEqual([]);
    } finally {
      writeFileSync(gate, '');
    }
    for (const outcome of await Promise.all(running)) expect(outcome).toMatchObject({ exit: 0, stdout: '0\n' });
  });

  test('a wrong one is refused, and soon', async () => {
    const host = await open({ ...by, becomePassword: 'wrong' });
    const outcome = await host.run({ argv: ['id', '-un'], become: 'root', timeoutMs: 20_000 }, never);
    expect(outcome.cut).toBeUndefined();
    expect(outcome.exit).not.toBe(0);
    expect(outcome.stdout).toBe('');
    expect(await host.run({ argv: ['id', '-un'] }, never)).toMatchObject({ stdout: 'op\n' });
  });

  test('a timeout ends the whole group', async () => {
    const host = await open(by);
    const file = join(scratch, `${by.becomeMethod}-pid`);
    const command = script('sleep 300 & echo "$! $$" >"$1"; wait', [file], { become: 'root', timeoutMs: 4_000 });
    expect(await host.run(command, never)).toMatchObject({ exit: null, cut: 'timeout' });
    for (const pid of readFileSync(file, 'utf8').trim().split(' ')) {
      await vi.waitFor(() => expect(existsSync(`/proc/${pid}/exe`)).toBe(false), { timeout: 10_000 });
    }
    expect(await host.run({ argv: ['echo', 'next'] }, never)).toMatchObject({ stdout: 'next\n' });
  });

  test('it leaves no file', async () => {
    const before = readdirSync('/tmp').filter((name) => name.startsWith('tmp.'));
    const host = await open(by);
    await host.run({ argv: ['true'], become: 'root' }, never);
    expect(readdirSync('/tmp').filter((name) => name.startsWith('tmp.') && !before.includes(name))).toEqual([]);
  });
});

describe('without a password', () => {
  test.each(['sudo', 'doas'] as const)('by %s, where none is needed', async (becomeMethod) => {
    const host = await open({ user: 'free', becomeMethod, becomeUser: 'nobody' });
    const outcome = await host.run(script('id -un; cat; exit 4', [], { stdin: 'in' }), never);
    expect(outcome).toMatchObject({ exit: 4, stdout: 'nobody\nin', stderr: '' });
  });

  test('by su, as root', async () => {
    const host = await open({ user: 'root', becomeMethod: 'su', becomeUser: 'op' });
    const outcome = await host.run(script('id -un; cat; exit 4', [], { stdin: 'in' }), never);
    expect(outcome).toMatchObject({ exit: 4, stdout: 'op\nin', stderr: '' });
  });

  test.each(['sudo', 'doas', 'su'] as const)(
    'by %s, where one is needed: refused, and nothing hangs',
    async (becomeMethod) => {
      const host = await open({ becomeMethod, becomeUser: 'root' });
      const outcome = await host.run(script('id -un'), never);
      expect(outcome.cut).toBeUndefined();
      expect(outcome).toMatchObject({ stdout: '' });
      expect(outcome.exit).not.toBe(0);
    },
  );
});
