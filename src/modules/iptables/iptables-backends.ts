import type { Command } from '../../core/command.ts';
import { Failure } from '../../core/failure.ts';
import type { Backend, Listing, Program } from './iptables-probe.ts';

/** For a schema: which of the host's rule sets. */
export const backendSchema = {
  enum: ['auto', 'nft', 'legacy'],
  description: 'Which rules of the host: where it lives (auto, the default), or those of this backend only.',
} as const;

/** For a schema: a table, a chain, a version of IP. */
export const tableSchema = {
  enum: ['filter', 'nat', 'mangle', 'raw', 'security'],
  default: 'filter',
  description: 'The table.',
} as const;
export const chainPattern = '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,28}$';
export const ipVersionSchema = { enum: [4, 6], default: 4, description: 'iptables or ip6tables.' } as const;

/** What a state says of both backends: the host's own program first, then the other one, if that is in use. */
export type Sides<Each extends Listing> = { readonly sides: readonly Each[] };

export function programOf({ ip_version }: { readonly ip_version?: 4 | 6 }): Program {
  return ip_version === 6 ? 'ip6tables' : 'iptables';
}

/** The side of one backend. */
export function sideOf<Each extends Listing>(state: Sides<Each> | null, backend: Backend): Each | undefined {
  return state?.sides.find((side) => side.backend === backend);
}

/** The backends that either state speaks of. */
export function backendsOf(...states: readonly (Sides<Listing> | null)[]): readonly Backend[] {
  return [...new Set(states.flatMap((state) => state?.sides.map(({ backend }) => backend) ?? []))];
}

/** The side to act in: the one that is named, else the first that one of the tests holds for, else the host's own. */
export function pickSide<Each extends Listing>(
  { sides }: Sides<Each>,
  named: Backend | 'auto' | undefined,
  tests: readonly ((side: Each) => boolean)[],
): Each {
  const found =
    named === undefined || named === 'auto'
      ? (tests.map((test) => sides.find(test)).find((side) => side !== undefined) ?? sides[0])
      : sides.find(({ backend }) => backend === named);
  if (found !== undefined) return found;
  throw new Failure('missing', `This host has no ${named} backend of iptables.`, {
    hint: 'Nothing was changed. Leave out `backend`, or install the program.',
  });
}

/** The move of each backend's part of a state. Its program is found by where it stands in what was read. */
export function eachSide<Each extends Listing>(
  program: Program,
  table: string,
  from: Sides<Each> | null,
  to: Sides<Each> | null,
  lines: (now: Each | undefined, target: Each) => readonly string[],
): readonly Command[] {
  return backendsOf(from, to).flatMap((backend) => {
    const [now, target] = [sideOf(from, backend), sideOf(to, backend)];
    if (target === undefined) return [];
    const text = lines(now, target);
    if (text.length === 0) return [];
    const own = (from ?? to)?.sides[0]?.backend === backend;
    const restore = `${own ? program : `${program}-${backend}`}-restore`;
    const wait = (now ?? target).waits === false ? [] : ['-w', '5'];
    return [{ argv: [restore, '--noflush', ...wait], stdin: [`*${table}`, ...text, 'COMMIT', ''].join('\n') }];
  });
}
