import type { Event } from '../../core/event.ts';
import { Failure } from '../../core/failure.ts';
import { type RunInputs, RunStore } from '../../history/run-store.ts';
import type { Opener } from '../../secrets/opener.ts';
import type { ConnectOptions } from '../connecting.ts';
import { noted } from '../files.ts';
import { type Loaded, load, recordedVars } from '../load.ts';
import { findProject, type Project } from '../project.ts';
import { openerFor, type SecretOptions } from '../secret-keys.ts';
import type { Terminal } from '../terminal.ts';
import type { PlayOptions } from './play.ts';

/** Of the commands that take up a past run: `resume`, `rollback`, `replay`. */
export type PastRunOptions = Pick<
  PlayOptions,
  'inventory' | 'output' | 'commit' | 'records' | keyof ConnectOptions | keyof SecretOptions
>;

/** Where they find it, and the keys to what it has read. */
export interface PastRuns {
  readonly project: Project;
  readonly opener: Opener;
  readonly store: RunStore;
}

/** Throws Failure `invalid` for a `runbook.yml` that is not understood. */
export function pastRuns(options: PastRunOptions, terminal: Terminal): PastRuns {
  const project = findProject(terminal.cwd);
  return { project, opener: openerFor(options, project, terminal), store: new RunStore(project.home) };
}

/** Throws Failure `missing`. */
export function startOf(events: readonly Event[]): Extract<Event, { type: 'run_started' }> {
  const started = events[0];
  if (started?.type === 'run_started') return started;
  throw new Failure('missing', 'the journal is empty: the run was killed before its first event');
}

/** From recorded texts, on the hosts that the run was limited to. */
export async function loadAgain(
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
