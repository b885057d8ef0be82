import type { Manner } from './command.ts';
import { cut, cutSign } from './cut.ts';
import { printable } from './printable.ts';

const plainWord = /^[\w@%+=:,./-]+$/;

/**
 * A command as one line for people, in shell quoting. For reading only, never to be pasted or run: a `sh -c` script is
 * shown by its title, or its first line where it has none; control characters are written out, and the whole is at most `limit` characters.
 */
export function displayCommand(argv: readonly string[], limit = 160): string {
  const [program, option, text, title = 'sh', ...args] = argv;
  const isScript = program === 'sh' && option === '-c' && text !== undefined;
  if (!isScript) return printable(argv.map(quoted).join(' '), limit);
  const words = title === 'sh' ? ['sh', '-c', firstLine(text), ...args] : [title, ...args];
  return printable(words.map((word) => quoted(cut(word, longestWord))).join(' '), limit);
}

/** Before a command: as whom it was run, and what it had in its environment besides. Ends with a space, or is empty. */
export function displayManner({ become, becomeMethod, env = {} }: Manner): string {
  const by = becomeMethod === undefined ? '' : ` by ${becomeMethod}`;
  const as = become === undefined ? '' : `(as ${printable(become, 40)}${by}) `;
  return `${as}${Object.entries(env)
    .map(([name, value]) => `${name}=${printable(quoted(value), 80)} `)
    .join('')}`;
}

/** A script's arguments may be whole documents. */
const longestWord = 60;

/** The first line of a script that says something, with `…` where more follows. */
function firstLine(script: string): string {
  const lines = script
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const telling = lines.find((line) => !/^(set|export|LC_ALL=C)\b/.test(line)) ?? lines[0] ?? '';
  return lines.length > 1 ? `${telling} ${cutSign}` : telling;
}

function quoted(word: string): string {
  if (plainWord.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
