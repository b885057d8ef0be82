import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import ssh2, { type AuthContext, type Connection } from 'ssh2';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { dialSsh } from '../../src/hosts/ssh.ts';
import type { SshTarget } from '../../src/hosts/ssh-target.ts';
import { hostKeyPair } from './host-key.ts';

// sshd would need an account with a password, so the server here is ssh2's own: the protocol is the same.

const never = new AbortController().signal;
const methods = ['password', 'keyboard-interactive'] as const;
type Method = (typeof methods)[number];
let home: string;
let seen: string[];
let close: () => Promise<void>;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'runbook-auth-'));
  seen = [];
});
afterEach(async () => {
  await close();
  rmSync(home, { recursive: true });
});

/** A server that takes the password `right`, by these methods. */
async function serve(
  taken: readonly Method[],
  lead = (context: AuthContext) => answer(context, taken),
): Promise<SshTarget> {
  const hostKey = hostKeyPair();
  const clients: Connection[] = [];
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
    clients.push(client);
    client.on('error', () => undefined);
    client.on('authentication', lead);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = async () => {
    for (const client of clients) client.end();
    await new Promise((resolve) => server.close(resolve));
  };
  const { port } = server.address() as AddressInfo;
  const knownHosts = join(home, 'known_hosts');
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${hostKey.public}\n`);
  const rest = { identityFiles: [], knownHostsFiles: [knownHosts], connectTimeoutMs: 5000, jumps: [] };
  return { asked: '127.0.0.1', host: '127.0.0.1', port, user: 'op', ...rest };
}

function answer(context: AuthContext, taken: readonly Method[], right = 'right'): void {
  const left = [...taken];
  seen.push(context.method);
  if (context.method === 'password' && taken.includes(context.method) && context.password === right) context.accept();
  else if (context.method === 'keyboard-interactive' && taken.includes(context.method)) {
    context.prompt([{ prompt: 'Password: ', echo: false }], ([password]) => {
      if (password === right) context.accept();
      else context.reject(left);
    });
  } else context.reject(left);
}

const dial = (target: SshTarget, ask?: (prompt: string) => Promise<string>, passwords = new Map<string, string>()) =>
  dialSsh(
    target,
    { keys: new Map(), passwords, handshakes: pLimit(1), say: () => undefined, ...(ask === undefined ? {} : { ask }) },
    never,
  );

describe.each(methods)('a host that takes only %s', (method) => {
  test('gets the password of the inventory', async () => {
    const target = await serve([method]);
    await (await dial({ ...target, password: 'right' })).close();
    expect(seen.at(-1)).toBe(method);
  });

  test('gets the password of the operator, who is asked once', async () => {
    const target = await serve([method]);
    const ask = vi.fn(async () => 'right');
    await (await dial(target, ask)).close();
    expect(ask.mock.calls).toEqual([[`Password of op@127.0.0.1:${target.port}: `]]);
  });

  test('gets the same password where it is connected to again; one that it no longer takes is asked for', async () => {
    let right = 'right';
    const target = await serve([method], (context) => answer(context, [method], right));
    const ask = vi.fn(async () => right);
    const passwords = new Map<string, string>();
    for (let i = 0; i < 3; i += 1) await (await dial(target, ask, passwords)).close();
    expect(ask).toHaveBeenCalledOnce();
    right = 'another';
    await expect(dial(target, ask, passwords)).rejects.toMatchObject({ code: 'unreachable' });
    for (let i = 0; i < 2; i += 1) await (await dial(target, ask, passwords)).close();
    expect(ask).toHaveBeenCalledTimes(2);
  });

  test('refuses a wrong one, and that is said', async () => {
    const target = await serve([method]);
    await expect(dial({ ...target, password: 'wrong' })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/refuses the login; tried: .*password/),
    });
  });
});

describe('a dialogue of several questions', () => {
  const asks = (rounds: readonly (readonly { prompt: string; echo: boolean }[])[]) => {
    const given: string[][] = [];
    const lead = (context: AuthContext) => {
      seen.push(context.method);
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
      const left = [...rounds];
      const next = () => {
        const prompts = left.shift();
        if (prompts === undefined) return context.accept();
        context.prompt([...prompts], 'A sign\u001b[2Jin', 'Look\nhere', (answers) => {
          given.push([...answers]);
          if (answers.length === prompts.length) next();
          else context.reject(['keyboard-interactive']);
        });
      };
      next();
    };
    return { given, lead };
  };
  const password = { prompt: 'Password: ', echo: false };
  const code = { prompt: 'Verification\u001b]0;x\u0007 code: ', echo: true };

  test('gets the password and then the code, which the operator is asked for in words that are safe', async () => {
    const { given, lead } = asks([[password], [code]]);
    const target = await serve(['keyboard-interactive'], lead);
    const ask = vi.fn(async () => '123456');
    await (await dial({ ...target, password: 'right' }, ask)).close();
    expect(given).toEqual([['right'], ['123456']]);
    const address = `op@127.0.0.1:${target.port}`;
    expect(ask.mock.calls).toEqual([
      [`${address} asks: A sign\\x1b[2Jin Look\\nhere Verification\\x1b]0;x\\x07 code: `],
    ]);
  });

  test('one after the other, in one round too', async () => {
    const { given, lead } = asks([[password, code]]);
    const target = await serve(['keyboard-interactive'], lead);
    await (await dial(target, async (prompt) => (prompt.startsWith('Password of') ? 'right' : '654321'))).close();
    expect(given).toEqual([['right', '654321']]);
  });

  test('with nobody to ask for the code: refused, and it says what was asked', async () => {
    const target = await serve(['keyboard-interactive'], asks([[password, code]]).lead);
    await expect(dial({ ...target, password: 'right' })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/dialogue \(it asks "Verification\\x1b\]0;x\\x07 code:", and there is nobody/),
    });
  });

  test('asked for the password again, it is not given again', async () => {
    const { given, lead } = asks([[password], [password]]);
    const target = await serve(['keyboard-interactive'], lead);
    await expect(dial({ ...target, password: 'wrong' })).rejects.toMatchObject({ code: 'unreachable' });
    expect(given).toEqual([['wrong'], []]);
  });
});

test('with nobody to ask, no password is tried', async () => {
  const target = await serve(['password']);
  await expect(dial(target)).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('tried: nothing'),
  });
  expect(seen).not.toContain('password');
});
