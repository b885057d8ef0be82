import type { Json } from '../../core/json.ts';
import type { Module } from '../../core/module.ts';
import { asMap } from '../schema/ansible-modules.ts';
import { type SchemaError, schemaErrors } from '../schema/schema-errors.ts';

/** What a module's schema has against arguments, which are `written` so in the playbook. */
export function argumentErrors(
  { name, schema }: Pick<Module, 'name' | 'schema'>,
  args: Json,
  written: Json,
  templates: 'any' | 'none',
): readonly SchemaError[] {
  const errors = schemaErrors(schema, args, templates, written);
  if (typeof args !== 'string' || typeof written !== 'string') return errors;
  const hint = asMap(name, written);
  return hint === undefined ? errors : errors.map((error) => (error.path.length === 0 ? { ...error, hint } : error));
}
