import { script } from '../core/command.ts';
import { durationPattern, milliseconds } from '../core/duration.ts';
import { Failure } from '../core/failure.ts';
import { sameJson } from '../core/json.ts';
import { defineResource } from '../core/module.ts';
import { explain, type Outcome } from '../core/outcome.ts';
import { endFoundScript, endScript, findScript } from './processes/process-scripts.ts';

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

/**
 * Sorted by pid. `start` is in clock ticks since boot: with it a pid that was given away again is not mistaken.
 * `keeper`: who would start it again, as far as its parents and its control group tell (`supervisord:42`, `x.service`).
 */
type State = readonly {
  readonly pid: number;
  readonly start: number;
  readonly exe: string;
  readonly keeper?: string;
}[];

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

Each process gets TERM (one that is stopped by a signal gets CONT with it, or it would not notice), after
\`kill_after\` KILL. One that the kernel holds even then is reported, not waited for. Stop a program through its
supervisor first: one that is only killed is started again at once, and this task then fails and says by whom, as far
as the process's parents and its control group tell: supervisord, a unit of systemd, runit, a container.`,
  schema,
  examples: [
    { title: 'See that flanneld has really ended', args: { name: 'flanneld', state: 'absent', kill_after: '5s' } },
  ],
  volatile: () => true,
  undone:
    'What ran is never brought back, by nobody. Where nothing ran, an undo and the guard end what has come since.',
  reversible: () => ({
    never: 'a killed process cannot be brought back; the supervisor that started it can start another',
  }),
  key: ({ name }) => name,
  probe: ({ name }) => script(findScript, [name]),

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

  move(from, to, { name, kill_after = '10s' }) {
    if (from === null || to !== null) return [];
    const patience = milliseconds(kill_after);
    const pairs = from.flatMap(({ pid, start }) => [String(pid), String(start)]);
    const timeoutMs = patience + afterKillMs + slackMs;
    return [script(endScript, [name, String(Math.ceil(patience / 10)), ...pairs], { timeoutMs })];
  },

  // One that ran and was killed is nobody's to bring back.
  restore(before, _, { name, kill_after = '10s' }) {
    if (before !== null) return null;
    const patience = milliseconds(kill_after);
    const timeoutMs = patience + afterKillMs + slackMs;
    return script(endFoundScript, [name, String(Math.ceil(patience / 10))], { timeoutMs });
  },

  // The same processes; who keeps them may have changed.
  same: (a, b) => sameJson(a?.map(identity) ?? null, b?.map(identity) ?? null),

  restate: (state, { name }) => (state === null ? { name, state: 'absent' } : null),
});

function parse(line: string, name: string): State[number] {
  const match = /^(\d+) (\d+) \S (\S+) (\/.*)$/.exec(line);
  if (match === null) {
    throw new Failure('unreadable', `The list of processes of ${name} holds a line that is not understood: ${line}`, {
      hint: 'Nothing was signalled. Look at the processes on the host.',
    });
  }
  const [, pid, start, keeper = '-', exe = ''] = match;
  return { pid: Number(pid), start: Number(start), exe, ...(keeper === '-' ? {} : { keeper }) };
}

function identity({ pid, start }: State[number]) {
  return { pid, start };
}
