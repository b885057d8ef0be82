import { defineResource } from '../core/module.ts';
import { contentProperties, wholeFile } from './files/content.ts';
import type { FileState } from './files/file-state.ts';

const schema = {
  type: 'object',
  description: 'A regular file.',
  properties: contentProperties,
  required: ['path'],
  additionalProperties: false,
} as const;

/**
 * One regular file: content, permissions, owner. Keyed on its path.
 *
 *     - file: { path: /opt/flannel/subnet.env, content: "FLANNEL_MTU=1450\n", mode: "0644" }
 */
export const file = defineResource<typeof schema, FileState>({
  name: 'file',
  summary: 'A regular file has a content, permissions and an owner, or is absent',
  about: `Written to a temporary file in the same folder, which then takes the name: a reader sees the old content or
the new, never half of one. Permissions (0644 for a new file), owner and SELinux context stay as they are where nothing
else is asked for. With \`validate\` a command of the host has to accept the new content first, or the file stays as it
is. An undo brings back every byte, the permissions, the owner and the context, or the absence.

An ACL and other attributes are copied to the new content by GNU's \`cp\`; where an ACL cannot be, the file stays as it
is. What an undo could not give back is refused: a new content or an absence for a file that has other names (hard
links) or capabilities, an absence of one with an ACL. With BusyBox's tools an ACL is not seen, and not kept.

A symbolic link, a folder or a device at the path is refused rather than replaced, and so is a file of more than
1 MiB, since its content is kept in the journal for the undo: \`backup: false\` changes it all the same, and the plan
says that there is no way back. A name of a user and its number are the same owner.`,
  schema,
  examples: [
    { title: 'Write a file', args: { path: '/etc/sysctl.d/90-forward.conf', content: 'net.ipv4.ip_forward = 1\n' } },
    {
      title: 'Have a new content checked before it takes effect',
      args: {
        path: '/etc/sudoers.d/flannel',
        content: 'ops ALL=(root) NOPASSWD: /usr/sbin/ip route *\n',
        mode: '0440',
        validate: ['visudo', '-cf', '%s'],
      },
    },
    { title: 'Remove one', args: { path: '/etc/cron.d/old-routes', state: 'absent' } },
    { title: 'Only read it (with `protect: true`)', args: { path: '/opt/flannel/subnet.env' } },
  ],
  undone: 'Brought back, by the guard too, unless `backup: false` says that the old content is not kept.',
  ...wholeFile,
});
