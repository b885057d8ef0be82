import type { RunFacts } from './run-facts.ts';

/** The ending in a sentence or two: what state things are in. */
export function endingWords({ ended, mode, hosts, out }: RunFacts): string {
  const left = hosts.length - out.length;
  const on = `${left} host${left === 1 ? '' : 's'}`;
  if (ended === undefined) return 'The run has no end in its journal: it goes on, or its controller was killed.';
  const why = ended.because === undefined ? '' : ` Why: ${ended.because}.`;
  switch (ended.ending) {
    case 'kept':
      return `The change is in force on ${on}, and proven.${why}`;
    case 'undone':
      return `Everything on ${on} is as it was before the run; each state was read again to prove it.${why}`;
    case 'unsure':
      return `Not everything is proven to be as it was: a person is needed. ${ended.doubts.length} open.${why}`;
    case 'unchanged':
      return unchangedWords(mode, ended.ok, ended.exit, on, why);
  }
}

function unchangedWords(mode: string, ok: boolean, exit: number, on: string, why: string): string {
  if (mode === 'check') {
    if (!ok) return `The plan is not complete. Nothing was changed.${why}`;
    return exit === 0 ? `Nothing would change on ${on}.` : `Something would change on ${on}; nothing was changed.`;
  }
  if (mode === 'audit') return ok ? `In force on ${on}.` : `Drifted: not everything is in force on ${on}.${why}`;
  if (ok) return `Everything is as wanted on ${on}; nothing was changed.`;
  if (exit > 2) return `Nothing is changed on ${on}; what dropped out is as before, proven or never touched.${why}`;
  return exit === 2 ? `Refused before anything was touched.${why}` : `Failed, and nothing had been changed.${why}`;
}
