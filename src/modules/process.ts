import { script } from '../core/command.ts';
import { durationPattern, milliseconds } from '../core/duration.ts';
import { Failure } from '../core/failure.ts';
import { defineResource } from '../core/module.ts';
import { explain, type Outcome } from '../core/outcome.ts';

const schema = {
  type: 'object',
  description: 'Processes of one program.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[^/\\n]+$',
      description: 'File name of the program, without its folder: `flanneld` for /opt/flannel/flanneld.',
    },
    state: { enum: ['absent'], default: 'absent', description: 'No process of the program may be left.' },
    kill_after: {
      type: 'string',
      pattern: durationPattern,
      default: '10s',
      description: 'How long a process may take to end after TERM before it gets KILL.',
    },
  },
  required: ['name'],
  additionalProperties: false,
} as const;

/** Sorted by pid. `start` is in clock ticks since boot: with it a pid that was given away again is not mistaken. */
type State = readonly { readonly pid: number; readonly start: number; readonly exe: string }[];

// One `ls` over all of /proc instead of three forks a process; only candidates are looked at more closely.
// `hidden` is printed where nothing found would prove nothing: not root, or (root without all of its rights, as in a
// container) a process whose program cannot be seen and whose short name would fit.
const find = `
LC_ALL=C; export LC_ALL
name=$1
[ -d /proc/1 ] || echo hidden
network=$(readlink /proc/self/ns/net)
ls -l /proc/[0-9]*/exe 2>&1 | {
  set -f
  while IFS= read -r line; do
    case $line in
      *'ermission denied'*)
        if [ "$(id -u)" != 0 ]; then echo hidden; break; fi
        pid=\${line#*/proc/}
        read -r short <"/proc/\${pid%%/*}/comm" || continue
        if [ "$short" = "$(printf %.15s "$name")" ]; then echo hidden; fi
        continue ;;
      *"/$name" | *"/$name (deleted)") ;;
      *) continue ;;
    esac
    pid=\${line#*/proc/}; pid=\${pid%%/*}
    exe=$(readlink "/proc/$pid/exe") || continue
    file=\${exe##*/}
    [ "\${file% (deleted)}" = "$name" ] || continue
    [ "$(readlink "/proc/$pid/ns/net")" = "$network" ] || continue
    stat=$(cat "/proc/$pid/stat" 2>/dev/null) || continue
    set -- \${stat##*) }
    case $1 in Z | X | x) continue ;; esac
    echo "$pid \${20} $1 $exe"
  done
}
`;

// The start time is read again right before each signal. Waiting a second after a kill lets the next reading see
// a process that somebody's supervisor has started in its place.
const end = `
LC_ALL=C; export LC_ALL; set -f
patience=$1; shift
alive() {
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  start=$2
  set -- \${stat##*) }
  case $1 in Z | X | x) return 1 ;; esac
  [ "\${20}" = "$start" ]
}
signal() {
  name=$1; shift
  while [ $# -gt 0 ]; do
    if alive "$1" "$2"; then kill -s "$name" "$1" 2>/dev/null; fi
    shift 2
  done
}
any_alive() {
  while [ $# -gt 0 ]; do
    if alive "$1" "$2"; then return 0; fi
    shift 2
  done
  return 1
}
clock() { read -r up idle </proc/uptime; now=\${up%.*}\${up#*.}; }
gone_within() {
  clock; until=$((now + $1)); shift
  while any_alive "$@"; do
    clock
    [ "$now" -lt "$until" ] || return 1
    sleep 0.05 2>/dev/null || sleep 1
  done
}
any_alive "$@" || exit 0
signal TERM "$@"
if ! gone_within "$patience" "$@"; then
  signal KILL "$@"
  if ! gone_within 500 "$@"; then
    echo 'still there 5 s after KILL: the kernel holds it (state D?)' >&2
    exit 1
  fi
fi
sleep 1.2 2>/dev/null || sleep 2
`;

const afterKillMs = 5_000;
const slackMs = 10_000;

/**
 * The processes of one program on a host: those whose /proc/PID/exe is a file of that name, in the same network
 * namespace as the login, zombies left out. A state is the list of them; null when there is none.
 *
 *     - process: { name: flanneld, state: absent, kill_after: 5s }
 */
export const process = defineResource({
  name: 'process',
  summary: 'No process of a program is left; survivors get TERM, then KILL',
  about: `A program is known by the file that the process runs (\`/proc/PID/exe\`, also when that file has been
replaced since), not by its arguments, so neither an editor that has \`flanneld.log\` open nor the shell that asks is
taken for it. Processes in another network namespace are not seen: a container's flanneld is not the host's.
Zombies count as gone.

Each process gets TERM, after \`kill_after\` KILL. Stop a program through its supervisor first: one that is only
killed is started again at once, and this task then fails because it is there again.`,
  schema,
  examples: [
    { title: 'See that flanneld has really ended', args: { name: 'flanneld', state: 'absent', kill_after: '5s' } },
  ],
  reversible: () => ({
    never: 'a killed process cannot be brought back; the supervisor that started it can start another',
  }),
  key: ({ name }) => name,
  probe: ({ name }) => script(find, [name]),

  read(outcome: Outcome, { name }): State | null {
    const lines = outcome.stdout.split('\n').filter((line) => line !== '');
    if (outcome.exit !== 0 || outcome.truncated === true) {
      throw new Failure('unreadable', `The processes of ${name} cannot be listed: ${explain(outcome)}`, {
        hint: 'The host must have /proc, ls, readlink and cat.',
      });
    }
    if (lines.includes('hidden')) {
      throw new Failure('unreadable', `Not all processes can be seen, so none of ${name} proves nothing`, {
        hint: "Run the task as root: set `become: true`, or connect as root. Other users' processes are hidden.",
      });
    }
    const found = lines.map((line) => parse(line, name)).sort((a, b) => a.pid - b.pid);
    return found.length === 0 ? null : found;
  },

  want: () => null,

  move(from, to, { kill_after = '10s' }) {
    if (from === null || to !== null) return [];
    const patience = milliseconds(kill_after);
    const pairs = from.flatMap(({ pid, start }) => [String(pid), String(start)]);
    return [script(end, [String(Math.ceil(patience / 10)), ...pairs], { timeoutMs: patience + afterKillMs + slackMs })];
  },

  restate: (state, { name }) => (state === null ? { name, state: 'absent' } : null),
});

function parse(line: string, name: string): State[number] {
  const match = /^(\d+) (\d+) \S (.+)$/.exec(line);
  if (match === null) {
    throw new Failure('unreadable', `The list of processes of ${name} holds a line that is not understood: ${line}`, {
      hint: 'Nothing was signalled. Look at the processes on the host.',
    });
  }
  return { pid: Number(match[1]), start: Number(match[2]), exe: match[3] ?? '' };
}
