import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { Failure } from '../core/failure.ts';
import type { SshClient } from '../core/fleet.ts';
import { isJsonObject } from '../core/json.ts';
import { nearest } from '../core/nearest.ts';
import { readYaml } from '../core/yaml.ts';
import { disk } from './files.ts';

/** Where things are: from `runbook.yml` in this folder or above it, else from the folder itself. */
export interface Project {
  readonly root: string;
  /** Absolute paths, and lists of hosts. Empty: none is named and there is no `inventory.yml`. */
  readonly inventory: readonly string[];
  /** Absolute: where change records go. */
  readonly records: string;
  /** Absolute: `.runbook`, the history. */
  readonly home: string;
  readonly forks: number;
  /** Absolute: who may sign plans. Undefined: plans need no signature. */
  readonly requireSignature: string | undefined;
  /** For hosts whose inventory says nothing. Undefined: the built-in one, unless only the ssh command can do it. */
  readonly ssh: SshClient | undefined;
}

const configName = 'runbook.yml';
const keys = ['inventory', 'records', 'forks', 'require_signature', 'ssh'] as const;
const sshClients: readonly unknown[] = ['builtin', 'openssh'] satisfies SshClient[];

/** Throws Failure `invalid` for a config that is not understood. */
export function findProject(cwd: string): Project {
  const file = above(cwd);
  const root = file === undefined ? cwd : dirname(file);
  const config = file === undefined ? {} : readConfig(file);
  const inventory = config.inventory ?? (existsSync(join(root, 'inventory.yml')) ? 'inventory.yml' : []);
  return {
    root,
    inventory: [inventory].flat().map((one) => sourcePath(one, root)),
    records: resolve(root, config.records ?? 'records'),
    home: join(root, '.runbook'),
    forks: config.forks ?? 50,
    requireSignature: config.require_signature === undefined ? undefined : resolve(root, config.require_signature),
    ssh: config.ssh,
  };
}

/** A list of hosts (`web1,web2`) is no path, but where a file has such a name it is meant. */
export function sourcePath(source: string, folder: string): string {
  const path = resolve(folder, source);
  return source.includes(',') && !existsSync(path) ? source : path;
}

function above(folder: string): string | undefined {
  const file = join(folder, configName);
  if (existsSync(file)) return file;
  return dirname(folder) === folder ? undefined : above(dirname(folder));
}

interface Config {
  readonly inventory?: string | readonly string[];
  readonly records?: string;
  readonly forks?: number;
  readonly require_signature?: string;
  readonly ssh?: SshClient;
}

function readConfig(file: string): Config {
  const { value, faults, place } = readYaml(disk.read(file) ?? '');
  const [fault] = faults;
  if (fault !== undefined) {
    const { line, column } = place(fault.start);
    throw new Failure('invalid', `${file}:${line}:${column}: ${fault.message}`, { hint: fault.hint ?? 'Correct it.' });
  }
  if (value === null) return {};
  if (!isJsonObject(value)) throw new Failure('invalid', `${file}: not a map of settings`);
  const entries = Object.entries(value);
  for (const [key, setting] of entries) checkSetting(file, key, setting);
  return Object.fromEntries(entries) as Config;
}

const path = { ok: (setting: unknown) => typeof setting === 'string' && setting !== '', words: 'a path' };

/** Those that are no path. */
const kinds = {
  inventory: {
    ok: (setting: unknown) =>
      path.ok(setting) || (Array.isArray(setting) && setting.length > 0 && setting.every(path.ok)),
    words: 'a path, or a list of paths',
  },
  forks: {
    ok: (setting: unknown) => typeof setting === 'number' && Number.isInteger(setting) && setting > 0,
    words: 'a whole number above 0',
  },
  ssh: { ok: (setting: unknown) => sshClients.includes(setting), words: 'builtin or openssh' },
};

function checkSetting(file: string, key: string, setting: unknown): void {
  if (!keys.some((known) => known === key)) {
    const near = nearest(key, keys);
    throw new Failure('invalid', `${file}: unknown setting "${key}"`, {
      hint: near === undefined ? `Known: ${keys.join(', ')}.` : `Did you mean "${near}"?`,
    });
  }
  const { ok, words } = kinds[key as keyof typeof kinds] ?? path;
  if (!ok(setting)) throw new Failure('invalid', `${file}: "${key}" must be ${words}`);
}

/** A playbook is looked for as given, then under `playbooks/` here and in the project. Throws Failure `missing`. */
export function findPlaybook(name: string, cwd: string, project: Project): string {
  const tried = isAbsolute(name)
    ? [name]
    : [join(cwd, name), join(cwd, 'playbooks', name), join(project.root, 'playbooks', name)];
  const found = tried.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Failure('missing', `there is no playbook "${name}"`, {
    hint: `Looked for ${[...new Set(tried)].join(', ')}.`,
  });
}
