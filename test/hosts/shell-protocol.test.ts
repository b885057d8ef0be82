import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/core/command.ts';
import { frameReader } from '../../src/hosts/frame-reader.ts';
import {
  frame,
  killCommand,
  type Previous,
  readFacts,
  shellSetup,
  shellStart,
  singleLine,
} from '../../src/hosts/shell-protocol.ts';

const nonce = '0123456789abcdef0123456789abcdef';

describe('facts', () => {
  test('are found behind the noise of start-up files', () => {
    expect(readFacts(nonce, `Welcome!\n${nonce}:facts yes abc-1. ;\n`)).toEqual({ setsid: true, bootId: 'abc-1' });
    expect(readFacts(nonce, `${nonce}:facts no . ;\n`)).toEqual({ setsid: false, bootId: '' });
    expect(readFacts(nonce, `${nonce}:facts yes abc`)).toBeUndefined();
  });

  test('say both ends of an SSH connection, as addresses', () => {
    const ssh = (text: string) => readFacts(nonce, `${nonce}:facts yes a. ${text};\n`)?.ssh;
    expect(ssh('10.4.7.1 50000 10.4.7.21 22')).toEqual({ peer: '10.4.7.1', own: '10.4.7.21' });
    expect(ssh('::ffff:10.4.7.1 50000 ::ffff:10.4.7.21 22')).toEqual({ peer: '10.4.7.1', own: '10.4.7.21' });
    expect(ssh('fe80::1%eth0 50000 fe80::2%eth0 22')).toEqual({ peer: 'fe80::1%eth0', own: 'fe80::2%eth0' });
    expect(ssh('$(reboot) 1 -x 2')).toBeUndefined();
  });

  test('are asked for in words that any login shell takes', () => {
    expect(shellStart(nonce)).toMatch(/^exec \/bin\/sh -c '[^'\\!\n]*'$/);
  });
});

describe.each(['dash', 'bash', 'busybox sh'])('a real shell: %s', (shell) => {
  const [program = '', ...args] = shell.split(' ');
  const options = { nonce, setsid: true };

  async function result(command: Command, more: { previous?: Previous; setsid?: boolean } = {}, user = {}) {
    const child = spawn(program, args, user);
    const reader = frameReader(nonce);
    child.stdout.on('data', (chunk: Buffer) => reader.stdout(chunk));
    child.stderr.on('data', (chunk: Buffer) => reader.stderr(chunk));
    child.stdin.end(shellSetup + frame(command, { ...options, ...more }));
    await once(child, 'close');
    return { ...reader.output(), exit: reader.exit, pid: reader.pid, left: reader.left, begun: reader.begun };
  }

  test('exit code and streams', async () => {
    const script = 'echo out; echo err >&2; exit 9';
    expect(await result({ argv: ['sh', '-c', script] })).toMatchObject({ exit: 9, stdout: 'out\n', stderr: 'err\n' });
  });

  test('a signal is 128 and its number, and nothing is said about it', async () => {
    const killed = { exit: 143, stdout: '', stderr: '' };
    expect(await result({ argv: ['sh', '-c', 'kill -TERM $$'] })).toMatchObject(killed);
    expect(await result({ argv: ['sh', '-c', 'kill -TERM $$'], stdin: 'some' })).toMatchObject(killed);
  });

  test.each([true, false])('one with a mark is as any other, with setsid and without: %s', async (setsid) => {
    const mark = 'runbook-change:01RUN.a';
    const made = { argv: ['sh', '-c', 'cat; echo err >&2; exit 9'], stdin: 'in' };
    expect(await result({ ...made, mark }, { setsid })).toMatchObject({ exit: 9, stdout: 'in', stderr: 'err\n' });
    const killed = await result({ argv: ['sh', '-c', 'kill -KILL $$'], mark }, { setsid });
    expect(killed).toMatchObject({ exit: 137, stdout: '', stderr: '' });
    const [own, marked] = [{ argv: ['no-such-program'] }, { argv: ['no-such-program'], mark }];
    const { exit, stderr } = await result(own, { setsid });
    expect(await result(marked, { setsid })).toMatchObject({ exit, stderr });
  });

  test('a program that is not there', async () => {
    const { exit, stderr } = await result({ argv: ['no-such-program'] });
    expect(exit).toBe(127);
    expect(stderr).toContain('no-such-program');
  });

  test('runs in a group of its own, whose number it tells; interrupts are not ignored', async () => {
    const script = 'cut -d " " -f 5 /proc/$$/stat | tr -d "\\n"; trap "echo !int" INT; kill -INT $$';
    const { stdout, pid } = await result({ argv: ['sh', '-c', script] });
    expect(stdout).toBe(`${pid}!int\n`);
  });

  test('without setsid it tells its process', async () => {
    const { stdout, pid } = await result({ argv: ['sh', '-c', 'printf %s $$'] }, { setsid: false });
    expect(stdout).toBe(String(pid));
  });

  test('nothing that the command can read holds the nonce', async () => {
    const script =
      'env; tr "\\0" " " </proc/self/cmdline; tr "\\0" " " </proc/$PPID/cmdline; cat /proc/$PPID/environ; cat';
    const { stdout, exit } = await result({ argv: ['sh', '-c', script], stdin: 'own' });
    expect(exit).toBe(0);
    expect(stdout).toContain('own');
    expect(stdout).not.toContain(nonce);
  });

  test.each([
    ['its own', false, {}],
    ["another user's", true, { uid: 65534, gid: 65534 }],
  ])('does not run while the previous group is there: %s', async (_, became, user) => {
    const holder = spawn('sleep', ['60'], { detached: true });
    await once(holder, 'spawn');
    const previous = { group: holder.pid ?? 0, became };
    try {
      const { left, begun } = await result({ argv: ['true'] }, { previous }, user);
      expect({ left, begun }).toEqual({ left: true, begun: false });
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    expect(await result({ argv: ['true'] }, { previous }, user)).toMatchObject({ left: false, exit: 0 });
  });
});

describe.each(['dash', 'bash', 'busybox sh', 'tcsh', 'fish'])('a login shell: %s', (shell) => {
  const [program = '', ...args] = shell.split(' ');

  function result(command: Command) {
    const line = singleLine(command, { nonce, setsid: true });
    const { stdout, stderr } = spawnSync(program, [...args, '-c', line], { input: command.stdin ?? '' });
    const reader = frameReader(nonce);
    reader.stdout(stdout);
    reader.stderr(stderr);
    return { exit: reader.exit, ...reader.output() };
  }

  test('runs a line on a channel of its own: words, stdin, streams and exit code', () => {
    const words = [
      "a'b",
      '"c!d"',
      'e\\f\\',
      'g\nh\n',
      '\u00e9\u20ac\u{1f600}',
      '* ~ #x %d;&|',
      '$(x) `y` $HOME',
      '\\n\\0101',
      '\t\r\x01',
    ];
    expect(result({ argv: ['printf', '%s|', ...words] })).toEqual({
      exit: 0,
      stdout: `${words.join('|')}|`,
      stderr: '',
    });
    const script = 'if cat\nthen echo "err $1" >&2\nfi\nexit 9';
    expect(result({ argv: ['sh', '-c', script, 'sh', "it's"], stdin: 'own' })).toEqual({
      exit: 9,
      stdout: 'own',
      stderr: "err it's\n",
    });
  });

  test('ends a process group', async () => {
    const holder = spawn('sleep', ['60'], { detached: true });
    await once(holder, 'spawn');
    const exited = once(holder, 'exit');
    expect(result(killCommand(holder.pid ?? 0, true)).stderr).toBe('');
    expect(await exited).toEqual([null, 'SIGTERM']);
  });

  test('ends what has made a group of its own in the session', async () => {
    const text = 'timeout 60 sh -c \'echo "$$"; exec sleep 60\'; exit';
    const holder = spawn('sh', ['-c', text], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    const [pid] = (await once(holder.stdout, 'data')) as [Buffer];
    const closed = once(holder, 'close');
    expect(result(killCommand(holder.pid ?? 0, true)).stderr).toBe('');
    expect(await closed).toEqual([null, 'SIGTERM']);
    expect(existsSync(`/proc/${pid.toString().trim()}/exe`)).toBe(false);
  });
});
