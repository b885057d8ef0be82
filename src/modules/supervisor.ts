import { script } from '../core/command.ts';
import { durationPattern, milliseconds } from '../core/duration.ts';
import { defineResource } from '../core/module.ts';
import { moveScript, statusScript } from './support/supervisor_scripts.ts';
import { groupOf, type Program, programsIn, xmlCall } from './support/supervisor_status.ts';

const schema = {
  type: 'object',
  description: 'A program under supervisor.',
  properties: {
    program: {
      type: 'string',
      pattern: '^(?!all$)[^\\s-]\\S*$',
      description: 'Its name in `supervisorctl status`; `group:name` for one of a group, `group:*` for all of it.',
    },
    state: { enum: ['running', 'stopped'], description: 'Without it the state is only read.' },
    config: {
      type: 'string',
      pattern: '^/',
      description: "supervisor's configuration file, where it is not the one that `supervisorctl` finds by itself.",
    },
    wait: {
      type: 'string',
      pattern: durationPattern,
      default: '60s',
      description: 'The longest a start or a stop may take; more than `startsecs` and `stopwaitsecs`.',
    },
  },
  required: ['program'],
  additionalProperties: false,
} as const;

type State = readonly Program[];

/**
 * What supervisord makes of a program. It is keyed on the program's name; the state holds every process of it.
 *
 *     - supervisor: { program: flanneld, state: stopped }
 */
export const supervisor = defineResource({
  name: 'supervisor',
  summary: 'A program under supervisor runs or is stopped',
  about: `\`running\` means RUNNING: a program that is STARTING is waited for, one in BACKOFF too, until it runs or
supervisor gives it up. \`stopped\` is STOPPED, EXITED or FATAL; a program in BACKOFF is stopped as well, since
supervisor would start it again by itself. What supervisor says is judged by the words and a second look, not by the
exit code, which is 0 for nearly everything before version 4.

An undo brings back what the program was meant to do: it starts what was RUNNING, STARTING or in BACKOFF, and never
starts what was not. A stop can leave a process behind (a wrapper script without \`exec\`): follow it with \`process\`.`,
  schema,
  examples: [
    { title: 'Stop flanneld', args: { program: 'flanneld', state: 'stopped' } },
    { title: 'Start every program of a group', args: { program: 'nodes:*', state: 'running', wait: '2m' } },
  ],
  reversible: () => true,
  asks: ({ state }) => state !== undefined,
  key: ({ program, config }) => (config === undefined ? program : `${program} (${config})`),

  probe({ program, config = '' }) {
    const question = groupOf(program) === undefined ? xmlCall('getProcessInfo', program) : xmlCall('getAllProcessInfo');
    return script(statusScript, [config, program, question]);
  },

  read: (outcome, { program }): State => programsIn(outcome, program),

  want(args, now) {
    const { state } = args;
    if (state === undefined || now === null) return now;
    const [fits, wanted] = state === 'running' ? [runs, 'RUNNING'] : [rests, 'STOPPED'];
    return now.map((program) => (fits(program) ? program : { name: program.name, state: wanted }));
  },

  move(from, to, { program, config = '', wait = '60s' }) {
    const before = new Map((from ?? []).map((each) => [each.name, each]));
    const stop = (to ?? []).filter((each) => !meantToRun(each) && !rests(before.get(each.name) ?? each));
    const start = (to ?? []).filter((each) => meantToRun(each) && !runs(before.get(each.name)));
    const seconds = Math.ceil(milliseconds(wait) / 1000);
    return (['stop', 'start'] as const).flatMap((verb) => {
      const moved = verb === 'stop' ? stop : start;
      const [only] = moved;
      if (only === undefined) return [];
      const request = moved.length > 1 ? '' : xmlCall(`${verb}Process`, only.name, true);
      const targets = moved.length === to?.length ? [program] : moved.map((each) => each.name);
      // Twice the wait: a call that outlasts it is followed by another look.
      const timeoutMs = 2 * seconds * 1000 + 10_000;
      return [script(moveScript, [config, verb, String(seconds), request, ...targets], { timeoutMs })];
    });
  },

  same: (a, b) => everyPair(a, b, (one, other) => phase(one) === phase(other)),

  restored: (before, now) =>
    everyPair(before, now, (then, today) => {
      if (then.state === today.state) return true;
      if (runs(then)) return false;
      return meantToRun(then) ? meantToRun(today) : rests(today);
    }),

  // A program that starts or stops has processes, and one like flanneld writes routes and links.
  affects: () => ['process:', 'route:', 'link:'],

  restate(state, { program, config, wait }) {
    const common = { program, ...(config === undefined ? {} : { config }), ...(wait === undefined ? {} : { wait }) };
    if (state?.every(runs)) return { ...common, state: 'running' };
    return state?.every(rests) ? { ...common, state: 'stopped' } : null;
  },
});

const runs = (program: Program | undefined): boolean => program?.state === 'RUNNING';
const rests = ({ state }: Program): boolean => state === 'STOPPED' || state === 'EXITED' || state === 'FATAL';
const meantToRun = (program: Program): boolean => runs(program) || ['STARTING', 'BACKOFF'].includes(program.state);

function phase(program: Program): string {
  return rests(program) ? 'STOPPED' : program.state;
}

function everyPair(a: State | null, b: State | null, hold: (one: Program, other: Program) => boolean): boolean {
  if (a === null || b === null) return a === b;
  const others = new Map(b.map((program) => [program.name, program]));
  return (
    a.length === b.length &&
    a.every((one) => {
      const other = others.get(one.name);
      return other !== undefined && hold(one, other);
    })
  );
}
