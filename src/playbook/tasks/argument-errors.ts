import { entryOf } from '../../core/entry-of.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { JsonSchema, Module } from '../../core/module.ts';
import { asMap } from '../schema/ansible-modules.ts';
import { type SchemaError, schemaErrors } from '../schema/schema-errors.ts';

/** What a module's schema has against arguments, which are `written` so in the playbook. */
export function argumentErrors(
  { name, schema }: Pick<Module, 'name' | 'schema'>,
  args: Json,
  written: Json,
  templates: 'any' | 'none',
): readonly SchemaError[] {
  const errors = inOurWords(schemaErrors(schema, args, templates, written), schema, args);
  if (typeof args !== 'string' || typeof written !== 'string') return errors;
  const hint = asMap(name, written);
  return hint === undefined ? errors : errors.map((error) => (error.path.length === 0 ? { ...error, hint } : error));
}

/** Arguments of Ansible's modules that have another name here. */
const ourNames: Readonly<Record<string, string>> = { dest: 'path', msg: 'fail_msg', cmd: 'shell' };

/** A key of Ansible's by its name here, which is then not missing as well. */
function inOurWords(errors: readonly SchemaError[], schema: JsonSchema, args: Json): readonly SchemaError[] {
  const known = Object.keys((schema.properties ?? {}) as object);
  const meant = new Map<string, string>();
  for (const { code, path } of errors) {
    const key = String(path[0]);
    const name = entryOf(ourNames, key);
    const isFree = name !== undefined && known.includes(name) && isJsonObject(args) && !Object.hasOwn(args, name);
    if (code === 'unknown-key' && path.length === 1 && isFree) meant.set(key, name);
  }
  if (meant.size === 0) return errors;
  const isTold = ({ code, path, message }: SchemaError) =>
    code === 'missing-key' && path.length === 0 && [...meant.values()].some((name) => message.includes(`"${name}"`));
  return errors
    .filter((error) => !isTold(error))
    .map((error) => {
      const name = error.path.length === 1 ? meant.get(String(error.path[0])) : undefined;
      return name === undefined ? error : { ...error, hint: `Write "${name}": so it is called here.` };
    });
}
