import type { Event, UndoEntry } from '../../core/event.ts';
import { Failure } from '../../core/failure.ts';
import { lineOf, newestOf, notesOfLine } from '../../history/earlier.ts';
import { openNotes } from '../../history/undo-notes.ts';
import { moduleNamed } from '../../modules/list.ts';
import { connecting } from '../connecting.ts';
import { addressesIn, journalsOf } from '../earlier-runs.ts';
import { execute } from '../execute.ts';
import { learnSecrets, recordedFleet } from '../load.ts';
import { sealing, unsealedNotes } from '../sealing.ts';
import type { Terminal } from '../terminal.ts';
import { viewFor } from '../views.ts';
import { type PastRunOptions, pastRuns } from './past-run.ts';
import { conclude } from './play.ts';

export type RollbackOptions = PastRunOptions & {
  readonly allowMoved?: boolean;
};

/** Puts back what a run changed, from its journal alone: its playbook may have changed or be gone since. */
export async function rollbackCommand(
  word: string,
  options: RollbackOptions,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const { project, opener, store } = pastRuns(options, terminal);
  const past = await store.summaries();
  const lastPlay = past.findLast(({ mode }) => mode === 'play')?.run;
  const named = word === 'last' && lastPlay !== undefined ? lastPlay : await store.find(word);
  const run = newestOf(named, past);
  if (run !== named) terminal.out(`${named} was gone on with by ${run}: that is rolled back, with all of both.\n`);
  const runs = lineOf(run, past);
  const journals = await journalsOf(run, store, past);
  const rollbacks = past.filter(({ of, mode }) => mode === 'rollback' && of !== undefined && runs.includes(of));
  const attempts = await Promise.all(rollbacks.map((rollback) => store.events(rollback.run)));
  const notes = openNotes([...journals, ...attempts], isShared, notesOfLine(journals));
  const started = journals.at(-1)?.[0];
  if (started?.type !== 'run_started')
    throw new Failure('missing', `the journal of ${run} is empty: it touched nothing`);
  if (notes.length === 0) {
    const ended = journals.at(-1)?.some(({ type }) => type === 'run_ended');
    terminal.out(`${run}: nothing to undo; it changed nothing, or all of it is proven restored.\n`);
    if (!ended)
      terminal.out(
        `It has no end: if it is dead, its locks end within a minute, or now with \`runbook unlock ${run}\`.\n`,
      );
    return 0;
  }
  const inputs = await store.inputs(run);
  const { inventory, fleet } = await recordedFleet(options.inventory, inputs, project, terminal, opener);
  await learnSecrets(inputs, opener);
  const opened = await unsealedNotes(notes, opener, terminal);
  const allowed = options.allowMoved ? { allowMoved: true } : {};
  const executed = await execute(
    {
      mode: 'rollback',
      playbook: started.playbook,
      plays: [],
      fleet,
      secrets: [...opener.secrets, ...opened.secrets],
      ...(await sealing(project)),
      inputs: { ...inputs, inventory, ...allowed },
      rollback: {
        run,
        runs,
        notes: opened.notes,
        machines: machinesOf(journals.flat()),
        addresses: addressesIn(journals.flat()),
        ...allowed,
      },
      connecting: await connecting(options, project, terminal),
    },
    store,
    await viewFor(options.output, terminal),
    terminal,
    version,
  );
  return conclude(executed, 'rollback', options, project, terminal);
}

function isShared({ module: name }: UndoEntry): boolean {
  const module = moduleNamed(name);
  return module?.kind === 'resource' && module.shared === true;
}

function machinesOf(events: readonly Event[]): readonly string[] {
  return [...new Set(events.flatMap((event) => (event.type === 'host_opened' ? [event.host] : [])))];
}
