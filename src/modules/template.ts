import { defineResource } from '../core/module.ts';
import { contentProperties, wholeFile } from './files/content.ts';
import type { FileState } from './files/file-state.ts';

const schema = {
  type: 'object',
  description: 'A file of the project with expressions in it, to be put on the host with their values.',
  properties: {
    src: {
      type: 'string',
      minLength: 1,
      description: 'A text file on the controller, by its path from the playbook; its name is no template.',
    },
    ...contentProperties,
    content: { type: 'string', description: 'What `src` comes to. Give one of the two.' },
  },
  required: ['path'],
  anyOf: [{ required: ['src'] }, { required: ['content'] }, { required: ['state'] }],
  additionalProperties: false,
} as const;

/**
 * A file made of one of the controller's project, `{{ }}` in it filled in for each host. Keyed on its path there.
 *
 *     - template: { src: templates/flanneld.ini, path: /etc/supervisord.d/flanneld.ini }
 */
export const template = defineResource<typeof schema, FileState>({
  name: 'template',
  summary: 'A file on the host is one beside the playbook, with its expressions filled in',
  about: `\`{{ expr }}\` in the file is as in the playbook: CEL, with the task's own variables, and every name is known
or the playbook is not valid; the message shows the line of the file. A line that is to hold two braces writes
\`{{ "{{" }}\`. There are no loops and no conditions over lines: \`{{ peers.map(p, p.pod_cidr).join("\\n") }}\` makes
lines of a list. Everything else is as with \`copy\`.`,
  schema,
  source: 'template',
  examples: [
    {
      title: "Write each host's own file",
      args: { src: 'templates/flanneld.ini', path: '/etc/supervisord.d/flanneld.ini', mode: '0644' },
    },
  ],
  undone: 'Brought back, by the guard too, unless `backup: false` says that the old content is not kept.',
  ...wholeFile,
});
