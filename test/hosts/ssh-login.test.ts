import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { script } from '../../src/core/command.ts';
import type { Failure } from '../../src/core/failure.ts';
import type { Connection } from '../../src/core/fleet.ts';
import { type ConnectorOptions, connector } from '../../src/hosts/connect.ts';
import { type Accounts, passwords, privateAccounts } from './accounts.ts';
import { fleetOf, keyPair, type Sshd, startSshd } from './sshd.ts';

const never = new AbortController().signal;
let sshd: Sshd;

beforeAll(async () => {
  sshd = await startSshd({ keyTypes: ['ed25519', 'rsa'] });
});
afterAll(() => sshd.stop());

/** Connects, says `hello` and closes; the answer. */
async function hello(connection: Connection, options: Partial<ConnectorOptions> = {}, abort = never): Promise<string> {
  const host = connector(fleetOf('web', connection), { home: sshd.home, ...options })('web');
  await host.open(abort);
  const { stdout } = await host.run({ argv: ['echo', 'hello'] }, never);
  await host.close();
  return stdout;
}

async function failure(work: Promise<unknown>): Promise<Failure> {
  return work.then(
    () => expect.unreachable('it should have failed'),
    (thrown: Failure) => thrown,
  );
}

const fingerprint = (file: string) => execFileSync('ssh-keygen', ['-lf', file]).toString().split(' ')[1] ?? '';

/** A known_hosts file with this text. */
function knownHosts(text: string): { knownHostsFile: string } {
  const knownHostsFile = join(sshd.home, 'known_hosts_for_a_test');
  writeFileSync(knownHostsFile, text);
  return { knownHostsFile };
}

describe('host keys', () => {
  test('a known one is accepted, and the facts are told', async () => {
    const host = connector(fleetOf('web', sshd.connection()), { home: sshd.home })('web');
    const facts = await host.open(never);
    await host.close();
    expect(facts.bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    expect(facts.address).toMatch(new RegExp(`^\\w+@127\\.0\\.0\\.1:${sshd.port}$`));
    expect(facts.ssh).toEqual({ peer: '127.0.0.1', own: '127.0.0.1' });
  });

  test('a hashed one is accepted', async () => {
    const { knownHostsFile } = knownHosts(readFileSync(sshd.knownHosts, 'utf8'));
    execFileSync('ssh-keygen', ['-H', '-f', knownHostsFile], { stdio: 'ignore' });
    expect(readFileSync(knownHostsFile, 'utf8')).toMatch(/^\|1\|/);
    expect(await hello(sshd.connection({ knownHostsFile }))).toBe('hello\n');
  });

  test('where only the RSA key is known, that one is asked for', async () => {
    const rsa = readFileSync(join(sshd.home, 'host_rsa.pub'), 'utf8');
    expect(await hello(sshd.connection(knownHosts(`[127.0.0.1]:${sshd.port} ${rsa}`)))).toBe('hello\n');
  });

  test('an unknown one is refused, with its fingerprint and how to add it', async () => {
    const refused = await failure(hello(sshd.connection(knownHosts(''))));
    expect(refused.code).toBe('unreachable');
    expect(refused.message).toContain(fingerprint(join(sshd.home, 'host_ed25519.pub')));
    expect(refused.hint).toContain(`ssh-keyscan -p ${sshd.port} -t ed25519 127.0.0.1 >> `);
  });

  test('a changed one is refused, with both fingerprints', async () => {
    const other = keyPair(join(sshd.home, 'other'), 'ed25519');
    const known = knownHosts(`[127.0.0.1]:${sshd.port} ${readFileSync(`${other}.pub`, 'utf8')}`);
    const refused = await failure(hello(sshd.connection(known)));
    expect(refused.code).toBe('unreachable');
    expect(refused.message).toContain(fingerprint(join(sshd.home, 'host_ed25519.pub')));
    expect(refused.message).toContain(fingerprint(`${other}.pub`));
  });

  test('a changed one is refused also where new ones are accepted, with where the known one stands', async () => {
    const other = `${keyPair(join(sshd.home, 'changed'), 'ed25519')}.pub`;
    const text = `# a remark\n[127.0.0.1]:${sshd.port} ${readFileSync(other, 'utf8')}`;
    const known = knownHosts(text);
    const refused = await failure(hello(sshd.connection(known), { acceptNewHostKeys: true }));
    expect(refused.message).toContain(fingerprint(join(sshd.home, 'host_ed25519.pub')));
    expect(refused.message).toContain(`${fingerprint(other)} (${known.knownHostsFile}, line 2)`);
    expect(refused.hint).toContain(`ssh-keygen -R '[127.0.0.1]:${sshd.port}' -f ${known.knownHostsFile}`);
    expect(readFileSync(known.knownHostsFile, 'utf8')).toBe(text);
  });

  test('one of another type than the known one is not new', async () => {
    const other = keyPair(join(sshd.home, 'other_type'), 'ecdsa');
    const text = `[127.0.0.1]:${sshd.port} ${readFileSync(`${other}.pub`, 'utf8')}`;
    const known = knownHosts(text);
    const refused = await failure(hello(sshd.connection(known), { acceptNewHostKeys: true }));
    expect(refused.hint).toContain('never accepted as new');
    expect(readFileSync(known.knownHostsFile, 'utf8')).toBe(text);
  });

  test('a new one is accepted when asked: noted once, said once, known from then on', async () => {
    const known = knownHosts('other ssh-ed25519 no-newline-at-the-end');
    const say = vi.fn();
    const connect = connector(fleetOf('web', sshd.connection(known)), {
      home: sshd.home,
      acceptNewHostKeys: true,
      say,
    });
    const hosts = [connect('web'), connect('web'), connect('web')];
    await Promise.all(hosts.map((host) => host.open(never)));
    await Promise.all(hosts.map((host) => host.close()));
    expect(say.mock.calls).toEqual([[expect.stringContaining(fingerprint(join(sshd.home, 'host_ed25519.pub')))]]);
    const [other, line, ...rest] = readFileSync(known.knownHostsFile, 'utf8').split('\n');
    expect([other, rest]).toEqual(['other ssh-ed25519 no-newline-at-the-end', ['']]);
    expect(line).toBe(`[127.0.0.1]:${sshd.port} ${sshd.hostKey}`);
    expect(existsSync(`${known.knownHostsFile}.runbook-lock`)).toBe(false);
    expect(await hello(sshd.connection(known))).toBe('hello\n');
  });

  test('hashed where the configuration hashes; a lock that nobody holds any more is passed over', async () => {
    const known = knownHosts('');
    const lock = `${known.knownHostsFile}.runbook-lock`;
    writeFileSync(lock, '');
    utimesSync(lock, 0, 0);
    const config = join(sshd.home, '.ssh', 'config');
    writeFileSync(config, 'Host 127.0.0.1\nStrictHostKeyChecking accept-new\nHashKnownHosts yes\n');
    try {
      expect(await hello(sshd.connection(known))).toBe('hello\n');
    } finally {
      rmSync(config);
    }
    expect(readFileSync(known.knownHostsFile, 'utf8')).toMatch(/^\|1\|/);
    expect(
      execFileSync('ssh-keygen', ['-F', `[127.0.0.1]:${sshd.port}`, '-f', known.knownHostsFile]).toString(),
    ).toContain(sshd.hostKey);
    expect(await hello(sshd.connection(known))).toBe('hello\n');
  });

  test('a new one that cannot be noted is refused', async () => {
    const refused = await failure(
      hello(sshd.connection({ knownHostsFile: '/no/such/folder' }), { acceptNewHostKeys: true }),
    );
    expect(refused).toMatchObject({ code: 'unreachable', message: expect.stringContaining('cannot be noted') });
  });

  test('a revoked one is refused, also when it is known', async () => {
    const line = readFileSync(sshd.knownHosts, 'utf8');
    const refused = await failure(hello(sshd.connection(knownHosts(`${line}@revoked * ${sshd.hostKey}\n`))));
    expect(refused).toMatchObject({ code: 'unreachable', message: expect.stringContaining('@revoked') });
  });

  test('nothing is offered to a host that is not known', async () => {
    const before = sshd.logged('Accepted publickey');
    await failure(hello(sshd.connection(knownHosts(''))));
    expect(sshd.logged('Accepted publickey')).toBe(before);
  });
});

describe('logging in', () => {
  test('with a key that wants a passphrase: asked for once', async () => {
    const file = join(sshd.home, 'locked');
    keyPair(file, 'ed25519', 'open sesame');
    appendFileSync(join(sshd.home, 'authorized_keys'), readFileSync(`${file}.pub`));
    const answers = ['wrong', 'open sesame'];
    const ask = vi.fn(async () => answers.shift() ?? '');
    const connect = connector(fleetOf('web', sshd.connection({ identityFile: file })), { home: sshd.home, ask });
    for (const host of [connect('web'), connect('web')]) {
      await host.open(never);
      await host.close();
    }
    expect(ask.mock.calls).toEqual([[`Passphrase of ${file}: `], [`Passphrase of ${file}: `]]);
    const refused = await failure(hello(sshd.connection({ identityFile: file })));
    expect(refused.message).toContain('its passphrase is not known');
  });

  test('while the operator is asked, the time to connect stands still', async () => {
    const file = join(sshd.home, 'slow');
    keyPair(file, 'ed25519', 'slow');
    appendFileSync(join(sshd.home, 'authorized_keys'), readFileSync(`${file}.pub`));
    const ask = () => new Promise<string>((resolve) => setTimeout(() => resolve('slow'), 3500));
    expect(await hello(sshd.connection({ identityFile: file, connectTimeoutMs: 3000 }), { ask })).toBe('hello\n');
  });

  test('with the agent', async () => {
    const socket = join(sshd.home, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      const env = { ...process.env, SSH_AUTH_SOCK: socket };
      await vi.waitFor(() => execFileSync('ssh-add', ['-q', sshd.identity], { env, stdio: 'ignore' }));
      const connection = sshd.connection({ identityFile: '/no/such/key' });
      expect(await hello(connection, { sshAuthSock: socket })).toBe('hello\n');
    } finally {
      agent.kill();
      await once(agent, 'exit');
    }
  });

  test('an agent that is not there does not stop the other ways', async () => {
    const file = join(sshd.home, 'second');
    keyPair(file, 'ed25519', 'second');
    appendFileSync(join(sshd.home, 'authorized_keys'), readFileSync(`${file}.pub`));
    const options = { sshAuthSock: '/no/such/socket', ask: async () => 'second' };
    expect(await hello(sshd.connection({ identityFile: file }), options)).toBe('hello\n');
  });

  test('refused: says what was tried; nobody is asked for a password that the host does not take', async () => {
    const stranger = keyPair(join(sshd.home, 'stranger'), 'ed25519');
    const ask = vi.fn(async () => 'never');
    const refused = await failure(hello(sshd.connection({ identityFile: stranger }), { ask }));
    expect(refused.code).toBe('unreachable');
    expect(refused.message).toContain(`tried: key ${stranger}`);
    expect(ask).not.toHaveBeenCalled();
  });
});

describe('where one proof is not enough', () => {
  let accounts: Accounts;
  beforeAll(() => {
    accounts = privateAccounts();
  });
  afterAll(() => accounts.remove());

  test.each([
    ['publickey,password', []],
    ['password,publickey', []],
    ['publickey,keyboard-interactive', ['UsePAM yes', 'KbdInteractiveAuthentication yes']],
  ])('%s', async (wanted, more) => {
    const config = [`AuthenticationMethods ${wanted}`, 'PasswordAuthentication yes', ...more];
    const server = await startSshd({ config, within: accounts.within });
    try {
      expect(await hello(server.connection({ user: 'op', password: passwords.op }), { home: server.home })).toBe(
        'hello\n',
      );
      const ask = vi.fn(async () => passwords.op);
      expect(await hello(server.connection({ user: 'op' }), { home: server.home, ask })).toBe('hello\n');
      expect(ask.mock.calls).toEqual([[`Password of op@127.0.0.1:${server.port}: `]]);
      const refused = await failure(hello(server.connection({ user: 'op', password: 'no' }), { home: server.home }));
      expect(refused.message).toMatch(/refuses the login; tried: .*password/);
    } finally {
      await server.stop();
    }
  });

  test('a key of the agent, then a password', async () => {
    const config = ['AuthenticationMethods publickey,password', 'PasswordAuthentication yes'];
    const server = await startSshd({ config, within: accounts.within });
    const socket = join(server.home, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      const env = { ...process.env, SSH_AUTH_SOCK: socket };
      await vi.waitFor(() => execFileSync('ssh-add', ['-q', server.identity], { env, stdio: 'ignore' }));
      // A key that is refused first: by then the server has said what it takes, which is a key and nothing else.
      const identityFile = keyPair(join(server.home, 'stranger'), 'ed25519');
      const connection = server.connection({ user: 'op', password: passwords.op, identityFile });
      expect(await hello(connection, { sshAuthSock: socket, home: server.home })).toBe('hello\n');
    } finally {
      agent.kill();
      await once(agent, 'exit');
      await server.stop();
    }
  });
});

describe('no connection', () => {
  test('nothing listens there', async () => {
    const refused = await failure(hello(sshd.connection({ port: 1 })));
    expect(refused).toMatchObject({ code: 'unreachable', message: expect.stringContaining('nothing listens there') });
  });

  test('no answer within the time to connect', async () => {
    process.kill(sshd.pid, 'SIGSTOP');
    try {
      const refused = await failure(hello(sshd.connection({ connectTimeoutMs: 200 })));
      expect(refused).toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining('no answer within 200 ms'),
      });
    } finally {
      process.kill(sshd.pid, 'SIGCONT');
    }
  });

  test('interrupted while connecting', async () => {
    process.kill(sshd.pid, 'SIGSTOP');
    try {
      const abort = new AbortController();
      const opening = failure(hello(sshd.connection(), {}, abort.signal));
      setImmediate(() => abort.abort());
      expect((await opening).message).toContain('interrupted');
    } finally {
      process.kill(sshd.pid, 'SIGCONT');
    }
  });
});

describe('crowds', () => {
  test('where sshd drops logins under load, each is tried again', async () => {
    const server = await startSshd({ config: ['MaxStartups 2:90:3'] });
    try {
      const connect = connector(fleetOf('web', server.connection()), { home: server.home });
      const hosts = Array.from({ length: 12 }, () => connect('web'));
      const facts = await Promise.all(hosts.map((host) => host.open(never)));
      expect(facts).toHaveLength(12);
      await Promise.all(hosts.map((host) => host.close()));
      expect(server.logged('MaxStartups')).toBeGreaterThan(0);
    } finally {
      await server.stop();
    }
  });
});

describe('few sessions', () => {
  const blocked = 'until [ -e "$1" ]; do sleep 0.05; done; echo long';

  test('fifty hosts on one sshd that drops logins and allows two sessions', async () => {
    const server = await startSshd({ config: ['MaxStartups 3:30:10', 'MaxSessions 2'] });
    try {
      const connect = connector(fleetOf('web', server.connection()), { home: server.home });
      const hosts = Array.from({ length: 50 }, () => connect('web'));
      const said = await Promise.all(
        hosts.map(async (host) => {
          await host.open(never);
          const both = [host.run(script('echo in turn'), never), host.aside(script('echo aside'), never)];
          return (await Promise.all(both)).map(({ exit, stdout }) => `${exit} ${stdout}`);
        }),
      );
      expect(said).toEqual(hosts.map(() => ['0 in turn\n', '0 aside\n']));
      await Promise.all(hosts.map((host) => host.close()));
    } finally {
      await server.stop();
    }
  }, 120_000);

  test('one session: what runs aside has a connection of its own, and so has what ends a command', async () => {
    const server = await startSshd({ config: ['MaxSessions 1'] });
    try {
      const host = connector(fleetOf('web', server.connection()), { home: server.home })('web');
      await host.open(never);
      const gate = join(server.home, 'gate');
      const long = host.run(script(blocked, [gate]), never);
      expect(await host.aside(script(': >"$1"; exit 7', [gate]), never)).toMatchObject({ exit: 7 });
      expect(await long).toMatchObject({ exit: 0, stdout: 'long\n' });
      const cut = await host.run(script('sleep 300 & echo "$!"; wait', [], { timeoutMs: 300 }), never);
      expect(cut).toMatchObject({ exit: null, cut: 'timeout' });
      await vi.waitFor(() => expect(existsSync(`/proc/${cut.stdout.trim()}/exe`)).toBe(false));
      expect(server.logged('Accepted publickey')).toBe(2);
      await host.close();
    } finally {
      await server.stop();
    }
  });

  test('a session that ends makes room, and so does one that is kept for nothing but a child', async () => {
    const server = await startSshd({ config: ['MaxSessions 2'] });
    try {
      const host = connector(fleetOf('web', server.connection()), { home: server.home })('web');
      await host.open(never);
      const gate = join(server.home, 'room');
      const children: number[] = [];
      try {
        for (const _ of [1, 2, 3]) {
          const held = await host.run(script('(until [ -e "$1" ]; do sleep 0.05; done) & echo "$!"', [gate]), never);
          expect(held).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^\d+\n$/) });
          children.push(Number(held.stdout));
        }
      } finally {
        writeFileSync(gate, '');
        await vi.waitFor(() => expect(children.filter((pid) => existsSync(`/proc/${pid}/exe`))).toEqual([]));
      }
      await host.close();
    } finally {
      await server.stop();
    }
  });

  test('none at all: says so', async () => {
    const server = await startSshd({ config: ['MaxSessions 0'] });
    try {
      const refused = await failure(hello(server.connection()));
      expect(refused).toMatchObject({ code: 'unreachable', hint: expect.stringContaining('MaxSessions') });
    } finally {
      await server.stop();
    }
  });
});

describe('~/.ssh/config', () => {
  const config = () => join(sshd.home, '.ssh', 'config');
  afterAll(() => rmSync(config(), { force: true }));

  test('HostName, Port, IdentityFile, UserKnownHostsFile are honoured', async () => {
    const lines = [
      'Host web',
      'HostName 127.0.0.1',
      `Port ${sshd.port}`,
      `IdentityFile ${sshd.identity}`,
      `UserKnownHostsFile ${sshd.knownHosts}`,
    ];
    writeFileSync(config(), lines.join('\n'));
    expect(await hello({ kind: 'ssh' })).toBe('hello\n');
  });

  test.each(['builtin', 'openssh'] as const)('%s: HostKeyAlias is the whole name, whatever the port', async (ssh) => {
    writeFileSync(config(), 'Host web\nHostName 127.0.0.1\nHostKeyAlias DB1.internal\nHashKnownHosts no\n');
    const { address: _, ...connection } = sshd.connection({ ssh });
    const over = (text: string) => ({ ...connection, ...knownHosts(text) });
    expect(await hello(over(`db1.internal ${sshd.hostKey}\n`))).toBe('hello\n');

    const changed = over(`db1.internal ${readFileSync(`${keyPair(join(sshd.home, ssh), 'ed25519')}.pub`, 'utf8')}`);
    const before = readFileSync(changed.knownHostsFile, 'utf8');
    const refused = await failure(hello(changed, { acceptNewHostKeys: true }));
    expect(refused.message).toContain('another host key than known');
    expect(refused.hint).toContain(`ssh-keygen -R 'db1.internal' -f ${changed.knownHostsFile}`);
    expect(readFileSync(changed.knownHostsFile, 'utf8')).toBe(before);

    expect((await failure(hello(over('')))).hint).toContain("127.0.0.1 | sed 's/^[^ ]*/db1.internal/' >> ");
    const fresh = over('');
    expect(await hello(fresh, { acceptNewHostKeys: true })).toBe('hello\n');
    expect(readFileSync(fresh.knownHostsFile, 'utf8')).toBe(`db1.internal ${sshd.hostKey}\n`);
  });

  test('through a jump host, whose key is checked too', async () => {
    const inner = await startSshd();
    try {
      const text = (knownHostsFile: string) =>
        [
          'Host web',
          `ProxyJump 127.0.0.1:${sshd.port}`,
          'Host 127.0.0.1',
          `IdentityFile ${sshd.identity}`,
          `UserKnownHostsFile ${knownHostsFile}`,
        ].join('\n');
      const { address: _, ...connection } = inner.connection();
      writeFileSync(config(), `${text(sshd.knownHosts)}\nMatch originalhost web\nHostName 127.0.0.1\n`);
      const before = sshd.logged('direct-tcpip');
      expect(await hello(connection)).toBe('hello\n');
      expect(sshd.logged('direct-tcpip')).toBeGreaterThan(before);
      writeFileSync(config(), `${text('/dev/null')}\nMatch originalhost web\nHostName 127.0.0.1\n`);
      expect((await failure(hello(connection))).message).toContain(`:${sshd.port} shows a host key that is not known`);
    } finally {
      await inner.stop();
    }
  });
});

test('through a chain of jump hosts, each with its own user, port, key and known host', async () => {
  const [first, second, last] = await Promise.all([startSshd(), startSshd(), startSshd()]);
  const config = join(sshd.home, '.ssh', 'config');
  const block = (name: string, server: Sshd, ...more: string[]) => [
    ...[`Host ${name}`, 'HostName 127.0.0.1', `Port ${server.port}`, `User ${server.connection().user}`],
    ...[`IdentityFile ${server.identity}`, `UserKnownHostsFile ${server.knownHosts}`, 'IdentitiesOnly yes', ...more],
  ];
  // second is reached through first because its own configuration says so.
  writeFileSync(config, [...block('first', first), ...block('second', second, 'ProxyJump first'), ''].join('\n'));
  try {
    const through = (spec: string) => hello(last.connection({ proxyJump: spec }));
    expect(await through('second')).toBe('hello\n');
    expect(await through('first,second')).toBe('hello\n');
    expect([first.logged('direct-tcpip') > 0, second.logged('direct-tcpip') > 0]).toEqual([true, true]);
    writeFileSync(second.knownHosts, readFileSync(first.knownHosts, 'utf8'));
    expect((await failure(through('second'))).message).toContain(`:${second.port} shows a host key that is not known`);
  } finally {
    rmSync(config);
    await Promise.all([first, second, last].map((server) => server.stop()));
  }
});

test('a connection leaves nothing open', async () => {
  await hello(sshd.connection());
  // sshd takes a new connection, so it is up; and of the old ones none is left.
  const socket = connect(sshd.port, '127.0.0.1');
  await once(socket, 'data');
  socket.destroy();
  await vi.waitFor(() => {
    const mine = execFileSync('ss', ['-Htn', 'state', 'established', `dport = :${sshd.port}`]).toString();
    expect(mine).toBe('');
  });
});
