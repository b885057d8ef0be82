import { isSeq, type Node } from 'yaml';
import type { ImportCode } from '../core/codes/imports.ts';
import { cut } from '../core/cut.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { LeaveOut } from './findings.ts';
import type { Paths } from './paths.ts';
import { octalOf } from './symbolic-mode.ts';

/** What a task of Ansible's comes to here. Its texts are still Jinja. */
export interface Converted {
  readonly module: string;
  readonly args: JsonObject;
  /** Keywords that it needs besides, in CEL. The task's own beat them. */
  readonly keywords?: JsonObject;
  /** What fields of its result are here, `$` for its name. */
  readonly fields?: Readonly<Record<string, string>>;
  /** The status that it is ok with. */
  readonly status?: number;
}

export type Converter = (args: Args) => Converted;

/** One argument as it is written. */
export interface Given {
  readonly value: Json;
  readonly node: unknown;
}

/** What means something else here: of the whole task, or of the node. */
interface ArgNote {
  readonly node: unknown;
  readonly message: string;
  readonly hint?: string;
  readonly code?: ImportCode;
}

/** The arguments of one task: each is taken by whoever knows what it is here, and none may be left. */
export class Args {
  /** As it is written, without its collection. */
  readonly module: string;
  /** What is no `name=value`: the command of a command. */
  readonly free: string;
  /** Where the module is named. */
  readonly node: unknown;
  /** The task says that it changes nothing. */
  readonly onlyReads: boolean;
  readonly notes: ArgNote[] = [];
  readonly #given: Map<string, Given>;
  readonly #paths: Paths;

  constructor(of: {
    readonly module: string;
    readonly free: string;
    readonly node: unknown;
    readonly given: ReadonlyMap<string, Given>;
    readonly paths: Paths;
    readonly onlyReads: boolean;
  }) {
    this.module = of.module;
    this.free = of.free;
    this.node = of.node;
    this.#given = new Map(of.given);
    this.#paths = of.paths;
    this.onlyReads = of.onlyReads;
  }

  has(name: string): boolean {
    return this.#given.has(name);
  }

  nodeOf(name: string): unknown {
    return this.#given.get(name)?.node ?? this.node;
  }

  /** The first of these that is given; the others are no longer looked at. */
  take(...names: readonly string[]): Json | undefined {
    const found = names.map((name) => this.#given.get(name)).find((one) => one !== undefined);
    for (const name of names) this.#given.delete(name);
    return found?.value === null ? undefined : found?.value;
  }

  text(...names: readonly string[]): string | undefined {
    const node = this.#nodeOf(names);
    const value = this.take(...names);
    if (value === undefined || typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw new LeaveOut(`"${names[0]}" is not text`, node);
  }

  needed(...names: readonly string[]): string {
    const value = this.text(...names);
    if (value === undefined) throw new LeaveOut(`${this.module} needs "${names[0]}"`, this.node);
    return value;
  }

  /** A truth value as Ansible reads it; a template stays one. */
  flag(...names: readonly string[]): boolean | string | undefined {
    const node = this.#nodeOf(names);
    const value = this.take(...names);
    const known = flagOf(value);
    if (value === undefined || known !== undefined) return known;
    if (typeof value === 'string' && value.includes('{{')) return value;
    throw new LeaveOut(`"${names[0]}" is neither true nor false`, node);
  }

  /** A list of texts, also where it is written with commas. */
  list(...names: readonly string[]): readonly string[] | undefined {
    const node = this.#nodeOf(names);
    const value = this.take(...names);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return String(isJsonObject(value) ? '' : value).split(/\s*,\s*/);
    return value.map((one: Json, i) => {
      const item = isSeq(node) ? node.items[i] : node;
      if (typeof one === 'object') throw new LeaveOut(`"${names[0]}" is not a list of texts`, item);
      return wordOf(one, (item as { source?: string } | undefined)?.source);
    });
  }

  /** Whole seconds as a time with its unit. */
  seconds(name: string, otherwise?: number): string | undefined {
    const value = this.text(name) ?? (otherwise === undefined ? undefined : String(otherwise));
    return value === undefined ? undefined : `${value.trim()}s`;
  }

  /** Permissions in octal. YAML 1.1 reads 0644 as a number, which is what Ansible makes of it too. */
  mode(): string | undefined {
    const node = this.nodeOf('mode');
    const value = this.take('mode');
    if (value === undefined) return undefined;
    const source = String((node as { source?: string } | undefined)?.source ?? value);
    if (typeof value === 'string' && value.includes('{{')) return value;
    const symbolic = typeof value === 'string' ? octalOf(value) : undefined;
    if (symbolic !== undefined) return symbolic;
    const octal = /^0?o?([0-7]{3,4})$/.exec(typeof value === 'number' ? source : String(value))?.[1];
    if (octal !== undefined && (typeof value === 'string' || source.startsWith('0'))) return octal.padStart(4, '0');
    if (typeof value === 'number')
      throw new LeaveOut('"mode" is a decimal number, and not the octal that it looks like', node);
    throw new LeaveOut('"mode" is not in octal', node, 'Write the permissions that it comes to: "0644".');
  }

  /** An argument that means nothing more here when it has one of these values. */
  only(name: string, ...values: readonly Json[]): void {
    const node = this.nodeOf(name);
    const value = this.take(name);
    if (value === undefined || values.includes(flagOf(value) ?? value)) return;
    throw new LeaveOut(`"${name}: ${shownValue(value)}" of ${this.module} has no equal here`, node);
  }

  /** Arguments that change nothing of what the task does here. */
  drop(...names: readonly string[]): void {
    for (const name of names) this.#given.delete(name);
  }

  note(message: string, hint?: string, of: { readonly node?: unknown; readonly code?: ImportCode } = {}): void {
    this.notes.push({ node: this.node, ...of, message, ...(hint === undefined ? {} : { hint }) });
  }

  /** The path of a file on this side, from where the result is; `folder`: of Ansible's, where it looks first. */
  path(src: string, folder: string): string {
    if (!this.#paths.canTell(src))
      this.note(
        'what a template names is looked for from where the result is, and not from where this is',
        'Put the files beside the result, or write the path before the template.',
        { code: 'other-folder' },
      );
    return this.#paths.moved(this.#paths.found(src, folder));
  }

  /** Throws LeaveOut for the first argument that nobody has taken. */
  end(): void {
    for (const [name, { node }] of this.#given)
      throw new LeaveOut(`"${name}" of ${this.module} has no equal here`, node as Node);
  }

  #nodeOf(names: readonly string[]): unknown {
    return names.map((name) => this.#given.get(name)?.node).find((node) => node !== undefined) ?? this.node;
  }
}

/** The text that Python makes of a value. */
function wordOf(value: string | number | boolean, source = ''): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'number' && Number.isInteger(value) && /[.e]/i.test(source) ? `${value}.0` : String(value);
}

/** As Ansible reads a truth value; undefined for what is none. */
export function flagOf(value: Json | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === 0) return value === 1;
  if (typeof value !== 'string') return undefined;
  if (/^(?:yes|true|on|y|t|1)$/i.test(value.trim())) return true;
  return /^(?:no|false|off|n|f|0)$/i.test(value.trim()) ? false : undefined;
}

/** The same of a condition, in which a letter or a number alone is an expression. */
export function truthOf(condition: string): boolean | undefined {
  return /^\s*(?:yes|no|on|off|true|false)\s*$/i.test(condition) ? flagOf(condition) : undefined;
}

export function shownValue(value: Json): string {
  const text = typeof value === 'string' ? value.replace(/\s+/g, ' ') : JSON.stringify(value);
  return cut(text, 59);
}

/** Without the properties that are undefined. */
export function given(values: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as JsonObject;
}
