import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { fingerprint, judgeHostKey, keysOf, knownHostsName, parseKnownHosts } from '../../src/hosts/known-hosts.ts';

/** A public key in SSH's encoding: its type, and something. */
function key(type: string, something: string): Buffer {
  const sized = (text: string) => {
    const bytes = Buffer.from(text);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(bytes.length);
    return Buffer.concat([size, bytes]);
  };
  return Buffer.concat([sized(type), sized(something)]);
}

const ed = key('ssh-ed25519', 'one');
const other = key('ssh-ed25519', 'two');
const rsa = key('ssh-rsa', 'three');
const line = (hosts: string, bytes: Buffer, type = 'ssh-ed25519') =>
  `${hosts} ${type} ${bytes.toString('base64')} a comment`;
const knows = (text: string, host: string, port = 22) =>
  keysOf(parseKnownHosts(text), knownHostsName(host, port)).length > 0;

describe('which lines speak of a host', () => {
  test.each([
    ['web', 'web', 22, true],
    ['web', 'WEB', 22, true],
    ['web', 'web', 2222, false],
    ['[web]:2222', 'web', 2222, true],
    ['[web]:2222', 'web', 22, false],
    ['a,web,10.0.0.1', '10.0.0.1', 22, true],
    ['*.example.com', 'a.example.com', 22, true],
    ['*.example.com', 'example.com', 22, false],
    ['*.example.com,!bad.example.com', 'bad.example.com', 22, false],
    ['10.0.0.?', '10.0.0.7', 22, true],
    ['10.0.0.?', '10.0.0.77', 22, false],
    ['*', 'anything', 2222, true],
    ['[10.4.7.*]:2222', '10.4.7.21', 2222, true],
    ['a.c', 'abc', 22, false],
  ])('%s: %s port %i: %s', (hosts, host, port, expected) => {
    expect(knows(line(hosts, ed), host, port)).toBe(expected);
  });

  test('hashed names', () => {
    const hashed = (name: string) => {
      const salt = Buffer.from('a salt');
      return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
    };
    expect(knows(line(hashed('web'), ed), 'web')).toBe(true);
    expect(knows(line(hashed('web'), ed), 'other')).toBe(false);
    expect(knows(line(hashed('[web]:2222'), ed), 'web', 2222)).toBe(true);
  });

  test('a pattern of many stars is no work', () => {
    const begin = performance.now();
    expect(knows(line(`${'*a'.repeat(40)}b`, ed), 'a'.repeat(2000))).toBe(false);
    expect(performance.now() - begin).toBeLessThan(500);
  });

  test('comments, broken lines and certificate authorities are passed over', () => {
    const text = [
      '',
      '# a comment',
      'web',
      'web ssh-ed25519',
      `web ssh-rsa ${ed.toString('base64')}`,
      `web ssh-ed25519 not-base64`,
      `@cert-authority ${line('web', ed)}`,
      `@unheard-of ${line('web', ed)}`,
    ].join('\n');
    expect(parseKnownHosts(text)).toEqual([]);
  });

  test('blanks, tabs and carriage returns between the fields', () => {
    expect(parseKnownHosts(`  web\tssh-ed25519   ${ed.toString('base64')}\r\n`)).toMatchObject([
      { hosts: 'web', key: ed },
    ]);
  });
});

describe('the verdict', () => {
  const judge = (text: string, shown: Buffer) => judgeHostKey(keysOf(parseKnownHosts(text), 'web'), shown);

  test.each([
    ['the same key', line('web', ed), ed, 'known'],
    ['one of several', `${line('web', other)}\n${line('web', ed)}`, ed, 'known'],
    ['no line', line('other', ed), ed, 'unknown'],
    ['another key of the type', line('web', other), ed, 'changed'],
    ['only another type is known', line('web', rsa, 'ssh-rsa'), ed, 'unknown'],
    ['revoked', `@revoked ${line('web', ed)}`, ed, 'revoked'],
    ['revoked, though also listed', `${line('web', ed)}\n@revoked ${line('*', ed)}`, ed, 'revoked'],
    ['another one is revoked', `@revoked ${line('web', other)}\n${line('web', ed)}`, ed, 'known'],
    ['only another one is revoked', `@revoked ${line('web', other)}`, ed, 'unknown'],
  ])('%s', (_name, text, shown, expected) => {
    expect(judge(text, shown)).toBe(expected);
  });
});

test('a fingerprint is as ssh shows it', () => {
  expect(fingerprint(ed)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
});
