import { reason } from '../core/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { didYouMean } from '../core/nearest.ts';
import { readYaml, type YamlPath, type YamlText } from '../core/yaml.ts';
import { type Draft, isGroupName, isHostName } from './draft.ts';
import { expandRanges, splitPort } from './ranges.ts';

/** Reads a YAML inventory into the draft; what is wrong becomes a fault with its line. */
export function parseYaml(draft: Draft, text: string, file: string): void {
  const yaml = readYaml(text);
  if (!noteFaults(draft, yaml, file) || yaml.value === null) return;
  const reader = new Reader(draft, yaml, file);
  if (!isJsonObject(yaml.value)) {
    reader.fault([], 'an inventory must be a map of groups, beginning with "all:"');
    return;
  }
  for (const [name, group] of Object.entries(yaml.value)) reader.group(name, group, [name]);
}

/** A file of variables. Nothing, when it is empty or something is wrong with it. */
export function parseVars(draft: Draft, text: string, file: string): JsonObject {
  if (text.startsWith('$ANSIBLE_VAULT')) {
    draft.fault(file, 'is encrypted with ansible-vault, which cannot be read');
    return {};
  }
  const yaml = readYaml(text);
  if (!noteFaults(draft, yaml, file) || yaml.value === null) return {};
  if (isJsonObject(yaml.value)) return yaml.value;
  draft.fault(file, 'must be a map of variables', 1);
  return {};
}

function noteFaults(draft: Draft, yaml: YamlText, file: string): boolean {
  for (const { message, start, hint } of yaml.faults) {
    draft.fault(file, hint === undefined ? message : `${message}. ${hint}`, yaml.place(start).line);
  }
  return yaml.faults.length === 0;
}

const parts = ['hosts', 'children', 'vars'];

class Reader {
  readonly #draft: Draft;
  readonly #yaml: YamlText;
  readonly #file: string;

  constructor(draft: Draft, yaml: YamlText, file: string) {
    this.#draft = draft;
    this.#yaml = yaml;
    this.#file = file;
  }

  fault(path: YamlPath, message: string): void {
    this.#draft.fault(this.#file, message, this.#yaml.place(this.#yaml.keyRange(path)[0]).line);
  }

  group(name: string, value: Json, path: YamlPath): void {
    if (!isGroupName(name)) {
      this.fault(path, `"${name}" cannot be the name of a group`);
      return;
    }
    const group = this.#draft.group(name);
    if (value === null) return;
    if (!isJsonObject(value)) {
      this.fault(path, `group "${name}" must be a map of hosts, children and vars`);
      return;
    }
    for (const key of Object.keys(value)) {
      if (parts.includes(key)) continue;
      this.fault(
        [...path, key],
        [`"${key}" is not known in a group`, didYouMean(key, parts)].filter(Boolean).join('. '),
      );
    }
    this.#each(value.hosts, [...path, 'hosts'], (host, vars, at) => this.#host(host, vars, name, at));
    this.#each(value.vars, [...path, 'vars'], (key, inner) => group.vars.set(key, inner));
    this.#each(value.children, [...path, 'children'], (child, inner, at) => {
      if (isGroupName(child)) group.children.add(child);
      this.group(child, inner, at);
    });
  }

  #each(value: Json | undefined, path: YamlPath, act: (key: string, value: Json, path: YamlPath) => void): void {
    if (value === undefined || value === null) return;
    if (typeof value === 'string') {
      act(value, null, path);
      return;
    }
    if (!isJsonObject(value)) {
      this.fault(path, `"${path.at(-1)}" must be a map: write each entry as "name:"`);
      return;
    }
    for (const [key, inner] of Object.entries(value)) act(key, inner, [...path, key]);
  }

  #host(pattern: string, vars: Json, group: string, path: YamlPath): void {
    if (vars !== null && !isJsonObject(vars)) {
      this.fault(path, `the variables of host "${pattern}" must be a map`);
      return;
    }
    const { name: range, port } = splitPort(pattern);
    try {
      for (const name of expandRanges(range)) {
        if (!isHostName(name)) {
          this.fault(path, `"${name}" cannot be the name of a host`);
          return;
        }
        const known = this.#draft.host(name, group);
        if (port !== undefined) known.set('ansible_port', port);
        for (const [key, value] of Object.entries(vars ?? {})) known.set(key, value as Json);
      }
    } catch (thrown) {
      this.fault(path, reason(thrown));
    }
  }
}
