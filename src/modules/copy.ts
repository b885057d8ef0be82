import { defineResource } from '../core/module.ts';
import { contentProperties, wholeFile } from './files/content.ts';
import type { FileState } from './files/file-state.ts';

const schema = {
  type: 'object',
  description: 'A text file of the project, to be put on the host.',
  properties: {
    src: {
      type: 'string',
      minLength: 1,
      description: 'A text file on the controller, by its path from the playbook; it is read when that is loaded.',
    },
    ...contentProperties,
    content: { type: 'string', description: 'What `src` held. Give one of the two.' },
  },
  required: ['path'],
  anyOf: [{ required: ['src'] }, { required: ['content'] }, { required: ['state'] }],
  additionalProperties: false,
} as const;

/**
 * A file of the controller's project on the host. Keyed on its path there.
 *
 *     - copy: { src: files/subnet.env, path: /opt/flannel/subnet.env }
 */
export const copy = defineResource<typeof schema, FileState>({
  name: 'copy',
  summary: 'A file on the host is a copy of one beside the playbook',
  about: `\`src\` is read once, when the playbook is loaded, and is kept with the run, so that a replay has what the run
had. It must be UTF-8 text; \`{{ }}\` in it stays as it is (\`template\` fills it in). For bytes that are no text use
\`file\` with \`encoding: base64\`. Everything else is as with \`file\`.`,
  schema,
  source: 'text',
  examples: [
    {
      title: 'Put a file of the project on the host',
      args: { src: 'files/90-forward.conf', path: '/etc/sysctl.d/90-forward.conf', mode: '0644' },
    },
  ],
  undone: 'Brought back, by the guard too, unless `backup: false` says that the old content is not kept.',
  ...wholeFile,
});
