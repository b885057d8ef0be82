import { Failure } from '../core/failure.ts';
import { type Draft, isHostName } from './draft.ts';
import type { Files } from './files.ts';
import { parseIni } from './parse-ini.ts';
import { askScript } from './parse-script.ts';
import { parseYaml } from './parse-yaml.ts';
import { splitPort } from './ranges.ts';

const largest = 16 * 1024 * 1024;
/** Of a folder these are not read, nor folders of these names. As in Ansible, `.ini` and `.cfg` are among them. */
const ignored =
  /^\.|~$|\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|ini|cfg|retry)$|^(?:group_vars|host_vars|vars_plugins)$/;
const deepest = 8;

/** Is this a list of hosts (`web1,web2` or `web1,`), and not a path? */
export function isHostList(source: string): boolean {
  return source.includes(',') && !source.startsWith('/');
}

/** Where `group_vars/` and `host_vars/` are looked for; undefined: a list of hosts has no place. */
export function folderOf(source: string, files: Files): string | undefined {
  if (isHostList(source)) return undefined;
  return files.list(source) === undefined ? source.slice(0, Math.max(0, source.lastIndexOf('/'))) : source;
}

/** Reads one source: a file, a folder of files, an executable, a list of hosts. Throws Failure `missing`. */
export function readSource(draft: Draft, files: Files, source: string): void {
  if (isHostList(source)) readHostList(draft, source);
  else if (files.list(source) !== undefined) readFolder(draft, files, source, 0);
  else if (!readFile(draft, files, source)) {
    throw new Failure('missing', `there is no inventory ${source}`, { hint: 'Give one with -i FILE.' });
  }
}

function readHostList(draft: Draft, source: string): void {
  for (const entry of source.split(',').map((one) => one.trim())) {
    const { name, port } = splitPort(entry);
    const spot = () => ({ file: `-i ${source}` });
    if (entry === '') continue;
    if (!isHostName(name))
      draft.fault('bad-name', spot(), `"${name}" cannot be the name of a host`, 'A list has no ranges.');
    else {
      const vars = draft.host(name, 'ungrouped');
      if (port !== undefined) vars.set('ansible_port', { value: port, spot });
    }
  }
}

function readFolder(draft: Draft, files: Files, folder: string, depth: number): void {
  if (depth >= deepest) {
    draft.fault('too-deep', { file: folder }, `more than ${deepest} folders inside each other`);
    return;
  }
  for (const name of (files.list(folder) ?? []).toSorted()) {
    if (ignored.test(name)) continue;
    const path = `${folder}/${name}`;
    if (files.list(path) !== undefined) readFolder(draft, files, path, depth + 1);
    else readFile(draft, files, path);
  }
}

/** False: there is none. */
function readFile(draft: Draft, files: Files, file: string): boolean {
  if (askScript(draft, files, file)) return true;
  const text = files.read(file);
  if (text === undefined) return false;
  const hint = text.startsWith('#!') ? 'It begins with "#!": to be run it must be executable (chmod +x).' : undefined;
  const before = draft.faults.length;
  if (text.length > largest) draft.fault('too-large', { file }, 'is larger than 16 MiB');
  else if (/\.toml$/.test(file))
    draft.fault('foreign-file', { file }, 'an inventory in TOML is not read', 'Write it as YAML or INI.');
  else if (isYaml(file, text)) parseYaml(draft, text, file);
  else parseIni(draft, text, file);
  if (hint !== undefined && draft.faults.length > before)
    draft.fault('bad-script', { file, line: 1, column: 1 }, 'is not executable', hint);
  return true;
}

/** By its ending; without one, by whether its first line that says something is a key of YAML. */
function isYaml(file: string, text: string): boolean {
  if (/\.(ya?ml|json)$/.test(file)) return true;
  if (/\.(ini|cfg)$/.test(file)) return false;
  const first = text.split('\n').find((line) => /^\s*[^\s#;]/.test(line)) ?? '';
  return /^\s*(?:---|%YAML|\{|(?:"[^"]*"|'[^']*'|[^\s[=#]+)\s*:(?:\s|$))/.test(first);
}
