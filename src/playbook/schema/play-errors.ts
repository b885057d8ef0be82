import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { nearest } from '../../core/nearest.ts';
import { insteadOf, insteadOfValue } from './ansible-keys.ts';
import { insteadOfModule, shortName } from './ansible-modules.ts';
import { playSchema } from './play-keywords.ts';
import { type SchemaError, schemaErrors } from './schema-errors.ts';

export const playShape = playSchema({}, {});

/** What the schema of a play has against an item of a playbook, with what of Ansible may have been meant. */
export function playErrors(value: Json, modules: Pick<ReadonlySet<string>, 'has'>): readonly SchemaError[] {
  const errors = schemaErrors(playShape, value);
  const hint = 'A play is a map: "- hosts: GROUP", then "tasks:".';
  if (!isJsonObject(value)) return errors.map((error) => ({ ...error, hint }));
  const other = Object.keys(value).find((key) => insteadOfPlay(key, modules) !== undefined);
  // It was not meant to be a play.
  const left =
    other === undefined ? errors : errors.filter(({ code, path }) => code !== 'missing-key' || path.length > 0);
  return left.map((error) => hinted(error, value, modules));
}

function hinted(error: SchemaError, value: JsonObject, modules: Pick<ReadonlySet<string>, 'has'>): SchemaError {
  if (error.path.length > 1) return error;
  const key = String(error.path[0]);
  const instead =
    error.code === 'unknown-key'
      ? (insteadOfPlay(key, modules) ?? insteadOf(key, 'play'))
      : insteadOfValue(key, value[key]);
  return instead === undefined ? error : { ...error, hint: instead };
}

/** Of a key that no play has: what its item was meant to be. */
function insteadOfPlay(key: string, modules: Pick<ReadonlySet<string>, 'has'>): string | undefined {
  const name = shortName(key);
  if (name === 'import_playbook') return `Write "import_playbook": nothing has a collection in front of its name here.`;
  if (nearest(name, ['import_playbook']) !== undefined) return 'Did you mean "import_playbook"?';
  if (name === 'include') return insteadOfModule(name, undefined);
  const isOfTasks = modules.has(name) || name === 'import_tasks' || name === 'include_tasks' || name === 'block';
  return isOfTasks ? 'It stands under "tasks" of a play: "- hosts: GROUP", then "tasks:".' : undefined;
}
