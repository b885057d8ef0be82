import { type Command, script } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import { defineResource } from '../core/module.ts';
import { explain, type Outcome } from '../core/outcome.ts';
import { pathProperty } from './files/content.ts';
import { cannotRead } from './files/file-state.ts';
import { restoreLink } from './files/path-restores.ts';
import { linkScript, readLinkScript, unlinkScript } from './files/path-scripts.ts';

const schema = {
  type: 'object',
  description: 'A symbolic link.',
  properties: {
    path: { ...pathProperty, description: 'Absolute path of the link. Its folder must exist.' },
    target: {
      type: 'string',
      pattern: '^[^\\n\\0]+$',
      description: 'What it holds: a path, from its own folder where it is relative. It need not exist.',
    },
    state: { enum: ['present', 'absent'], description: '`present` needs a target. Without both it is only read.' },
  },
  required: ['path'],
  anyOf: [{ required: ['target'] }, { properties: { state: { const: 'absent', description: 'Needs no target.' } } }],
  additionalProperties: false,
} as const;

type State = { readonly target: string };

/**
 * A symbolic link and what it points to. Keyed on its path.
 *
 *     - symlink: { path: /opt/flannel/current, target: v0.20.0 }
 */
export const symlink = defineResource<typeof schema, State>({
  name: 'symlink',
  summary: 'A symbolic link points to a target, or is absent',
  about: `Another target takes the place of the old one in one step: the link is never missing in between. Only a link
is ever replaced or removed; a file or a folder at its path is refused. What it points to is not looked at.`,
  schema,
  examples: [
    { title: 'Point to another version', args: { path: '/opt/flannel/current', target: 'v0.20.0' } },
    { title: 'Remove a link', args: { path: '/opt/flannel/current', state: 'absent' } },
  ],
  reversible: () => true,
  asks: ({ target, state }) => target !== undefined || state !== undefined,
  key: ({ path }) => path,
  owns: ({ path }) => `path ${path}`,
  probe: ({ path }) => script(readLinkScript, [path]),
  read: (outcome, { path }) => stateIn(outcome, path),
  want: ({ target, state }, now) => (state === 'absent' ? null : target === undefined ? now : { target }),

  move(from, to, { path }): readonly Command[] {
    if (to === null) return from === null ? [] : [script(unlinkScript, [path])];
    return [script(linkScript, [path, to.target])];
  },

  restore: (before, _, { path }) => restoreLink(path, before),
  restate: (state, { path }) => (state === null ? { path, state: 'absent' } : { path, ...state }),
});

function stateIn(outcome: Outcome, path: string): State | null {
  const [, kind, rest = ''] = /^(\w+) ?([\s\S]*?)\n?$/.exec(outcome.stdout) ?? [];
  if (outcome.exit !== 0) throw cannotRead(path, explain(outcome));
  if (kind === 'absent' && rest === '') return null;
  if (kind === 'link') return { target: rest };
  if (kind !== 'other') throw cannotRead(path, `"${outcome.stdout}" is not understood`);
  throw new Failure('refused', `${path} is not a symbolic link but a ${rest}, which is left alone`, {
    hint: 'Move it out of the way, by a task that can be undone. Nothing was changed.',
  });
}
