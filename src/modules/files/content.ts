import { Failure } from '../../core/failure.ts';
import type { ArgumentFault } from '../../core/module.ts';
import { clash, found, lacking, wrong } from '../shared/faults.ts';
import { moveFile, readFile } from './file-moves.ts';
import { restoreFile } from './file-restore.ts';
import {
  bytesOf,
  digested,
  type FileState,
  fileIn,
  isFileBack,
  kept,
  refuseLoss,
  sameContent,
  sameFile,
  sizeLimit,
} from './file-state.ts';

const name = { type: 'string', pattern: '^[\\w.][\\w.@-]*$' } as const;

/** For schemas: what a file, a folder or a link is known by, and who may use it. */
export const pathProperty = { type: 'string', pattern: '^/[^\\0\\n]*[^/\\n]$' } as const;
export const accessProperties = {
  mode: {
    type: 'string',
    pattern: '^[0-7]{3,4}$',
    description: 'Permissions in octal, quoted: "0644". As it is where not given.',
  },
  owner: { ...name, description: 'Name or number. As it is where not given.' },
  group: { ...name, description: 'Name or number. As it is where not given.' },
} as const;

export const validateProperty = {
  type: 'array',
  items: { type: 'string' },
  minItems: 1,
  description: 'A command that must accept the new content before it takes effect; `%s` is the file that holds it.',
} as const;

/** For schemas of modules that own all of a file. */
export const contentProperties = {
  path: { ...pathProperty, description: 'Absolute path. Its folder must exist.' },
  content: { type: 'string', description: 'All of the file, to the last byte.' },
  encoding: { enum: ['base64'], description: '`content` is base64: for what is not UTF-8 text.' },
  state: { enum: ['present', 'absent'], description: 'Without it and without content the file is only read.' },
  ...accessProperties,
  validate: validateProperty,
  backup: {
    type: 'boolean',
    default: true,
    description: 'Keep the old content for an undo. `false` is for a file of more than 1 MiB, and cannot be undone.',
  },
} as const;

/** A command that is not told which file to check, would check the one that is there. */
export function withoutFile({ validate }: Pick<Args, 'validate'>): ArgumentFault | undefined {
  if (validate === undefined || validate.some((word) => word.includes('%s'))) return undefined;
  return wrong(
    'validate',
    'does not say where the new content goes',
    'Write `%s` for the file that holds it: [visudo, -cf, "%s"].',
  );
}

interface Args {
  readonly path: string;
  readonly src?: string | undefined;
  readonly content?: string | undefined;
  readonly encoding?: 'base64' | undefined;
  readonly state?: 'present' | 'absent' | undefined;
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly validate?: readonly string[] | undefined;
  readonly backup?: boolean | undefined;
}

/** The modules that write files: what one of them changes another may have read. */
export function affectsFile(path: string): readonly string[] {
  return ['copy', 'file', 'line', 'template'].map((module) => `${module}:${path}`);
}

/** What `backup: false` comes to. */
export const withoutBackup = {
  never: `the old content is not kept (\`backup: false\`); files of up to ${sizeLimit} bytes can be`,
} as const;

/** The lens on a whole file, for every module that owns one; they differ in where the content comes from. */
export const wholeFile = {
  faults: (args: Args) =>
    found(
      args.state === 'absent' &&
        args.content !== undefined &&
        clash(
          args.src === undefined ? 'content' : 'src',
          'a file that is to be absent has no content',
          'Leave out the content, or "state".',
        ),
      args.encoding !== undefined &&
        args.content === undefined &&
        lacking('encoding', '"encoding" is of "content"', 'Give "content" too.'),
      args.encoding !== undefined &&
        !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(args.content ?? '') &&
        wrong('content', 'is not base64', 'As `base64 FILE` prints it; or leave out "encoding".'),
      withoutFile(args),
    ),

  reversible: ({ backup }: Args) => (backup === false ? withoutBackup : (true as const)),
  asks: ({ src, content, state, mode, owner, group }: Args) =>
    [src, content, state, mode, owner, group].some((wanted) => wanted !== undefined),
  key: ({ path }: Args) => path,
  owns: ({ path }: Args) => `path ${path}`,
  probe: readFile,
  read: (outcome: Parameters<typeof fileIn>[0], { path }: Args): FileState | null => fileIn(outcome, path),

  want(args: Args, now: FileState | null): FileState | null {
    const to = wanted(args, now);
    if (args.backup !== false) refuseLoss(args.path, now, to);
    return to;
  },

  move(from: FileState | null, to: FileState | null, args: Args) {
    const bytes = bytesIn(args);
    // Only what is asked for is checked: an old content that comes back is what it was.
    const asked = args.content !== undefined && to !== null && sameContent(to, kept(bytes));
    const digest = to !== null && sameContent(to, digested(bytes));
    return moveFile(args.path, from, to, {
      ...(asked || digest ? { validate: args.validate ?? [] } : {}),
      ...(digest ? { bytes } : {}),
    });
  },

  same: sameFile,
  restored: isFileBack,
  restore: (before: FileState | null, _: FileState | null, { path }: Args) => restoreFile(path, before),
  affects: ({ path }: Args) => affectsFile(path),

  restate(state: FileState | null, { path }: Args) {
    if (state === null) return { path, state: 'absent' };
    if (!('content' in state)) return null;
    const { context, extras, ...rest } = state;
    return { path, ...rest };
  },
};

function wanted(args: Args, now: FileState | null): FileState | null {
  const { path, content, state, backup } = args;
  if (state === 'absent') return null;
  const access = wantedAccess(args);
  if (now === null && content === undefined && state === undefined) {
    if (Object.keys(access).length === 0) return null;
    throw new Failure('refused', `${path} does not exist, so its permissions cannot be set`, {
      hint: 'Give its `content`, or `state: present` for an empty file. Nothing was changed.',
    });
  }
  if (content === undefined && now !== null) return { ...now, ...access };
  const bytes = bytesIn(args);
  return { ...(backup === false ? digested(bytes) : kept(bytes)), ...foundAccess(now), ...access };
}

function bytesIn({ content = '', encoding = undefined }: Args): Buffer {
  return bytesOf({ content, ...given({ encoding }) }) ?? Buffer.alloc(0);
}

/** The permissions and the owner that are asked for. */
export function wantedAccess({ mode, owner, group }: Pick<Args, 'mode' | 'owner' | 'group'>) {
  return given({ mode: mode?.padStart(4, '0'), owner, group });
}

/** What a new content takes over from the file as it is. */
export function foundAccess(now: FileState | null) {
  const { mode = '0644', owner, group, context, extras } = now ?? {};
  return { mode, ...given({ owner, group, context, extras }) };
}

/** Without the properties that are undefined. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
