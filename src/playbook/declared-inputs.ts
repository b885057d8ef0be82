import { isJsonObject } from '../core/json.ts';
import { playItems } from './includes/import.ts';
import { IncludedFiles } from './includes/included-files.ts';
import { type Input, inputsOf, isRequired } from './inputs.ts';
import { parsePlaybook } from './parse.ts';
import { LostNames } from './scope/lost-names.ts';
import { type ReadText, Sources } from './sources.ts';

/**
 * The inputs that the plays of a playbook and of those that it imports declare, each name once, as a play does that needs it given, if one
 * does: the default is that of its own play only. Of a text that is wrong, those that can be read.
 */
export function declaredInputs(file: string, read: ReadText): readonly Input[] {
  const files = new IncludedFiles(new Sources(read), () => undefined);
  const silent = { files, add: () => undefined, report: () => undefined, lost: new LostNames() };
  const items = playItems(parsePlaybook(read(file) ?? '', file), silent);
  const all = items.flatMap(({ value }) => (isJsonObject(value) ? inputsOf(value) : []));
  const byName = new Map<string, Input>();
  for (const input of all) {
    const known = byName.get(input.name);
    if (known === undefined || (isRequired(input) && !isRequired(known))) byName.set(input.name, input);
  }
  return [...byName.values()];
}
