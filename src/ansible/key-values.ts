import { LeaveOut } from './findings.ts';

/**
 * The words of a line as a shell would part them, quotes and backslashes read; `{{ }}` is never parted. `raw` is the word as it is written.
 * Throws LeaveOut for a quote that is not closed.
 */
export function wordsOf(line: string): readonly { readonly word: string; readonly raw: string }[] {
  const token =
    /(?<blank>\s+)|(?<expr>\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\})|'(?<single>[^']*)'|"(?<double>(?:\\[\s\S]|[^"\\])*)"|\\(?<escaped>[\s\S])|(?<plain>[^\s'"\\])/y;
  const words: { word: string; raw: string }[] = [];
  let open: { word: string; raw: string } | undefined;
  let at = 0;
  while (at < line.length) {
    token.lastIndex = at;
    const found = token.exec(line);
    if (found?.groups === undefined) throw new LeaveOut('a quote is not closed');
    at = token.lastIndex;
    const { blank, expr, single, double, escaped, plain } = found.groups;
    if (blank !== undefined) {
      if (open !== undefined) words.push(open);
      open = undefined;
      continue;
    }
    const text = expr ?? single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '';
    open = { word: (open?.word ?? '') + text, raw: (open?.raw ?? '') + found[0] };
  }
  return open === undefined ? words : [...words, open];
}

/** `a=b c="d e" rest`: the values by name, and what is no `name=value`. Throws LeaveOut. */
export function keyValues(line: string): { readonly values: ReadonlyMap<string, string>; readonly rest: string } {
  const values = new Map<string, string>();
  const rest: string[] = [];
  for (const { word, raw } of wordsOf(line)) {
    const [, name, value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word) ?? [];
    if (name === undefined || value === undefined || /^["'{]/.test(raw)) rest.push(raw);
    else values.set(name, value);
  }
  return { values, rest: rest.join(' ') };
}
