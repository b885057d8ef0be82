import type { Event } from '../../core/event.ts';
import { Failure } from '../../core/failure.ts';
import { sameJson } from '../../core/json.ts';
import { firstDifference } from '../../history/differences.ts';
import { lineOf } from '../../history/earlier.ts';
import { readPlan } from '../../history/plan/read-plan.ts';
import { type RunInputs, RunStore } from '../../history/run-store.ts';
import { undoNotes } from '../../history/undo-notes.ts';
import { recordedConnect } from '../../hosts/recorded.ts';
import { moduleNamed } from '../../modules/list.ts';
import { Contract } from '../../run/contract.ts';
import { executeRun, type RunInput, rollbackRun } from '../../run/run.ts';
import type { Opener } from '../../secrets/opener.ts';
import { begunAt, replayClock } from '../clock.ts';
import { type ConnectOptions, connecting } from '../connecting.ts';
import { completesOf, earlierFrom, journalsOf } from '../earlier-runs.ts';
import { execute, patience } from '../execute.ts';
import { noted } from '../files.ts';
import { type Loaded, learnSecrets, load, recordedFleet, recordedVars } from '../load.ts';
import { findProject, type Project } from '../project.ts';
import { refuseMasked, withoutMasks } from '../refuse-masked.ts';
import { refuseUnfinished } from '../refuse-unfinished.ts';
import { sealing } from '../sealing.ts';
import { openerFor, type SecretOptions } from '../secret-keys.ts';
import type { Terminal } from '../terminal.ts';
import { viewFor } from '../views.ts';
import { warnOfPending } from './pending.ts';
import { accepted, conclude, type PlayOptions } from './play.ts';

export type ReplayOptions = Pick<
  PlayOptions,
  'inventory' | 'output' | 'commit' | 'records' | keyof ConnectOptions | keyof SecretOptions
> & {
  readonly dry?: boolean;
};

/** A past run again, from the texts that it was made from. */
export async function replayCommand(
  word: string,
  options: ReplayOptions,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const project = findProject(terminal.cwd);
  const opener = openerFor(options, project, terminal);
  const store = new RunStore(project.home);
  const run = await store.find(word);
  const recorded = await store.events(run);
  const inputs = await store.inputs(run);
  return options.dry
    ? replayDry(run, inputs, store, opener, terminal)
    : replayOnHosts(recorded, inputs, project, store, opener, options, terminal, version);
}

const masked =
  'Secrets are masked in the recorded answers: a step that reads one back finds another state there than it wants.\n';

/** Against the recorded answers: 0 when it comes to the same events, 4 when not. No host is touched. */
async function replayDry(
  run: string,
  inputs: RunInputs,
  store: RunStore,
  opener: Opener,
  terminal: Terminal,
): Promise<number> {
  const recorded = await store.events(run);
  const started = startOf(recorded);
  const interrupt = new AbortController();
  const replayed: Event[] = [];
  const { plays } = started.mode === 'rollback' ? { plays: [] } : await again(inputs, started, terminal, opener);
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
  if (mode === 'rollback')
    return void (await rollbackRun(input, { run: of, runs, notes: undoNotes(recorded), machines: hosts }));
  const journals = await journalsOf(of, store, past);
  await executeRun({ ...input, resume: earlierFrom(runs, journals, inputs, input.plays) });
}

/** Somebody pressed Ctrl-C after so many events; so it happens again. */
function interruptAsRecorded(recorded: readonly Event[], replayed: readonly Event[], interrupt: AbortController): void {
  const at = recorded.findIndex((event) => event.type === 'interrupted');
  const event = recorded[at];
  if (event?.type === 'interrupted' && replayed.length >= at) interrupt.abort(event.signal);
}

/** From recorded texts, on the hosts that the run was limited to. */
export async function again(
  inputs: RunInputs,
  { hosts }: { readonly hosts: readonly string[] },
  terminal: Terminal,
  opener: Opener,
): Promise<Loaded> {
  const { playbook, inventory, tags } = inputs;
  const { extraVars, sealedExtra } = await recordedVars(inputs, opener);
  const given = { ...extraVars, ...inputs.extraVars };
  const sources = { playbook, inventory, extraVars: given, sealedExtra, ...(tags === undefined ? {} : { tags }) };
  const loaded = await load(
    sources,
    noted(inputs.files, inputs.folders),
    { home: terminal.home, env: inputs.env },
    opener,
  );
  const plays = loaded.plays.map((play) => ({ ...play, hosts: play.hosts.filter((host) => hosts.includes(host)) }));
  return { ...loaded, plays: plays.filter((play) => play.hosts.length > 0) };
}

/** On the hosts, as a run of its own with its own undo: it goes no further than the first answer that differs. */
async function replayOnHosts(
  recorded: readonly Event[],
  inputs: RunInputs,
  project: Project,
  store: RunStore,
  opener: Opener,
  options: ReplayOptions,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const { mode, playbook } = startOf(recorded);
  if (mode === 'rollback')
    throw new Failure('refused', 'a rollback cannot be replayed on hosts', { hint: 'With --dry it can.' });
  const loaded = await again(inputs, startOf(recorded), terminal, opener);
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

/** Throws Failure `missing`. */
export function startOf(events: readonly Event[]): Extract<Event, { type: 'run_started' }> {
  const started = events[0];
  if (started?.type === 'run_started') return started;
  throw new Failure('missing', 'the journal is empty: the run was killed before its first event');
}
