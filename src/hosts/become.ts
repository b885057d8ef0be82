import type { BecomeMethod } from '../core/fleet.ts';

/** How a host lets one become another user. */
export interface Becoming {
  /** For every command that names no user itself. */
  readonly becomeUser?: string;
  /** Default: sudo. */
  readonly becomeMethod?: BecomeMethod;
  readonly becomePassword?: string;
}

/** Ends the password part of stdin; what follows it is the command's own. */
export const stdinFollows = 'runbook: stdin follows';

/** Reads up to that line and becomes the command: sudo leaves the password unread when it does not ask for it. */
const skipPassword = `while IFS= read -r line && [ "$line" != "$0" ]; do :; done; exec "$@"`;

/**
 * su and doas take a password from a terminal alone. `script` makes one, of which only the question and the answer see anything: the command's
 * streams go past it, as 5, 6 and 7. `$1` is the line to run on it. The password is read from stdin by this shell, and written by it: it is in no
 * argument and in no environment. The answer waits for the colon of the question: what is typed before is thrown away by who asks.
 */
const onTerminal = `
method=$2
IFS= read -r password
while IFS= read -r line && [ "$line" != "$0" ]; do :; done
command -v script >/dev/null 2>&1 && command -v mkfifo >/dev/null 2>&1 || {
  echo "runbook: $method asks for its password on a terminal, and this host has no script or mkfifo to make one: install them, or use sudo" >&2
  exit 126
}
umask 077
dir=$(mktemp -d) || exit 126
trap 'rm -rf "$dir"' EXIT
trap 'exit 129' HUP INT TERM
mkfifo "$dir/said" || exit 126
exec 5<&0 6>&1 7>&2
umask 022
{
  exec 5<&- 6>&- 7>&- 8<"$dir/said"
  while c=$(dd bs=1 count=1 2>/dev/null <&8; echo .) && [ "$c" != . ]; do
    [ "$c" = :. ] && { printf '%s\\n' "$password"; break; }
  done
  cat <&8 >/dev/null
} | SHELL=/bin/sh script -qefc "$1" /dev/null >"$dir/said" 2>&1
`;

type Join = (words: readonly string[]) => string;

/** The words that run these words as that user. `join` makes one line of sh of words. */
export function asUser(
  words: readonly string[],
  user: string,
  { becomeMethod, becomePassword }: Becoming,
  join: Join,
): string[] {
  const password = becomePassword !== undefined;
  switch (becomeMethod ?? 'sudo') {
    case 'sudo':
      return password
        ? ['sudo', '-S', '-p', '', '-u', user, '--', 'sh', '-c', skipPassword, stdinFollows, ...words]
        : ['sudo', '-n', '-u', user, '--', ...words];
    case 'doas':
      return password
        ? [
            'sh',
            '-c',
            onTerminal,
            stdinFollows,
            `exec ${join(['doas', '-u', user, '--', ...words])} ${streams}`,
            'doas',
          ]
        : ['doas', '-n', '-u', user, '--', ...words];
    case 'su': {
      const su = (line: string) => ['su', '-s', '/bin/sh', '-c', line, '--', user];
      return password
        ? ['sh', '-c', onTerminal, stdinFollows, `exec ${join(su(`exec ${join(words)} ${streams}`))}`, 'su']
        : su(`exec ${join(words)}`);
    }
  }
}

const streams = '<&5 >&6 2>&7 5<&- 6>&- 7>&-';
