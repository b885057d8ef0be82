/** One word of a Jinja expression; `text` of a string is what it says. */
export interface Token {
  readonly kind: 'string' | 'number' | 'name' | 'sign' | 'end';
  readonly text: string;
}

const word =
  /\s*(?:(?<string>"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*')|(?<number>\d+(?:\.\d+)?)|(?<name>[A-Za-z_]\w*)|(?<sign>\/\/|\*\*|[=!<>]=|[-+*/%~|.,:()[\]{}<>=]))/y;

/** The words of a Jinja expression; undefined where it has something that is no word of Jinja. */
export function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    word.lastIndex = at;
    const groups = word.exec(text)?.groups;
    const kind = (['string', 'number', 'name', 'sign'] as const).find((one) => groups?.[one] !== undefined);
    if (groups === undefined || kind === undefined) return undefined;
    const found = groups[kind] as string;
    tokens.push({ kind, text: kind === 'string' ? unquoted(found) : found });
    at = word.lastIndex;
  }
  return [...tokens, { kind: 'end', text: '' }];
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' };

/** As Python reads it: a backslash before a letter that has no meaning stays. */
function unquoted(literal: string): string {
  return literal.slice(1, -1).replace(/\\([\s\S])/g, (whole, char: string) => escapes[char] ?? whole);
}
