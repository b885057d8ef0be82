import type { XStatic } from 'typebox/schema';
import { defineResource } from '../core/module.ts';
import {
  askConditions,
  canBeUndone,
  conditionProperties,
  type Effect,
  effectIn,
  inFolder,
  restoreEffect,
  shownWord,
} from './shared/conditions.ts';

const schema = {
  type: 'object',
  description: 'One command of your own; exactly one of `argv` and `shell`.',
  properties: {
    argv: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      description: 'The program and its arguments, as they are: no shell reads them.',
    },
    shell: { type: 'string', minLength: 1, description: 'A line for `sh -c`, where pipes and the like are needed.' },
    ...conditionProperties,
    stdin: { type: 'string', description: 'Text for its standard input, which is empty otherwise.' },
  },
  oneOf: [{ required: ['argv'] }, { required: ['shell'] }],
  additionalProperties: false,
} as const;

type Args = XStatic<typeof schema>;

/**
 * A command of the user's own, for what no module owns. Its state is whether its effect is there, as far as
 * `creates`, `removes`, `unless` or `onlyif` can tell; without any of them it runs every time.
 *
 *     - command: { argv: [ip, link, add, br7, type, bridge], creates: /sys/class/net/br7, undo: [ip, link, del, br7] }
 */
export const command = defineResource<typeof schema, Effect>({
  name: 'command',
  summary: 'Runs a command of your own, if need be only where its effect is not there',
  about: `No shell reads \`argv\`; ask for one with \`shell\`. A command that does not exit with 0 has failed.

With \`creates\`, \`removes\`, \`unless\` or \`onlyif\` it is skipped where its effect is there already, and its success is
judged by asking them again. Without any of them every play is a change, and a dry run can only show the command.
Since it may change anything, what follows it in a plan rests on it.

It has the task's \`timeout\` (30 s without one); then its whole process group on the host gets TERM, and KILL two
seconds later: what it started in the background ends with it.`,
  schema,
  exits: {
    0: 'the conditions were asked. Of `unless` and `onlyif` themselves 0 is yes, 1 to 125 is no',
  },
  examples: [
    {
      title: 'Make a bridge where there is none',
      args: {
        argv: ['ip', 'link', 'add', 'br7', 'type', 'bridge'],
        creates: '/sys/class/net/br7',
        undo: ['ip', 'link', 'del', 'br7'],
      },
    },
    { title: 'A line for the shell', args: { shell: 'sysctl -a | grep rp_filter > /tmp/rp_filter' } },
  ],
  exitDecides: true,
  undone:
    'An undo runs `undo`, where one is given; so does the guard, which asks the conditions again, and needs one for it.',
  reversible: canBeUndone,
  key: (args: Args) => words(args).map(shownWord).join(' '),
  probe: askConditions,
  read: effectIn,
  want: () => 'done',

  move(_, to, args: Args) {
    const { chdir, stdin, undo } = args;
    if (to === 'done') return [{ ...inFolder(chdir, words(args)), ...(stdin === undefined ? {} : { stdin }) }];
    return undo === undefined ? [] : [inFolder(chdir, undo)];
  },

  restore: (before, _, args) => restoreEffect(before, args),
  // Anything at all.
  affects: () => [''],

  restate: () => null,
});

function words({ argv = [], shell }: Args): readonly string[] {
  return shell === undefined ? argv : ['sh', '-c', shell];
}
