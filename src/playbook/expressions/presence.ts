import { entryOf } from '../../core/entry-of.ts';
import { NoForm, type Presence } from '../jinja/node.ts';
import { elsewhere } from './expression-hints.ts';

/** Of a name that is not simply there: a variable that hosts may have, a result, or what this run's -e alone gives. */
export type NameKind = 'host' | 'result' | 'extra';

interface Known {
  readonly names: ReadonlySet<string>;
  /** Those that are not in it are there wherever they are known. */
  readonly kinds: ReadonlyMap<string, NameKind>;
}

/** How a name is there for an expression that knows these. Throws NoForm, with what to do instead, where it cannot be asked for. */
export function presenceIn({ names, kinds }: Known, name: string): Presence {
  const kind = kinds.get(name);
  if (kind === 'result') return 'result';
  if (names.has(name) && kind === undefined) return 'always';
  const where = entryOf(elsewhere, name);
  if (where !== undefined) throw new NoForm(where, true);
  if (names.has('host') && kind !== 'extra') return kind === 'host' ? 'host' : 'nowhere';
  if (!names.has('host') && names.has('inventory_hostname'))
    throw new NoForm(`Give "${name}" a value under "all": groups and hosts may say otherwise.`, true);
  throw new NoForm(`Declare "${name}" under "inputs", with its default: then it is always there.`, true);
}
