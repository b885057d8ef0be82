import { durationPattern } from '../../core/duration.ts';
import type { JsonSchema } from '../../core/module.ts';

/** For schemas: names that expressions can use. */
export const namePattern = '^[a-z_][a-zA-Z0-9_]*$';

export const vars: JsonSchema = {
  type: 'object',
  description: 'Variables. A value may be a template: "{{ ... }}".',
  propertyNames: { pattern: namePattern },
};
export const become: JsonSchema = {
  type: 'boolean',
  description: "Run commands as another user, by sudo or as the host's ansible_become_method says.",
};
export const becomeUser: JsonSchema = {
  type: 'string',
  minLength: 1,
  default: 'root',
  description: 'The user to become with `become: true`.',
};
export const becomeMethod: JsonSchema = {
  type: 'string',
  enum: ['sudo', 'su', 'doas'],
  description: "The way to become another user, whatever the host's ansible_become_method says.",
};
export const environment: JsonSchema = {
  type: 'object',
  propertyNames: {
    pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
    description: 'Letters, digits and _, with no digit in front.',
  },
  additionalProperties: { type: ['string', 'number', 'boolean'] },
  description: "Environment of the commands on the host, beside what is there. A task's variables beat the play's.",
};
export const conditions = (description: string): JsonSchema => ({
  type: ['string', 'boolean', 'array'],
  items: { type: ['string', 'boolean'] },
  description,
});
export const tags: JsonSchema = {
  type: ['string', 'array'],
  minLength: 1,
  pattern: '^[^{}]*$',
  items: { type: 'string', minLength: 1, pattern: '^[^{}]*$' },
  description:
    'A list, or text with commas: what --tags and --skip-tags choose by; also `always` and `never`. Not a template.',
};
export const duration = (description: string): JsonSchema => ({
  type: 'string',
  pattern: durationPattern,
  description,
});

export const ignoreUnreachable: JsonSchema = {
  type: 'boolean',
  description: 'Hosts that are lost drop out, are pending, and are not counted as failures.',
};
