import type { ProblemCode } from '../core/codes/problem-codes.ts';
import { Failure, reason } from '../core/failure.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import { didYouMean } from '../core/nearest.ts';
import { rangeOfPart } from '../core/text-part.ts';
import { readYaml, type YamlText } from '../core/yaml.ts';
import type { YamlPath } from '../core/yaml-place.ts';
import { type Assignments, assign, type Draft, isGroupName, isHostName, type Spot } from './draft.ts';
import { expandRanges, splitPort } from './ranges.ts';

/** Reads a YAML inventory into the draft; what is wrong becomes a fault with its place. */
export function parseYaml(draft: Draft, text: string, file: string): void {
  const yaml = readYaml(text, { dialect: 'ansible' });
  if (!noteFaults(draft, yaml, file) || yaml.value === null) return;
  const reader = new Reader(draft, yaml, file);
  if (!isJsonObject(yaml.value)) {
    reader.fault('wrong-type', [], 'an inventory must be a map of groups, beginning with "all:"');
  } else if (typeof yaml.value.plugin === 'string') {
    const hint = 'Make a script that answers --list with what ansible-inventory --list says, and name that script.';
    reader.fault(
      'foreign-file',
      ['plugin'],
      'a configuration of an inventory plugin, which only ansible can run',
      hint,
    );
  } else for (const [name, group] of Object.entries(yaml.value)) reader.group(name, group, [name]);
}

/** A file of variables. Nothing, when it is empty or something is wrong with it. */
export function parseVars(draft: Draft, text: string, file: string): Assignments {
  const assignments: Assignments = new Map();
  if (text.startsWith('$ANSIBLE_VAULT')) {
    draft.fault('foreign-file', { file, line: 1, column: 1 }, 'is encrypted with ansible-vault, and was not decrypted');
    return assignments;
  }
  const yaml = readYaml(text, { dialect: 'ansible' });
  if (!noteFaults(draft, yaml, file) || yaml.value === null) return assignments;
  if (!isJsonObject(yaml.value)) draft.fault('wrong-type', { file, line: 1, column: 1 }, 'must be a map of variables');
  else
    for (const [name, value] of Object.entries(yaml.value))
      assign(assignments, name, value, spotOf(yaml, file, [name]));
  return assignments;
}

function noteFaults(draft: Draft, yaml: YamlText, file: string): boolean {
  for (const { code, message, start, hint } of yaml.faults)
    draft.fault(code, { file, ...yaml.place(start) }, message, hint);
  return yaml.faults.length === 0;
}

function spotOf(yaml: YamlText, file: string, path: YamlPath): () => Spot {
  return () => ({
    ...{ file, ...yaml.place(yaml.keyRange(path)[0]) },
    part: (inner, part) => {
      const range = yaml.valueRange([...path, ...inner]);
      const [start, end] = rangeOfPart(yaml.text(range), range[0], part);
      return { ...yaml.place(start), width: end - start };
    },
  });
}

const parts = ['hosts', 'children', 'vars'];

type Act = (key: string, value: Json, path: YamlPath) => void;

class Reader {
  readonly #draft: Draft;
  readonly #yaml: YamlText;
  readonly #file: string;

  constructor(draft: Draft, yaml: YamlText, file: string) {
    this.#draft = draft;
    this.#yaml = yaml;
    this.#file = file;
  }

  fault(code: ProblemCode, path: YamlPath, message: string, hint?: string): void {
    // To find the place of each of very many would take a time that grows with the square of their number.
    if (this.#draft.hasEnoughFaults) return;
    this.#draft.fault(code, this.#spot(path)(), message, hint);
  }

  group(name: string, value: Json, path: YamlPath): void {
    if (!isGroupName(name)) {
      this.fault('bad-name', path, `"${name}" cannot be the name of a group`);
      return;
    }
    const group = this.#draft.group(name);
    if (value === null) return;
    if (!isJsonObject(value)) {
      this.fault('wrong-type', path, `group "${name}" must be a map of hosts, children and vars`);
      return;
    }
    const children = (child: string, inner: Json, at: YamlPath) => {
      if (isGroupName(child)) group.children.set(child, this.#spot(at));
      this.group(child, inner, at);
    };
    const acts: Readonly<Record<string, Act>> = {
      hosts: (host, vars, at) => this.#host(host, vars, name, at),
      vars: (key, inner, at) => this.#draft.groupVar(name, key, inner, this.#spot(at)),
      children,
    };
    // In the order of the text: hosts are kept as they are first named.
    for (const [key, inner] of Object.entries(value)) {
      const act = parts.includes(key) ? acts[key] : undefined;
      if (act === undefined) this.#unknown(key, [...path, key]);
      else this.#each(inner, [...path, key], act);
    }
  }

  #unknown(key: string, path: YamlPath): void {
    const hint = didYouMean(key, parts) ?? 'A group has hosts, children and vars.';
    this.fault('unknown-key', path, `"${key}" is not known in a group`, hint);
  }

  #each(value: Json | undefined, path: YamlPath, act: Act): void {
    if (value === undefined || value === null) return;
    if (typeof value === 'string') {
      act(value, null, path);
      return;
    }
    if (!isJsonObject(value)) {
      this.fault('wrong-type', path, `"${path.at(-1)}" must be a map: write each entry as "name:"`);
      return;
    }
    for (const [key, inner] of Object.entries(value)) act(key, inner, [...path, key]);
  }

  #host(pattern: string, vars: Json, group: string, path: YamlPath): void {
    if (vars !== null && !isJsonObject(vars)) {
      this.fault('wrong-type', path, `the variables of host "${pattern}" must be a map`);
      return;
    }
    if (this.#draft.isFull) return;
    const { name: range, port } = splitPort(pattern);
    try {
      const names = expandRanges(range);
      if (!this.#draft.takeRoom(names.length, Object.keys(vars ?? {}).length, this.#spot(path))) return;
      for (const name of names) {
        if (!isHostName(name)) {
          this.fault('bad-name', path, `"${name}" cannot be the name of a host`);
          return;
        }
        const known = this.#draft.host(name, group);
        if (port !== undefined) assign(known, 'ansible_port', port, this.#spot(path));
        for (const [key, value] of Object.entries(vars ?? {})) assign(known, key, value, this.#spot([...path, key]));
      }
    } catch (thrown) {
      this.fault('bad-range', path, reason(thrown), thrown instanceof Failure ? thrown.hint : undefined);
    }
  }

  #spot(path: YamlPath): () => Spot {
    return spotOf(this.#yaml, this.#file, path);
  }
}
