import { type Command, fencedExit } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import { asUser, type Becoming, stdinFollows } from './become.ts';

/**
 * A command as one line of POSIX sh, to be followed by nothing but redirections; its data cannot become syntax.
 * Without stdin the command reads /dev/null; with `stdin: 'inherit'` it reads the shell's, which must be fed
 * `stdinText` of the same command. Throws Failure `invalid` for what no argument list can carry.
 */
export function shellLine(command: Command, options: Becoming & { readonly stdin?: 'inherit' } = {}): string {
  const words = [...fence(command), ...environment(command), ...command.argv];
  checkName(command);
  const { become, becomeMethod = options.becomeMethod } = command;
  const by = { ...options, ...(becomeMethod === undefined ? {} : { becomeMethod }) };
  const line = joined(become === undefined ? words : asUser(words, become, by, joined));
  if (options.stdin === 'inherit') return line;
  const stdin = stdinText(command, options.becomePassword);
  return stdin === undefined ? `${line} </dev/null` : `printf %s ${quoted(stdin)} | ${line}`;
}

/**
 * A line for any login shell, csh and fish too, which becomes a sh that runs this text: what one of them might take for its own (quotes,
 * backslashes, "$", "!", line ends and whatever is not ASCII) is written as octal, which that sh reads.
 */
export function loginLine(text: string): string {
  const plain = text.replace(/[^ #%&()*+,\-./0-9:;<=>?@A-Z[\]^_a-z{|}~]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join(''),
  );
  return `exec /bin/sh -c 'eval "$(printf %b "${plain}")"'`;
}

/** Everything that the line's process is to read: the password of who becomes another, and the command's stdin. undefined: nothing. */
export function stdinText(command: Command, becomePassword?: string): string | undefined {
  if (command.become === undefined || becomePassword === undefined) return command.stdin;
  return `${becomePassword}\n${stdinFollows}\n${command.stdin ?? ''}`;
}

/** Throws Failure `invalid` for a program's name that is none, or that what starts it (`exec`, `env`) would take for an option. */
export function checkName({ argv: [name] }: Command): void {
  if (name === undefined || name === '') throw new Failure('invalid', 'A command without a name');
  if (!name.startsWith('-')) return;
  throw new Failure('invalid', `A program's name cannot begin with "-": ${name}`, {
    hint: 'Name the program first, then its options; write ./-name for a file of such a name.',
  });
}

/** $0 the path that must be there. */
const onlyWhile = `[ -e "$0" ] || { echo "Not run: $0 is gone" >&2; exit ${fencedExit}; }; exec "$@"`;

function fence({ onlyWhile: path }: Command): string[] {
  return path === undefined ? [] : ['sh', '-c', onlyWhile, path];
}

function environment({ env = {}, argv }: Command): string[] {
  const entries = Object.entries(env);
  if (entries.length === 0) return [];
  for (const [name] of entries) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new Failure('invalid', `"${name}" is not a name for an environment variable`, {
        hint: 'Use letters, digits and underscores, and no digit in front.',
      });
    }
  }
  if (argv[0]?.includes('=')) {
    throw new Failure('invalid', `With an environment, a program's name may not contain "=": ${argv[0]}`);
  }
  return ['env', ...entries.map(([name, value]) => `${name}=${value}`)];
}

function joined(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/** Always quoted, also where it is not needed: a bare word could be a keyword or an alias. */
function quoted(word: string): string {
  if (word.includes('\0')) {
    throw new Failure('invalid', 'A NUL character can stand neither in a command nor in its stdin', {
      hint: 'Send such data encoded, for example with base64, and decode it on the host.',
    });
  }
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
