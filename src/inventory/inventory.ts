import { Failure } from '../core/failure.ts';
import type { Fleet, FleetHost } from '../core/fleet.ts';
import { connectionOf, type Places, withoutSecrets } from './connection.ts';
import { Draft } from './draft.ts';
import { type GroupTree, layered, treeOf } from './groups.ts';
import { parseIni } from './parse-ini.ts';
import { parseYaml } from './parse-yaml.ts';
import { selectHosts } from './pattern.ts';
import { type Files, readVarsFolder } from './vars-files.ts';

export interface InventorySource extends Files {
  /** Absolute path. */
  readonly file: string;
  /** Absolute path: what `~` stands for. */
  readonly home: string;
}

const largest = 16 * 1024 * 1024;

/**
 * Reads an Ansible inventory, YAML or INI, with `group_vars/` and `host_vars/` beside it. Variables: `all`, then groups from
 * the outermost to the innermost, then the host's own; what is in the folders beats what is in the file.
 * Throws Failure `missing` without the file, `invalid` with everything that is wrong, a line each.
 */
export function loadInventory(source: InventorySource): Fleet {
  const { file, home } = source;
  const text = source.read(file);
  if (text === undefined) throw notThere(source);
  const draft = new Draft();
  if (text.length > largest) draft.fault(file, 'is larger than 16 MiB');
  else if (isYaml(file, text)) parseYaml(draft, text, file);
  else parseIni(draft, text, file);
  const folder = file.slice(0, Math.max(0, file.lastIndexOf('/')));
  const tree = treeOf(draft, file);
  const hosts = hostsOf(draft, tree, { source, places: { folder, home } });
  if (draft.faults.length > 0) throw invalid(draft);
  const selectable = { hosts: [...hosts.keys()], groups: tree.members };
  return { hosts, groups: tree.members, select: (pattern) => selectHosts(pattern, selectable) };
}

function hostsOf(
  draft: Draft,
  tree: GroupTree,
  at: { source: InventorySource; places: Places },
): ReadonlyMap<string, FleetHost> {
  const { folder } = at.places;
  const ofGroups = readVarsFolder(draft, at.source, `${folder}/group_vars`, draft.groups.keys());
  const ofHosts = readVarsFolder(draft, at.source, `${folder}/host_vars`, draft.hosts.keys());
  const none = new Map<string, never>();
  return new Map(
    [...draft.hosts].map(([name, own]): [string, FleetHost] => {
      const groups = tree.groupsOf.get(name) ?? [];
      const vars = layered([
        ...groups.map((group) => draft.groups.get(group)?.vars ?? none),
        ...groups.map((group) => ofGroups.get(group) ?? none),
        own,
        ofHosts.get(name) ?? none,
      ]);
      const connection = connectionOf(vars, at.places, (message) =>
        draft.fault(at.source.file, `host ${name}: ${message}`),
      );
      return [name, { name, vars: withoutSecrets(vars), connection }];
    }),
  );
}

/** By its ending; without one, by whether its first line that says something is a key of YAML. */
function isYaml(file: string, text: string): boolean {
  if (/\.(ya?ml|json)$/.test(file)) return true;
  if (/\.(ini|cfg)$/.test(file)) return false;
  const first = text.split('\n').find((line) => /^\s*[^\s#;]/.test(line)) ?? '';
  return /^(---|\{|[^\s[=]+:\s*(#.*)?$)/.test(first.trimEnd());
}

function notThere({ file, list }: InventorySource): Failure {
  if (list(file) !== undefined) {
    return new Failure('invalid', `the inventory ${file} is a folder`, {
      hint: 'Name one file; group_vars/ and host_vars/ beside it are read.',
    });
  }
  return new Failure('missing', `there is no inventory ${file}`, { hint: 'Give one with -i FILE.' });
}

function invalid({ faults }: Draft): Failure {
  const shown = [
    ...new Set(faults.map(({ file, line, message }) => `${file}${line === undefined ? '' : `:${line}`}: ${message}`)),
  ];
  const more = shown.length > 50 ? [`... and ${shown.length - 50} more`] : [];
  const lines = [...shown.slice(0, 50), ...more].map((line) => line.replace(/[\u0000-\u001f\u007f]/g, ' '));
  return new Failure('invalid', ['the inventory cannot be used:', ...lines].join('\n'), {
    hint: 'Correct these lines; nothing was touched.',
  });
}
