import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withLine, withoutLine } from '../../src/modules/files/lines.ts';
import { line } from '../../src/modules/line.ts';
import { type Answer, asResource, complaints, laws } from '../support/laws.ts';
import { applyOn, moveOn } from '../support/run-command.ts';
import { inEachShell, temporaryFolder } from '../support/shells.ts';

const path = '/etc/sysctl.conf';
const file = (content: string) => ({ content, mode: '0644', owner: 'root', group: 'root' });
const host = (content: string): Answer => {
  const bytes = Buffer.from(content);
  return { stdout: `file 81a4 root root ${bytes.length} base64\n${bytes.toString('base64')}\n` };
};
const write = (content: string, ...validate: string[]) => ({
  script: /mktemp/,
  args: [path, '0644', 'root', 'root', String(Buffer.byteLength(content)), '', '', ...validate],
  stdin: content,
});

laws(
  line,
  [
    {
      name: 'a line in place of the one that a pattern finds',
      args: { path, match: '^#?ip_forward', line: 'ip_forward = 1' },
      host: host('a\n#ip_forward = 0\nb\n'),
      before: file('a\n#ip_forward = 0\nb\n'),
      after: file('a\nip_forward = 1\nb\n'),
      apply: [write('a\nip_forward = 1\nb\n')],
      undo: [write('a\n#ip_forward = 0\nb\n')],
    },
    { name: 'a line that is there', args: { path, line: 'a' }, host: host('a\nb\n'), before: file('a\nb\n') },
    {
      name: 'a line that is there no more, checked before it takes effect',
      args: { path, line: 'a', state: 'absent', validate: ['check', '%s'] },
      host: host('a\nb\na\n'),
      before: file('a\nb\na\n'),
      after: file('b\n'),
      apply: [write('b\n', 'check', '%s')],
      undo: [write('a\nb\na\n')],
    },
    {
      name: 'a line of a file that is made for it',
      args: { path, line: 'a', create: true, mode: '600' },
      host: { stdout: 'absent\n' },
      before: null,
      after: { content: 'a\n', mode: '0600' },
      apply: [{ script: /mktemp/, args: [path, '0600', '', '', '2', '', ''], stdin: 'a\n' }],
      undo: [{ argv: ['rm', '-f', '--', path] }],
    },
    {
      name: 'absence in a file that is not there',
      args: { path, match: 'x', state: 'absent' },
      host: { stdout: 'absent\n' },
      before: null,
    },
  ],
  [
    { name: 'no file', args: { path, line: 'a' }, host: { stdout: 'absent\n' }, code: 'refused', says: /not exist/ },
    {
      name: 'a place that is not there',
      args: { path, line: 'a', before: '^Match' },
      host: host('b\n'),
      code: 'refused',
      says: /before "\^Match"/,
    },
    {
      name: 'bytes that are no text',
      args: { path, line: 'a' },
      host: { stdout: 'file 81a4 root root 3 base64\n/wAB\n' },
      code: 'refused',
      says: /not UTF-8/,
    },
  ],
);

test('arguments that contradict each other are not valid', () => {
  expect(complaints(line.schema, { path })).toEqual(
    expect.arrayContaining([" must have required property 'line'", " must have required property 'match'"]),
  );
  expect(complaints(line.schema, { path, line: 'a\nb' })).toEqual([
    expect.stringContaining('/line must match pattern'),
  ]);
  expect(complaints(line.schema, { path, line: 'a', after: 'x', before: 'y' })).toEqual([' must NOT be valid']);
});

test.each([
  ['at the end', 'a\nb\n', 'new', undefined, {}, 'a\nb\nnew\n'],
  ['at the end of a file whose last line has no end', 'a\nb', 'new', undefined, {}, 'a\nb\nnew\n'],
  ['in an empty file', '', 'new', undefined, {}, 'new\n'],
  ['after the last match', 'a1\na2\nb\n', 'new', undefined, { after: '^a' }, 'a1\na2\nnew\nb\n'],
  ['after the last line', 'a\nb', 'new', undefined, { after: 'b' }, 'a\nb\nnew\n'],
  ['before the first match', 'a1\na2\n', 'new', undefined, { before: '^a' }, 'new\na1\na2\n'],
  ['in place of the last match alone', 'a1\na2\nb', 'new', '^a', {}, 'a1\nnew\nb'],
  ['with the line ends of Windows', 'a\r\nb\r\n', 'new', undefined, { after: 'a' }, 'a\r\nnew\r\nb\r\n'],
  ['once, though its pattern does not find it', 'x=1\n', 'x=1', '^y=', {}, 'x=1\n'],
])('a line %s', (_, text, wanted, match, place, expected) => {
  expect(withLine(text, wanted, match, place)).toBe(expected);
  expect(withLine(expected, wanted, match, place)).toBe(expected);
});

test('lines are removed by their text, or by a pattern', () => {
  expect(withoutLine('a\nab\na\n', { line: 'a' })).toBe('ab\n');
  expect(withoutLine('a\nab\nb', { match: '^a' })).toBe('b');
  expect(withoutLine('a\n', { match: '^a' })).toBe('');
  expect(withoutLine('b', { match: '^a' })).toBe('b');
});

describe('on this machine', () => {
  const folder = temporaryFolder();
  const it = asResource(line);
  inEachShell((run) => {
    test('changes a line, refuses what a command does not accept, and is undone to the byte', async () => {
      const path = join(folder.path, 'conf');
      writeFileSync(path, 'one\ntwo');
      const args = { path, line: 'three', validate: ['grep', '-q', 'three', '%s'] };
      const { before } = await applyOn(run, it, args);
      expect(readFileSync(path, 'utf8')).toBe('one\ntwo\nthree\n');
      await applyOn(run, it, { path, line: 'four', validate: ['grep', '-q', 'five', '%s'] });
      expect(readFileSync(path, 'utf8')).toBe('one\ntwo\nthree\n');
      await moveOn(run, it, args, before);
      expect(readFileSync(path, 'utf8')).toBe('one\ntwo');
    });
  });
});
