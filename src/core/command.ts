/** One command for one host, as data. Nothing is a shell string here: `argv` reaches the host word for word. */
export interface Command {
  readonly argv: readonly string[];
  /** Text for the command's standard input; without it the command reads /dev/null. */
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Run as this user, by sudo. */
  readonly become?: string;
  /** Milliseconds until the whole remote process group is ended. Default: `defaultTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Values to be masked wherever this command or its output is recorded or shown. */
  readonly secrets?: readonly string[];
}

export const defaultTimeoutMs = 30_000;

/** A POSIX sh script with its arguments as `$1`, `$2`, ...: data never becomes part of the script's text. */
export function script(text: string, args: readonly string[] = [], rest: Omit<Command, 'argv'> = {}): Command {
  return { ...rest, argv: ['sh', '-c', text, 'sh', ...args] };
}
