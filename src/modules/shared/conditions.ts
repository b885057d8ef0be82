import { type Command, script } from '../../core/command.ts';
import { Failure } from '../../core/failure.ts';
import { explain, type Outcome } from '../../core/outcome.ts';

const argv = { type: 'array', items: { type: 'string' }, minItems: 1 } as const;

/** For schemas: what tells whether the effect of a user's own command is there, and how it is taken back. */
export const conditionProperties = {
  creates: { type: 'string', minLength: 1, description: 'A path that the command makes. It runs only while absent.' },
  removes: {
    type: 'string',
    minLength: 1,
    description: 'A path that the command removes. It runs only while there.',
  },
  unless: { ...argv, description: 'It runs only while this fails, and this must succeed afterwards.' },
  onlyif: { ...argv, description: 'It runs only while this succeeds, and this must fail afterwards.' },
  chdir: { type: 'string', minLength: 1, description: 'The folder to run it (and its conditions and undo) in.' },
  undo: { ...argv, description: 'What takes its effect back. Without it the command cannot be undone.' },
} as const;

export interface Conditions {
  readonly creates?: string | undefined;
  readonly removes?: string | undefined;
  readonly unless?: readonly string[] | undefined;
  readonly onlyif?: readonly string[] | undefined;
  readonly chdir?: string | undefined;
  readonly undo?: readonly string[] | undefined;
}

/** done: its effect is there. null: it is not, or nothing can tell. */
export type Effect = 'done';

export function canBeUndone({ undo }: Conditions) {
  return undo === undefined
    ? { never: 'nothing can tell what a command has changed; give it an `undo`, or use a module that knows' }
    : (true as const);
}

/** null: there is no condition to ask. */
export function askConditions({ creates, removes, unless = [], onlyif = [], chdir = '' }: Conditions): Command | null {
  if (creates === undefined && removes === undefined && unless.length + onlyif.length === 0) return null;
  const text = [
    `if [ -n "$1" ]; then ${enter} || exit; fi`,
    ...(creates === undefined ? [] : ['if [ -e "$2" ] || [ -h "$2" ]; then echo creates; fi']),
    ...(removes === undefined ? [] : ['if [ ! -e "$3" ] && [ ! -h "$3" ]; then echo removes; fi']),
    ...asked('unless', 4, unless.length),
    ...asked('onlyif', 4 + unless.length, onlyif.length),
    'exit 0',
  ].join('\n');
  return script(text, [chdir, creates ?? '', removes ?? '', ...unless, ...onlyif]);
}

/** Runs the words that start at position `first`, and prints the exit code. */
function asked(name: 'unless' | 'onlyif', first: number, count: number): readonly string[] {
  if (count === 0) return [];
  const words = Array.from({ length: count }, (_, i) => `"\${${first + i}}"`).join(' ');
  return [`${words} >/dev/null 2>&1; echo "${name} $?"`];
}

/** Throws Failure `unreadable` where a condition could not be asked: that is neither a yes nor a no. */
export function effectIn(outcome: Outcome, args: Conditions): Effect | null {
  const lines = outcome.stdout.split('\n');
  const answer = (name: string): number => {
    const line = lines.find((each) => each.startsWith(`${name} `));
    return line === undefined ? Number.NaN : Number(line.slice(name.length + 1));
  };
  const strange = lines.find((line) => !/^(?:creates|removes|(?:unless|onlyif) \d{1,3}|)$/.test(line));
  if (strange !== undefined || outcome.truncated === true) {
    throw new Failure('unreadable', `Whether the command is needed cannot be told: the answer has "${strange}" in it`, {
      hint: 'Something else on the host prints into the answer. The command was not run.',
    });
  }
  for (const name of ['unless', 'onlyif'] as const) {
    const exit = answer(name);
    if (outcome.exit === 0 && (args[name] === undefined || exit < 126)) continue;
    const what = outcome.exit === 0 ? `\`${name}\` could not be run (exit ${exit})` : explain(outcome);
    throw new Failure('unreadable', `Whether the command is needed cannot be told: ${what}`, {
      hint: 'Check `unless`, `onlyif` and `chdir`. The command was not run.',
    });
  }
  const met = lines.includes('creates') || lines.includes('removes') || answer('unless') === 0 || answer('onlyif') > 0;
  return met ? 'done' : null;
}

/** Into the folder `$1`. `-` is a folder's name here, not the one before; a CDPATH would print where it went. */
const enter = 'case $1 in -) CDPATH= cd ./- ;; *) CDPATH= cd -- "$1" ;; esac';

/** The words as a command, in a folder. */
export function inFolder(chdir: string | undefined, words: readonly string[]): Command {
  return chdir === undefined ? { argv: words } : script(`${enter} && shift && exec "$@"`, [chdir, ...words]);
}

// It may be that it never ran, or that somebody has run the undo: where a condition can tell, it is asked before and after.
/** $1 how many of the words after it ask for the conditions; the rest is the undo. */
const undoScript = `count=$1; shift
asked() {
  n=$count rest=$(($# - count))
  while [ "$n" -gt 0 ]; do set -- "$@" "$1"; shift; n=$((n - 1)); done
  shift "$rest"; "$@"
}
unknown() {
  printf '%s\\n' "whether its effect is there cannot be told: $(printf '%s' "$told" | tr '\\n' ' ')" >&2; exit 1
}
is_there() {
  told=$(asked "$@" 2>&1 </dev/null) || unknown
  if printf '%s\\n' "$told" | grep -Eqx '(unless|onlyif) (12[6-9]|1[3-9][0-9]|2[0-9][0-9])'; then unknown; fi
  printf '%s\\n' "$told" | grep -Eqx 'creates|removes|unless 0|onlyif [1-9][0-9]*'
}
if ! is_there "$@"; then exit 0; fi
(shift "$count"; exec "$@"); code=$?
if ! is_there "$@"; then exit 0; fi
echo "the undo ended with $code, and the effect is still there" >&2
exit 1
`;

/** The user's own undo, as one command. null: there is none, or the effect was there before. */
export function restoreEffect(before: Effect | null, args: Conditions): Command | null {
  if (before !== null || args.undo === undefined) return null;
  const undo = inFolder(args.chdir, args.undo);
  const { argv } = askConditions(args) ?? { argv: [] };
  return argv.length === 0 ? undo : script(undoScript, [String(argv.length), ...argv, ...undo.argv]);
}

/** A word as it is shown in a key. */
export function shownWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word);
}
