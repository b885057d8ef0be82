import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutSign } from '../../src/core/cut.ts';
import { type Spelling, spellingsOf } from '../../src/core/spellings.ts';
import { Spotter } from '../../src/core/spotter.ts';

/** Secrets that begin anew inside of themselves, and the characters of which texts are made where these lie in wait. */
const kinds = [
  ['in plain', ['a', 'b'], ['a', 'b', 'ab', 'aab', cutSign]],
  ['with the sign of a cut in them', ['a', 'b', cutSign], ['a', 'b', 'aba', cutSign]],
  ['in base64, folded', ['i'], ['a', 'W', 'l', 'p', 'aWlp', 'aWlpaWlp', 'lpaW', 'paWl', '\n', '\\n', cutSign, '=']],
] as const;

test.each(kinds)(
  'secrets that repeat themselves are found as if each place were looked at alone: %s',
  (_, units, parts) => {
    const secret = fc
      .tuple(fc.array(fc.constantFrom(...units), { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 6 }))
      .map(([period, times]) => period.join('').repeat(times));
    const text = fc.array(fc.constantFrom(...parts), { maxLength: 40 }).map((all) => all.join(''));
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 3 }), text, (secrets, among) => {
        const long = secrets.filter(({ length }) => length >= 4);
        const spots = new Spotter(long).spots(among);
        const hidden = [...among].map((_, i) => spots.some(({ start, end }) => start <= i && i < end));
        expect(hidden).toEqual(hiddenOneByOne(among, long.flatMap(spellingsOf)));
      }),
      { numRuns: 300 },
    );
  },
);

test('a long secret that repeats itself is found at once in much that repeats itself', () => {
  const secret = 'ab'.repeat(1_000);
  const spots = (text: string) => new Spotter([secret]).spots(text);
  expect(spots('ab'.repeat(1_000_000))).toEqual([{ start: 0, end: 2_000_000 }]);
  expect(spots(`${'ab'.repeat(999)}b`.repeat(1_000))).toEqual([]);
});

function hiddenOneByOne(text: string, spellings: readonly Spelling[]): boolean[] {
  const hidden = Array.from(text, () => false);
  for (const spelling of spellings) {
    for (let at = 0; at < text.length; at += 1) {
      const end = endOf(spelling, text, at);
      if (end !== undefined) hidden.fill(true, startOf(spelling, text, at), end);
    }
  }
  return hidden;
}

function endOf({ text: secret, base64 }: Spelling, text: string, at: number): number | undefined {
  let end = at;
  for (const [i, character] of [...secret].entries()) {
    if (base64 !== undefined && i > 0) end += foldAt(text, end);
    if (text[end] !== character) return i >= 3 && text[end] === cutSign ? end : undefined;
    end += 1;
  }
  if (base64?.sharesEnd !== true) return end;
  return end + (/^(?:(?:\r?\n|\\n)?[\w+/-])?={0,2}/.exec(text.slice(end))?.[0].length ?? 0);
}

function foldAt(text: string, at: number): number {
  return /^(?:\r?\n|\\n)?/.exec(text.slice(at, at + 2))?.[0].length ?? 0;
}

function startOf({ base64 }: Spelling, text: string, at: number): number {
  if (base64?.sharesStart !== true) return at;
  const before = /([\w+/-])(?:\r?\n|\\n)?$/.exec(text.slice(0, at));
  return before === null ? at : at - 1;
}
