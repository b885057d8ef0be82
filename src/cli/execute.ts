import type { Earlier } from '../core/earlier.ts';
import type { Event, Mode } from '../core/event.ts';
import type { Fleet } from '../core/fleet.ts';
import type { SavedPlan } from '../core/planned.ts';
import type { Play } from '../core/play.ts';
import type { RunInputs, RunStore } from '../history/run-store.ts';
import { type ConnectorOptions, connector } from '../hosts/connect.ts';
import { moduleNamed } from '../modules/list.ts';
import { Contract } from '../run/contract.ts';
import { executeRun, type Rollback, rollbackRun } from '../run/run.ts';
import type { Completes, RunResult } from '../run/run-input.ts';
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
