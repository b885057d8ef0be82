import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Command, script } from '../../src/core/command.ts';
import type { Connection } from '../../src/core/fleet.ts';
import type { Host } from '../../src/core/host.ts';
import { connector } from '../../src/hosts/connect.ts';
import { hostKeyPair } from './host-key.ts';
import { fleetOf, type Relay, type Sshd, sessionsOf, startRelay, startSshd } from './sshd.ts';

const never = new AbortController().signal;
const opened: Host[] = [];
let sshd: Sshd;
let scratch: string;

beforeAll(async () => {
  sshd = await startSshd();
  scratch = mkdtempSync(join(tmpdir(), 'runbook-ssh-'));
});
afterAll(async () => {
  await Promise.all(opened.map((host) => host.close()));
  await sshd.stop();
  rmSync(scratch, { recursive: true });
});

async function open(server: Sshd = sshd): Promise<Host> {
  const host = connector(fleetOf('web', server.connection()), { home: server.home })('web');
  opened.push(host);
  await host.open(never);
  return host;
}

const run = (host: Host, command: Command, abort: AbortSignal = never) => host.run(command, abort);
const isAlive = (pid: number) => existsSync(`/proc/${pid}/exe`);
const readPids = (file: string) => readFileSync(file, 'utf8').trim().split(/\s+/).map(Number);

const openSockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

test('closing comes to an end also when the peer has gone silent, and leaves no socket behind', async () => {
  const relay = await startRelay(sshd.connection().port ?? 0);
  const knownHostsFile = join(scratch, 'relay');
  writeFileSync(
    knownHostsFile,
    readFileSync(sshd.knownHosts, 'utf8').replaceAll(String(sshd.connection().port), String(relay.port)),
  );
  const connection = sshd.connection({ port: relay.port, knownHostsFile });
  const host = connector(fleetOf('web', connection), { home: sshd.home })('web');
  try {
    const before = openSockets();
    await host.open(never);
    relay.silence();
    const closed = host.close();
    await expect(
      Promise.race([closed, new Promise((late) => setTimeout(late, 5_000, 'late'))]),
    ).resolves.toBeUndefined();
    expect(openSockets()).toBe(before + 2); // the two of the relay
  } finally {
    await relay.stop();
  }
});

describe('a jump host', () => {
  /** Lets everybody in, and does this when it is asked for a way on. */
  async function startJump(asked: () => void): Promise<{ port: number; stop: () => void }> {
    const key = hostKeyPair();
    const server = new ssh2.Server({ hostKeys: [key.private] }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (context) => context.accept());
      client.on('tcpip', asked);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    appendFileSync(sshd.knownHosts, `[127.0.0.1]:${port} ${key.public}\n`);
    return { port, stop: () => server.close() };
  }

  const through = (port: number, more: Partial<Connection> = {}) =>
    connector(fleetOf('web', sshd.connection({ proxyJump: `127.0.0.1:${port}`, ...more })), { home: sshd.home })('web');

  test('that never opens the way: no answer within the time to connect, and an interrupt', async () => {
    const abort = new AbortController();
    let isAsked = () => {};
    const jump = await startJump(() => isAsked());
    await expect.poll(openSockets).toBe(0);
    try {
      await expect(through(jump.port, { connectTimeoutMs: 300 }).open(never)).rejects.toMatchObject({
        message: expect.stringContaining('no answer within 300 ms'),
      });
      isAsked = () => abort.abort();
      await expect(through(jump.port).open(abort.signal)).rejects.toMatchObject({
        message: expect.stringContaining('interrupted'),
      });
      await expect.poll(openSockets).toBe(0);
    } finally {
      jump.stop();
    }
  });

  test('that has gone silent is let go of, before the way is open and after', async () => {
    const key = readFileSync(sshd.knownHosts, 'utf8').trim().split(' ').slice(1, 3).join(' ');
    for (const when of ['before', 'after'] as const) {
      let relay: Relay | undefined;
      const jump = await startJump(() => relay?.silence());
      relay = await startRelay(when === 'before' ? jump.port : sshd.port);
      const known = readFileSync(sshd.knownHosts, 'utf8').replaceAll(`:${jump.port} `, `:${relay.port} `);
      writeFileSync(sshd.knownHosts, when === 'before' ? known : `${known}[127.0.0.1]:${relay.port} ${key}\n`);
      try {
        await expect.poll(openSockets).toBe(0);
        const host = through(relay.port, when === 'before' ? { connectTimeoutMs: 300 } : {});
        if (when === 'before') {
          await expect(host.open(never)).rejects.toMatchObject({ code: 'unreachable' });
          await expect.poll(openSockets).toBe(3); // two of the relay, one of the jump host
        } else {
          await host.open(never);
          relay.silence();
          await host.close();
          expect(openSockets()).toBe(2);
        }
      } finally {
        await relay.stop();
        jump.stop();
      }
    }
  });
});

describe('a command', () => {
  let host: Host;
  beforeAll(async () => {
    host = await open();
  });

  test('tells exit code, stdout and stderr apart', async () => {
    const outcome = await run(host, script('echo out; echo err >&2; exit 7'));
    expect(outcome).toMatchObject({ exit: 7, stdout: 'out\n', stderr: 'err\n' });
    expect(outcome.cut).toBeUndefined();
    expect(outcome.startedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test.each([0, 1, 126, 127, 128, 200, 255])('ends with %i', async (exit) => {
    expect(await run(host, script('exit "$1"', [String(exit)]))).toMatchObject({ exit });
  });

  test('that ends by a signal: 128 and its number', async () => {
    expect(await run(host, script('kill -9 $$'))).toMatchObject({ exit: 137, stderr: '' });
  });

  test('gets its words exactly', async () => {
    const words = ["it's", '"', '$HOME', '`id`', 'a\nb', '-n', '--', '', ' ', 'grüße', '*', '\\', '!!'];
    const { stdout } = await run(host, { argv: ['printf', '%s\\0', ...words] });
    expect(stdout.split('\0').slice(0, -1)).toEqual(words);
  });

  test('gets its environment and its stdin', async () => {
    const command = { argv: ['sh', '-c', 'cat; echo "$GREETING"'], env: { GREETING: "it's" }, stdin: 'no newline' };
    expect(await run(host, command)).toMatchObject({ stdout: "no newlineit's\n" });
  });

  test('gets a megabyte of stdin', async () => {
    const stdin = "0123456789abcde'".repeat(65_536);
    const expected = execFileSync('cksum', { input: stdin }).toString();
    expect(await run(host, { argv: ['cksum'], stdin })).toMatchObject({ exit: 0, stdout: expected });
  });

  test('need not read its stdin', async () => {
    expect(await run(host, { argv: ['true'], stdin: 'x'.repeat(1_000_000) })).toMatchObject({ exit: 0 });
  });

  test('without stdin reads nothing, and not the next command', async () => {
    const [first, second] = await Promise.all([run(host, { argv: ['cat'] }), run(host, { argv: ['echo', 'next'] })]);
    expect([first.stdout, second.stdout]).toEqual(['', 'next\n']);
  });

  test('may print bytes that are no text, and no newline', async () => {
    const { stdout, stderr } = await run(host, script("printf 'a\\000\\377\\303'; printf 'b\\001' >&2"));
    expect(stdout).toBe('a\0\ufffd\ufffd');
    expect(stderr).toBe('b\u0001');
  });

  test('may print 20 MB; 4 MiB are kept', async () => {
    const before = process.memoryUsage().rss;
    const outcome = await run(
      host,
      script('head -c 20000000 /dev/zero | tr "\\0" x; head -c 20000000 /dev/zero >&2; echo end'),
    );
    expect(outcome).toMatchObject({ exit: 0, truncated: true });
    expect(outcome.stdout).toHaveLength(4 * 1024 * 1024 + 1);
    expect(outcome.stderr).toHaveLength(4 * 1024 * 1024 + 1);
    expect(process.memoryUsage().rss - before).toBeLessThan(120_000_000);
    expect(await run(host, { argv: ['echo', 'next'] })).toMatchObject({ stdout: 'next\n' });
  });

  test('cannot end itself by printing what looks like the end', async () => {
    const forged = script('echo 00000000000000000000000000000000:end 0; echo :end 0; echo :end 0 >&2; exit 3');
    expect(await run(host, forged)).toMatchObject({ exit: 3, stdout: `${'0'.repeat(32)}:end 0\n:end 0\n` });
  });

  test('is refused with a NUL in it, and the host goes on', async () => {
    await expect(run(host, { argv: ['echo', '\0'] })).rejects.toMatchObject({ code: 'invalid' });
    expect(await run(host, { argv: ['echo', 'next'] })).toMatchObject({ stdout: 'next\n' });
  });
});

describe('channels', () => {
  test('a hundred commands take one channel, and run in order', async () => {
    const host = await open();
    const before = sshd.logged('Starting session: command');
    const numbers = Array.from({ length: 100 }, (_, i) => String(i));
    const outcomes = await Promise.all(numbers.map((number) => run(host, { argv: ['echo', number] })));
    expect(outcomes.map(({ stdout }) => stdout.trim())).toEqual(numbers);
    expect(sshd.logged('Starting session: command') - before).toBe(0);
  });

  test('a child that holds stdout does not block, and its late output is in no other command', async () => {
    const host = await open();
    const gate = join(scratch, 'gate');
    execFileSync('mkfifo', [gate]);
    const first = await run(host, script('(cat "$1"; echo late) & echo "$!"', [gate]));
    expect(first.exit).toBe(0);
    const second = await run(
      host,
      script('echo now >"$1"; while kill -0 "$2" 2>/dev/null; do :; done; echo mine', [gate, first.stdout.trim()]),
    );
    expect(second).toMatchObject({ exit: 0, stdout: 'mine\n' });
  });

  test('a host whose shell takes no frames gets a channel for each command', async () => {
    // The shell that stays finds its stdin at its end.
    const server = await startSshd({
      config: [
        'ForceCommand case "$SSH_ORIGINAL_COMMAND" in *facts*) exec </dev/null;; esac; eval "$SSH_ORIGINAL_COMMAND"',
      ],
    });
    try {
      const host = await open(server);
      expect(await run(host, script('cat; echo err >&2; exit 3', [], { stdin: 'in' }))).toMatchObject({
        exit: 3,
        stdout: 'in',
        stderr: 'err\n',
      });
      const holder = await run(host, script('sleep 100 & echo "$!"'));
      expect(holder.exit).toBe(0);
      expect(await run(host, { argv: ['sleep', '100'], timeoutMs: 200 })).toMatchObject({ exit: null, cut: 'timeout' });
      expect(await run(host, script('kill "$1"; echo next', [holder.stdout.trim()]))).toMatchObject({
        stdout: 'next\n',
      });
      await host.close();
    } finally {
      await server.stop();
    }
  });
});

describe('aside', () => {
  test('a command ends while another is under way, which goes on', async () => {
    const host = await open();
    const gate = join(scratch, 'aside');
    execFileSync('mkfifo', [gate]);
    const long = run(host, script('read -r word <"$1"; echo "$word"', [gate]));
    const beside = await host.aside(script('cat; echo err >&2; exit 3', [], { stdin: 'in' }), never);
    expect(beside).toMatchObject({ exit: 3, stdout: 'in', stderr: 'err\n' });
    expect((await host.aside(script('echo go >"$1"', [gate]), never)).exit).toBe(0);
    expect(await long).toMatchObject({ exit: 0, stdout: 'go\n' });
  });

  test('cut short it ends alone: the shell is the same as before', async () => {
    const host = await open();
    const shell = await run(host, script('echo "$PPID"'));
    const beside = await host.aside(script('sleep 300 & echo "$!"; wait', [], { timeoutMs: 300 }), never);
    expect(beside).toMatchObject({ exit: null, cut: 'timeout' });
    await vi.waitFor(() => expect(isAlive(Number(beside.stdout))).toBe(false));
    expect(await run(host, script('echo "$PPID"'))).toMatchObject({ exit: 0, stdout: shell.stdout });
  });

  test('after close: lost', async () => {
    const host = await open();
    await host.close();
    expect(await host.aside({ argv: ['true'] }, never)).toMatchObject({ exit: null, cut: 'lost' });
  });
});

describe('cut short', () => {
  /** Becomes a group of three that notes its pids; `trap` makes it deaf to TERM. */
  const group = (file: string, trap = ':') =>
    script(
      `${trap}; sleep 300 & a=$!; sleep 300 & echo "$$ $a $!" >"$1.new"; mv "$1.new" "$1"; echo begun; wait; wait; wait`,
      [file],
    );

  test('by its timeout: the whole group is gone, and the host goes on', async () => {
    const host = await open();
    const file = join(scratch, 'timeout');
    const outcome = await run(host, { ...group(file), timeoutMs: 400 });
    expect(outcome).toMatchObject({ exit: null, cut: 'timeout', stdout: 'begun\n' });
    await vi.waitFor(() => expect(readPids(file).map(isAlive)).toEqual([false, false, false]));
    expect(await run(host, { argv: ['echo', 'next'] })).toMatchObject({ exit: 0, stdout: 'next\n' });
  });

  test('by KILL when TERM does not help', async () => {
    const host = await open();
    const file = join(scratch, 'deaf');
    const outcome = await run(host, { ...group(file, 'trap "" TERM'), timeoutMs: 300 });
    expect(outcome).toMatchObject({ exit: null, cut: 'timeout' });
    expect(outcome.ms).toBeLessThan(4500);
    await vi.waitFor(() => expect(readPids(file).map(isAlive)).toEqual([false, false, false]));
    expect(await run(host, { argv: ['echo', 'next'] })).toMatchObject({ stdout: 'next\n' });
  });

  test('by an abort, at once', async () => {
    const host = await open();
    const file = join(scratch, 'abort');
    const abort = new AbortController();
    const outcome = run(host, group(file), abort.signal);
    await vi.waitFor(() => readPids(file));
    const begin = performance.now();
    abort.abort();
    expect(await outcome).toMatchObject({ exit: null, cut: 'aborted' });
    expect(performance.now() - begin).toBeLessThan(1500);
    await vi.waitFor(() => expect(readPids(file).map(isAlive)).toEqual([false, false, false]));
    expect(await run(host, { argv: ['echo', 'no'] }, abort.signal)).toMatchObject({
      exit: null,
      cut: 'aborted',
      stdout: '',
    });
    expect(await run(host, { argv: ['echo', 'next'] })).toMatchObject({ stdout: 'next\n' });
  });

  test('by the end of its sshd: lost, with the output so far, and so is everything after it', async () => {
    const server = await startSshd();
    try {
      const host = await open(server);
      const file = join(scratch, 'lost');
      const outcome = run(host, group(file));
      await vi.waitFor(() => readPids(file));
      const pids = sessionsOf(server);
      expect(pids).toHaveLength(1);
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      expect(await outcome).toMatchObject({ exit: null, cut: 'lost', stdout: 'begun\n' });
      expect(await run(host, { argv: ['true'] })).toMatchObject({ exit: null, cut: 'lost', stdout: '' });
      await host.close();
      // Nobody ends what a lost connection leaves behind; here it is the test's to do.
      process.kill(-(readPids(file)[0] ?? 0), 'SIGKILL');
    } finally {
      await server.stop();
    }
  });

  test('by the end of its shell: lost', async () => {
    const host = await open();
    expect(await run(host, script('kill -9 $PPID; sleep 1; echo no'))).toMatchObject({ exit: null, cut: 'lost' });
    expect(await run(host, { argv: ['true'] })).toMatchObject({ cut: 'lost' });
  });

  test('after close: lost', async () => {
    const host = await open();
    await host.close();
    expect(await run(host, { argv: ['true'] })).toMatchObject({ exit: null, cut: 'lost' });
  });
});
