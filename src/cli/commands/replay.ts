import type { Event } from '../../core/event.ts';
import { Failure } from '../../core/failure.ts';
import { sameJson } from '../../core/json.ts';
import { firstDifference } from '../../history/differences.ts';
import { lineOf } from '../../history/earlier.ts';
import { readPlan } from '../../history/plan/read-plan.ts';
import type { RunInputs, RunStore } from '../../history/run-store.ts';
import type { RunSummary } from '../../history/run-summary.ts';
import { undoNotes } from '../../history/undo-notes.ts';
import { recordedConnect } from '../../hosts/recorded.ts';
import { moduleNamed } from '../../modules/list.ts';
import { Contract } from '../../run/contract.ts';
import { executeRun, type Rollback, rollbackRun } from '../../run/run.ts';
import type { RunInput } from '../../run/run-input.ts';
import { begunAt, replayClock } from '../clock.ts';
import { connecting } from '../connecting.ts';
import { addressesIn, completesOf, earlierFrom, journalsOf } from '../earlier-runs.ts';
import { execute, patience } from '../execute.ts';
import { learnSecrets, recordedFleet } from '../load.ts';
import { refuseMasked, withoutMasks } from '../refuse-masked.ts';
import { refuseUnfinished } from '../refuse-unfinished.ts';
import { sealing } from '../sealing.ts';
import type { Terminal } from '../terminal.ts';
import { viewFor } from '../views.ts';
import { loadAgain, type PastRunOptions, type PastRuns, pastRuns, startOf } from './past-run.ts';
import { warnOfPending } from './pending.ts';
import { accepted, conclude } from './play.ts';

export type ReplayOptions = PastRunOptions & {
  readonly dry?: boolean;
};

/** A past run again, from the texts that it was made from. */
export async function replayCommand(
  word: string,
  options: ReplayOptions,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const past = pastRuns(options, terminal);
  const run = await past.store.find(word);
  const recorded = await past.store.events(run);
  const inputs = await past.store.inputs(run);
  return options.dry
    ? replayDry(recorded, inputs, past, terminal)
    : replayOnHosts(recorded, inputs, past, options, terminal, version);
}

const masked =
  'Secrets are masked in the recorded answers: a step that reads one back finds another state there than it wants.\n';

/** Against the recorded answers: 0 when it comes to the same events, 4 when not. No host is touched. */
async function replayDry(
  recorded: readonly Event[],
  inputs: RunInputs,
  { opener, store }: PastRuns,
  terminal: Terminal,
): Promise<number> {
  const started = startOf(recorded);
  const interrupt = new AbortController();
  const replayed: Event[] = [];
  const { plays } = started.mode === 'rollback' ? { plays: [] } : await loadAgain(inputs, started, terminal, opener);
  if (started.mode === 'rollback') await learnSecrets(inputs, opener);
  const input = {
    ...started,
    since: begunAt(started.run),
    plays,
    moduleNamed,
    requireReversible: false,
    patience,
    connect: recordedConnect(recorded, opener.secrets),
    sink: async (event: Event) => {
      replayed.push(event);
      interruptAsRecorded(recorded, replayed, interrupt);
    },
    clock: replayClock,
    interrupt: interrupt.signal,
    hurry: new AbortController().signal,
    forks: inputs.forks,
    secrets: opener.secrets,
    allowCutoff: inputs.allowCutoff === true,
    ...(inputs.plan === undefined
      ? {}
      : { contract: new Contract(readPlan(inputs.plan, 'the plan').saved, opener.secrets) }),
  };
  const asked = await asThen(input, started, recorded, inputs, store).then(() => undefined, otherQuestion);
  const difference = asked ?? firstDifference(recorded, replayed);
  terminal.out(
    difference === undefined
      ? `${started.run}: ${replayed.length} events, all as recorded\n`
      : `${started.run}: not as recorded. ${difference}\n${opener.secrets.length === 0 ? '' : masked}`,
  );
  return difference === undefined ? 0 : 4;
}

/** This version asks a host what the recorded one did not; what it asks is a difference, anything else is thrown on. */
function otherQuestion(thrown: unknown): string {
  if (thrown instanceof Failure && thrown.code === 'invalid') return thrown.message;
  throw thrown;
}

/** A rollback, a play, or one that goes on with an earlier run: what that one left is read from its journal. */
async function asThen(
  input: RunInput,
  { of, mode, hosts }: ReturnType<typeof startOf>,
  recorded: readonly Event[],
  inputs: RunInputs,
  store: RunStore,
): Promise<void> {
  if (of === undefined) return void (await executeRun(input));
  const past = await store.summaries();
  const runs = lineOf(of, past);
  if (mode === 'play' && past.find(({ run }) => run === of)?.ended !== undefined)
    return void (await executeRun({ ...input, completes: await completesOf(of, hosts, store, past) }));
  if (mode === 'rollback') {
    const notes = undoNotes(recorded);
    const rollback = { run: of, runs, notes, machines: hosts, ...(await addressesThen(of, inputs, store, past)) };
    return void (await rollbackRun(input, rollback));
  }
  const journals = await journalsOf(of, store, past);
  await executeRun({ ...input, resume: earlierFrom(runs, journals, inputs, input.plays) });
}

/** Of the run that was rolled back; it may be in the history no more. */
async function addressesThen(
  of: string,
  { allowMoved }: RunInputs,
  store: RunStore,
  past: readonly RunSummary[],
): Promise<Pick<Rollback, 'addresses' | 'allowMoved'>> {
  const journals = past.some(({ run }) => run === of) ? await journalsOf(of, store, past) : [];
  return { addresses: addressesIn(journals.flat()), ...(allowMoved === true ? { allowMoved } : {}) };
}

/** Somebody pressed Ctrl-C after so many events; so it happens again. */
function interruptAsRecorded(recorded: readonly Event[], replayed: readonly Event[], interrupt: AbortController): void {
  const at = recorded.findIndex((event) => event.type === 'interrupted');
  const event = recorded[at];
  if (event?.type === 'interrupted' && replayed.length >= at) interrupt.abort(event.signal);
}

/** On the hosts, as a run of its own with its own undo: it goes no further than the first answer that differs. */
async function replayOnHosts(
  recorded: readonly Event[],
  inputs: RunInputs,
  { project, opener, store }: PastRuns,
  options: ReplayOptions,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const { mode, playbook } = startOf(recorded);
  if (mode === 'rollback')
    throw new Failure('refused', 'a rollback cannot be replayed on hosts', { hint: 'With --dry it can.' });
  const loaded = await loadAgain(inputs, startOf(recorded), terminal, opener);
  if (!accepted(loaded, terminal)) return 2;
  refuseMasked(loaded.plays);
  if (mode === 'play') {
    await refuseUnfinished(store, loaded.plays, terminal.operator);
    await warnOfPending(store, loaded.plays, terminal);
  }
  const { fleet } = await recordedFleet(options.inventory, inputs, project, terminal, opener);
  const halt = (events: readonly Event[]) => otherAnswer(recorded, events);
  // What it finds is held to the recorded answers, not to the plan.
  const { plan: _, ...own } = inputs;
  const how = await connecting(options, project, terminal);
  const execution = {
    mode,
    playbook,
    plays: withoutMasks(loaded.plays),
    fleet,
    secrets: opener.secrets,
    ...(await sealing(project)),
    inputs: own,
    halt,
    connecting: how,
  };
  return conclude(
    await execute(execution, store, await viewFor(options.output, terminal), terminal, version),
    mode,
    options,
    project,
    terminal,
  );
}

/** The first step whose answer is not the recorded one, in words. */
function otherAnswer(recorded: readonly Event[], events: readonly Event[]): string | undefined {
  const steps = (stream: readonly Event[]) => stream.filter((event) => event.type === 'step_ended');
  const known = new Map(steps(recorded).map((step) => [placeOf(step), step]));
  for (const step of steps(events)) {
    const before = known.get(placeOf(step));
    const where = `${step.host}: ${step.task}`;
    if (before === undefined) return `${where} is not in the record`;
    if (before.status !== step.status) return `${where} is ${step.status}, the record has ${before.status}`;
    const module = moduleNamed(step.module);
    const exact = module?.kind === 'resource' && module.same === undefined;
    if (exact && !sameJson(before.before, step.before)) return `${where} found another state than the record has`;
  }
  return undefined;
}

function placeOf(step: Extract<Event, { type: 'step_ended' }>): string {
  return [step.phase, step.task, step.host, step.item ?? ''].join('|');
}
