import { isUtf8 } from 'node:buffer';
import { type Command, script } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import { defineResource } from '../core/module.ts';
import { explain, type Outcome } from '../core/outcome.ts';
import { attributesScript, readScript, writeScript } from './support/file_scripts.ts';

const schema = {
  type: 'object',
  description: 'A regular file.',
  properties: {
    path: { type: 'string', pattern: '^/[^\\0\\n]*[^/\\n]$', description: 'Absolute path. Its folder must exist.' },
    content: { type: 'string', description: 'All of the file, to the last byte.' },
    encoding: { enum: ['base64'], description: '`content` is base64: for what is not UTF-8 text.' },
    state: { enum: ['present', 'absent'], description: 'Without it and without content the file is only read.' },
    mode: {
      type: 'string',
      pattern: '^[0-7]{3,4}$',
      description: 'Permissions in octal, quoted: "0644". As it is where not given; 0644 for a new file.',
    },
    owner: { type: 'string', pattern: '^[\\w.][\\w.@-]*$', description: 'Name or number. As it is where not given.' },
    group: { type: 'string', pattern: '^[\\w.][\\w.@-]*$', description: 'Name or number. As it is where not given.' },
  },
  required: ['path'],
  additionalProperties: false,
} as const;

/** Owner and group are absent only in what is wanted of a new file: whoever writes it owns it. */
type State = {
  readonly content: string;
  readonly encoding?: 'base64';
  readonly mode: string;
  readonly owner?: string;
  readonly group?: string;
};

const sizeLimit = 1_048_576;

/**
 * One regular file: content, permissions, owner. Keyed on its path.
 *
 *     - file: { path: /opt/flannel/subnet.env, content: "FLANNEL_MTU=1450\n", mode: "0644" }
 */
export const file = defineResource({
  name: 'file',
  summary: 'A regular file has a content, permissions and an owner, or is absent',
  about: `Written to a temporary file in the same folder, which then takes the name: a reader sees the old content or
the new, never half of one. An undo brings back every byte, the permissions and the owner, or the absence.

A symbolic link, a folder or a device at the path is refused rather than replaced, and so is a file of more than
1 MiB, since its content is kept in the journal for the undo.`,
  schema,
  examples: [
    { title: 'Write a file', args: { path: '/etc/sysctl.d/90-forward.conf', content: 'net.ipv4.ip_forward = 1\n' } },
    { title: 'Remove one', args: { path: '/etc/cron.d/old-routes', state: 'absent' } },
    { title: 'Only read it (with `protect: true`)', args: { path: '/opt/flannel/subnet.env' } },
  ],
  reversible: () => true,
  asks: ({ content, state, mode, owner, group }) =>
    [content, state, mode, owner, group].some((wanted) => wanted !== undefined),
  key: ({ path }) => path,
  probe: ({ path }) => script(readScript, [path, String(sizeLimit)]),
  read: (outcome, { path }): State | null => stateIn(outcome, path),

  want({ path, content, encoding, state, mode, owner, group }, now): State | null {
    if (state === 'absent') return null;
    const attributes = {
      ...(mode === undefined ? {} : { mode: mode.padStart(4, '0') }),
      ...(owner === undefined ? {} : { owner }),
      ...(group === undefined ? {} : { group }),
    };
    if (now === null && content === undefined && state === undefined) {
      if (Object.keys(attributes).length === 0) return null;
      throw new Failure('refused', `${path} does not exist, so its permissions cannot be set`, {
        hint: 'Give its `content`, or `state: present` for an empty file. Nothing was changed.',
      });
    }
    const bytes = content === undefined ? contentOf(now) : Buffer.from(content, encoding ?? 'utf8');
    const { mode: kept, owner: user, group: team } = now ?? { mode: '0644' };
    const found = {
      mode: kept,
      ...(user === undefined ? {} : { owner: user }),
      ...(team === undefined ? {} : { group: team }),
    };
    return { ...encoded(bytes), ...found, ...attributes };
  },

  move(from, to, { path }): readonly Command[] {
    if (to === null) return from === null ? [] : [{ argv: ['rm', '-f', '--', path] }];
    const { content, encoding, mode, owner = '', group = '' } = to;
    if (from !== null && from.content === content && from.encoding === encoding) {
      return [script(attributesScript, [path, mode, owner, group])];
    }
    const size = String(contentOf(to).length);
    return [script(writeScript, [path, mode, owner, group, size, encoding ?? ''], { stdin: content })];
  },

  same(a, b) {
    if (a === null || b === null) return a === b;
    const alike = (one: string | undefined, other: string | undefined): boolean =>
      one === undefined || other === undefined || one === other;
    return (
      a.content === b.content &&
      a.encoding === b.encoding &&
      a.mode === b.mode &&
      alike(a.owner, b.owner) &&
      alike(a.group, b.group)
    );
  },

  restate: (state, { path }) => (state === null ? { path, state: 'absent' } : { path, ...state }),
});

function contentOf(state: State | null): Buffer {
  return state === null ? Buffer.alloc(0) : Buffer.from(state.content, state.encoding ?? 'utf8');
}

/** As text where that is exact and can be read, else as base64. */
function encoded(bytes: Buffer): Pick<State, 'content' | 'encoding'> {
  const isText = isUtf8(bytes) && !bytes.includes(0);
  return isText ? { content: bytes.toString('utf8') } : { content: bytes.toString('base64'), encoding: 'base64' };
}

function stateIn(outcome: Outcome, path: string): State | null {
  const [first = '', ...lines] = outcome.stdout.split('\n');
  const [kind, ...about] = first.split(' ');
  if (outcome.exit !== 0 || outcome.truncated === true) {
    throw unreadable(path, outcome.truncated === true ? 'its content was cut short on the way' : explain(outcome));
  }
  if (kind === 'absent') return null;
  if (kind === 'other') {
    throw new Failure('refused', `${path} is not a regular file but a ${about[0]}, which is left alone`, {
      hint: 'Name the file that a symbolic link points to, or see what has taken the place of the file.',
    });
  }
  if (kind === 'big') {
    throw new Failure('refused', `${path} has ${about[0]} bytes; files of up to ${sizeLimit} can be kept for an undo`, {
      hint: 'Leave this file out, or change it with `command` and an `undo` of your own.',
    });
  }
  const [mode = '', owner = '', group = '', size, coding] = about;
  const bytes = Buffer.from(lines.join('').replaceAll(/\s/g, ''), coding === 'hex' ? 'hex' : 'base64');
  if (kind !== 'file' || bytes.length !== Number(size)) throw unreadable(path, 'it changed while it was read');
  const permissions = (Number.parseInt(mode, 16) & 0o7777).toString(8).padStart(4, '0');
  return { ...encoded(bytes), mode: permissions, owner, group };
}

function unreadable(path: string, why: string): Failure {
  return new Failure('unreadable', `${path} cannot be read: ${why}`, {
    hint: 'Nothing was changed. Check the folder and the rights of the user (`become: true` runs a task as root).',
  });
}
