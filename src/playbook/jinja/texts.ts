import { type Names, type Node, NoForm } from './node.ts';
import type { Parser } from './parser.ts';
import { readJinja } from './read.ts';

/** A condition as Ansible writes it, bare, in CEL. Throws NoForm. */
export function conditionInCel(text: string, names: Names): string {
  const bare = /^\s*\{\{([^{}]*)\}\}\s*$/.exec(text)?.[1] ?? text;
  return inCel(bare, names, (parser) => parser.condition());
}

function inCel(text: string, names: Names, read: (parser: Parser) => Node): string {
  return readJinja(text, names, (name) => (names.isThere(name) ? 'always' : 'host'), read).cel;
}

/** A text with `{{ }}` as Jinja has them, each in CEL. Throws NoForm, also for statements. */
export function textInCel(text: string, names: Names): string {
  const open = /\{[{%#]/g;
  let [made, from] = ['', 0];
  for (let found = open.exec(text); found !== null; found = open.exec(text)) {
    const { part, end } = partAt(text, found.index, found[0], names);
    made += text.slice(from, found.index) + part;
    from = end;
    open.lastIndex = end;
  }
  return made + text.slice(from);
}

function partAt(text: string, start: number, mark: string, names: Names): { part: string; end: number } {
  const raw = /^\{%\s*raw\s*%\}([\s\S]*?)\{%\s*endraw\s*%\}/.exec(text.slice(start));
  if (raw !== null) return { part: asItStands(raw[1] ?? ''), end: start + raw[0].length };
  if (mark === '{%') throw new NoForm('There are no statements: write a ? b : c, or make two tasks of it.', true);
  if (mark === '{#') throw new NoForm('There are no comments of Jinja: write one of YAML, with #.', true);
  const end = closing(text, start + 2);
  if (end === undefined) throw new NoForm('the template is not closed');
  const inner = text.slice(start + 2, end);
  if (/^[-+]|[-+]$/.test(inner)) throw new NoForm('Blanks around an expression stay: leave the dash out.', true);
  return { part: `{{ ${inCel(inner, names, (parser) => parser.whole())} }}`, end: end + 2 };
}

/** Where the expression that begins here is closed: quotes and maps in it are its own. */
function closing(text: string, from: number): number | undefined {
  const token = /"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|[{}]/g;
  token.lastIndex = from;
  let depth = 0;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if (found[0] === '{') depth++;
    else if (found[0] === '}' && depth > 0) depth--;
    else if (found[0] === '}') return text[found.index + 1] === '}' ? found.index : undefined;
  }
  return undefined;
}

/** Text in which nothing is looked for. */
function asItStands(text: string): string {
  return text.replace(/\{[{%#]/g, (mark) => `{{ "${mark}" }}`);
}
