import type { ArgumentFault } from '../../core/module.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import type { PlaybookText } from '../parse.ts';
import type { Problem } from '../problem.ts';
import type { SchemaError } from './schema-errors.ts';

/** What a schema or a module says, at its place in the playbook. */
export function problemOf(doc: PlaybookText, error: SchemaError | ArgumentFault, path: YamlPath): Problem {
  const at = [...path, ...error.path];
  const last = at.at(-1);
  const named =
    error.key || typeof last !== 'string' || /^\d+$/.test(last) ? error.message : `"${last}" ${error.message}`;
  const within = 'within' in error ? error.within : undefined;
  return doc.problem(error.code, named, at, {
    ...{ hint: error.hint, ...(error.key ? { key: true } : {}) },
    ...(within === undefined ? {} : { within }),
  });
}
