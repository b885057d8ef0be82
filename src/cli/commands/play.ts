import { relative, resolve } from 'node:path';
import type { Mode } from '../../core/event.ts';
import { Failure } from '../../core/failure.ts';
import type { Play } from '../../core/play.ts';
import { RunStore } from '../../history/run-store.ts';
import type { Opener } from '../../secrets/opener.ts';
import { renderListing } from '../../ui/listing.ts';
import { type RecapFacts, renderRecap } from '../../ui/recap.ts';
import { type ConnectOptions, connecting } from '../connecting.ts';
import { type Executed, type Execution, execute } from '../execute.ts';
import { readExtraVars } from '../extra-vars.ts';
import { disk } from '../files.ts';
import { type Values, wantedValues } from '../inputs.ts';
import { limitPatterns } from '../limit.ts';
import { inventoryPaths, type Loaded, type LoadSources, load, sealedExtraOf } from '../load.ts';
import { opening } from '../opening.ts';
import { findPlaybook, findProject, type Project } from '../project.ts';
import { refuseUnfinished } from '../refuse-unfinished.ts';
import { sealing } from '../sealing.ts';
import { openerFor, type SecretOptions } from '../secret-keys.ts';
import { chosenTags, type TagOptions } from '../tags.ts';
import type { Terminal } from '../terminal.ts';
import { lookOf, type OutputFormat, viewFor } from '../views.ts';
import { warnOfPending } from './pending.ts';

export interface PlayOptions extends ConnectOptions, SecretOptions, TagOptions {
  readonly inventory: readonly string[];
  readonly limit?: string;
  readonly extraVars: readonly string[];
  readonly forks?: number;
  readonly output: OutputFormat;
  readonly diff?: boolean;
  readonly check?: boolean;
  readonly listHosts?: boolean;
  readonly listTasks?: boolean;
  readonly listTags?: boolean;
  readonly requireReversible?: boolean;
  readonly allowCutoff?: boolean;
  readonly commit?: boolean;
  readonly records?: string;
}

export async function playCommand(
  file: string,
  options: PlayOptions,
  terminal: Terminal,
  version: string,
): Promise<number> {
  return begin(options.check ? 'check' : 'play', file, options, terminal, version);
}

export async function auditCommand(
  file: string,
  options: PlayOptions,
  terminal: Terminal,
  version: string,
): Promise<number> {
  return begin('audit', file, options, terminal, version);
}

/** Everything is checked before a host is touched; then the run, its record, and the end in words. */
async function begin(
  mode: Mode,
  file: string,
  options: PlayOptions,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const prepared = await prepare(mode, file, options, terminal);
  if (prepared === undefined) return 2;
  const { project, execution } = prepared;
  const { listHosts: hosts = false, listTasks: tasks = false, listTags: tags = false } = options;
  const listed = { hosts, tasks, tags };
  if (hosts || tasks || tags) {
    terminal.out(renderListing(execution.plays, listed));
    return 0;
  }
  const store = new RunStore(project.home);
  if (mode === 'play') {
    await refuseUnfinished(store, execution.plays, terminal.operator);
    await warnOfPending(store, execution.plays, terminal);
  }
  const executed = await execute(execution, store, await viewFor(options.output, terminal), terminal, version);
  return conclude(executed, mode, options, project, terminal);
}

/** What a run needs, read and checked; no host has been contacted. */
export interface Prepared {
  readonly project: Project;
  readonly execution: Execution;
}

type Wanted = Pick<
  PlayOptions,
  'limit' | 'forks' | 'requireReversible' | 'allowCutoff' | keyof ConnectOptions | keyof SecretOptions
>;

/** Undefined: the playbook has errors, and they have been told. */
export async function prepare(
  mode: Mode,
  file: string,
  options: Wanted & TagOptions & Pick<PlayOptions, 'inventory' | 'extraVars'>,
  terminal: Terminal,
): Promise<Prepared | undefined> {
  const project = findProject(terminal.cwd);
  const playbook = findPlaybook(file, terminal.cwd, project);
  const inventory = inventoryPaths(options.inventory, terminal.cwd, project);
  const opener = openerFor(options, project, terminal);
  const files = opening(disk, opener);
  const extra = await opener.opened(() => readExtraVars(options.extraVars, files, terminal.cwd));
  const beside = { playbook, inventory, sealedExtra: sealedExtraOf(extra, opener), ...chosenTags(options) };
  const isSound = async (given: Values) => {
    const loaded = await load({ ...beside, ...given }, disk, terminal, opener);
    // Which files there are may rest on what is asked for.
    const isUnsettled = loaded.diagnostics.some(({ code }) => code === 'not-static');
    return isUnsettled || loaded.errors.length === 0 || accepted(loaded, terminal);
  };
  const values = await wantedValues(playbook, files.read, extra, terminal, opener, isSound);
  if (values === undefined) return undefined;
  return prepareFrom(project, mode, { ...beside, ...values }, options, terminal, opener);
}

/** `expected`: looks at what was read before anything else is made of it; false: go no further. */
export async function prepareFrom(
  project: Project,
  mode: Mode,
  sources: LoadSources,
  options: Wanted,
  terminal: Terminal,
  opener: Opener,
  expected: (loaded: Loaded) => boolean = () => true,
): Promise<Prepared | undefined> {
  const loaded = await load(sources, disk, terminal, opener);
  if (!expected(loaded) || !accepted(loaded, terminal)) return undefined;
  if (loaded.plays.length === 0) {
    throw new Failure('invalid', 'the tags leave nothing to do', { hint: 'Nothing has been touched.' });
  }
  const execution = {
    mode,
    playbook: shownPath(loaded.playbook, project),
    plays: limited(loaded, options.limit, terminal.cwd),
    fleet: loaded.fleet,
    secrets: loaded.secrets,
    ...(await sealing(project)),
    inputs: {
      ...loaded.inputs,
      forks: options.forks ?? project.forks,
      ...(options.allowCutoff ? { allowCutoff: true } : {}),
    },
    requireReversible: options.requireReversible === true,
    connecting: await connecting(options, project, terminal),
  };
  return { project, execution };
}

/** Leaves the record of a run that changed something, or meant to, and says how it ended. */
export async function conclude(
  executed: Executed,
  mode: Mode,
  options: Pick<PlayOptions, 'output' | 'diff' | 'commit' | 'records'>,
  project: Project,
  terminal: Terminal,
): Promise<number> {
  const { events, result } = executed;
  const touched = events.some((event) => event.type === 'undo_noted');
  const where = touched ? await recorded(executed, options, project, terminal) : {};
  if (options.output === 'ndjson') return result.exit;
  if (mode === 'check' || options.diff) {
    const { renderPlan } = await import('../../ui/plan.ts');
    terminal.out(`\n${renderPlan(events, { ...lookOf(terminal), diff: options.diff === true })}`);
  }
  terminal.out(`\n${renderRecap(events, lookOf(terminal), where)}`);
  return result.exit;
}

/** git and what else a record needs is loaded only when there is one to leave: most runs find nothing to do. */
async function recorded(
  executed: Executed,
  options: Pick<PlayOptions, 'commit' | 'records'>,
  project: Project,
  terminal: Terminal,
): Promise<RecapFacts> {
  const { leaveRecord } = await import('./record.ts');
  const records = options.records === undefined ? project.records : resolve(terminal.cwd, options.records);
  return leaveRecord(executed, { records, commit: options.commit !== false }, terminal);
}

/** Shows what is wrong with the playbook; false: it must not be played. */
export function accepted({ errors, warnings }: Loaded, terminal: Terminal): boolean {
  for (const text of [...errors, ...warnings]) terminal.err(`${text}\n`);
  return errors.length === 0;
}

function limited({ plays, fleet }: Loaded, limit: string | undefined, cwd: string): readonly Play[] {
  if (limit === undefined) return plays;
  const chosen = new Set(fleet.select(limitPatterns(limit, disk, cwd)));
  const left = plays
    .map((play) => ({ ...play, hosts: play.hosts.filter((host) => chosen.has(host)) }))
    .filter(({ hosts }) => hosts.length > 0);
  if (left.length > 0) return left;
  throw new Failure('invalid', `--limit ${limit} leaves no host to play on`);
}

/** Inside the project by its path there: records must not tell where on a machine the project lies. */
export function shownPath(playbook: string, project: Project): string {
  const path = relative(project.root, playbook);
  return path.startsWith('..') ? playbook : path;
}
