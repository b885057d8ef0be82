import { ExpressionFault } from './expression-fault.ts';

/** Text and expressions in turn; braces and quotes inside an expression are its own. Throws ExpressionFault. */
export function split(text: string): readonly (string | { readonly text: string; readonly offset: number })[] {
  const parts: (string | { text: string; offset: number })[] = [];
  let from = 0;
  for (let open = text.indexOf('{{'); open !== -1; open = text.indexOf('{{', from)) {
    const close = closing(text, open + 2);
    if (close === undefined) {
      const hint = 'Close it with }}. To have two braces as text, write {{ "{{" }}.';
      throw new ExpressionFault('expression', 'the template is not closed', { offset: open, width: 2, hint });
    }
    if (open > from) parts.push(text.slice(from, open));
    const inner = text.slice(open + 2, close);
    refuseDashes(inner, open + 2);
    const start = inner.length - inner.trimStart().length;
    parts.push({ text: inner.trim(), offset: open + 2 + start });
    from = close + 2;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

/** Of Jinja, which takes the blanks around away with them; to CEL they are minuses. */
function refuseDashes(inner: string, at: number): void {
  const offset = inner.startsWith('-') ? at : at + inner.length - 1;
  if (!inner.startsWith('-') && !inner.endsWith('-')) return;
  const hint = 'Blanks around an expression stay: leave the dash out. A minus stands behind a blank: {{ -number }}.';
  throw new ExpressionFault('jinja', 'a dash at the braces is Jinja', { offset, width: 1, hint });
}

function closing(text: string, from: number): number | undefined {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const char = text[i];
    if (char === '"' || char === "'") i = endOfQuoted(text, i);
    else if (char === '{') depth++;
    else if (char === '}' && depth > 0) depth--;
    else if (char === '}' && text[i + 1] === '}') return i;
  }
  return undefined;
}

function endOfQuoted(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== text[start]) i += text[i] === '\\' ? 2 : 1;
  return i;
}
