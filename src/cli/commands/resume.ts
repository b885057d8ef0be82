import type { Earlier } from '../../core/earlier.ts';
import type { Event } from '../../core/event.ts';
import { Failure } from '../../core/failure.ts';
import type { Play } from '../../core/play.ts';
import { lineOf, newestOf } from '../../history/earlier.ts';
import { pendingRuns } from '../../history/pending.ts';
import { readPlan } from '../../history/plan/read-plan.ts';
import type { RunInputs, RunStore } from '../../history/run-store.ts';
import type { RunSummary } from '../../history/run-summary.ts';
import { stepStartTitle } from '../../run/detached-scripts.ts';
import { connecting } from '../connecting.ts';
import { earlierFrom, journalsOf } from '../earlier-runs.ts';
import { execute } from '../execute.ts';
import { recordedFleet } from '../load.ts';
import { refuseMasked } from '../refuse-masked.ts';
import { refuseUnfinished } from '../refuse-unfinished.ts';
import { sealing, unsealedNotes, unsealedPlan } from '../sealing.ts';
import type { Terminal } from '../terminal.ts';
import { viewFor } from '../views.ts';
import { loadAgain, type PastRunOptions, pastRuns, startOf } from './past-run.ts';
import { accepted, conclude } from './play.ts';

/** Goes on with a run whose controller died, or completes its pending hosts, from the texts that it was made from. */
export async function resumeCommand(
  word: string,
  options: PastRunOptions,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const { project, opener, store } = pastRuns(options, terminal);
  const past = await store.summaries();
  const run = await playNamed(word, store, past);
  const pending = pendingRuns(past).find((one) => one.run.run === run);
  if (pending !== undefined) {
    const { completePending } = await import('./complete.ts');
    return completePending(pending, { project, opener, store, past }, options, terminal, version);
  }
  const inputs = await store.inputs(run);
  const journals = await journalsOf(run, store, past);
  const loaded = await loadAgain(inputs, startOf(journals[0] ?? []), terminal, opener);
  const earlier = earlierFor(run, journals, inputs, past, loaded.plays);
  if (!accepted(loaded, terminal)) return 2;
  const { plays } = loaded;
  refuseMasked(plays);
  await refuseUnfinished(store, plays, terminal.operator, earlier.runs);
  const { fleet } = await recordedFleet(options.inventory, inputs, project, terminal, opener);
  const plan =
    inputs.plan === undefined
      ? {}
      : { plan: await unsealedPlan(readPlan(inputs.plan, 'the plan').saved, opener, 'the plan') };
  const { playbook } = past.find((summary) => summary.run === run) ?? inputs;
  const how = await connecting(options, project, terminal);
  const { notes, secrets: revealed } = await unsealedNotes(earlier.notes, opener, terminal);
  const secrets = [...opener.secrets, ...revealed];
  const own = { mode: 'play' as const, playbook, plays, fleet, secrets, inputs, connecting: how };
  const execution = { ...own, ...(await sealing(project)), resume: { ...earlier, notes }, ...plan };
  const view = await viewFor(options.output, terminal);
  return conclude(await execute(execution, store, view, terminal, version), 'play', options, project, terminal);
}

/** `last`: the last play, not an audit or a check. What was gone on with already is gone on with where that one was. Throws Failure. */
async function playNamed(word: string, store: RunStore, past: readonly RunSummary[]): Promise<string> {
  const lastPlay = past.findLast(({ mode, touched, ended }) => mode === 'play' && (touched.length > 0 || !ended));
  const run = newestOf(word === 'last' && lastPlay !== undefined ? lastPlay.run : await store.find(word), past);
  const summary = past.find((one) => one.run === run);
  if (summary === undefined) throw new Failure('missing', `the journal of ${run} is empty: it touched nothing`);
  if (summary.mode !== 'play') throw refusal(run, `it is a ${summary.mode}`, 'Only a play can be resumed.');
  if (summary.ended !== undefined && !pendingRuns(past).some((one) => one.run.run === run))
    throw refusal(run, `it has ended: ${summary.ended.ending}`, `\`runbook show ${run}\` lists what was run.`);
  return run;
}

function earlierFor(
  run: string,
  journals: readonly (readonly Event[])[],
  inputs: RunInputs,
  past: readonly RunSummary[],
  loaded: readonly Play[],
): Earlier {
  const runs = lineOf(run, past);
  const rolledBack = past.some(({ mode, of, ended }) => mode === 'rollback' && isOneOf(of, runs) && ended?.exit !== 2);
  const undoing = journals.flat().some((event) => event.type === 'phase_started' && event.phase === 'undo');
  if (rolledBack || undoing)
    throw refusal(run, 'it was being put back', `\`runbook rollback ${run}\` puts back what is left, and proves it.`);
  const earlier = earlierFrom(runs, journals, inputs, loaded);
  if (journals.flat().some((event) => event.type === 'command_started' && event.argv[3] === stepStartTitle))
    throw refusal(
      run,
      'a host made a change by itself, and may be at it still',
      `\`runbook rollback ${run}\` puts back what is left, and proves it.`,
    );
  if (earlier.notes.length === 0) throw refusal(run, 'it had changed nothing', 'Play it again.');
  return earlier;
}

function isOneOf(run: string | undefined, runs: readonly string[]): boolean {
  return run !== undefined && runs.includes(run);
}

function refusal(run: string, because: string, hint: string): Failure {
  return new Failure('refused', `${run} cannot be resumed: ${because}. Nothing has been touched`, { hint });
}
