import type { RE2JS } from 're2js';
import { cut } from '../../core/cut.ts';
import { Failure } from '../../core/failure.ts';
import { compiledRe2, type PatternFault } from '../../core/re2-fault.ts';

// Host text is only ever searched with RE2, in time that is linear in its length: a backtracking RegExp could be kept
// busy for hours by one hostile line.

/** A user's RE2 expression. Throws Failure `invalid` for what is none. */
export function pattern(text: string): RE2JS {
  const refusal = ({ message, hint }: PatternFault) =>
    new Failure('invalid', `"${text}" is not an RE2 expression: ${message}`, { hint });
  return compiledRe2(text, refusal);
}

/** The first group (without one: all) of the first match in the text, if any; at most 200 characters. */
export function firstMatch(text: string, expression: string): string | undefined {
  const matcher = pattern(expression).matcher(text);
  if (!matcher.find()) return undefined;
  return cut(matcher.group(matcher.groupCount() > 0 ? 1 : 0) ?? '', 200);
}

/** Does the expression match anywhere in this line? */
export function matches(line: string, expression: RE2JS): boolean {
  return expression.matcher(line).find();
}
