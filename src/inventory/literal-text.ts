/** The text is no literal. */
export class NoLiteral extends Error {}

const escapes: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' },
  ...{ '\\': '\\', "'": "'", '"': '"', '\n': '' },
};
const numbered = /(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3}))/y;

/**
 * A quoted text of Python that begins here, with what follows it; undefined when none does. `'`, `"`, three of them, and
 * the prefixes u and r. Throws NoLiteral when it has no end or stands for something that is no text.
 */
export function quotedText(source: string, at: number): { readonly text: string; readonly end: number } | undefined {
  const [head, prefix = '', quote = ''] = /^([uUrR]?)('''|"""|'|")/.exec(source.slice(at, at + 4)) ?? [];
  if (head === undefined) return undefined;
  const isRaw = /r/i.test(prefix);
  let text = '';
  for (let i = at + head.length; i < source.length; ) {
    if (source.startsWith(quote, i)) return { text, end: i + quote.length };
    if (source[i] === '\n' && quote.length === 1) break;
    if (source[i] !== '\\') text += source[i++];
    else if (isRaw) {
      text += source.slice(i, i + 2);
      i += 2;
    } else {
      const [made, end] = escaped(source, i + 1);
      text += made;
      i = end;
    }
  }
  throw new NoLiteral();
}

/** What a backslash before this place makes of it, and where it goes on. */
function escaped(source: string, at: number): readonly [string, number] {
  const char = source[at] ?? '';
  const known = escapes[char];
  if (known !== undefined) return [known, at + 1];
  numbered.lastIndex = at;
  const [token, x, u, U, octal] = numbered.exec(source) ?? [];
  // A name (\N{...}), a short number or a half of a pair: Python may know it, this does not.
  if (token === undefined) {
    if (/[xuUN]/.test(char) || char === '') throw new NoLiteral();
    return [`\\${char}`, at + 1];
  }
  const code = octal === undefined ? Number.parseInt(x ?? u ?? U ?? '', 16) : Number.parseInt(octal, 8);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new NoLiteral();
  return [String.fromCodePoint(code), at + token.length];
}
