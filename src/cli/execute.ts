import type { Earlier } from '../core/earlier.ts';
import type { Event, Mode } from '../core/event.ts';
import { Failure } from '../core/failure.ts';
import type { Fleet } from '../core/fleet.ts';
import type { SavedPlan } from '../core/planned.ts';
import type { Play } from '../core/play.ts';
import type { RunInputs, RunStore, RunSummary } from '../history/run-store.ts';
import { unfinished } from '../history/run-store.ts';
import { type ConnectorOptions, connector } from '../hosts/connect.ts';
import { moduleNamed } from '../modules/list.ts';
import type { Completes } from '../run/complete.ts';
import { Contract } from '../run/contract.ts';
import { executeRun, type Rollback, type RunResult, rollbackRun } from '../run/run.ts';
import type { Sealer } from '../run/sealed.ts';
import type { View } from '../ui/view.ts';
import { begunAt } from './clock.ts';
import { secretsOf } from './load.ts';
import { listenToSignals } from './signals.ts';
import { tagsTold } from './tags.ts';
import type { Terminal } from './terminal.ts';

/** One run on real hosts, from its first event to its last. */
export interface Execution {
  readonly mode: Mode;
  readonly playbook: string;
  readonly plays: readonly Play[];
  readonly fleet: Fleet;
  /** What was decrypted for it. */
  readonly secrets: readonly string[];
  readonly seal?: Sealer;
  /** The plan is to be saved. */
  readonly sealsPlan?: boolean;
  readonly connecting: ConnectorOptions;
  readonly inputs: RunInputs;
  readonly requireReversible?: boolean;
  /** Hold the run to this plan. */
  readonly plan?: SavedPlan;
  /** Undo this run instead of playing. */
  readonly rollback?: Rollback;
  /** Go on with this one. */
  readonly resume?: Earlier;
  /** Complete the pending hosts of this one. */
  readonly completes?: Completes;
  /** Asked at each barrier: why to go no further. */
  readonly halt?: (events: readonly Event[]) => string | undefined;
}

export interface Executed {
  readonly run: string;
  readonly result: RunResult;
  readonly events: readonly Event[];
  /** SHA-256 of the run's inputs, in hex: what its journal's chain begins with. */
  readonly inputs: string;
}

export const patience = { reconnectTries: 4, answerTries: 15, settleTries: 40 };

/** Journals every event before it is shown; the run is in the history whatever happens. */
export async function execute(
  execution: Execution,
  store: RunStore,
  view: View,
  terminal: Terminal,
  version: string,
): Promise<Executed> {
  const { run, journal, inputs } = await store.begin(execution.inputs);
  const events: Event[] = [];
  const signals = listenToSignals((message) => terminal.err(`${message}\n`));
  const { becomePassword } = execution.connecting;
  const asked = becomePassword === undefined ? [] : [becomePassword];
  const secrets = [...secretsOf(execution.fleet), ...execution.secrets, ...asked];
  const input = {
    run,
    tool: `runbook ${version}`,
    mode: execution.mode,
    playbook: execution.playbook,
    operator: terminal.operator,
    since: begunAt(run),
    plays: execution.plays,
    moduleNamed,
    requireReversible: execution.requireReversible === true,
    patience,
    halt: () => execution.halt?.(events),
    connect: terminal.through(connector(execution.fleet, execution.connecting)),
    sink: async (event: Event) => {
      events.push(event);
      const safe = journal.append(event);
      view.event(event);
      await safe;
    },
    clock: terminal.clock,
    interrupt: signals.interrupt,
    hurry: signals.hurry,
    forks: execution.inputs.forks,
    ...tagsTold(execution.inputs),
    secrets,
    ...(execution.seal === undefined ? {} : { seal: execution.seal, sealsPlan: execution.sealsPlan === true }),
    allowCutoff: execution.inputs.allowCutoff === true,
    ...(execution.resume === undefined ? {} : { resume: execution.resume }),
    ...(execution.completes === undefined ? {} : { completes: execution.completes }),
    ...(execution.plan === undefined ? {} : { contract: new Contract(execution.plan, secrets) }),
  };
  try {
    const { rollback } = execution;
    const result = rollback === undefined ? await executeRun(input) : await rollbackRun(input, rollback);
    return { run, result, events, inputs };
  } finally {
    signals.release();
    await view.close();
    await journal.close();
    // Only a summary of the journal: a full disk must not stand for how the run ended.
    await store.end(run, events, journal.head).catch(() => undefined);
  }
}

/**
 * Refuses to begin on machines where an earlier run of this operator has not come to a proven end; `but`: those that are about to.
 * Throws Failure `busy`.
 */
export async function refuseUnfinished(
  store: RunStore,
  plays: readonly Play[],
  operator: string,
  but: readonly string[] = [],
): Promise<void> {
  const hosts = new Set(plays.flatMap((play) => play.hosts));
  const open = unfinished(await store.summaries()).filter(
    (run) => run.operator === operator && !but.includes(run.run) && run.hosts.some((host) => hosts.has(host)),
  );
  const [first] = open;
  if (first === undefined) return;
  throw new Failure(
    'busy',
    `an earlier run on these hosts has not come to a proven end: ${open.map(inWords).join('; ')}. Nothing has been touched`,
    {
      hint: `If it is still running, wait. If not, \`runbook rollback ${first.run}\` puts back what it changed, \`runbook resume ${first.run}\` goes on with it.`,
    },
  );
}

function inWords(run: RunSummary): string {
  return `${run.run} (${run.playbook}, begun ${run.started}, ${run.ended === undefined ? 'no end in its journal' : 'unsure'})`;
}
