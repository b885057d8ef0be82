import { resolve } from 'node:path';
import { parse } from 'yaml';
import { Failure } from '../core/failure.ts';
import type { Fleet } from '../core/fleet.ts';
import type { JsonObject } from '../core/json.ts';
import { maskSecrets } from '../core/mask.ts';
import type { Play } from '../core/play.ts';
import type { RunInputs } from '../history/run-store.ts';
import { type Files, noting, notingEnv } from './files.ts';
import type { Project } from './project.ts';
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
  /** Absolute. */
  readonly inventory: string;
  readonly extraVars: JsonObject;
}

/** Throws Failure `invalid` or `missing` for an inventory that cannot be read. */
export async function loadFleet(inventory: string, files: Files, home: string): Promise<Fleet> {
  const { loadInventory } = await import('../inventory/inventory.ts');
  return loadInventory({ file: inventory, read: files.read, list: files.list, home });
}

export async function load(sources: Sources, files: Files, terminal: Pick<Terminal, 'home' | 'env'>): Promise<Loaded> {
  const { files: watched, texts, folders } = noting(files);
  const [{ loadPlaybook }, { formatProblem }, { modules }] = await Promise.all([
    import('../playbook/playbook.ts'),
    import('../playbook/format-problem.ts'),
    import('../modules/list.ts'),
  ]);
  const { env, asked } = notingEnv(terminal.env);
  const fleet = await loadFleet(sources.inventory, watched, terminal.home);
  const text = watched.read(sources.playbook);
  if (text === undefined) throw new Failure('missing', `there is no playbook ${sources.playbook}`);
  const { plays, problems } = loadPlaybook({
    file: sources.playbook,
    text,
    fleet,
    modules,
    extraVars: sources.extraVars,
    env,
    read: watched.read,
  });
  const formatted = (severity: 'error' | 'warning') =>
    problems.filter((problem) => problem.severity === severity).map(formatProblem);
  const { playbook, inventory, extraVars } = sources;
  return {
    playbook,
    fleet,
    plays,
    errors: formatted('error'),
    warnings: formatted('warning'),
    inputs: maskSecrets({ playbook, inventory, extraVars, env: asked, files: texts, folders }, secretsOf(fleet)),
  };
}

/** Throws Failure `missing` when no inventory is named anywhere. */
export function inventoryPath(option: string | undefined, cwd: string, project: Project): string {
  if (option !== undefined) return resolve(cwd, option);
  if (project.inventory !== undefined) return project.inventory;
  throw new Failure('missing', 'no inventory is named', {
    hint: 'Give one with -i, or name it in runbook.yml as "inventory: FILE".',
  });
}

/** `-e key=value` and `-e '{json or yaml}'`; a value alone is a string, as everywhere on a command line. */
export function extraVars(options: readonly string[]): JsonObject {
  return Object.assign({}, ...options.map(oneVar)) as JsonObject;
}

function oneVar(option: string): JsonObject {
  const pair = /^([A-Za-z_]\w*)=(.*)$/s.exec(option);
  if (pair !== null) return { [pair[1] as string]: pair[2] as string };
  const value: unknown = option.trimStart().startsWith('{') ? parse(option, { maxAliasCount: 0 }) : undefined;
  if (typeof value === 'object' && value !== null) return value as JsonObject;
  throw new Failure('invalid', `-e ${option}: not understood`, {
    hint: 'Write -e name=value, or a map as -e \'{"name": 1}\'.',
  });
}

/** What must never be written or shown: the passwords that the inventory holds. */
export function secretsOf(fleet: Fleet): string[] {
  return [...fleet.hosts.values()]
    .flatMap(({ connection }) => [connection.password, connection.becomePassword])
    .filter((secret) => secret !== undefined);
}
