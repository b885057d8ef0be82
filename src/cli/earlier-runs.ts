import type { Earlier } from '../core/earlier.ts';
import type { Event } from '../core/event.ts';
import { earlierOf, lineOf } from '../history/earlier.ts';
import { readPlan } from '../history/plan/read-plan.ts';
import type { RunInputs, RunStore, RunSummary } from '../history/run-store.ts';

/** Of the run and of those that it goes on with. */
export function journalsOf(run: string, store: RunStore, past: readonly RunSummary[]): Promise<Event[][]> {
  return Promise.all(lineOf(run, past).map((one) => store.events(one)));
}

/** What the runs of a line have left. */
export function earlierFrom(
  runs: readonly string[],
  journals: readonly (readonly Event[])[],
  { plan }: RunInputs,
): Earlier {
  const plays = plan === undefined ? 0 : readPlan(plan, 'the plan').saved.plays.length;
  return earlierOf(runs, journals, plays > 1 ? plays : 0);
}
