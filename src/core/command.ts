import type { BecomeMethod } from './fleet.ts';

/** As whom, and with which environment, the commands of a step are run. */
export interface Manner {
  readonly env?: Readonly<Record<string, string>>;
  /** Run as this user, in the way that the host knows (sudo, su, doas). */
  readonly become?: string;
  /** The way to become another user here, whatever the inventory says. */
  readonly becomeMethod?: BecomeMethod;
}

/** Only what is a manner of it. */
export function mannerOf({ env, become, becomeMethod }: Manner): Manner {
  return {
    ...(env === undefined ? {} : { env }),
    ...(become === undefined ? {} : { become }),
    ...(becomeMethod === undefined ? {} : { becomeMethod }),
  };
}

/** One command for one host, as data. Nothing is a shell string here: `argv` reaches the host word for word. */
export interface Command extends Manner {
  readonly argv: readonly string[];
  /** Text for the command's standard input; without it the command reads /dev/null. */
  readonly stdin?: string;
  /** A path on the host: once it is gone the command is not run any more, however late it arrives, and ends with `fencedExit`. */
  readonly onlyWhile?: string;
  /** Milliseconds until the whole remote process group is ended. Default: `defaultTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Values to be masked wherever this command or its output is recorded or shown. */
  readonly secrets?: readonly string[];
  /** Neither its words nor what it answers are recorded or shown. */
  readonly secret?: boolean;
  /** A word by which its processes are found on the host while it is under way, whatever has become of the connection. */
  readonly mark?: string;
}

/** Exit code of a command that was not run, because what it needed (`onlyWhile`) was gone. */
export const fencedExit = 75;

export const defaultTimeoutMs = 30_000;

/**
 * A POSIX sh script with its arguments as `$1`, `$2`, ...: data never becomes part of the script's text.
 * `title` is its `$0`: what people read in place of the script, and what stands in its error messages.
 */
export function script(
  text: string,
  args: readonly string[] = [],
  options?: Omit<Command, 'argv'> & { readonly title?: string },
): Command {
  if (options === undefined) return { argv: ['sh', '-c', text, 'sh', ...args] };
  const { title = 'sh', ...rest } = options;
  return { ...rest, argv: ['sh', '-c', text, title, ...args] };
}
