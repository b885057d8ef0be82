import { entryOf } from '../core/entry-of.ts';
import { reason } from '../core/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { didYouMean } from '../core/nearest.ts';
import { type Assignments, assign, type Draft, isGroupName, isHostName, type Spot } from './draft.ts';
import type { Files } from './files.ts';

const deepest = 64;
const noText = /[\0\ud800-\udfff]/u;

/** Asks an executable inventory and reads its answer into the draft. False: the file is not executable. */
export function askScript(draft: Draft, files: Files, file: string): boolean {
  const groups = answer(draft, files, file, ['--list']);
  if (groups === undefined) return false;
  const reader = new Reader(draft, file);
  for (const [name, group] of Object.entries(groups)) if (name !== '_meta') reader.group(name, group);
  if (groups._meta !== undefined) reader.meta(groups._meta);
  else {
    // Without _meta a script is asked for each of its hosts.
    for (const host of reader.named) reader.hostVars(host, answer(draft, files, file, ['--host', host]) ?? {});
  }
  return true;
}

/** undefined: not executable. An answer that is not understood is a fault, and taken as empty. */
function answer(draft: Draft, files: Files, file: string, args: readonly string[]): JsonObject | undefined {
  const fault = (message: string) => draft.fault('bad-script', { file }, `${args.join(' ')}: ${message}`);
  try {
    const text = files.run?.(file, args);
    if (text === undefined) return undefined;
    const value = text.trim() === '' ? {} : (JSON.parse(text) as Json);
    const wrong = unusable(value, 0);
    if (wrong !== undefined) fault(wrong);
    else if (isJsonObject(value)) return value;
    else fault('the answer must be a JSON object');
  } catch (thrown) {
    fault(thrown instanceof SyntaxError ? `the answer is not JSON: ${reason(thrown)}` : reason(thrown));
  }
  return {};
}

/** What JSON can say that would do harm further on. */
function unusable(value: Json, depth: number): string | undefined {
  if (depth > deepest) return `more than ${deepest} levels of nesting`;
  if (typeof value === 'number' && (Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value))) {
    return `${value} is too large to be kept exactly`;
  }
  if (typeof value === 'string') return noText.test(value) ? 'a text has a NUL or half a character in it' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, '__proto__')) return '"__proto__" cannot be a name';
  for (const inner of Object.values(value) as Json[]) {
    const wrong = unusable(inner, depth + 1);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

class Reader {
  /** The hosts that the answer names, in its order. */
  readonly named = new Set<string>();
  readonly #draft: Draft;
  readonly #spot: () => Spot;

  constructor(draft: Draft, file: string) {
    this.#draft = draft;
    this.#spot = () => ({ file });
  }

  group(name: string, value: Json): void {
    if (!isGroupName(name)) {
      this.#fault(`"${name}" cannot be the name of a group`);
      return;
    }
    this.#draft.group(name);
    if (Array.isArray(value)) this.#hosts(name, value);
    else if (isJsonObject(value)) this.#parts(name, value);
    else this.#fault(`the group "${name}" must be a list of hosts, or a map`);
  }

  /** Of a map without hosts, children and vars: a host of that name, and these are its variables. */
  #parts(name: string, value: JsonObject): void {
    const { hosts, vars, children } = value;
    const isHost = hosts === undefined && vars === undefined && children === undefined;
    for (const key of Object.keys(value)) this.#key(name, key, isHost);
    if (isHost) {
      if (Object.keys(value).length > 0) this.#hosts(name, [name]);
      this.hostVars(name, value);
      return;
    }
    if (hosts !== undefined && hosts !== null) {
      if (Array.isArray(hosts)) this.#hosts(name, hosts);
      else this.#fault(`the hosts of group "${name}" must be a list`);
    }
    if (isJsonObject(vars)) {
      for (const [key, inner] of Object.entries(vars)) this.#draft.groupVar(name, key, inner, this.#spot);
    } else if (vars !== undefined && vars !== null) this.#fault(`the vars of group "${name}" must be a map`);
    if (Array.isArray(children)) for (const child of children as Json[]) this.#child(name, child);
    else if (children !== undefined && children !== null) this.#fault(`the children of group "${name}" must be a list`);
  }

  /** Beside parts of a group any other key is one that is misspelt; alone it may be a variable. */
  #key(group: string, key: string, isVariable: boolean): void {
    const parts = ['hosts', 'vars', 'children'];
    const hint = didYouMean(key, parts);
    if (parts.includes(key) || (isVariable && hint === undefined)) return;
    this.#fault(`"${key}" is no part of the group "${group}"`, hint ?? `A group has ${parts.join(', ')}.`);
  }

  #child(group: string, child: Json): void {
    if (typeof child !== 'string' || !isGroupName(child)) {
      this.#fault(`${JSON.stringify(child)} cannot be the name of a group`);
      return;
    }
    this.#draft.group(child);
    this.#draft.group(group).children.set(child, this.#spot);
  }

  #hosts(group: string, hosts: readonly Json[]): void {
    if (!this.#draft.takeRoom(hosts.length, 0, this.#spot)) return;
    for (const host of hosts) {
      if (typeof host !== 'string' || !isHostName(host))
        this.#fault(`${JSON.stringify(host)} cannot be the name of a host`);
      else {
        this.named.add(host);
        this.#draft.host(host, group);
      }
    }
  }

  meta(meta: Json): void {
    const hostvars = isJsonObject(meta) ? (meta.hostvars ?? {}) : meta;
    if (!isJsonObject(hostvars)) {
      this.#fault('"_meta" must be a map with "hostvars"');
      return;
    }
    for (const host of this.named) {
      const vars = entryOf(hostvars, host);
      if (vars !== undefined) this.hostVars(host, vars);
    }
  }

  hostVars(host: string, vars: Json): void {
    const known: Assignments | undefined = this.#draft.hosts.get(host);
    if (!isJsonObject(vars)) this.#fault(`the variables of host "${host}" must be a map`);
    else if (known !== undefined) {
      for (const [key, value] of Object.entries(vars)) assign(known, key, value, this.#spot);
    }
  }

  #fault(message: string, hint?: string): void {
    this.#draft.fault('bad-script', this.#spot(), message, hint);
  }
}
