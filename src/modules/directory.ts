import type { XStatic } from 'typebox/schema';
import { type Command, script } from '../core/command.ts';
import { cut } from '../core/cut.ts';
import { Failure } from '../core/failure.ts';
import { defineResource } from '../core/module.ts';
import { explain, type Outcome } from '../core/outcome.ts';
import { accessProperties, pathProperty, wantedAccess } from './files/content.ts';
import { attributesScript } from './files/file-scripts.ts';
import { cannotRead, permissions, sameAccess } from './files/file-state.ts';
import { restoreFolder } from './files/path-restores.ts';
import { makeDirectoryScript, readDirectoryScript, removeDirectoryScript } from './files/path-scripts.ts';

const schema = {
  type: 'object',
  description: 'A folder.',
  properties: {
    path: { ...pathProperty, description: 'Absolute path. Folders above it that are missing are made too.' },
    state: { enum: ['present', 'absent'], description: 'Without it and without permissions it is only read.' },
    ...accessProperties,
  },
  required: ['path'],
  additionalProperties: false,
} as const;

type Args = XStatic<typeof schema>;

/** There with its permissions; or not there, and neither is the folder `missing` above it (or the folder itself). */
type State =
  | { readonly mode: string; readonly owner?: string; readonly group?: string; readonly entries: number }
  | { readonly missing: string };

/**
 * A folder: that it is there, its permissions and its owner. Keyed on its path.
 *
 *     - directory: { path: /opt/flannel, mode: "0755" }
 */
export const directory = defineResource<typeof schema, State>({
  name: 'directory',
  summary: 'A folder is there with its permissions and owner, or is absent',
  about: `Missing folders above it are made with it, and an undo removes exactly those again. What is in a folder is
not its own: only an empty one can be removed, so \`state: absent\` of one that holds anything is refused, and an undo
leaves a folder that has been filled since and says so. \`mode\` is all of its permissions: "0755" takes setgid away,
also where a new folder would have it of the one above. A symbolic link to a folder is refused rather than followed.`,
  schema,
  examples: [
    { title: 'Make a folder', args: { path: '/opt/flannel', state: 'present', mode: '0755', owner: 'root' } },
    { title: 'Remove an empty one', args: { path: '/opt/flannel/old', state: 'absent' } },
  ],
  reversible: () => true,
  asks: ({ state, mode, owner, group }) => [state, mode, owner, group].some((wanted) => wanted !== undefined),
  key: ({ path }) => path,
  owns: ({ path }) => `path ${path}`,
  probe: ({ path, owner = '', group = '' }) => script(readDirectoryScript, [path, owner, group]),
  read: (outcome, { path }) => stateIn(outcome, path),
  want: (args, now) => wanted(args, now ?? { missing: args.path }),

  move(from, to, { path }): readonly Command[] {
    if (to === null) return [];
    if ('missing' in to) {
      return from === null || 'missing' in from ? [] : [script(removeDirectoryScript, [path, to.missing])];
    }
    const { mode, owner = '', group = '' } = to;
    const isThere = from !== null && 'mode' in from;
    return [script(isThere ? attributesScript : makeDirectoryScript, [path, mode, owner, group])];
  },

  same(a, b) {
    if (a === null || b === null) return a === b;
    if ('missing' in a || 'missing' in b) return 'missing' in a && 'missing' in b && a.missing === b.missing;
    return a.mode === b.mode && sameAccess(a, b);
  },

  restore: (before, _, { path }) => restoreFolder(path, before),

  restate(state, { path }) {
    if (state === null) return null;
    if ('missing' in state) return state.missing === path ? { path, state: 'absent' } : null;
    const { entries, ...rest } = state;
    return { path, ...rest };
  },
});

function wanted(args: Args, now: State): State {
  const { path, state } = args;
  if (state === 'absent') {
    if ('missing' in now) return now;
    if (now.entries === 0) return { missing: path };
    throw new Failure('refused', `${path} holds ${now.entries} entries and is left alone`, {
      hint: 'What it holds would be lost. Remove its contents first, by tasks that can be undone. Nothing was changed.',
    });
  }
  const access = wantedAccess(args);
  if ('mode' in now) return { ...now, ...access };
  return state === undefined && Object.keys(access).length === 0 ? now : { mode: '0755', ...access, entries: 0 };
}

/** The topmost folder that is missing. An undo removes all from the path up to it: it must be the path's own. */
function topOf(text: string, path: string): string {
  if (text === path || (text.startsWith('/') && path.startsWith(`${text}/`))) return text;
  throw cannotRead(path, `"${cut(text, 200)}" is not above it`);
}

function stateIn(outcome: Outcome, path: string): State {
  const [kind, ...rest] = outcome.stdout.trimEnd().split(' ');
  if (outcome.exit !== 0) throw cannotRead(path, explain(outcome));
  if (kind === 'missing') return { missing: topOf(rest.join(' '), path) };
  if (kind === 'other') {
    throw new Failure('refused', `${path} is not a folder but a ${rest.join(' ')}, which is left alone`, {
      hint: 'Name the folder that a symbolic link points to, or see what has taken its place. Nothing was changed.',
    });
  }
  const [mode = '', owner = '', group = '', entries] = rest;
  if (kind !== 'directory' || !/^\d+$/.test(entries ?? '') || owner === '' || group === '')
    throw cannotRead(path, `"${outcome.stdout}" is not understood`);
  return { mode: permissions(mode, path), owner, group, entries: Number(entries) };
}
