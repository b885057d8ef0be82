import type { XStatic } from 'typebox/schema';
import { Failure } from '../core/failure.ts';
import { defineResource } from '../core/module.ts';
import {
  accessProperties,
  affectsFile,
  foundAccess,
  pathProperty,
  validateProperty,
  wantedAccess,
  withoutFile,
} from './files/content.ts';
import { moveFile, readFile } from './files/file-moves.ts';
import { restoreFile } from './files/file-restore.ts';
import {
  bytesOf,
  type FileState,
  fileIn,
  isFileBack,
  kept,
  refuseLoss,
  sameContent,
  sameFile,
} from './files/file-state.ts';
import { type Place, type Which, withLine, withoutLine } from './files/lines.ts';
import { clash, found, lacking } from './shared/faults.ts';

const oneLine = { type: 'string', pattern: '^[^\\n\\0]*$' } as const;
const pattern = { type: 'string', format: 're2-pattern', minLength: 1 } as const;

const schema = {
  type: 'object',
  description: 'A line of a text file.',
  properties: {
    path: { ...pathProperty, description: 'Absolute path of the file.' },
    line: { ...oneLine, description: 'The whole line, without its end. It is looked for by its exact text.' },
    match: {
      ...pattern,
      description: 'An RE2 pattern, found anywhere in a line: the last such line becomes `line`; with `absent` all go.',
    },
    state: { enum: ['present', 'absent'], default: 'present', description: 'Whether such a line is there.' },
    after: { ...pattern, description: 'A new line goes after the last line that this RE2 pattern finds.' },
    before: { ...pattern, description: 'A new line goes before the first line that this RE2 pattern finds.' },
    create: { type: 'boolean', default: false, description: 'Make the file where there is none.' },
    ...accessProperties,
    validate: validateProperty,
  },
  required: ['path'],
  anyOf: [{ required: ['line'] }, { required: ['match'] }],
  not: { required: ['after', 'before'] },
  additionalProperties: false,
} as const;

type Args = Omit<XStatic<typeof schema>, 'line' | 'match'> & Which;

/**
 * One line of a text file. Keyed on the file's path; the state is the whole file, so an undo brings back every byte.
 *
 *     - line: { path: /etc/sysctl.conf, match: "^net.ipv4.ip_forward", line: "net.ipv4.ip_forward = 1" }
 */
export const line = defineResource<typeof schema, FileState>({
  name: 'line',
  summary: 'A text file has a line, or does not have it',
  about: `Without \`match\` a line is the same by its exact text. With it the last line that the pattern finds becomes
\`line\`, and others that it finds stay; where it finds none, \`line\` is added: after the line that \`after\` finds,
before the one that \`before\` finds, else at the end. A line that is there already and that the pattern does not find
is left as it is. \`state: absent\` removes every such line. A file whose last line has no end keeps it so, and the
line ends of Windows are kept.

The file is written as \`file\` does it: whole or not at all, with its permissions, owner and context, checked by
\`validate\` first, symbolic links, files over 1 MiB and what cannot keep its other names or capabilities refused. An undo brings back the whole file as it was, with what
others have changed in it since.`,
  schema,
  examples: [
    {
      title: 'Forward packets after the next boot too',
      args: { path: '/etc/sysctl.conf', match: '^#?net\\.ipv4\\.ip_forward', line: 'net.ipv4.ip_forward = 1' },
    },
    {
      title: 'Add a line before another, and have the result checked',
      args: {
        path: '/etc/ssh/sshd_config',
        line: 'MaxSessions 50',
        before: '^Match ',
        validate: ['sshd', '-t', '-f', '%s'],
      },
    },
    { title: 'Remove lines', args: { path: '/etc/hosts', match: '\\sold-gateway$', state: 'absent' } },
  ],
  reversible: () => true,
  faults: (args) =>
    found(
      args.state !== 'absent' &&
        args.line === undefined &&
        lacking(
          'match',
          'what is the line? "match" only says which one it takes the place of',
          'Give "line", or "state: absent" to remove what "match" finds.',
        ),
      args.state === 'absent' &&
        (args.after ?? args.before) !== undefined &&
        clash(
          args.after === undefined ? 'before' : 'after',
          'a line that is to be absent has no place',
          'Leave it out.',
        ),
      withoutFile(args),
    ),
  key: ({ path }) => path,
  owns: ({ path }) => `path ${path}`,
  probe: readFile,
  read: (outcome, { path }) => fileIn(outcome, path),
  want(args, now) {
    const to = wanted(args, now);
    refuseLoss(args.path, now, to);
    return to;
  },

  move(from, to, args) {
    const forward = from !== null && to !== null && sameContent(to, wanted(args, from) ?? from);
    return moveFile(args.path, from, to, from === null || forward ? { validate: args.validate ?? [] } : {});
  },

  same: sameFile,
  // A file that came and went with the run is nothing to bring back: of a line it is enough that it is (not) there.
  restored: (before, now, args) =>
    isFileBack(before, now) || (now === null && before !== null && !satisfied(args, before)),
  restore: (before, _, args) => restoreFile(args.path, before, before !== null && !satisfied(args, before)),
  affects: ({ path }) => affectsFile(path),

  // A file as it was is a matter of `file`.
  restate: () => null,
});

function satisfied(args: Args, state: FileState): boolean {
  return sameFile(state, wanted(args, state));
}

function wanted(args: Args, now: FileState | null): FileState | null {
  const { path, state, create = false } = args;
  const isAbsent = state === 'absent';
  if (now === null && (isAbsent || !create)) {
    if (isAbsent) return null;
    throw new Failure('refused', `${path} does not exist, so it cannot have the line`, {
      hint: 'Say `create: true` to make it, or look for the file. Nothing was changed.',
    });
  }
  const text = textOf(now, path);
  const place: Place = { after: args.after, before: args.before };
  const edited = isAbsent ? withoutLine(text, args) : withLine(text, args.line ?? '', args.match, place);
  return { ...kept(Buffer.from(edited)), ...foundAccess(now), ...wantedAccess(args) };
}

function textOf(now: FileState | null, path: string): string {
  if (now !== null && (!('content' in now) || now.encoding !== undefined)) {
    throw new Failure('refused', `${path} is not UTF-8 text, so it has no lines that could be told apart`, {
      hint: 'Nothing was changed. Use `file` to replace all of it.',
    });
  }
  return bytesOf(now)?.toString('utf8') ?? '';
}
