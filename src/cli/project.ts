import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { Failure } from '../core/failure.ts';
import type { SshClient } from '../core/fleet.ts';
import { isJsonObject } from '../core/json.ts';
import { readYaml } from '../core/yaml.ts';
import { disk } from './files.ts';
import { projectSettings } from './project-settings.ts';
import { type SettingFault, settingFault } from './setting-fault.ts';

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
  /** Recipients of age that new secrets are for, and files of identities, as they are written there. */
  readonly secrets: { readonly recipients: readonly string[]; readonly identities: readonly string[] };
  /** As it is written there. */
  readonly vaultPasswordFile: string | undefined;
}

const configName = 'runbook.yml';

/** Throws Failure `invalid` for a config that is not understood. */
export function findProject(cwd: string): Project {
  const file = above(cwd);
  const root = file === undefined ? cwd : dirname(file);
  const config = file === undefined ? {} : readConfig(file);
  const inventory = config.inventory ?? (existsSync(join(root, 'inventory.yml')) ? 'inventory.yml' : []);
  return {
    root,
    inventory: [inventory].flat().map((one) => sourcePath(one, root)),
    records: resolve(root, config.records ?? projectSettings.records.default),
    home: join(root, '.runbook'),
    forks: config.forks ?? projectSettings.forks.default,
    requireSignature: config.require_signature === undefined ? undefined : resolve(root, config.require_signature),
    ssh: config.ssh,
    secrets: { recipients: [], identities: [], ...config.secrets },
    vaultPasswordFile: config.vault_password_file,
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

/** What is wrong with `runbook.yml`: in its message with the place, and as data. */
export class ProjectFailure extends Failure {
  readonly faults: readonly [SettingFault & { readonly spot: Place & { readonly file: string } }];

  constructor(fault: ProjectFailure['faults'][0]) {
    const { spot, code, message, hint } = fault;
    const told = `${spot.file}:${spot.line}:${spot.column}: error ${code}: ${message}`;
    const next = `${hint ?? 'Correct it.'} Nothing was touched. What a code means: \`runbook explain CODE\`.`;
    super('invalid', told, { hint: next });
    this.faults = [fault];
  }
}

interface Config {
  readonly inventory?: string | readonly string[];
  readonly records?: string;
  readonly forks?: number;
  readonly require_signature?: string;
  readonly ssh?: SshClient;
  readonly secrets?: Partial<Project['secrets']>;
  readonly vault_password_file?: string;
}

function readConfig(file: string): Config {
  const yaml = readYaml(disk.read(file) ?? '');
  const [fault] = yaml.faults;
  if (fault !== undefined) throw refused(file, yaml.place(fault.start), { hint: 'Correct it.', ...fault });
  const { value } = yaml;
  if (value === null) return {};
  if (!isJsonObject(value))
    throw refused(file, { line: 1, column: 1 }, { code: 'wrong-type', message: 'not a map of settings' });
  const wrong = settingFault(value);
  if (wrong === undefined) return value as Config;
  const [key, of] = wrong;
  throw refused(file, yaml.place(yaml.keyRange([key])[0]), of);
}

type Place = ReturnType<ReturnType<typeof readYaml>['place']>;

function refused(file: string, { line, column }: Place, wrong: SettingFault): Failure {
  return new ProjectFailure({ ...wrong, spot: { file, line, column } });
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
