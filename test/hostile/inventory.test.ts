import { describe, expect, test } from 'vitest';
import { disk } from '../../src/cli/files.ts';
import { Failure } from '../../src/core/failure.ts';
import { loadInventory } from '../../src/inventory/inventory.ts';
import { inputs } from './loading.ts';

const { put } = inputs();

describe('an inventory', () => {
  const read = (name: string, text: string) => {
    try {
      const { hosts, groups } = loadInventory({ ...disk, sources: [put(name, text)], home: '/' });
      expect(hosts.size).toBe((groups.get('all')?.length ?? 0) + 1);
      return hosts.size - 1;
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      return thrown.message;
    }
  };

  test.each<readonly [string, string, string, RegExp]>([
    ['a range that does not end', 'r.ini', 'web[9007199254740992:9007199254741000]\n', /goes too far/],
    ['a range beyond all numbers', 'r.ini', `web[1:${'9'.repeat(400)}]\n`, /goes too far/],
    ['a range padded without end', 'r.ini', `web[${'0'.repeat(5_000)}1:5]\n`, /too long|goes too far/],
    ['a range of ranges', 'r.ini', 'w[1:99999][1:99999]\n', /more than 100000 hosts/],
    ['ranges line by line', 'r.ini', 'w[1:99999]\n'.repeat(50_000), /hosts are named/],
    [
      'ranges key by key',
      'r.yml',
      `all:\n  hosts:\n${Array.from({ length: 5_000 }, (_, i) => `    w${i}-[1:9999]:\n`).join('')}`,
      /hosts are named/,
    ],
    ['a name without an end', 'r.ini', `${'a'.repeat(2_000_000)}\n`, /too long/],
    ['colons', 'r.ini', `[${':'.repeat(500_000)}\n`, /not a section|cannot be/],
    ['an address of colons', 'r.ini', `[${':'.repeat(500_000)}]x\n`, /not|cannot/],
    ['blanks before what is no comment', 'r.ini', `[a:children]\nb${' '.repeat(500_000)}c\n`, /cannot be the name/],
    [
      'groups in a long chain',
      'r.ini',
      Array.from({ length: 5_000 }, (_, i) => `[g${i}:children]\ng${i + 1}\n`).join(''),
      /too often/,
    ],
    [
      'groups in a long loop',
      'r.ini',
      Array.from({ length: 5_000 }, (_, i) => `[g${i}:children]\ng${(i + 1) % 5_000}\n`).join(''),
      /inside itself|too often/,
    ],
    [
      'variables for very many',
      'r.ini',
      `w[1:99999]\n[all:vars]\n${Array.from({ length: 500 }, (_, i) => `v${i}=1\n`).join('')}`,
      /variables in all/,
    ],
    ['a name that shows itself as another', 'r.yml', 'all: { hosts: { "web\\u202e1": } }\n', /cannot be the name/],
    ['a name with an escape sequence', 'r.ini', 'web\u001b[2J\n', /cannot be|not/],
    ['a name with C1', 'r.yml', 'all: { hosts: { "web\\x9b31m": } }\n', /cannot be the name/],
    ['an option as a name', 'r.ini', '-oProxyCommand=id\n', /cannot be the name/],
    ['a NUL', 'r.ini', 'web1 a=\0\n', /NUL/],
    ['very many mistakes', 'r.ini', '[\n'.repeat(200_000), /and \d+ more/],
    ['UTF-16', 'r.ini', Buffer.from('web1\n', 'utf16le').toString('latin1'), /NUL|cannot/],
  ])('%s', (_, name, text, says) => {
    expect(read(name, text)).toMatch(says);
  });

  test('CRLF and a byte order mark are no mistakes', () => {
    expect(read('crlf.ini', '\ufeffweb1\r\n[g]\r\nweb2 a=1\r\n')).toBe(2);
    expect(read('crlf.yml', '\ufeffall:\r\n  hosts:\r\n    web1:\r\n')).toBe(1);
  });

  test('many groups of many hosts are no mistake either', () => {
    const groups = Array.from({ length: 100 }, (_, i) => `[g${i}]\nweb[1:2000]\n`).join('');
    expect(read('many.ini', groups)).toBe(2_000);
  });
});
