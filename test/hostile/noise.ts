import fc from 'fast-check';

/** What hosts say when they are broken, hostile or something else than was asked. */
export const nastyTexts: readonly string[] = [
  '\0',
  '\u001b[2J\u001b[H',
  '\u001b]8;;http://evil.example/\u0007click\u001b]8;;\u0007',
  '\u001b]52;c;cm0gLXJmIC8=\u0007',
  '\u001bP+q544e\u001b\\',
  '\u009b31m\u0090\u009c\u0085',
  '\u202emoc.live\u2066\u2069',
  'ze\u200bro\u200d\ufeff\u00ad',
  '\u{e0001}\u{e0041}',
  '\ufffd\ufffd',
  '\r\n',
  '\u2028\u2029',
  '{{ 1 + 1 }}',
  "{{ env('HOME') }}",
  '{% raw %}',
  '$(touch /tmp/x) `id`',
  '__proto__',
  'constructor',
  'toString',
  '-1',
  '1e400',
  '18446744073709551616',
  '0x',
  'NaN',
  'null',
  '{"__proto__": {"polluted": true}}',
  '[[[[[[[[',
  '<script>alert(1)</script>',
  '[x](javascript:alert(1))',
  '![x](http://evil.example/x.png)',
  '```\n# not code',
  '| a | b |',
  '%%{init: {"theme": "dark"}}%%',
  'Signed-off-by: Nobody <nobody@example.org>',
  'permission denied',
  'x'.repeat(5_000),
];

const nasty = fc.constantFrom(...nastyTexts);
const piece = fc.oneof(nasty, fc.string({ maxLength: 20 }), fc.string({ unit: 'binary', maxLength: 20 }));

/** One small change to a text: by character, by line, or by number. */
type Edit = (text: string) => string;

const place = fc.nat(1_000_000);

const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, fc.nat(8), piece).map(
    ([at, length, put]): Edit =>
      (text) => {
        const start = text.length === 0 ? 0 : at % text.length;
        return text.slice(0, start) + put + text.slice(start + length);
      },
  ),
  fc.tuple(place, place, fc.constantFrom('delete', 'double', 'swap')).map(
    ([one, other, how]): Edit =>
      (text) => {
        const lines = text.split('\n');
        const [i, j] = [one % lines.length, other % lines.length];
        if (how === 'delete') return lines.toSpliced(i, 1).join('\n');
        if (how === 'double') return lines.toSpliced(j, 0, lines[i] ?? '').join('\n');
        return lines
          .with(i, lines[j] ?? '')
          .with(j, lines[i] ?? '')
          .join('\n');
      },
  ),
  fc.tuple(place, nasty).map(
    ([at, put]): Edit =>
      (text) => {
        const words = [...text.matchAll(/[^\s"',:{}[\]]+/g)];
        const word = words[at % Math.max(1, words.length)];
        return word === undefined ? put : text.slice(0, word.index) + put + text.slice(word.index + word[0].length);
      },
  ),
  place.map(
    (at): Edit =>
      (text) =>
        text.slice(0, text.length === 0 ? 0 : at % text.length),
  ),
  fc.constant<Edit>((text) => text.replaceAll('\n', '\r\n')),
  fc.constant<Edit>((text) => `\ufeff${text}`),
);

/** A few such changes, one after another. */
export const mutations: fc.Arbitrary<Edit> = fc
  .array(edits, { minLength: 1, maxLength: 4 })
  .map((all) => (text) => all.reduce((made, edit) => edit(made), text));

/** Text that no program of those asked would print. */
export const garbage: fc.Arbitrary<string> = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'binary', minLength: 1, maxLength: 40 })), { minLength: 1, maxLength: 5 })
  .map((parts) => `${parts.join(' ')}\u0001?`);
