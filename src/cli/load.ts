import { dirname } from 'node:path';
import { Failure } from '../core/failure.ts';
import type { Fleet } from '../core/fleet.ts';
import type { JsonObject } from '../core/json.ts';
import { maskSecrets } from '../core/mask.ts';
import type { Play } from '../core/play.ts';
import type { RunInputs, TagsGiven } from '../history/run-store.ts';
import { isSecret } from '../inventory/connection.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { ExtraSpot } from '../playbook/inputs.ts';
import { disk, type Files, noting, notingEnv } from './files.ts';
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
  readonly inputs: Omit<RunInputs, 'forks'>;
}

export interface Sources {
  /** Absolute. */
  readonly playbook: string;
  /** Absolute paths, and lists of hosts. */
  readonly inventory: readonly string[];
  readonly extraVars: JsonObject;
  /** Where each of them is written. */
  readonly extraSpot?: ExtraSpot;
  /** What --tags and --skip-tags chose. */
  readonly tags?: TagsGiven;
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
export async function loadFleet(
  inventory: readonly string[],
  files: Files,
  { home, playbook, extraVars = {} }: FleetOptions,
): Promise<Inventory> {
  const { loadInventory } = await import('../inventory/inventory.ts');
  const beside = playbook === undefined ? {} : { playbookFolder: dirname(playbook) };
  return loadInventory({ ...files, sources: inventory, home, extraVars, ...beside });
}

export async function load(sources: Sources, files: Files, terminal: Pick<Terminal, 'home' | 'env'>): Promise<Loaded> {
  const { files: watched, texts, folders } = noting(files);
  const [{ loadPlaybook }, { formatProblem }, { modules }] = await Promise.all([
    import('../playbook/playbook.ts'),
    import('../playbook/format-problem.ts'),
    import('../modules/list.ts'),
  ]);
  const { env, asked } = notingEnv(terminal.env);
  const { playbook, inventory, extraVars, tags } = sources;
  const fleet = await loadFleet(inventory, watched, { home: terminal.home, playbook, extraVars });
  const text = watched.read(playbook);
  if (text === undefined) throw new Failure('missing', `there is no playbook ${playbook}`);
  const { plays, problems, choiceFaults } = loadPlaybook({
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
  const secrets = secretsOf(fleet);
  const formatted = (severity: 'error' | 'warning') =>
    maskSecrets(problems.filter((problem) => problem.severity === severity).map(formatProblem), secrets);
  return {
    playbook,
    fleet,
    plays,
    errors: [
      ...formatted('error'),
      ...choiceFaults.map((fault) => `error tags: ${fault}`),
      ...unreachable(plays, fleet),
    ],
    warnings: formatted('warning'),
    inputs: {
      ...maskSecrets({ playbook, inventory, extraVars, env: asked, files: texts, folders }, secrets),
      ...(tags === undefined ? {} : { tags }),
    },
  };
}

/** Hosts of the plays whose connection variables are wrong, each in words: told before anything is touched. */
function unreachable(plays: readonly Play[], fleet: Fleet): readonly string[] {
  const hosts = new Set(plays.flatMap((play) => play.hosts));
  return [...hosts].flatMap((name) => fleet.hosts.get(name)?.faults ?? []).map((fault) => `error connection: ${fault}`);
}

/** What -i names, else what runbook.yml does. Throws Failure `missing` when no inventory is named anywhere. */
export function inventoryPaths(options: readonly string[], cwd: string, project: Project): readonly string[] {
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
): Promise<{ readonly inventory: readonly string[]; readonly fleet: Inventory }> {
  const inventory = named.length === 0 ? inputs.inventory : inventoryPaths(named, terminal.cwd, project);
  const { playbook } = inputs;
  return {
    inventory,
    fleet: await loadFleet(inventory, disk, { home: terminal.home, playbook, extraVars: recordedVars(inputs) }),
  };
}

/** What -e gave to a past run; passwords in it were masked, and are none. */
function recordedVars({ extraVars }: Pick<RunInputs, 'extraVars'>): JsonObject {
  return Object.fromEntries(Object.entries(extraVars).filter(([name]) => !isSecret(name)));
}

/** What must never be written or shown: the passwords that the inventory holds. */
export function secretsOf(fleet: Fleet): string[] {
  return [...fleet.hosts.values()]
    .flatMap(({ connection }) => [connection.password, connection.becomePassword])
    .filter((secret) => secret !== undefined);
}
