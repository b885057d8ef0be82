/** Braces of a template where an expression stands already. */
export interface Braces {
  readonly code: 'braces' | 'quoted-braces';
  readonly message: string;
  readonly hint: string;
  readonly offset: number;
  readonly width: number;
  /** What stands in them, where they are around all of it: the whole expression as it is meant. */
  readonly inner?: { readonly text: string; readonly offset: number };
}

const stringOrTemplate = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\{\{([^{}]*)\}\}/g;

/**
 * The first `{{ }}` in a bare expression, as in `when`: an error, or a warning where it stands in a text, which is then taken as it is.
 * `keyword`: what the expression is given under.
 */
export function bracesIn(expression: string, keyword: string): Braces | undefined {
  if (!expression.includes('{{')) return undefined;
  const whole = /^\s*\{\{([\s\S]*)\}\}\s*$/.exec(expression);
  const [, bare = ''] = whole ?? [];
  if (whole !== null && !bare.includes('{{')) {
    const text = bare.trim();
    const said = isAlready(keyword, text, 0, expression.length);
    return text === '' ? said : { ...said, inner: { text, offset: expression.indexOf(text, 2) } };
  }
  const parts = [...expression.matchAll(stringOrTemplate)];
  const outside = parts.find(([, inner]) => inner !== undefined);
  if (outside !== undefined) {
    const meant = expression.replace(stringOrTemplate, (part, inner: string | undefined) => inner?.trim() ?? part);
    return isAlready(keyword, meant, outside.index, outside[0].length);
  }
  const inside = parts.find(([text]) => /\{\{.*\}\}/s.test(text));
  if (inside === undefined) return undefined;
  const [text] = inside;
  return {
    code: 'quoted-braces',
    message: 'a text inside of an expression is taken as it is, with its braces',
    hint: 'Write the name without quotes and braces; to join it with text: "eth" + string(number).',
    offset: inside.index,
    width: text.length,
  };
}

function isAlready(keyword: string, bare: string, offset: number, width: number): Braces {
  return {
    code: 'braces',
    message: `"${keyword}" is an expression already`,
    hint: `Write it without braces: ${bare.trim()}`,
    offset,
    width,
  };
}
