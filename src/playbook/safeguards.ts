import { milliseconds } from '../core/duration.ts';
import type { JsonObject } from '../core/json.ts';
import { isJsonObject } from '../core/json.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Play } from '../core/play.ts';
import type { PlaybookText } from './parse.ts';
import type { Problem } from './problem.ts';
import type { PlayText } from './texts.ts';

const defaultGuardSeconds = 120;

/** What a play says of guard and locks. The guard in whole seconds: what a host's shell can reckon with. */
export function safeguardsOf({ guard, lock }: JsonObject): Pick<Play, 'guardSeconds' | 'locks'> {
  const locks = Object.entries(isJsonObject(lock) ? lock : {});
  return {
    ...(guard === 'off' ? {} : { guardSeconds: secondsOf(guard) }),
    locks: locks.flatMap(([name, on]) => (typeof on === 'string' ? [{ name, on }] : [])),
  };
}

function secondsOf(guard: JsonObject[string] | undefined): number {
  return typeof guard === 'string' && /^[0-9]/.test(guard)
    ? Math.ceil(milliseconds(guard) / 1000)
    : defaultGuardSeconds;
}

/** A lock must be kept by a host that there is. */
export function lockProblems(doc: PlaybookText, { value, path }: PlayText, hosts: readonly string[]): Problem[] {
  return safeguardsOf(value)
    .locks.filter(({ on }) => !hosts.includes(on))
    .map(({ name, on }) =>
      doc.problem('unknown-host', `"${on}" is not a host of the inventory`, [...path, 'lock', name], {
        hint: didYouMean(on, hosts) ?? 'Name the host that keeps this lock.',
      }),
    );
}
