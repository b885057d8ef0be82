import type { XStatic } from 'typebox/schema';
import { timeoutPattern } from '../core/duration.ts';
import { defineResource } from '../core/module.ts';
import { pathProperty } from './files/content.ts';
import { clash, found, lacking, wrong } from './shared/faults.ts';
import {
  type Installed,
  type Installing,
  installedIn,
  moveInstalled,
  probeInstalled,
  restateInstalled,
  restoredInstalled,
  sameInstalled,
  wantInstalled,
} from './supervisor/supervisor-conf.ts';
import {
  movePrograms,
  type Programs,
  probePrograms,
  restoredPrograms,
  rests,
  runs,
  samePrograms,
  wantPrograms,
} from './supervisor/supervisor-programs.ts';
import { restoreInstalled, restorePrograms } from './supervisor/supervisor-restore.ts';
import { knownPrograms, UnknownProgram } from './supervisor/supervisor-status.ts';

const schema = {
  type: 'object',
  description: 'A program under supervisor.',
  properties: {
    program: {
      type: 'string',
      pattern: '^(?!all$)[^\\s-]\\S*$',
      description: 'Its name in `supervisorctl status`; `group:name` for one of a group, `group:*` for all of it.',
    },
    state: {
      enum: ['running', 'stopped', 'present', 'absent'],
      description: '`present` and `absent` go with `conf`. Without a state it is only read.',
    },
    conf: {
      type: 'object',
      description: 'The file that defines the program, in a folder that supervisor includes.',
      properties: {
        path: { ...pathProperty, description: 'Absolute path of the file.' },
        content: { type: 'string', description: 'All of it: the section `[program:NAME]`, or of a group.' },
      },
      required: ['path'],
      additionalProperties: false,
    },
    config: {
      type: 'string',
      pattern: '^/',
      description: "supervisor's configuration file, where it is not the one that `supervisorctl` finds by itself.",
    },
    wait: {
      type: 'string',
      pattern: timeoutPattern,
      description:
        'The longest a start or a stop may take. Default: what `startsecs`, `startretries` and `stopwaitsecs` need.',
    },
  },
  required: ['program'],
  additionalProperties: false,
} as const;

type Args = XStatic<typeof schema>;
type State = Programs | Installed;

/**
 * What supervisord makes of a program. It is keyed on the program's name; the state holds every process of it.
 *
 *     - supervisor: { program: flanneld, state: stopped }
 */
export const supervisor = defineResource<typeof schema, State>({
  name: 'supervisor',
  summary: 'A program under supervisor runs, is stopped, or is defined at all',
  about: `\`running\` means RUNNING: a program that is STARTING is waited for, one in BACKOFF too, until it runs or
supervisor gives it up. \`stopped\` is STOPPED, EXITED or FATAL; a program in BACKOFF is stopped as well, since
supervisor would start it again by itself. What supervisor says is judged by the words and a second look, not by the
exit code, which is 0 for nearly everything before version 4.

\`present\` writes the file that defines the program and has supervisor \`update\` this one group, never all that have
changed; what was meant to run before runs again after it. \`absent\` removes the file and the group. Files of
supervisor's own are read again (\`reread\`) to see whether it runs by them.

An undo brings back what the program was meant to do: it starts what was RUNNING, STARTING or in BACKOFF, and never
starts what was not. A stop can leave a process behind (a wrapper script without \`exec\`): follow it with \`process\`.
The state before holds the log, its inode and its size, so that later lines can be told from earlier ones.`,
  schema,
  exits: {
    0: 'every program asked for runs; before supervisor 4 of nearly any answer',
    3: 'some do not run: the words decide',
    127: 'supervisorctl is not on the host: the run stops',
    other: 'the words decide: no such program, or unreadable, which stops the run',
  },
  examples: [
    { title: 'Stop flanneld', args: { program: 'flanneld', state: 'stopped' } },
    { title: 'Start every program of a group', args: { program: 'nodes:*', state: 'running', wait: '2m' } },
    {
      title: 'Define a program',
      args: {
        program: 'flanneld',
        state: 'present',
        conf: { path: '/etc/supervisord.d/flanneld.ini', content: '[program:flanneld]\ncommand=/opt/flannel/run.sh\n' },
      },
    },
  ],
  program: true,
  undone: 'The guard brings back each program that the state before has, and the file of `conf`.',
  reversible: () => true,
  faults: ({ program, state, conf }) => {
    const isPut = state === 'present' || state === 'absent';
    const [name] = program.split(':');
    const sections = [`[program:${name}]`, `[group:${name}]`];
    return found(
      conf !== undefined &&
        state !== undefined &&
        !isPut &&
        clash(
          'conf',
          `"conf" does not go with \`state: ${state}\``,
          'Make two tasks of it: `present` with "conf", then this one.',
        ),
      isPut &&
        (conf === undefined || (state === 'present' && conf.content === undefined)) &&
        lacking(
          'state',
          `\`state: ${state}\` needs "conf"`,
          'Give the path of the file that defines the program, and for `present` its content too.',
        ),
      conf?.content !== undefined &&
        state === 'absent' &&
        clash(['conf', 'content'], 'a file that is to be absent has no content', 'Leave it out, or correct "state".'),
      state === 'present' &&
        conf?.content !== undefined &&
        !/^\[[\w-]+:[^\]]+\]/m.test(conf.content) &&
        wrong(['conf', 'content'], `does not define ${program}`, `Begin it with ${sections.join(' or ')}.`),
    );
  },
  asks: ({ state }) => state !== undefined,

  key(args) {
    const { program, config } = args;
    const file = isInstalling(args) ? ` by ${args.conf.path}` : '';
    return `${program}${file}${config === undefined ? '' : ` (${config})`}`;
  },

  probe: (args) => (isInstalling(args) ? probeInstalled(args) : probePrograms(args)),
  read: (outcome, args) => (isInstalling(args) ? installedIn(outcome, args) : knownPrograms(outcome, args.program)),

  want(args, now) {
    const { state } = args;
    // Not taken for stopped: the name may be misspelt. After an undo of what defined it there is no such program.
    if (now === null || (!isInstalled(now) && now.length === 0)) throw new UnknownProgram(args.program);
    if (state === undefined) return now;
    if (state === 'running' || state === 'stopped') return isInstalled(now) ? now : wantPrograms(now, state);
    return isInstalled(now) && isInstalling(args) ? wantInstalled(args, state, now) : now;
  },

  move(from, to, args) {
    if (from === null || to === null) return [];
    if (isInstalled(from) || isInstalled(to)) {
      return isInstalled(from) && isInstalled(to) && isInstalling(args) ? moveInstalled(from, to, args) : [];
    }
    return movePrograms(from, to, args);
  },

  same: (a, b) => both(a, b, samePrograms, sameInstalled),
  restored: (before, now) => both(before, now, restoredPrograms, restoredInstalled),

  restore(before, _, args) {
    if (before === null) return null;
    if (isInstalled(before)) return isInstalling(args) ? restoreInstalled(before, args) : null;
    return restorePrograms(before, args);
  },

  // A program that starts or stops has processes, and one like flanneld writes routes and links.
  affects: (args) => [
    'process:',
    'route:',
    'link:',
    ...(isInstalling(args) ? [`supervisor:${args.program}`, `file:${args.conf.path}`] : []),
  ],

  restate(state, args) {
    const { program, config, wait } = args;
    if (state === null) return null;
    if (isInstalled(state)) return isInstalling(args) ? restateInstalled(state, args) : null;
    const common = { program, ...(config === undefined ? {} : { config }), ...(wait === undefined ? {} : { wait }) };
    if (state.length === 0) return null;
    if (state.every(runs)) return { ...common, state: 'running' };
    return state.every(rests) ? { ...common, state: 'stopped' } : null;
  },
});

function isInstalling(args: Args): args is Args & Installing {
  return args.conf !== undefined;
}

function isInstalled(state: State): state is Installed {
  return !Array.isArray(state);
}

function both(
  a: State | null,
  b: State | null,
  programs: (a: Programs, b: Programs) => boolean,
  installed: (a: Installed, b: Installed) => boolean,
): boolean {
  if (a === null || b === null) return a === b;
  if (isInstalled(a) || isInstalled(b)) return isInstalled(a) && isInstalled(b) && installed(a, b);
  return programs(a, b);
}
