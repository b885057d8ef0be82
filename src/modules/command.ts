import type { XStatic } from 'typebox/schema';
import { type Command, script } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import { defineResource } from '../core/module.ts';
import { explain } from '../core/outcome.ts';

const argv = { type: 'array', items: { type: 'string' }, minItems: 1 } as const;

const schema = {
  type: 'object',
  description: 'One command of your own; exactly one of `argv` and `shell`.',
  properties: {
    argv: { ...argv, description: 'The program and its arguments, as they are: no shell reads them.' },
    shell: { type: 'string', minLength: 1, description: 'A line for `sh -c`, where pipes and the like are needed.' },
    creates: { type: 'string', minLength: 1, description: 'A path that the command makes. It runs only while absent.' },
    removes: {
      type: 'string',
      minLength: 1,
      description: 'A path that the command removes. It runs only while there.',
    },
    unless: { ...argv, description: 'It runs only while this fails, and this must succeed afterwards.' },
    onlyif: { ...argv, description: 'It runs only while this succeeds, and this must fail afterwards.' },
    chdir: { type: 'string', minLength: 1, description: 'The folder to run it (and its conditions and undo) in.' },
    stdin: { type: 'string', description: 'Text for its standard input, which is empty otherwise.' },
    undo: { ...argv, description: 'What takes its effect back. Without it the command cannot be undone.' },
  },
  oneOf: [{ required: ['argv'] }, { required: ['shell'] }],
  additionalProperties: false,
} as const;

type Args = XStatic<typeof schema>;

/** done: its effect is there. null: it is not, or nothing can tell. */
type State = 'done';

/**
 * A command of the user's own, for what no module owns. Its state is whether its effect is there, as far as
 * `creates`, `removes`, `unless` or `onlyif` can tell; without any of them it runs every time.
 *
 *     - command: { argv: [ip, link, add, br7, type, bridge], creates: /sys/class/net/br7, undo: [ip, link, del, br7] }
 */
export const command = defineResource<typeof schema, State>({
  name: 'command',
  summary: 'Runs a command of your own, if need be only where its effect is not there',
  about: `No shell reads \`argv\`; ask for one with \`shell\`. A command that does not exit with 0 has failed.

With \`creates\`, \`removes\`, \`unless\` or \`onlyif\` it is skipped where its effect is there already, and its success is
judged by asking them again. Without any of them every play is a change, and a dry run can only show the command.
Since it may change anything, what follows it in a plan rests on it.`,
  schema,
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
  reversible: ({ undo }: Args) =>
    undo === undefined
      ? { never: 'nothing can tell what a command has changed; give it an `undo`, or use a module that knows' }
      : true,
  key: (args: Args) => words(args).map(quoted).join(' '),

  probe(args: Args) {
    const { creates, removes, unless = [], onlyif = [], chdir = '' } = args;
    if (creates === undefined && removes === undefined && unless.length + onlyif.length === 0) return null;
    const text = [
      'if [ -n "$1" ]; then cd -- "$1" || exit; fi',
      ...(creates === undefined ? [] : ['if [ -e "$2" ] || [ -h "$2" ]; then echo creates; fi']),
      ...(removes === undefined ? [] : ['if [ ! -e "$3" ] && [ ! -h "$3" ]; then echo removes; fi']),
      ...asked('unless', 4, unless.length),
      ...asked('onlyif', 4 + unless.length, onlyif.length),
      'exit 0',
    ].join('\n');
    return script(text, [chdir, creates ?? '', removes ?? '', ...unless, ...onlyif]);
  },

  read(outcome, args: Args): State | null {
    const lines = outcome.stdout.split('\n');
    const answer = (name: string): number => {
      const line = lines.find((each) => each.startsWith(`${name} `));
      return line === undefined ? Number.NaN : Number(line.slice(name.length + 1));
    };
    for (const name of ['unless', 'onlyif'] as const) {
      const exit = answer(name);
      if (outcome.exit === 0 && (args[name] === undefined || exit < 126)) continue;
      const what = outcome.exit === 0 ? `\`${name}\` could not be run (exit ${exit})` : explain(outcome);
      throw new Failure('unreadable', `Whether the command is needed cannot be told: ${what}`, {
        hint: 'Check `unless`, `onlyif` and `chdir`. The command was not run.',
      });
    }
    const met =
      lines.includes('creates') || lines.includes('removes') || answer('unless') === 0 || answer('onlyif') > 0;
    return met ? 'done' : null;
  },

  want: () => 'done',

  move(_, to, args: Args) {
    const { chdir, stdin, undo } = args;
    if (to === 'done') return [{ ...inside(chdir, words(args)), ...(stdin === undefined ? {} : { stdin }) }];
    return undo === undefined ? [] : [inside(chdir, undo)];
  },

  // Anything at all.
  affects: () => [''],

  restate: () => null,
});

function words({ argv = [], shell }: Args): readonly string[] {
  return shell === undefined ? argv : ['sh', '-c', shell];
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word);
}

function inside(chdir: string | undefined, argv: readonly string[]): Command {
  return chdir === undefined ? { argv } : script('cd -- "$1" && shift && exec "$@"', [chdir, ...argv]);
}

/** Runs the words that start at position `first`, and prints the exit code. */
function asked(name: 'unless' | 'onlyif', first: number, count: number): readonly string[] {
  if (count === 0) return [];
  const argv = Array.from({ length: count }, (_, i) => `"\${${first + i}}"`).join(' ');
  return [`${argv} >/dev/null 2>&1; echo "${name} $?"`];
}
