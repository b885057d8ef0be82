import { printable } from '../../core/printable.ts';

/** Any text as plain Markdown text of one line: nothing in it is markup, nor becomes a link by itself. */
export function plain(text: string, limit = 300): string {
  return printable(text, limit)
    .replace(/[\\`*_{}[\]<>#|~!&@]/g, (mark) => entities.get(mark) ?? `\\${mark}`)
    .replace(/^(\s*\d*)([-+=.)])/, '$1\\$2')
    .replace(/^ +/, '')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/\b(www)\./gi, '$1\\.');
}

const entities: ReadonlyMap<string, string> = new Map([
  ['<', '&lt;'],
  ['&', '&amp;'],
]);

/** Any text as inline code, in a table too. */
export function code(text: string, limit = 300): string {
  const shown = printable(text, limit);
  if (shown === '') return '';
  const ticks = '`'.repeat(longestRun(shown) + 1);
  // Renderers do not agree on a bar behind a backslash in a table.
  if (shown.includes('\\|')) return `<code>${plain(text, limit)}</code>`;
  const space = /^`|`$|^ .* $/.test(shown) ? ' ' : '';
  return `${ticks}${space}${shown.replaceAll('|', '\\|')}${space}${ticks}`;
}

/** Lines, safe to show already, as a fenced block. */
export function fence(language: string, lines: readonly string[]): string {
  const ticks = '`'.repeat(Math.max(3, ...lines.map((line) => longestRun(line) + 1)));
  return [`${ticks}${language}`, ...lines, ticks].join('\n');
}

/** Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
