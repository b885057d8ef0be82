import { printable } from './printable.ts';

const plainWord = /^[\w@%+=:,./-]+$/;

/**
 * A command as one line for people, in shell quoting. For reading only, never to be pasted or run: a `sh -c` script is
 * shortened to its first line, control characters are written out, and the whole is at most `limit` characters.
 */
export function displayCommand(argv: readonly string[], limit = 160): string {
  const [program, option, text, , ...args] = argv;
  const isScript = program === 'sh' && option === '-c' && text !== undefined;
  const words = isScript ? ['sh', '-c', firstLine(text), ...args] : argv;
  return printable(words.map(quoted).join(' '), limit);
}

/** The first line of a script that says something, with `…` where more follows. */
function firstLine(script: string): string {
  const lines = script
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const telling = lines.find((line) => !/^set\b/.test(line)) ?? lines[0] ?? '';
  return lines.length > 1 ? `${telling} …` : telling;
}

function quoted(word: string): string {
  if (plainWord.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
