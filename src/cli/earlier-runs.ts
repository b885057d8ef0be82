import type { Earlier } from '../core/earlier.ts';
import type { Event } from '../core/event.ts';
import type { Play } from '../core/play.ts';
import { doneBeside, earlierOf, lineOf } from '../history/earlier.ts';
import type { RunInputs, RunStore } from '../history/run-store.ts';
import type { RunSummary } from '../history/run-summary.ts';
import { undoNotes } from '../history/undo-notes.ts';
import { batchesIn } from '../run/batches.ts';
import type { Completes } from '../run/run-input.ts';

/** Of the run and of those that it goes on with. */
export function journalsOf(run: string, store: RunStore, past: readonly RunSummary[]): Promise<Event[][]> {
  return Promise.all(lineOf(run, past).map((one) => store.events(one)));
}

/** Where each machine was reached last. */
export function addressesIn(events: readonly Event[]): ReadonlyMap<string, string> {
  return new Map(events.flatMap((event) => (event.type === 'host_opened' ? [[event.host, event.address]] : [])));
}

/** What the runs of a line have left. */
export function earlierFrom(
  runs: readonly string[],
  journals: readonly (readonly Event[])[],
  { plan }: RunInputs,
  plays: readonly Play[],
): Earlier {
  const batches = plan === undefined ? 0 : batchesIn(plays);
  return earlierOf(runs, journals, batches > 1 ? batches : 0);
}

/** What the run had noted on these hosts, by its journal and those of the runs that it had gone on with. */
export async function completesOf(
  run: string,
  hosts: readonly string[],
  store: RunStore,
  past: readonly RunSummary[],
): Promise<Completes> {
  const line = lineOf(run, past);
  const notes = undoNotes(await store.events(run));
  const journals = await Promise.all(ancestry(run, past).map((one) => store.events(one)));
  return {
    run,
    guardsOf: line[0] ?? run,
    notes: notes.filter(({ on }) => hosts.includes(on)),
    beside: doneBeside(hosts, journals),
  };
}

/** The run, and before it those that it went on with or completed. */
function ancestry(run: string, past: readonly RunSummary[]): readonly string[] {
  const parent = past.find((one) => one.run === run && one.mode === 'play')?.of;
  return parent === undefined ? [run] : [...ancestry(parent, past), run];
}
