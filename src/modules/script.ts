import { script as shellScript } from '../core/command.ts';
import { cut } from '../core/cut.ts';
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

const words = { type: 'array', items: { type: 'string' } } as const;

const schema = {
  type: 'object',
  description: 'A script of your own.',
  properties: {
    src: {
      type: 'string',
      minLength: 1,
      description: 'A text file on the controller, by its path from the playbook; it is read when that is loaded.',
    },
    content: { type: 'string', minLength: 1, description: 'The text of the script. Give one of the two.' },
    interpreter: {
      ...words,
      minItems: 1,
      description: 'What runs it, with options: `[python3, -u]`. Default: what its `#!` line names, else `sh`.',
    },
    args: { ...words, description: 'Its arguments, as they are.' },
    ...conditionProperties,
  },
  anyOf: [{ required: ['src'] }, { required: ['content'] }],
  additionalProperties: false,
} as const;

// The script is a file on the host while it runs, so that its own input stays free and its messages can name a line.
/** $1 bytes, $2 folder or "". The input is the script; what follows runs "$file". */
const prepare = `
umask 077
file=$(mktemp "\${TMPDIR:-/tmp}/script.XXXXXX") || exit 125
trap 'rm -f "$file"' EXIT
trap 'exit 143' HUP INT TERM
cat >"$file" || exit 125
if [ $(($(wc -c <"$file"))) -ne "$1" ]; then echo 'the script did not arrive whole, and was not run' >&2; exit 125; fi
if [ -n "$2" ]; then cd -- "$2" || exit 125; fi
`;

/**
 * A script of the user's own, as `command` is a command: its state is whether its effect is there.
 *
 *     - script: { src: scripts/drain.sh, args: [node-7], unless: [test, -e, /run/drained] }
 */
export const script = defineResource<typeof schema, Effect>({
  name: 'script',
  summary: 'Runs a script of your own, if need be only where its effect is not there',
  about: `The text is sent to the host, run from a temporary file that is for its user alone, and removed. Its
interpreter is what the \`#!\` line names, or \`sh\`; the file need not be executable. One that does not exit with 0 has
failed. Conditions, \`undo\` and what a plan can say are as with \`command\`. Data for it goes into \`args\`: \`{{ }}\` in
a file stays as it is.`,
  schema,
  source: 'text',
  exits: {
    0: 'the conditions were asked. Of `unless` and `onlyif` themselves 0 is yes, 1 to 125 is no',
  },
  examples: [
    {
      title: 'Run a script of the project once',
      args: { src: 'scripts/drain.sh', args: ['node-7'], creates: '/run/drained', undo: ['rm', '/run/drained'] },
    },
    { title: 'A few lines of another language', args: { content: '#!/usr/bin/env python3\nprint("ready")\n' } },
  ],
  exitDecides: true,
  undone:
    'An undo runs `undo`, where one is given; so does the guard, which asks the conditions again, and needs one for it.',
  reversible: canBeUndone,
  key: ({ src, content = '', args = [] }) => {
    const first = content.split('\n').find((line) => line.trim() !== '' && !line.startsWith('#')) ?? content;
    return [src ?? cut(first.trim(), 60), ...args].map(shownWord).join(' ');
  },
  probe: askConditions,
  read: effectIn,
  want: () => 'done',

  move(_, to, { content = '', interpreter, args = [], chdir = '', undo }) {
    if (to !== 'done') return undo === undefined ? [] : [inFolder(chdir === '' ? undefined : chdir, undo)];
    const run = interpreter ?? named(content);
    const size = String(Buffer.byteLength(content));
    const quoted = (from: number, count: number) => Array.from({ length: count }, (_, i) => `"\${${from + i}}"`);
    const line = [...quoted(3, run.length), '"$file"', ...quoted(3 + run.length, args.length)].join(' ');
    return [shellScript(`${prepare}${line} </dev/null\n`, [size, chdir, ...run, ...args], { stdin: content })];
  },

  restore: (before, _, args) => restoreEffect(before, args),
  // Anything at all.
  affects: () => [''],
  restate: () => null,
});

/** What the `#!` line names: a program and, as the kernel reads it, at most one argument. */
function named(text: string): readonly string[] {
  const [, program, rest] = /^#![ \t]*(\S+)[ \t]*([^\n\r]*)/.exec(text) ?? [];
  if (program === undefined) return ['sh'];
  const one = rest?.trim() ?? '';
  return one === '' ? [program] : [program, one];
}
