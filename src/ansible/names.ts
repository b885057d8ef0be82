import type { Node as YamlNode } from 'yaml';
import { entryOf } from '../core/entry-of.ts';
import type { Json } from '../core/json.ts';
import { ExpressionFault } from '../playbook/expressions/expression-fault.ts';
import { Language } from '../playbook/expressions/expressions.ts';
import { binding, call, type Names, type Node, NoForm, pathNode, receiver } from '../playbook/jinja/node.ts';
import { conditionInCel, textInCel } from '../playbook/jinja/texts.ts';
import { shownValue } from './arguments.ts';
import { LeaveOut } from './findings.ts';
import { remade } from './nodes.ts';

/** Names of Ansible's variables that mean something of their own here. */
const others: ReadonlySet<string> = new Set(['host', 'peers', 'failed_task', 'failed_result', 'loop']);
/** Of results of Ansible, what has no equal here is worse than unknown: another field would be found. */
const ofResults: ReadonlySet<string> = new Set([
  ...['rc', 'stdout', 'stderr', 'stdout_lines', 'stderr_lines', 'changed', 'failed', 'skipped', 'results', 'item'],
]);

/** What a registered name is the result of, as far as its fields depend on it. */
interface Result {
  /** Field -> what it is here. */
  readonly fields: Readonly<Record<string, string>>;
  /** The only status that an answer can have where the task is ok. */
  readonly status?: number;
}

/** What all places of a playbook know. */
interface Shared {
  readonly registered: Map<string, Result>;
  /** Facts that have become variables of a play. */
  readonly facts: Set<string>;
  /** Name -> what would have given it. */
  readonly gone: Map<string, string>;
  language: Language;
  /** Told of where a variable is only looked for in the inventory. */
  readonly onlyInventory: (node: unknown) => void;
}

/** The names that are known at a place of a play, as Ansible has them. */
export class Scope implements Names {
  /** Those of the play, the task and its loop. */
  readonly #own: ReadonlySet<string>;
  /** Files of variables, or roles, may bring any name. */
  readonly #isOpen: boolean;
  readonly #shared: Shared;

  private constructor(own: ReadonlySet<string>, isOpen: boolean, shared: Shared) {
    this.#own = own;
    this.#isOpen = isOpen;
    this.#shared = shared;
  }

  /** `onlyInventory` is told of each place where a variable is looked for in the inventory alone. */
  static create(onlyInventory: (node: unknown) => void): Scope {
    const shared = { registered: new Map(), facts: new Set<string>(), gone: new Map(), language: Language.create({}) };
    return new Scope(new Set(), false, { ...shared, onlyInventory });
  }

  /** For a play: it knows what those before it have registered. */
  ofPlay(names: readonly string[], isOpen: boolean): Scope {
    return new Scope(new Set(names), isOpen, this.#shared);
  }

  /** The same with more names. */
  with(names: readonly string[]): Scope {
    return new Scope(new Set([...this.#own, ...names]), this.#isOpen, this.#shared);
  }

  /** From here on a task has registered this. */
  register(name: string, fields: Result['fields'] = {}, status?: number): void {
    this.#shared.registered.set(name, { fields, ...(status === undefined ? {} : { status }) });
    this.#shared.gone.delete(name);
  }

  /** From here on a fact is a variable. */
  give(name: string): void {
    this.#shared.facts.add(name);
    this.#shared.gone.delete(name);
  }

  /** From here on a name is missing that what was left out would have given: `why` says which. */
  lose(name: string, why: string): void {
    this.#shared.gone.set(name, why);
  }

  /** Throws LeaveOut for what cannot be the name of a variable. */
  checkName(name: string, node: unknown): void {
    this.#checked(
      name,
      node,
      () => {
        this.root(name);
        return '';
      },
      () => [],
    );
  }

  /** A variable of the play itself. */
  regain(name: string): void {
    (this.#own as Set<string>).add(name);
    this.#shared.gone.delete(name);
  }

  /** A variable of the play itself that is missing. */
  drop(name: string, why: string): void {
    (this.#own as Set<string>).delete(name);
    this.lose(name, why);
  }

  root(name: string): Node | undefined {
    const why = this.#own.has(name) ? undefined : this.#shared.gone.get(name);
    if (why !== undefined)
      throw new LeaveOut(`it rests on "${name}", which ${why} would give`, undefined, undefined, 'rests-on-left-out');
    if (name === 'ansible_failed_result') return pathNode(['failed_result']);
    if (name === 'vars') throw new NoForm('Variables are named one by one: there is no map of all.', true);
    if (others.has(name))
      throw new LeaveOut(`"${name}" means something else here`, undefined, 'Give the variable another name.');
    if (!/^(?:True|False|None|none)$/.test(name) && !Language.allows(name))
      throw new LeaveOut(
        `"${name}" cannot be the name of a variable here`,
        undefined,
        'It begins with a small letter.',
      );
    return undefined;
  }

  field(node: Node, name: string): Node | undefined {
    const [root] = node.path ?? [];
    const isLast = node.path?.length === 1;
    const known = typeof root === 'string' && !this.#own.has(root) ? this.#shared.registered.get(root) : undefined;
    const result = isLast ? known : undefined;
    if (node.path?.length === 2) {
      const inner = known?.fields ?? {};
      const cel = entryOf(inner, `${node.path[1]}.${name}`);
      if (cel !== undefined) return { cel: cel.replaceAll('$', String(root)), binds: binding.relation };
      if (Object.keys(inner).some((key) => key.startsWith(`${node.path?.[1]}.`)))
        throw new NoForm(`"${name}" is not asked for here`);
    }
    if (result !== undefined) {
      const cel = entryOf(result.fields, name);
      if (cel !== undefined) return call(cel.replaceAll('$', String(root)), name === 'content' ? 'text' : undefined);
      if (Object.keys(result.fields).some((key) => key.startsWith(`${name}.`))) return undefined;
      if (name === 'status' && result.status !== undefined) return call(`${statusMark}(${root}, ${result.status})`);
      if (!ofResults.has(name)) throw new NoForm(`a registered result has no "${name}" here`);
    }
    if (name === 'stdout' || name === 'stderr') return call(`${receiver(node)}.${name}.trim()`, 'text');
    if (root === 'failed_result' && isLast && name === 'msg') return call('failed_result.because', 'text');
    if (root === 'failed_result' && isLast && !ofResults.has(name))
      throw new NoForm(`the result of a failed task has no "${name}" here`);
    if (name === 'rc' && (result !== undefined || root === 'item' || root === 'failed_result'))
      return { ...pathNode([...(node.path ?? []), 'exit']), is: 'number' };
    return undefined;
  }

  isThere(name: string): boolean {
    const { registered, facts } = this.#shared;
    if (this.#own.has(name) || registered.has(name) || facts.has(name)) return true;
    if (this.#isOpen) {
      throw new LeaveOut(`whether "${name}" is there cannot be told: a role, or a file that is not here, may give it`);
    }
    return false;
  }

  /** A bare condition in CEL. Throws LeaveOut. */
  condition(text: string, node?: unknown): string {
    return this.#checked(
      text,
      node,
      () => conditionInCel(text, this),
      (cel) => [cel],
    );
  }

  /** A text with its templates in CEL. Throws LeaveOut. */
  text(text: string, node?: unknown): string {
    if (!/\{[{%#]/.test(text)) return text;
    return this.#checked(
      text,
      node,
      () => textInCel(text, this),
      (made) => expressionsIn(made),
    );
  }

  /** A value with all its templates in CEL. Throws LeaveOut. */
  value(value: Json, node?: unknown): Json {
    if (typeof value === 'string') return this.text(value, node);
    if (Array.isArray(value)) return value.map((one: Json) => this.value(one, node));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.value(one as Json, node)]));
  }

  /** A node with all its templates in CEL, and its comments. Throws LeaveOut. */
  node(value: unknown): YamlNode {
    return remade(value, (text, node) => this.text(text, node));
  }

  #checked(text: string, node: unknown, make: () => string, parts: (made: string) => readonly string[]): string {
    try {
      const made = withStatus(make());
      for (const cel of parts(made)) this.#compile(cel);
      if (/\bhost\.\?|\bhas\(host\./.test(made)) this.#shared.onlyInventory(node);
      return made;
    } catch (thrown) {
      const what = `${shownValue(text.trim())} has no form in CEL`;
      if (thrown instanceof LeaveOut) throw new LeaveOut(thrown.message, thrown.node ?? node, thrown.hint, thrown.code);
      if (thrown instanceof NoForm && thrown.isHint) throw new LeaveOut(what, node, thrown.message, 'no-cel');
      if (thrown instanceof NoForm) throw new LeaveOut(`${what}: ${thrown.message}`, node, undefined, 'no-cel');
      if (thrown instanceof ExpressionFault)
        throw new LeaveOut(`${what}: ${thrown.message}`, node, thrown.hint, 'no-cel');
      throw thrown;
    }
  }

  /** Every name is taken to be known: which ones are, the inventory says. Throws ExpressionFault. */
  #compile(cel: string): void {
    const names = cel.replace(/"(?:\\.|[^"\\])*"/g, '""').match(/[A-Za-z_]\w*/g) ?? [];
    this.#shared.language = this.#shared.language.with(names);
    this.#shared.language.compile(cel);
  }
}

const statusMark = 'status_of';
const marked = /status_of\((\w+), (\d+)\) (==|!=) (\d+)/g;

/** Of a check only whether the status was the expected one is known. Throws NoForm for other questions about it. */
function withStatus(text: string): string {
  const made = text.replace(marked, (whole, name: string, expected: string, sign: string, asked: string) =>
    expected !== asked ? whole : sign === '==' ? `${name}.ok` : `!${name}.ok`,
  );
  if (made.includes(`${statusMark}(`))
    throw new NoForm('of a URL only whether it answered with the expected status is known: ask for NAME.ok', true);
  return made;
}

/** The expressions of a text that has just been made: quotes in them are double. */
function expressionsIn(text: string): readonly string[] {
  const parts = /\{\{ ((?:"(?:\\.|[^"\\])*"|[^"])*?) \}\}/g;
  return [...text.matchAll(parts)].map(([, cel = '']) => cel);
}
