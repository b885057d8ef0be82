import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../src/core/fleet.ts';
import { sshTarget } from '../../src/hosts/ssh-config.ts';
import { jumpConnection } from '../../src/hosts/ssh-jumps.ts';

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
      asked: 'web',
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
      asked: '10.0.0.1',
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

  test('names of keys may hold the home, the host and the user', async () => {
    config('Host web', 'HostName 10.0.0.9', 'User deploy', 'IdentityFile %d/.ssh/%r@%h-%n', 'IdentityFile ~/100%%');
    const { identityFiles } = await target();
    expect(identityFiles).toEqual([join(home, '.ssh', 'deploy@10.0.0.9-web'), join(home, '100%')]);
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

  test.each([['a word that ssh does not know', ['Host web', 'Prot 22'], 'Prot']])(
    '%s is an error that says so',
    async (_name, lines, word) => {
      config(...lines);
      await expect(target()).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringMatching(new RegExp(word, 'i')),
      });
    },
  );

  test('the first hop of a list is reached as its own configuration says, the others through the one before', async () => {
    config(
      ...[
        'Host web',
        'ProxyJump a,b',
        'Host a',
        'ProxyJump outer',
        'Port 2201',
        'Host b',
        'ProxyJump unused',
        'User bee',
      ],
      ...['Host outer', 'HostName 10.9.9.9', 'IdentityFile /keys/outer', 'UserKnownHostsFile /known/outer'],
    );
    expect((await target()).jumps).toMatchObject([
      { host: '10.9.9.9', identityFiles: ['/keys/outer'], knownHostsFiles: expect.arrayContaining(['/known/outer']) },
      { host: 'a', port: 2201 },
      { host: 'b', user: 'bee' },
    ]);
  });

  test('a jump host that is to be reached through itself is an error that says so', async () => {
    config('Host *', 'ProxyJump gate');
    await expect(target()).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('loop') });
  });

  test('jump hosts in a circle are an error that says so', async () => {
    config('Host web', 'ProxyJump a', 'Host a', 'ProxyJump b', 'Host b', 'ProxyJump a');
    await expect(target()).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('circle: a, b, a'),
    });
  });

  test("the inventory's jump hosts win", async () => {
    config('Host web', 'ProxyJump gate', 'Host other', 'Port 2202');
    expect((await target({ proxyJump: 'op@other' })).jumps).toMatchObject([{ host: 'other', port: 2202, user: 'op' }]);
  });

  test('keys of new hosts are accepted where it says so, and only there', async () => {
    config(
      'Host web',
      'StrictHostKeyChecking accept-new',
      'HashKnownHosts yes',
      'Host loose',
      'StrictHostKeyChecking no',
    );
    expect(await target()).toMatchObject({ acceptNew: true, hashKnownHosts: true });
    expect(await target({ address: 'loose' })).not.toHaveProperty('acceptNew');
    expect(await target({ address: 'other', acceptNewHostKeys: true })).toMatchObject({ acceptNew: true });
  });

  test('what only the ssh command can do is told', async () => {
    const key = join(home, 'key');
    const put = (name: string, text: string) => writeFileSync(join(home, name), text);
    const token = Buffer.from('openssh-key-v1\0...sk-ssh-ed25519@openssh.com...').toString('base64');
    config(
      'Host web',
      'ProxyCommand nc %h %p',
      'Host cert',
      'CertificateFile /keys/cert',
      'Host through',
      'ProxyJump web',
    );
    expect((await target()).beyond).toBe('a ProxyCommand');
    expect((await target({ address: 'through' })).beyond).toBe('a ProxyCommand');
    expect((await target({ address: 'cert' })).beyond).toBe('a certificate, /keys/cert');
    put('key', 'a key');
    expect(await target({ address: 'x', identityFile: key })).not.toHaveProperty('beyond');
    put('key', `-----BEGIN OPENSSH PRIVATE KEY-----\n${token}\n-----END OPENSSH PRIVATE KEY-----\n`);
    expect((await target({ address: 'x', identityFile: key })).beyond).toContain('a key on a security token');
    put('key-cert.pub', 'a certificate');
    expect((await target({ address: 'x', identityFile: key })).beyond).toBe(`a certificate, ${key}-cert.pub`);
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
