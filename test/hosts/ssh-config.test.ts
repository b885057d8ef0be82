import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../src/core/fleet.ts';
import { jumpConnection, sshTarget } from '../../src/hosts/ssh-config.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'runbook-home-'));
  mkdirSync(join(home, '.ssh'));
});
afterEach(() => rmSync(home, { recursive: true }));

const target = (connection: Partial<Connection> = {}) =>
  sshTarget('web', { kind: 'ssh', ...connection }, { home, connectTimeoutMs: 5000 });
const config = (...lines: string[]) => writeFileSync(join(home, '.ssh', 'config'), lines.join('\n'));

describe('without a configuration', () => {
  test("ssh's defaults", async () => {
    expect(await target()).toEqual({
      host: 'web',
      port: 22,
      user: userInfo().username,
      identityFiles: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(home, '.ssh', name)),
      knownHostsFiles: [
        join(home, '.ssh', 'known_hosts'),
        join(home, '.ssh', 'known_hosts2'),
        '/etc/ssh/ssh_known_hosts',
        '/etc/ssh/ssh_known_hosts2',
      ],
      connectTimeoutMs: 5000,
      jumps: [],
    });
  });

  test("the inventory's word", async () => {
    const said = {
      port: 2222,
      user: 'op',
      identityFile: '/k',
      knownHostsFile: '/h',
      password: 'p',
      connectTimeoutMs: 7,
    };
    expect(await target({ address: '10.0.0.1', ...said })).toEqual({
      host: '10.0.0.1',
      port: 2222,
      user: 'op',
      identityFiles: ['/k'],
      knownHostsFiles: ['/h'],
      password: 'p',
      connectTimeoutMs: 7,
      jumps: [],
    });
  });
});

describe('with a configuration', () => {
  beforeEach(() => {
    writeFileSync(join(home, '.ssh', 'more'), 'Host *\n  Port 2022\n');
    config(
      `Include ${join(home, '.ssh', 'more')}`,
      'Host web',
      '  HostName 10.0.0.9',
      '  User deploy',
      '  IdentityFile ~/.ssh/special',
      '  IdentityFile /keys/two',
      '  UserKnownHostsFile ~/.ssh/mine "/with blank/known"',
      '  HostKeyAlias web-key',
    );
  });

  test('it is followed, what it includes too', async () => {
    expect(await target()).toMatchObject({
      host: '10.0.0.9',
      port: 2022,
      user: 'deploy',
      hostKeyAlias: 'web-key',
      identityFiles: [join(home, '.ssh', 'special'), '/keys/two'],
    });
  });

  test('the inventory wins', async () => {
    const target_ = await target({ port: 1, user: 'op', identityFile: '/k', knownHostsFile: '/h' });
    expect(target_).toMatchObject({
      host: '10.0.0.9',
      port: 1,
      user: 'op',
      identityFiles: ['/k'],
      knownHostsFiles: ['/h'],
    });
  });

  test('an address is looked up instead of the name', async () => {
    expect(await target({ address: '10.0.0.1' })).toMatchObject({ host: '10.0.0.1', port: 2022 });
  });

  test('jump hosts are looked up themselves', async () => {
    config('Host web', 'ProxyJump op@gate:2200,inner', 'Host inner', 'HostName 10.0.0.3', 'User second');
    expect((await target()).jumps).toMatchObject([
      { host: 'gate', port: 2200, user: 'op' },
      { host: '10.0.0.3', port: 22, user: 'second' },
    ]);
  });

  test.each([
    ['a word that ssh does not know', ['Host web', 'Prot 22'], 'Prot'],
    ['a proxy command', ['Host web', 'ProxyCommand nc %h %p'], 'ProxyCommand'],
  ])('%s is an error that says so', async (_name, lines, word) => {
    config(...lines);
    await expect(target()).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(new RegExp(word, 'i')),
    });
  });

  test('a name that looks like an option is a name', async () => {
    config('Host *', 'Port 2022');
    await expect(sshTarget('-V', { kind: 'ssh' }, { home, connectTimeoutMs: 1 })).rejects.toMatchObject({
      code: 'invalid',
    });
  });
});

test.each([
  ['gate', { address: 'gate' }],
  ['op@gate:2200', { user: 'op', address: 'gate', port: 2200 }],
  ['op@[fe80::1]:2200', { user: 'op', address: 'fe80::1', port: 2200 }],
  ['ssh://op@gate:2200/', { user: 'op', address: 'gate', port: 2200 }],
])('ProxyJump %s', (spec, expected) => {
  expect(jumpConnection(spec)).toEqual({ kind: 'ssh', ...expected });
});
