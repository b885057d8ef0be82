import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable, printableLines } from '../../src/core/printable.ts';

test.each([
  ['plain text, ünïcode and 漢字', 'plain text, ünïcode and 漢字'],
  ['\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
  ['a\tb\r\nc\u0000\u007f', 'a\\tb\\r\\nc\\x00\\x7f'],
  ['\u009b2J', '\\x9b2J'],
  ['abc\u202edcb\u2066', 'abc\\u202edcb\\u2066'],
  ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
  ['tag \u{e0041}', 'tag \\u{e0041}'],
  ['half \ud83d', 'half \\ud83d'],
])('%j is shown as %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('what is too long is cut, and never within a character', () => {
  expect(printable('abcdef', 6)).toBe('abcdef');
  expect(printable('abcdefg', 6)).toBe('abcde…');
  expect(printable('🙂🙂🙂🙂', 3)).toBe('🙂🙂…');
});

test('whatever a host says is one bounded line that no terminal obeys', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
  fc.assert(
    fc.property(anything, fc.integer({ min: 1, max: 30 }), (text, limit) => {
      const shown = printable(text, limit);
      expect([...shown].length).toBeLessThanOrEqual(limit);
      expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

test('several lines stay lines, up to a number of them', () => {
  expect(printableLines('a\nb\u001b\n\tc\n')).toEqual(['a', 'b\\x1b', '    c']);
  expect(printableLines('1\n2\n3', 2)).toEqual(['1', '2', '…']);
});
