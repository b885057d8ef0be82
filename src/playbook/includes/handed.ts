import type { Json, JsonObject } from '../../core/json.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import { type Input, isRequired, valueErrors } from '../inputs.ts';
import type { Problem } from '../problem.ts';
import { type Frame, type Handed, misfit } from './frame.ts';

/** The values of a file's inputs, given at `at` of an include; and what is wrong with them. */
export function handedOver(
  inputs: readonly Input[],
  given: JsonObject,
  at: YamlPath,
  include: Pick<Frame, 'doc' | 'path'>,
): { readonly handed: readonly Handed[]; readonly problems: readonly Problem[] } {
  const { doc, path } = include;
  const names = inputs.map(({ name }) => name);
  const unknown = Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => {
      const known = names.length === 0 ? 'The file declares no inputs.' : `Its inputs: ${names.join(', ')}.`;
      const hint = didYouMean(name, names) ?? known;
      return doc.problem('unknown-input', `the file has no input "${name}"`, [...path, ...at, name], {
        key: true,
        hint,
      });
    });
  const missing = inputs
    .filter((input) => isRequired(input) && !Object.hasOwn(given, input.name))
    .map(({ name, schema }) => {
      const hint = `${schema.description} Give it under "with".`.replace(/([^.?!]) Give/, '$1. Give');
      return doc.problem('missing-input', `the input "${name}" of the file is not given`, [...path, at[0] ?? ''], {
        key: true,
        hint,
      });
    });
  const wrong = inputs
    .filter(({ name }) => Object.hasOwn(given, name))
    .flatMap((input) =>
      valueErrors(input, given[input.name] as Json).map((error) => misfit(include, input, error, [...at, input.name])),
    );
  const handed = inputs.map((input): Handed => {
    const { name, schema } = input;
    if (Object.hasOwn(given, name)) return { input, value: given[name] as Json, at: [...at, name] };
    return { input, value: (schema.default ?? null) as Json };
  });
  return { handed, problems: [...unknown, ...missing, ...wrong] };
}
