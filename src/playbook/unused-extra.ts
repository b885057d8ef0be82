import type { JsonObject } from '../core/json.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Language } from './expressions/expressions.ts';
import { type ExtraSpot, inputsOf } from './inputs.ts';
import type { Problem } from './problem.ts';
import { builtins } from './scope/play-scope.ts';
import type { PlayText } from './texts.ts';

interface Given {
  readonly extraVars: JsonObject;
  readonly extraSpot?: ExtraSpot;
}

/**
 * Values of -e that nothing of the playbook uses, and what is told of them. A file may be for other playbooks too: of what comes from one,
 * something is told of those alone that another name is meant by, it seems.
 */
export function unusedExtra(
  { extraVars, extraSpot }: Given,
  texts: readonly PlayText[],
  base: Language,
  found: readonly Problem[],
): ReadonlyMap<string, Problem | undefined> {
  // What is not in the right shape may have been meant to use them.
  if (extraSpot === undefined || found.some(({ severity }) => severity === 'error')) return new Map();
  const inputs = [...new Set(texts.flatMap(({ value }) => inputsOf(value).map(({ name }) => name)))];
  const used = new Set([...base.mentioned, ...inputs]);
  const unused = Object.keys(extraVars).filter((name) => !used.has(name) && !name.startsWith('ansible_'));
  const results = texts.flatMap(({ registers }) => registers.map(({ name }) => name));
  const others = new Set([...Object.keys(extraVars), ...results, ...builtins, 'item', 'loop']);
  const wanted = [...used].filter((name) => !others.has(name));
  const toldOf = (name: string): Problem | undefined => {
    const at = extraSpot(name, undefined);
    const near = didYouMean(name, wanted);
    if (at === undefined || (at.file !== '-e' && near === undefined)) return undefined;
    const { source, width: _, ...place } = at;
    const width = name.length + (/["']/.test(source.charAt(place.column - 1)) ? 2 : 0);
    const hint = near ?? (inputs.length === 0 ? 'Remove it, or use it.' : `Its inputs are ${inputs.join(', ')}.`);
    // What it is given, and what stands beside it, may be nobody's to read.
    const shown = source.slice(0, place.column - 1 + width);
    const message = `nothing in the playbook uses "${name}"`;
    return { code: 'unused-extra', severity: 'warning', message, at: place, source: shown, width, hint };
  };
  return new Map(unused.map((name) => [name, toldOf(name)]));
}
