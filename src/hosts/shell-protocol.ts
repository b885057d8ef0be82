import { type Command, type Manner, mannerOf } from '../core/command.ts';
import type { Becoming } from './become.ts';
import { checkName, loginLine, shellLine, stdinText } from './shell-line.ts';

/**
 * One `sh` on a channel takes any number of commands. Each is a frame: text for the shell, which then writes on both
 * streams a line that opens and a line that ends the command's output. The lines carry a nonce that only this
 * frame has, and that the shell alone knows: it is in no argument, variable or file that the command could read
 * (the shell has read the whole frame before it runs any of it), so no output can end a command.
 */

export interface ShellFacts {
  /** Empty where the host does not tell. */
  readonly bootId: string;
  /** `setsid` is there: each command gets its own process group, and all of it can be ended. */
  readonly setsid: boolean;
  /** Both ends of the SSH connection, as sshd says it. */
  readonly ssh?: { readonly peer: string; readonly own: string };
}

/** Programs of the system are often not on the path of a login without a login shell. */
const path = 'PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH';

/**
 * What a login shell is given: becomes a POSIX sh that first tells its facts, then reads frames from its stdin.
 * Plain enough (no quote, backslash, newline or "!" inside) for any login shell, csh and fish too.
 */
export function shellStart(nonce: string): string {
  const facts = [
    'b=; s=no',
    '{ read b </proc/sys/kernel/random/boot_id; } 2>/dev/null',
    'command -v setsid >/dev/null 2>&1 && s=yes',
    `echo "${nonce}:facts $s $b. $SSH_CONNECTION;"`,
  ];
  return `exec /bin/sh -c '${[path, ...facts].join('; ')}; exec /bin/sh'`;
}

/** Looks for the facts in what the shell has written so far; what start-up files printed before is passed over. */
export function readFacts(nonce: string, output: string): ShellFacts | undefined {
  const match = new RegExp(`${nonce}:facts (yes|no) ([0-9a-f-]*)\\. ([^;\n]*);`).exec(output);
  if (match === null) return undefined;
  return { setsid: match[1] === 'yes', bootId: match[2] ?? '', ...endsOf(match[3] ?? '') };
}

/** `SSH_CONNECTION`: address and port of the far end, then of the host's own. */
function endsOf(connection: string): Pick<ShellFacts, 'ssh'> {
  const [peer = '', , own = ''] = connection.split(' ').map((word) => word.replace(/^::ffff:(?=\d+\.)/i, ''));
  return [peer, own].every((word) => /^[0-9a-f.:]+(%[\w.-]+)?$/i.test(word)) ? { ssh: { peer, own } } : {};
}

/** Sent once, before the first frame: the shell's own remarks ("Killed", ...) stay out of the commands' stderr. */
export const shellSetup = 'exec 4>&2 2>/dev/null\n';

export interface FrameOptions extends Becoming {
  readonly nonce: string;
  readonly setsid: boolean;
  readonly previous?: Previous;
}

/** The shell's previous command: its process group, and whether that may be another user's. */
export interface Previous {
  readonly group: number;
  readonly became: boolean;
}

/**
 * The text that makes the shell run one command. Where children of the previous command are still there, and may
 * write to this shell's streams, it says `left` and runs nothing.
 */
export function frame(command: Command, options: FrameOptions): string {
  const { nonce, previous } = options;
  const line = shellLine(announced(command, options.setsid), options);
  const piped = stdinText(command, options.becomePassword) !== undefined;
  const left = previous === undefined ? 'false' : isThere(previous);
  return [
    `{ if ${left}; then`,
    `echo ${nonce}:left; echo ${nonce}:left >&4`,
    'else',
    `echo ${nonce}:begin; echo ${nonce}:begin >&4`,
    piped ? `${line} 2>&4 4>&-` : quietly(line),
    `echo ${nonce}:end $?; echo ${nonce}:end >&4`,
    'fi; }\n',
  ].join('\n');
}

/** A group of another user is told from none by the words alone. */
function isThere({ group, became }: Previous): string {
  const kill = `kill -0 -${group}`;
  return became ? `${kill} || case $(LC_ALL=C; ${kill} 2>&1) in *permitted*) ;; *) false;; esac` : kill;
}

/**
 * For a host whose shell does not take frames: a login shell's command line for one command on a channel of its own,
 * whose exit ends the output. The command reads the channel.
 */
export function singleLine(command: Command, options: Omit<FrameOptions, 'previous'>): string {
  const line = shellLine(announced(command, options.setsid), { ...options, stdin: 'inherit' });
  // Not exec: sshd has made this shell a group leader, and setsid would fork and not wait.
  const say = (word: string) => `echo ${options.nonce}:${word}`;
  const end = `e=$?; ${say('end $e')}; ${say('end')} >&4; exit $e`;
  const text = `${path}; ${say('begin')}; ${say('begin')} >&2; exec 4>&2 2>/dev/null; ${quietly(line)}; ${end}`;
  return loginLine(text);
}

/** Its own subshell to become: dash would else say "Terminated" on the command's stderr, which is kept in 4. */
function quietly(line: string): string {
  return `( exec ${line} ) 2>&4 4>&-`;
}

/** The command, in a process group of its own, its number printed as the first line. Beside one with a mark a sh that bears it waits for its end. */
function announced(command: Command, setsid: boolean): Command {
  checkName(command);
  const { mark, argv } = command;
  if (!setsid) return { ...command, argv: ['sh', '-c', 'echo "$$"; exec "$@"', 'sh', ...argv] };
  const tell =
    mark === undefined
      ? ['sh', '-c', 'echo "$$"; exec "$@"', 'sh', ...argv]
      : ['sh', '-c', `echo "$$"; shift; exec 4>&2 2>/dev/null; ${quietly('"$@"')}; exit $?`, 'sh', mark, ...argv];
  if (command.become === undefined) return { ...command, argv: ['setsid', ...tell] };
  // sudo may have made its child a group leader already; setsid would then fork, and sudo not wait.
  return { ...command, argv: ['sh', '-c', `exec 4>&2 2>/dev/null; ${quietly('setsid "$@"')}; exit $?`, 'sh', ...tell] };
}

/** `$1`: a process, or minus a session with its process group. A zombie is gone, though `kill -0` still finds it. */
const killScript = `
target=$1
alive() {
  for pid in $others; do kill -0 "$pid" 2>/dev/null && return 0; done
  kill -0 "$target" 2>/dev/null || return 1
  [ -r /proc/self/stat ] || return 0
  for file in /proc/[0-9]*/stat; do
    { read -r line <"$file"; } 2>/dev/null || continue
    pid=\${line%% *}
    set -- \${line##*) }
    [ "$1" = Z ] && continue
    if [ "$pid" = "$target" ] || [ "-$3" = "$target" ]; then return 0; fi
  done
  return 1
}
# In its session some make groups of their own, as timeout does.
others() {
  for file in /proc/[0-9]*/stat; do
    { read -r line <"$file"; } 2>/dev/null || continue
    pid=\${line%% *}
    set -- \${line##*) }
    if [ "-$4" = "$target" ] && [ "-$3" != "$target" ]; then echo "$pid"; fi
  done
}
kill -TERM "$target" 2>/dev/null
others=$(others)
[ -z "$others" ] || kill -TERM $others 2>/dev/null
i=0
while [ "$i" -lt 5 ] && alive; do sleep 0.4 2>/dev/null || sleep 1; i=$((i + 1)); done
kill -KILL "$target" $others 2>/dev/null
`;

/** Ends a session that the process leads (or, without `setsid`, the process): TERM, then KILL after two seconds. */
export function killCommand(pid: number, setsid: boolean, { become, becomeMethod }: Manner = {}): Command {
  const argv = ['/bin/sh', '-c', killScript, 'sh', String(setsid ? -pid : pid)];
  return { argv, ...mannerOf({ ...(become && { become }), ...(becomeMethod && { becomeMethod }) }) };
}
