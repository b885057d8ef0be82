import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { script } from '../../src/core/command.ts';
import type { Host } from '../../src/core/host.ts';
import { connector } from '../../src/hosts/connect.ts';
import { fleetOf } from './sshd.ts';

const never = new AbortController().signal;
let host: Host;
afterEach(() => host.close());

async function open(): Promise<Host> {
  host = connector(fleetOf('here', { kind: 'local' }), { home: '/nowhere' })('here');
  expect(await host.open(never)).toMatchObject({ address: 'local', bootId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  return host;
}

test('exit, stdout, stderr, stdin, environment', async () => {
  await open();
  const command = script('cat; echo "$A" >&2; exit 4', [], { stdin: 'in', env: { A: 'b' } });
  expect(await host.run(command, never)).toMatchObject({ exit: 4, stdout: 'in', stderr: 'b\n' });
});

test('commands are told apart, whoever calls first', async () => {
  await open();
  const words = ['one', 'two', 'three'];
  const outcomes = await Promise.all(words.map((word) => host.run({ argv: ['echo', word] }, never)));
  expect(outcomes.map(({ stdout }) => stdout)).toEqual(['one\n', 'two\n', 'three\n']);
});

test('a command aside ends while another is under way', async () => {
  await open();
  const folder = mkdtempSync(join(tmpdir(), 'runbook-aside-'));
  const gate = [join(folder, 'gate')];
  const long = host.run(script('until [ -e "$1" ]; do sleep 0.05; done; echo long', gate), never);
  expect(await host.aside(script('echo beside; : >"$1"', gate), never)).toMatchObject({ exit: 0, stdout: 'beside\n' });
  expect(await long).toMatchObject({ exit: 0, stdout: 'long\n' });
  rmSync(folder, { recursive: true });
});

test('a timeout ends the group, and the host goes on', async () => {
  await open();
  const outcome = await host.run(script('sleep 300 & echo "$!"; wait', [], { timeoutMs: 300 }), never);
  expect(outcome).toMatchObject({ exit: null, cut: 'timeout' });
  await vi.waitFor(() => expect(existsSync(`/proc/${outcome.stdout.trim()}/exe`)).toBe(false));
  expect(await host.run({ argv: ['echo', 'next'] }, never)).toMatchObject({ stdout: 'next\n' });
});

test('it has a session of its own: a Ctrl-C in the terminal does not reach its commands', async () => {
  await open();
  const { stdout: shells } = await host.run(script('cut -d " " -f 6 "/proc/$PPID/stat"'), never);
  const ours = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ')[3];
  expect(shells).toMatch(/^\d+\n$/);
  expect(shells.trim()).not.toBe(ours);
});

test('its end is lost, and close ends it', async () => {
  await open();
  const { stdout } = await host.run(script('echo "$PPID"'), never);
  await host.close();
  expect(existsSync(`/proc/${stdout.trim()}/exe`)).toBe(false);
  expect(await host.run({ argv: ['true'] }, never)).toMatchObject({ exit: null, cut: 'lost' });
});

test('as another user: by sudo, in a group of its own that can be ended', async () => {
  // A stand-in: what counts is what it is asked for, and that its child is in a group that is not setsid's to make.
  const bin = mkdtempSync(join(tmpdir(), 'runbook-sudo-'));
  const text = '#!/bin/sh\necho "$1 $2 $3" >&2\nshift 4\nexec setsid -w "$@"\n';
  writeFileSync(join(bin, 'sudo'), text, { mode: 0o755 });
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
  try {
    host = connector(fleetOf('here', { kind: 'local', becomeUser: 'nobody' }), { home: '/nowhere' })('here');
    await host.open(never);
    const done = await host.run(script('cat; exit 3', [], { stdin: 'in', become: 'root' }), never);
    expect(done).toMatchObject({ exit: 3, stdout: 'in', stderr: '-n -u root\n' });
    const outcome = await host.run(script('sleep 300 & echo "$!"; wait', [], { timeoutMs: 300 }), never);
    expect(outcome).toMatchObject({ exit: null, cut: 'timeout', stderr: '-n -u nobody\n' });
    await vi.waitFor(() => expect(existsSync(`/proc/${outcome.stdout.trim()}/exe`)).toBe(false));
  } finally {
    vi.unstubAllEnvs();
    rmSync(bin, { recursive: true });
  }
});

test('a host that is not in the inventory', () => {
  const connect = connector(fleetOf('here', { kind: 'local' }), { home: '/nowhere' });
  expect(() => connect('there')).toThrow(expect.objectContaining({ code: 'invalid' }));
});
