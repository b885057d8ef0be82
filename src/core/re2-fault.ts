import { RE2JS, RE2JSSyntaxException } from 're2js';

/** What is wrong with a regular expression, in words, and where in its text. */
export interface PatternFault {
  /** A part of a sentence. */
  readonly message: string;
  readonly hint: string;
  readonly offset: number;
  readonly width: number;
}

/** undefined: it is an RE2 expression. */
export function re2Fault(text: string): PatternFault | undefined {
  const made = read(text);
  return made instanceof RE2JS ? undefined : made;
}

/** The expression, compiled once. Throws what `refusal` makes of its fault. */
export function compiledRe2(text: string, refusal: (fault: PatternFault) => Error): RE2JS {
  const made = read(text);
  if (made instanceof RE2JS) return made;
  throw refusal(made);
}

function read(text: string): RE2JS | PatternFault {
  try {
    return RE2JS.compile(text);
  } catch (thrown) {
    if (!(thrown instanceof RE2JSSyntaxException)) throw thrown;
    const { error, input } = thrown as { error: string; input: string | null };
    return unsupported(text) ?? malformed(text, error, input ?? '');
  }
}

type Words = readonly [message: string, hint: string];

const lookaround = 'Match what stands around too, and take the part that is wanted with a group.';
const backReference = 'Find both parts with a group each, and compare them.';

/** What others know and RE2 does not. An escaped character, and a class of characters, are passed over whole. */
const others: readonly (readonly [RegExp, (found: string) => Words])[] = [
  [/^\(\?[=!]/, (found) => [`a lookahead, ${found}, is not supported`, lookaround]],
  [/^\(\?<[=!]/, (found) => [`a lookbehind, ${found}, is not supported`, lookaround]],
  [/^\(\?P=\w*\)?/, (found) => [`a back reference, ${found}, is not supported`, backReference]],
  [
    /^\\(?:[1-9]|k(?:<\w*>|\{\w*\})?|g\{?\w*\}?)/,
    (found) => [`a back reference, ${found}, is not supported`, backReference],
  ],
  [/^\(\?>/, (found) => [`an atomic group, ${found}, is not supported`, 'RE2 never goes back: write (?: instead.']],
  [
    /^[*+?]\+/,
    (found) => [`a possessive repetition, ${found}, is not supported`, 'RE2 never goes back: leave the second + out.'],
  ],
  [/^\(\?\(/, (found) => [`a condition, ${found}, is not supported`, 'Write both forms: (?:one|other).']],
  [/^\(\?#[^)]*\)?/, (found) => [`a comment, ${found}, is not supported`, 'Leave it out.']],
  [
    /^\(\?[a-z]*x[a-z]*[:)]/,
    (found) => [`blanks and comments in a pattern, ${found}, are not supported`, 'Write it on one line, without x.'],
  ],
  [
    /^\(\?R\)|^\(\?&/,
    (found) => [`a pattern inside of itself, ${found}, is not supported`, 'Write out as many levels as there are.'],
  ],
  [/^\\Z/, (found) => [`${found} is not known`, 'Write \\z for the end of the text.']],
  [
    /^\\u[0-9a-fA-F]{4}/,
    (found) => [`${found} is not known`, `Write the character itself, or \\x{${found.slice(2)}}.`],
  ],
  [/^\\h/, (found) => [`${found} is not known`, 'Write [ \\t] for a blank.']],
  [/^\\R/, (found) => [`${found} is not known`, 'Write \\r?\\n for the end of a line.']],
  [/^\\K/, (found) => [`${found} is not known`, lookaround]],
];

const token = /\\[\s\S]|\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]|[\s\S]/g;

function unsupported(text: string): PatternFault | undefined {
  for (const { 0: found, index } of text.matchAll(token)) {
    if (found.startsWith('[')) continue;
    const rest = text.slice(index);
    for (const [form, words] of others) {
      const [part] = form.exec(rest) ?? [];
      if (part === undefined) continue;
      const [message, hint] = words(part);
      return { message, hint, offset: index, width: part.length };
    }
  }
  return undefined;
}

/** What RE2 says of the part that it stopped at. */
const said: Readonly<Record<string, (part: string) => Words>> = {
  'missing closing )': () => ['this ( is not closed', 'Close it with ). To have it as it is, write [(].'],
  'unexpected )': () => ['this ) closes nothing', 'Remove it. To have it as it is, write [)].'],
  'missing closing ]': () => ['this [ is not closed', 'Close it with ]. To have it as it is, write \\[.'],
  'missing argument to repetition operator': (part) => [
    `nothing stands before ${part} that could be repeated`,
    `Write .${part} for any text. To have it as it is, write [${part}].`,
  ],
  'invalid nested repetition operator': (part) => [`${part} repeats twice`, 'Leave one out, or put (?:...) around.'],
  'invalid repeat count': (part) => [
    `${part} cannot be repeated so`,
    'From a smaller to a larger number, at most 1000.',
  ],
  'invalid character class range': (part) => [`${part} is no class of characters`, 'As [a-z], [[:alpha:]] or \\pL.'],
  'trailing backslash at end of expression': () => [
    'nothing stands behind the last \\',
    'To have it as it is, write \\\\.',
  ],
  'invalid escape sequence': (part) => [
    `${part} is not known`,
    'As it is without the backslash; a digit is \\d, a blank \\s.',
  ],
  'invalid named capture': () => ['this name of a group is not complete', 'As (?P<name>...).'],
  'duplicate capture group name': (part) => [`there are two groups "${part}"`, 'Choose another name for one of them.'],
};

function malformed(text: string, error: string, part: string): PatternFault {
  const [message, hint] = said[error]?.(part) ?? [
    `${part} is not supported`,
    'Write it as for grep -E; RE2 knows neither lookaround nor back references.',
  ];
  if (error.endsWith(')')) return { message, hint, offset: bracketIn(text, error === 'unexpected )'), width: 1 };
  if (error.startsWith('trailing')) return { message, hint, offset: text.length - 1, width: 1 };
  const width = error === 'missing closing ]' ? 1 : Math.max(1, part.length);
  return { message, hint, offset: Math.max(0, text.lastIndexOf(part)), width };
}

/** The first bracket that closes nothing, or the last that nothing closes. */
function bracketIn(text: string, isClosing: boolean): number {
  const open: number[] = [];
  for (const { 0: found, index } of text.matchAll(token)) {
    if (found === '(') open.push(index);
    if (found === ')' && open.pop() === undefined && isClosing) return index;
  }
  return open.at(-1) ?? 0;
}
