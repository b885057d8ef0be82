import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { script } from '../../src/core/command.ts';
import type { Failure } from '../../src/core/failure.ts';
import type { Connection } from '../../src/core/fleet.ts';
import type { Host } from '../../src/core/host.ts';
import { type ConnectorOptions, connector } from '../../src/hosts/connect.ts';
import { checkout } from '../support/cli.ts';
import { fleetOf, keyPair, type Sshd, startSshd } from './sshd.ts';

const never = new AbortController().signal;
let sshd: Sshd;
let authority: string;
let temporary: string;

beforeAll(async () => {
  temporary = mkdtempSync(join(tmpdir(), 'runbook-t-'));
  vi.stubEnv('TMPDIR', temporary);
  authority = keyPair(join(temporary, 'authority'), 'ed25519');
  sshd = await startSshd({ config: [`TrustedUserCAKeys ${authority}.pub`] });
});
afterAll(async () => {
  await sshd.stop();
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
});

const connection = (more: Partial<Connection> = {}, server = sshd) => server.connection({ ssh: 'openssh', ...more });

async function open(how: Connection = connection(), options: Partial<ConnectorOptions> = {}): Promise<Host> {
  const host = connector(fleetOf('web', how), { home: sshd.home, ...options })('web');
  await host.open(never);
  return host;
}

async function failure(how: Connection, options: Partial<ConnectorOptions> = {}): Promise<Failure> {
  return open(how, options).then(
    () => expect.unreachable('it should have failed'),
    (thrown: Failure) => thrown,
  );
}

/** Processes of ours that were started with this folder's name in their arguments: masters, channels and who watches over them. */
function leftProcesses(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(`${temporary}/runbook-ssh-`);
    } catch {
      return false;
    }
  });
}
const leftFolders = () => readdirSync(temporary).filter((name) => name.startsWith('runbook-ssh-'));
const nothingLeft = () =>
  vi.waitFor(() => expect([...leftProcesses(), ...leftFolders()]).toEqual([]), { timeout: 10_000 });

const knownHosts = (text: string) => {
  const knownHostsFile = join(temporary, 'known hosts 100%'); // a name that ssh's configuration must not take apart
  writeFileSync(knownHostsFile, text);
  return { knownHostsFile };
};
const fingerprint = (file: string) => execFileSync('ssh-keygen', ['-lf', file]).toString().split(' ')[1] ?? '';

describe('commands', () => {
  test('tell exit code and streams apart, in turn and aside; then nothing is left', async () => {
    const before = sshd.logged('Accepted publickey');
    const host = await open();
    expect(statSync(join(temporary, leftFolders()[0] ?? '')).mode & 0o777).toBe(0o700);
    const command = script('cat; echo err >&2; exit 255', ["it's"], { stdin: 'in\0'.replace('\0', '\u0001') });
    const expected = { exit: 255, stdout: 'in\u0001', stderr: 'err\n' };
    expect(await host.run(command, never)).toMatchObject(expected);
    expect(await host.aside(command, never)).toMatchObject(expected);
    const stdin = "0123456789abcde'".repeat(65_536);
    expect(await host.run({ argv: ['cksum'], stdin }, never)).toMatchObject({
      stdout: execFileSync('cksum', { input: stdin }).toString(),
    });
    expect(sshd.logged('Accepted publickey') - before).toBe(1);
    await host.close();
    await nothingLeft();
  });

  test('are cut short by their timeout, with their whole group', async () => {
    const host = await open();
    const cut = await host.run(script('sleep 300 & echo "$!"; wait', [], { timeoutMs: 1_000 }), never);
    expect(cut).toMatchObject({ exit: null, cut: 'timeout' });
    await vi.waitFor(() => expect(existsSync(`/proc/${cut.stdout.trim()}/exe`)).toBe(false));
    expect(await host.run({ argv: ['echo', 'next'] }, never)).toMatchObject({ stdout: 'next\n' });
    await host.close();
  });

  test('a session that the host refuses is asked for again', async () => {
    const server = await startSshd({ config: ['MaxSessions 1'] });
    try {
      const host = await open(connection({}, server));
      expect(await host.aside(script('exit 7'), never)).toMatchObject({ exit: 7 });
      await host.close();
      await nothingLeft();
    } finally {
      await server.stop();
    }
  });
});

describe('lost', () => {
  test('when the connection goes: the command, and everything after it; nothing connects anew by itself', async () => {
    const server = await startSshd();
    try {
      const host = await open(connection({}, server));
      const pid = (await host.run(script('echo "$PPID"'), never)).stdout.trim();
      const long = host.run(script('echo begun; sleep 300'), never);
      const session = execFileSync('ps', ['-o', 'ppid=', '-p', pid]).toString().trim();
      process.kill(Number(session), 'SIGKILL');
      expect(await long).toMatchObject({ exit: null, cut: 'lost' });
      expect(await host.run({ argv: ['true'] }, never)).toMatchObject({ exit: null, cut: 'lost' });
      expect(await host.aside({ argv: ['true'] }, never)).toMatchObject({ exit: null, cut: 'lost' });
      expect(server.logged('Accepted publickey')).toBe(1);
      await host.close();
      await nothingLeft();
    } finally {
      await server.stop();
    }
  });

  test('when the controller is killed, its ssh ends too', async () => {
    const program = `
      import { connector } from '${checkout}/dist/hosts/connect.js';
      const host = { name: 'web', vars: {}, connection: ${JSON.stringify(connection())} };
      await connector({ hosts: new Map([['web', host]]) }, { home: '${sshd.home}' })('web').open(new AbortController().signal);
      console.log('open');
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(leftFolders()).toHaveLength(1);
    child.kill('SIGKILL');
    await nothingLeft();
  });
});

describe('what only ssh can do is done by it, unasked', () => {
  test('a certificate beside the key', async () => {
    const key = keyPair(join(temporary, 'certified'), 'ed25519');
    execFileSync('ssh-keygen', [
      '-q',
      '-s',
      authority,
      '-I',
      'op',
      '-n',
      sshd.connection().user ?? '',
      '-V',
      '+1h',
      `${key}.pub`,
    ]);
    const host = await open(sshd.connection({ identityFile: key }));
    expect(await host.run({ argv: ['echo', 'certified'] }, never)).toMatchObject({ stdout: 'certified\n' });
    expect(sshd.log()).toMatch(/Accepted certificate ID "op"|Accepted publickey.*ED25519-CERT/);
    await host.close();
    const refused = await failure(sshd.connection({ identityFile: key, ssh: 'builtin' }));
    expect(refused.message).toContain('refuses the login');
  });

  test('a ProxyCommand; the built-in client says what to choose', async () => {
    const file = join(temporary, 'proxy.mjs');
    writeFileSync(
      file,
      "import { connect } from 'node:net';\n" +
        "const [, , port] = process.argv;\nconst socket = connect(Number(port), '127.0.0.1');\n" +
        'process.stdin.pipe(socket).pipe(process.stdout);\n',
    );
    const proxyCommand = `'${process.execPath}' '${file}' %p`;
    const host = await open(sshd.connection({ proxyCommand }));
    expect((await host.run({ argv: ['echo', 'by proxy'] }, never)).stdout).toBe('by proxy\n');
    await host.close();
    expect(await failure(sshd.connection({ proxyCommand, ssh: 'builtin' }))).toMatchObject({
      code: 'unreachable',
      hint: expect.stringContaining('runbook_ssh: openssh'),
    });
  });

  test('through jump hosts, whose keys are checked too', async () => {
    const inner = await startSshd();
    const config = join(sshd.home, '.ssh', 'config');
    const write = (known: string) =>
      writeFileSync(
        config,
        [
          `Host gate`,
          'HostName 127.0.0.1',
          `Port ${sshd.port}`,
          `IdentityFile ${sshd.identity}`,
          `UserKnownHostsFile ${known}`,
          'StrictHostKeyChecking no',
        ].join('\n'),
      );
    try {
      write(sshd.knownHosts);
      const before = sshd.logged('direct-tcpip');
      const host = await open(connection({ proxyJump: 'gate' }, inner));
      expect((await host.run({ argv: ['echo', 'inside'] }, never)).stdout).toBe('inside\n');
      expect(sshd.logged('direct-tcpip')).toBeGreaterThan(before);
      await host.close();
      write(join(temporary, 'empty'));
      const refused = await failure(connection({ proxyJump: 'gate' }, inner));
      expect(refused).toMatchObject({ code: 'unreachable', message: expect.stringContaining('host key') });
      expect(existsSync(join(temporary, 'empty'))).toBe(false);
    } finally {
      rmSync(config, { force: true });
      await inner.stop();
    }
    await nothingLeft();
  });
});

describe('its failures are those of the built-in client', () => {
  const both = async (how: Partial<Connection>) => {
    const [command, builtin] = await Promise.all([
      failure(connection(how)),
      failure(sshd.connection({ ...how, ssh: 'builtin' })),
    ]);
    return { command, builtin };
  };

  test('an unknown, a changed and a revoked host key', async () => {
    const other = keyPair(join(temporary, 'other'), 'ed25519');
    const mine = readFileSync(sshd.knownHosts, 'utf8');
    const changed = `# a remark\n[127.0.0.1]:${sshd.port} ${readFileSync(`${other}.pub`, 'utf8')}`;
    for (const text of ['', changed, `${mine}@revoked * ${sshd.hostKey}\n`]) {
      const { command, builtin } = await both(knownHosts(text));
      expect(command).toMatchObject({ code: 'unreachable', message: builtin.message, hint: builtin.hint });
    }
    const { command } = await both(knownHosts(changed));
    expect(command.message).toContain(fingerprint(join(sshd.home, 'host_ed25519.pub')));
    expect(command.message).toContain(
      `${fingerprint(`${other}.pub`)} (${join(temporary, 'known hosts 100%')}, line 2)`,
    );
  });

  test('nothing listens, a name that is none, a login that is refused', async () => {
    for (const how of [{ port: 1 }, { address: 'no.such.name.invalid' }]) {
      const { command, builtin } = await both(how);
      expect(command).toMatchObject({ code: 'unreachable', message: builtin.message, hint: builtin.hint });
    }
    const { command } = await both({ identityFile: keyPair(join(temporary, 'stranger'), 'ed25519') });
    expect(command.message).toMatch(/refuses the login; tried: key .*stranger/);
    await nothingLeft();
  });

  test('no answer within the time to connect, and an interrupt', async () => {
    process.kill(sshd.pid, 'SIGSTOP');
    try {
      expect((await failure(connection({ connectTimeoutMs: 400 }))).message).toContain('no answer within 400 ms');
      const abort = new AbortController();
      const opening = connector(fleetOf('web', connection()), { home: sshd.home })('web').open(abort.signal);
      setTimeout(() => abort.abort(), 50);
      await expect(opening).rejects.toMatchObject({ message: expect.stringContaining('interrupted') });
    } finally {
      process.kill(sshd.pid, 'SIGCONT');
    }
    await nothingLeft();
  });

  test('a new host is accepted only when asked, and that is said', async () => {
    const file = knownHosts('');
    const said: string[] = [];
    const host = await open(connection(file), { acceptNewHostKeys: true, say: (text) => void said.push(text) });
    await host.close();
    expect(said.join()).toContain(fingerprint(join(sshd.home, 'host_ed25519.pub')));
    expect(readFileSync(file.knownHostsFile, 'utf8')).toContain(sshd.hostKey.split(' ')[1]);
  });
});
