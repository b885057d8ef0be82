import { type Statement, statementsIn, withoutUnread } from '../jinja/statements.ts';
import { ExpressionFault } from './expression-fault.ts';

/** An expression in a text. */
interface Inner {
  readonly text: string;
  /** In the whole text. */
  readonly offset: number;
}

/** A text with `{{ }}` as it is written. */
interface TemplateText {
  /** Text and expressions in turn. */
  readonly parts: readonly (string | Inner)[];
  /** What is wrong outside of the expressions. */
  readonly faults: readonly ExpressionFault[];
  /** Names that an expression may have from a statement of Jinja, which is a fault itself. */
  readonly bound: ReadonlySet<string>;
}

/** Braces and quotes inside an expression are its own. */
export function readTemplate(text: string): TemplateText {
  const read = split(text);
  const isQuoted = ({ offset }: Statement) =>
    read.parts.some(
      (part) => typeof part !== 'string' && offset >= part.offset && offset < part.offset + part.text.length,
    );
  const statements = statementsIn(text).filter((one) => !isQuoted(one));
  if (statements.length === 0) return { ...read, bound: new Set() };
  const whole = statements.filter(({ isPart }) => !isPart);
  const told = toldOf(whole.length === 0 ? statements.slice(0, 1) : whole);
  const { parts, faults } = split(withoutUnread(text));
  return { parts, faults: [...told, ...faults], bound: new Set(statements.flatMap(({ binds }) => binds)) };
}

/** So many statements of one kind are told one by one; of more, the first with how many there are. */
const mostAlike = 3;

function toldOf(statements: readonly Statement[]): readonly ExpressionFault[] {
  const what = 'this is Jinja, and only {{ }} is looked for';
  return statements.flatMap((place) => {
    const alike = statements.filter(({ hint }) => hint === place.hint);
    if (alike.length <= mostAlike) return [new ExpressionFault('jinja', what, place)];
    const message = `${what}; ${alike.length - 1} more of its kind stand below`;
    return alike[0] === place ? [new ExpressionFault('jinja', message, place)] : [];
  });
}

function split(text: string): Pick<TemplateText, 'parts' | 'faults'> {
  const parts: (string | Inner)[] = [];
  const faults: ExpressionFault[] = [];
  let from = 0;
  for (let open = text.indexOf('{{'); open !== -1; open = text.indexOf('{{', from)) {
    if (open > from) parts.push(text.slice(from, open));
    const close = closing(text, open + 2);
    if (close === undefined) {
      const hint = 'Close it with }}. To have two braces as text, write {{ "{{" }}.';
      faults.push(new ExpressionFault('expression', 'the template is not closed', { offset: open, width: 2, hint }));
      return { parts, faults };
    }
    const inner = text.slice(open + 2, close);
    const dash = dashIn(inner, open + 2);
    if (dash !== undefined) faults.push(dash);
    const [, before = '', bare = ''] =
      (dash === undefined ? /^(\s*)([\s\S]*)$/ : /^(-?\s*)([\s\S]*?)-?$/).exec(inner) ?? [];
    parts.push({ text: bare.trim(), offset: open + 2 + before.length });
    from = close + 2;
  }
  if (from < text.length) parts.push(text.slice(from));
  return { parts, faults };
}

/** Of Jinja, which takes the blanks around away with them; to CEL they are minuses. */
function dashIn(inner: string, at: number): ExpressionFault | undefined {
  const offset = inner.startsWith('-') ? at : at + inner.length - 1;
  if (!inner.startsWith('-') && !inner.endsWith('-')) return undefined;
  const hint = 'Blanks around an expression stay: leave the dash out. A minus stands behind a blank: {{ -number }}.';
  return new ExpressionFault('jinja', 'a dash at the braces is Jinja', { offset, width: 1, hint });
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
