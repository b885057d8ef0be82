import { dirname } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.ts';
import { Failure } from '../core/failure.ts';
import type { Fleet } from '../core/fleet.ts';
import type { JsonObject } from '../core/json.ts';
import { maskLine, maskSecrets } from '../core/mask.ts';
import type { Play } from '../core/play.ts';
import type { RunInputs, TagsGiven } from '../history/run-store.ts';
import { isSecret } from '../inventory/connection.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { ExtraSpot } from '../playbook/inputs.ts';
import type { Problem } from '../playbook/problem.ts';
import type { Opener } from '../secrets/opener.ts';
import { diagnosticsOf } from './diagnostics.ts';
import { type ExtraVars, readExtraVars } from './extra-vars.ts';
import { disk, type Files, noting, notingEnv } from './files.ts';
import { opening } from './opening.ts';
import { type Project, sourcePath } from './project.ts';
import type { Terminal } from './terminal.ts';

/** A playbook and its inventory, checked, with everything that was read on the way. */
export interface Loaded {
  readonly playbook: string;
  readonly fleet: Fleet;
  readonly plays: readonly Play[];
  readonly warnings: readonly string[];
  /** Errors of the playbook, formatted; a run needs that there are none. */
  readonly errors: readonly string[];
  /** Errors and warnings as data. */
  readonly diagnostics: readonly Diagnostic[];
  /** Values of -e that nothing in it uses, with whether a warning tells it; empty where that cannot be known. */
  readonly unused: ReadonlyMap<string, boolean>;
  /** What is told where nothing is to be told of these. */
  besides(unused: ReadonlySet<string>): Pick<Loaded, 'warnings' | 'diagnostics'>;
  readonly inputs: Omit<RunInputs, 'forks'>;
  /** The values of everything that was decrypted. */
  readonly secrets: readonly string[];
}

export interface LoadSources {
  /** Absolute. */
  readonly playbook: string;
  /** Absolute paths, and lists of hosts. */
  readonly inventory: readonly string[];
  readonly extraVars: JsonObject;
  /** Where each of them is written. */
  readonly extraSpot?: ExtraSpot;
  /** What --tags and --skip-tags chose. */
  readonly tags?: TagsGiven;
  /** Encrypted files among those of -e, absolute, and the variables that come from them: recorded as they are encrypted. */
  readonly sealedExtra?: SealedExtra;
}

export interface SealedExtra {
  readonly files: readonly string[];
  readonly names: readonly string[];
}

/** What besides the inventory itself decides about its hosts. */
interface FleetOptions {
  /** Absolute. */
  readonly home: string;
  /** Absolute: variables beside it count too. */
  readonly playbook?: string;
  readonly extraVars?: JsonObject;
}

/** Throws Failure `invalid` or `missing` for an inventory that cannot be read. */
export async function openFleet(
  inventory: readonly string[],
  opener: Opener,
  options: FleetOptions,
): Promise<Inventory> {
  const files = opening(noting(disk).files, opener);
  return opener.opened(() => loadFleet(inventory, files, options));
}

async function loadFleet(
  inventory: readonly string[],
  files: Files,
  { home, playbook, extraVars = {} }: FleetOptions,
): Promise<Inventory> {
  const { loadInventory } = await import('../inventory/inventory.ts');
  const beside = playbook === undefined ? {} : { playbookFolder: dirname(playbook) };
  return loadInventory({ ...files, sources: inventory, home, extraVars, ...beside });
}

/** Those of the files of -e that are encrypted, and what comes from them. */
export function sealedExtraOf(extra: ExtraVars, opener: Opener): SealedExtra {
  const names = Object.keys(extra.values).filter((name) => opener.holds(extra.spot(name, []).file));
  return { files: extra.files.filter((file) => opener.holds(file)), names };
}

/** Everything that is read is decrypted by `opener`, and noted as it was encrypted. Throws Failure. */
export async function load(
  sources: LoadSources,
  files: Files,
  terminal: Pick<Terminal, 'home' | 'env'>,
  opener: Opener,
): Promise<Loaded> {
  const watched = noting(files);
  for (const file of sources.sealedExtra?.files ?? []) watched.files.read(file);
  return opener.opened(() => loadOnce(sources, watched, terminal, opener));
}

async function loadOnce(
  sources: LoadSources,
  { files, texts, folders }: ReturnType<typeof noting>,
  terminal: Pick<Terminal, 'home' | 'env'>,
  opener: Opener,
): Promise<Loaded> {
  const watched = opening(files, opener);
  const [{ loadPlaybook }, { formatProblem }, { modules }] = await Promise.all([
    import('../playbook/playbook.ts'),
    import('../playbook/format-problem.ts'),
    import('../modules/list.ts'),
  ]);
  const { env, asked } = notingEnv(terminal.env);
  const { playbook, inventory, extraVars, sealedExtra, tags } = sources;
  const fleet = await loadFleet(inventory, watched, { home: terminal.home, playbook, extraVars });
  const text = watched.read(playbook);
  if (text === undefined) throw new Failure('missing', `there is no playbook ${playbook}`);
  const { plays, problems, choiceFaults, unused } = loadPlaybook({
    file: playbook,
    text,
    fleet,
    modules,
    extraVars,
    ...(sources.extraSpot === undefined ? {} : { extraSpot: sources.extraSpot }),
    env,
    read: watched.read,
    list: watched.list,
    ...(tags === undefined ? {} : { choice: tags }),
  });
  const secrets = [...secretsOf(fleet), ...opener.secrets];
  const formatted = (severity: 'error' | 'warning', of = problems) =>
    of
      .filter((problem) => problem.severity === severity)
      .map((problem) => formatProblem(maskedProblem(problem, secrets)));
  const connectionFaults = unreachable(plays, fleet);
  const told = (of: readonly Problem[]) => ({
    warnings: formatted('warning', of),
    diagnostics: diagnosticsOf(playbook, { problems: of, choiceFaults, connectionFaults }, secrets),
  });
  return {
    playbook,
    fleet,
    plays,
    ...told(problems),
    unused: new Map([...unused].map(([name, problem]) => [name, problem !== undefined])),
    besides: (names) => {
      const left = new Set([...names].map((name) => unused.get(name)));
      return told(problems.filter((problem) => !left.has(problem)));
    },
    errors: [
      ...formatted('error'),
      ...choiceFaults.map((fault) => `error tags: ${fault}`),
      ...connectionFaults.map((fault) => `error connection: ${fault}`),
    ],
    inputs: {
      ...maskSecrets({ playbook, inventory, extraVars: openVars(sources), env: asked, files: texts, folders }, secrets),
      ...(sealedExtra === undefined || sealedExtra.files.length === 0 ? {} : { extraFiles: sealedExtra.files }),
      ...(tags === undefined ? {} : { tags }),
    },
    secrets: opener.secrets,
  };
}

/** Its words and its line, before they are cut to what is shown. */
function maskedProblem(problem: Problem, secrets: readonly string[]): Problem & { readonly shownAt: number } {
  const { message, source, hint, at, width } = problem;
  const start = at.column - 1;
  const line = maskLine({ text: source, start, end: start + width }, secrets);
  const caret = { source: line.text, shownAt: line.start + 1, width: Math.max(1, line.end - line.start) };
  const masked = { message: maskSecrets(message, secrets), ...caret };
  return { ...problem, ...masked, ...(hint === undefined ? {} : { hint: maskSecrets(hint, secrets) }) };
}

/** Those that are not encrypted in a file. */
function openVars({ extraVars, sealedExtra }: LoadSources): JsonObject {
  const sealed = new Set(sealedExtra?.names);
  return Object.fromEntries(Object.entries(extraVars).filter(([name]) => !sealed.has(name)));
}

/** Hosts of the plays whose connection variables are wrong, each in words: told before anything is touched. */
function unreachable(plays: readonly Play[], fleet: Fleet): readonly string[] {
  const hosts = new Set(plays.flatMap((play) => play.hosts));
  return [...hosts].flatMap((name) => fleet.hosts.get(name)?.faults ?? []);
}

/** What -i names, else what runbook.yml does. Throws Failure `missing` when no inventory is named anywhere, `invalid` for an empty name. */
export function inventoryPaths(options: readonly string[], cwd: string, project: Project): readonly string[] {
  if (options.some((one) => one.trim() === ''))
    throw new Failure('invalid', '-i names no inventory: what it is given is empty', {
      hint: 'Give it a file, a folder, an executable or a list of hosts: -i web1,web2. Is a variable of the shell not set?',
    });
  if (options.length > 0) return options.map((one) => sourcePath(one, cwd));
  if (project.inventory.length > 0) return project.inventory;
  throw new Failure('missing', 'no inventory is named', {
    hint: 'Give one with -i, or name it in runbook.yml as "inventory: FILE".',
  });
}

/**
 * The hosts of a past run, from its inventory or from another that is named now. How to connect is read anew: in what was recorded the
 * passwords are masked.
 */
export async function recordedFleet(
  named: readonly string[],
  inputs: RunInputs,
  project: Project,
  terminal: Pick<Terminal, 'cwd' | 'home'>,
  opener: Opener,
): Promise<{ readonly inventory: readonly string[]; readonly fleet: Inventory }> {
  const inventory = named.length === 0 ? inputs.inventory : inventoryPaths(named, terminal.cwd, project);
  const { playbook } = inputs;
  const { extraVars } = await recordedVars(inputs, opener);
  return { inventory, fleet: await openFleet(inventory, opener, { home: terminal.home, playbook, extraVars }) };
}

/** What -e gave to a past run; passwords in it were masked, and are none. What was encrypted in a file is decrypted again. */
export async function recordedVars(
  { extraVars, extraFiles = [], files }: RunInputs,
  opener: Opener,
): Promise<{ readonly extraVars: JsonObject; readonly sealedExtra: SealedExtra }> {
  const read = (path: string) => files[path] ?? undefined;
  const { values } = await opener.opened(() =>
    readExtraVars(
      extraFiles.map((file) => `@${file}`),
      { read: (path) => textOf(read(path), path, opener) },
      '/',
    ),
  );
  const open = Object.entries(extraVars).filter(([name]) => !isSecret(name));
  const names = Object.keys(values).filter((name) => !Object.hasOwn(extraVars, name));
  return { extraVars: { ...values, ...Object.fromEntries(open) }, sealedExtra: { files: extraFiles, names } };
}

/** Decrypts what a past run has read, so that none of it is recorded or shown now: what is on its hosts may hold it. */
export async function learnSecrets({ files }: Pick<RunInputs, 'files'>, opener: Opener): Promise<void> {
  await opener.opened(() => {
    for (const [path, text] of Object.entries(files)) textOf(text ?? undefined, path, opener);
  });
}

function textOf(text: string | undefined, path: string, opener: Opener): string | undefined {
  return text === undefined ? undefined : opener.plain(text, path);
}

/** What must never be written or shown: the passwords that the inventory holds. */
export function secretsOf({ hosts, passwords = [] }: Fleet): string[] {
  const used = [...hosts.values()].flatMap(({ connection }) => [connection.password, connection.becomePassword]);
  return [...new Set([...used.filter((secret) => secret !== undefined), ...passwords])];
}
