import { re2Fault } from '../../core/re2-fault.ts';
import { ExpressionFault } from './expression-fault.ts';
import type { Mentions } from './syntax.ts';

const takePatterns: ReadonlySet<string> = new Set(['re_match', 're_find', 're_find_all', 're_replace']);

/** What is wrong with patterns that are written in an expression, each at the part that is wrong. */
export function patternFaults(text: string, { calls }: Mentions): readonly ExpressionFault[] {
  return calls.flatMap(({ name, text: pattern }) => {
    const fault = takePatterns.has(name) && pattern !== undefined ? re2Fault(pattern.value) : undefined;
    if (fault === undefined || pattern === undefined) return [];
    const part = pattern.value.slice(fault.offset, fault.offset + fault.width);
    const place = placeOf(text.slice(pattern.start, pattern.end), part, pattern.value.slice(0, fault.offset));
    const message = `${name}() takes an RE2 pattern, and in this one ${fault.message}`;
    const at = { offset: pattern.start + place.offset, width: place.width, hint: fault.hint };
    return [new ExpressionFault('bad-value', message, at)];
  });
}

/** Where a part of a text stands in its literal, which may write a backslash as two. */
function placeOf(literal: string, part: string, before: string): { readonly offset: number; readonly width: number } {
  const escaped = JSON.stringify(part).slice(1, -1);
  const written = literal.includes(escaped) ? escaped : part;
  let offset = -1;
  for (let n = before.split(part).length; n > 0; n--) offset = literal.indexOf(written, offset + 1);
  return offset === -1 ? { offset: 0, width: literal.length } : { offset, width: written.length };
}
