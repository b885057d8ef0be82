import { sshClients } from '../core/connection-variables.ts';
import type { JsonSchema } from '../core/module.ts';

const path = { type: 'string', minLength: 1 } as const;

/** What `runbook.yml` may say. Paths are relative to the file. */
export const projectSettings = {
  inventory: {
    type: ['string', 'array'],
    minLength: 1,
    minItems: 1,
    items: path,
    default: 'inventory.yml',
    description: 'The inventory where no -i is given, or several of them: files, folders, executables, lists of hosts.',
    examples: ['hosts/production.yml', ['hosts.yml', 'more-hosts.yml']],
  },
  records: { ...path, default: 'records', description: 'The folder where change records go.' },
  forks: { type: 'integer', minimum: 1, default: 50, description: 'How many hosts are spoken to at a time.' },
  require_signature: {
    ...path,
    description:
      "A file in the form of ssh's allowed_signers: who may sign a plan. Without it plans need no signature.",
    examples: ['allowed_signers'],
  },
  ssh: {
    enum: sshClients,
    description:
      'Which ssh, where the inventory does not say: the built-in client, or the ssh command. Without it the built-in one, unless only the command can do it.',
  },
  secrets: {
    type: 'object',
    description: 'Whom files are encrypted to with age, and which keys open them.',
    properties: {
      recipients: { type: 'array', items: path, description: 'Public keys of age: age1...' },
      identities: { type: 'array', items: path, description: 'Files with the keys that open.' },
    },
    additionalProperties: false,
  },
  vault_password_file: {
    ...path,
    description: "The file with Ansible Vault's password, or an executable that prints it.",
  },
} as const satisfies Readonly<Record<string, JsonSchema>>;

/** The JSON Schema (draft 2020-12) of `runbook.yml`, for editors. */
export function projectSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Project',
    description: "runbook.yml: a project's settings, all of them optional.",
    type: ['object', 'null'],
    properties: projectSettings,
    additionalProperties: false,
  };
}
