import type { Json, JsonObject } from '../../core/json.ts';
import { failedNames, type Registered } from '../../core/play.ts';
import { ExpressionFault } from '../expressions/expression-fault.ts';
import type { Language } from '../expressions/expressions.ts';
import type { Get, Template } from '../expressions/templates.ts';
import type { PlayInputs } from '../inputs.ts';
import type { InventoryScope } from './inventory-scope.ts';
import type { LostNames } from './lost-names.ts';
import { making, reached } from './rests-on.ts';
import { Views } from './views.ts';

/** Names that every expression of a play knows. */
export const builtins = ['inventory_hostname', 'host', 'play_hosts', 'peers', 'groups', 'hostvars'] as const;

/** Of these, what is another value on every host, and large. */
const ownOfEach: ReadonlySet<string> = new Set(['host', 'peers']);

/** What the expressions of one play can see: -e before play variables before the inventory's. */
export class PlayScope {
  readonly hosts: readonly string[];
  readonly language: Language;
  /** Names of the variables that there are on some host of the play; not what tasks register. */
  readonly variables: ReadonlySet<string>;
  /** Which hosts see the same under names that rest on nothing registered. */
  readonly views: Views;
  readonly #inventory: InventoryScope;
  /** Added while the play is read; a play variable may use one that stands further down. */
  readonly #vars: ReadonlyMap<string, Template>;
  readonly #registered: ReadonlySet<string>;
  readonly #unknown: ReadonlySet<string>;
  readonly #lost: LostNames;
  readonly #peers = new Map<string, Json>();
  /** By host, then by name: what rests on nothing registered. */
  readonly #values = new Map<string, Map<string, Json>>();
  /** By host: what names are before anything is registered. */
  readonly #before = new Map<string, Get>();
  readonly #without = new Map<string, readonly string[]>();
  readonly #reads = new Map<string, ReadonlySet<string>>();

  /** `registered`: every name that a task of this play, or of one before it, registers. */
  constructor(of: {
    readonly inventory: InventoryScope;
    readonly base: Language;
    readonly hosts: readonly string[];
    readonly vars: ReadonlyMap<string, Template>;
    readonly varNames: readonly string[];
    readonly registered: ReadonlySet<string>;
    readonly inputs: PlayInputs;
    readonly lost: LostNames;
  }) {
    this.hosts = of.hosts;
    this.#inventory = of.inventory;
    this.#vars = of.vars;
    this.#registered = new Set([...of.registered, ...failedNames]);
    this.#unknown = of.inputs.unknown;
    this.#lost = of.lost;
    const ofHosts = of.hosts.flatMap((host) => Object.keys(of.inventory.fleet.hosts.get(host)?.vars ?? {}));
    const extra = Object.keys(of.inventory.extra);
    this.views = new Views(of.hosts, (host, name) =>
      ownOfEach.has(name) ? undefined : this.on(host, new Map())(name),
    );
    this.variables = new Set([...ofHosts, ...extra, ...of.varNames, ...of.inputs.names]);
    const known = of.base
      .withTypes(of.inputs.types)
      .with(extra, 'extra')
      .with(ofHosts, 'host')
      .with([...builtins, ...of.varNames, ...of.inputs.names])
      .with(
        [...of.registered].filter((name) => !this.#isFixed(name)),
        'result',
      );
    this.language = of.lost.isEmpty ? known : known.excusing((name, text) => of.lost.hasAs(name, text));
  }

  isRegistered(name: string): boolean {
    return this.#registered.has(name) && !this.#isFixed(name);
  }

  /** An input that nothing has been given for, or a name that may be from what could not be read: what rests on it is not known before a run. */
  isUnknown(name: string): boolean {
    return this.#unknown.has(name) || (!this.language.names.has(name) && this.#lost.has(name));
  }

  /** Given with -e, or known to every expression: nothing in a play can change it. */
  #isFixed(name: string): boolean {
    return Object.hasOwn(this.#inventory.extra, name) || (builtins as readonly string[]).includes(name);
  }

  /** It is what the inventory makes it: no play, and nobody who runs it, says otherwise. */
  isOfInventory(name: string): boolean {
    if ((builtins as readonly string[]).includes(name)) return true;
    return !this.isExtra(name) && !this.#vars.has(name) && !this.isUnknown(name) && !this.isRegistered(name);
  }

  isExtra(name: string): boolean {
    return Object.hasOwn(this.#inventory.extra, name);
  }

  /** Hosts of the play on which this name is not known. */
  without(name: string): readonly string[] {
    if (this.#isFixed(name) || this.#vars.has(name) || this.isUnknown(name) || this.isRegistered(name)) return [];
    const known = this.#without.get(name) ?? this.hosts.filter((host) => !this.#inventory.has(host, name));
    this.#without.set(name, known);
    return known;
  }

  /** The registered names that a name's value rests on. */
  reads(name: string): ReadonlySet<string> {
    const known = this.#reads.get(name);
    if (known !== undefined) return known;
    const isRead = (one: string) => this.isUnknown(one) || this.isRegistered(one);
    const restsOn = (one: string) =>
      isRead(one) || this.#isFixed(one) ? [] : (this.#vars.get(one)?.uses.map((use) => use.name) ?? []);
    const found = new Set([...reached([name], restsOn)].filter(isRead));
    this.#reads.set(name, found);
    return found;
  }

  /** What each name is on a host, given what tasks have registered. It throws ExpressionFault and ProblemFailure. */
  on(host: string, registered: Registered): Get {
    if (registered.size > 0) return this.#on(host, registered);
    const known = this.#before.get(host) ?? this.#on(host, new Map());
    this.#before.set(host, known);
    return known;
  }

  #on(host: string, registered: Registered): Get {
    const values = this.#values.get(host) ?? new Map<string, Json>();
    this.#values.set(host, values);
    const pending = new Set<string>();
    const made = (name: string): Json => {
      const template = this.#vars.get(name);
      if (this.#isFixed(name)) return this.#fixed(host, name);
      if (this.isRegistered(name)) return result(host, name, registered);
      if (template === undefined) return this.#inventory.get(host, name);
      return making(pending, name, name, () => template.render(get));
    };
    const get = (name: string): Json => {
      const known = values.get(name);
      if (known !== undefined) return known;
      const value = made(name);
      if (this.reads(name).size === 0) values.set(name, value);
      return value;
    };
    return get;
  }

  #fixed(host: string, name: string): Json {
    if (name === 'host') return this.#inventory.map(host);
    if (name === 'play_hosts') return this.hosts;
    if (name === 'hostvars') return this.#inventory.hostvars();
    if (name === 'peers') return this.#peersOf(host);
    return this.#inventory.get(host, name);
  }

  #peersOf(host: string): Json {
    const known = this.#peers.get(host);
    if (known !== undefined) return known;
    const made = this.hosts.filter((other) => other !== host).map((other) => this.#inventory.map(other));
    this.#peers.set(host, made);
    return made;
  }
}

/** The task's own names in front of the play's. */
export function taskGet(play: Get, vars: ReadonlyMap<string, Template>, own?: JsonObject): Get {
  if (vars.size === 0 && own === undefined) return play;
  const pending = new Set<string>();
  const get = (name: string): Json => {
    if (own !== undefined && Object.hasOwn(own, name)) return own[name] as Json;
    const template = vars.get(name);
    return template === undefined ? play(name) : making(pending, name, name, () => template.render(get));
  };
  return get;
}

function result(host: string, name: string, registered: Registered): Json {
  const mine = registered.get(host);
  if (mine !== undefined && Object.hasOwn(mine, name)) return mine[name] as Json;
  throw new ExpressionFault('not-registered', `"${name}" has not been registered on ${host}`, {
    offset: 0,
    hint: 'The task that registers it was skipped, or has not run in this run.',
  });
}
