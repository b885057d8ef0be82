import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { ExpressionFault } from '../expressions/expression-fault.ts';
import type { Use } from '../expressions/templates.ts';
import { inputsOf } from '../inputs.ts';
import type { InventoryScope } from './inventory-scope.ts';
import { making } from './rests-on.ts';
import { loopShape, resultShape } from './result-shape.ts';
import {
  firm,
  isAstray,
  listShape,
  mapShape,
  merged,
  once,
  type Shape,
  shapeOf,
  shapeOfSchema,
  walk,
} from './shapes.ts';

const namesShape = listShape(() => firm('string'), { isFirm: true });

/** What can be known of a play's names without evaluating: which fields they have on any host at all. */
export class PlayShapes {
  readonly #play: JsonObject;
  readonly #hosts: readonly string[];
  readonly #inventory: InventoryScope;
  readonly #isRegistered: (name: string) => boolean;
  /** Of a play variable, as it is written. */
  readonly #valueOf: (name: string) => Json | undefined;
  readonly #usesOf: (name: string) => readonly Use[];
  readonly #known = new Map<string, Shape>();
  readonly #pending = new Set<string>();

  constructor(of: {
    readonly play: JsonObject;
    readonly hosts: readonly string[];
    readonly inventory: InventoryScope;
    readonly isRegistered: (name: string) => boolean;
    readonly valueOf: (name: string) => Json | undefined;
    readonly usesOf: (name: string) => readonly Use[];
  }) {
    this.#play = of.play;
    this.#hosts = of.hosts;
    this.#inventory = of.inventory;
    this.#isRegistered = of.isRegistered;
    this.#valueOf = of.valueOf;
    this.#usesOf = of.usesOf;
  }

  of(name: string): Shape {
    if (this.#known.has(name)) return this.#known.get(name);
    this.#known.set(name, undefined); // a variable that is made of itself
    try {
      const shape = making(this.#pending, name, name, () => this.#made(name));
      this.#known.set(name, shape);
      return shape;
    } catch (thrown) {
      // Too many in a row, which is said where they are evaluated.
      if (thrown instanceof ExpressionFault) return undefined;
      throw thrown;
    }
  }

  #made(name: string): Shape {
    const { extra } = this.#inventory;
    if (Object.hasOwn(extra, name)) return shapeOf(extra[name]);
    if (name === 'loop') return loopShape;
    if (name === 'inventory_hostname') return firm('string');
    if (name === 'play_hosts') return namesShape;
    if (name === 'host') return this.#variables(this.#hosts);
    if (name === 'peers') return listShape(() => this.#variables(this.#hosts), { isFirm: true });
    if (name === 'groups') return this.#groups();
    if (name === 'hostvars') return this.#hostvars();
    if (name === 'failed_task') return firm('string');
    if (this.#isRegistered(name)) return resultShape;
    const value = this.#valueOf(name);
    if (value !== undefined) return this.#variable(name, value);
    const input = inputsOf(this.#play).find((one) => one.name === name);
    return input === undefined ? this.#inHosts(this.#hosts, name) : shapeOfSchema(input.schema as JsonObject);
  }

  #variable(name: string, value: Json): Shape {
    if (typeof value !== 'string') return shapeOf(value);
    const whole = this.#usesOf(name).find((use) => use.whole !== undefined);
    if (whole?.whole === undefined) return undefined;
    const found = walk(this.of(whole.name), whole.whole);
    return isAstray(found) ? undefined : found;
  }

  /** The variables that any of these hosts has. */
  #variables(hosts: readonly string[]): Shape {
    const names = () => ['name', ...new Set(hosts.flatMap((host) => Object.keys(this.#vars(host))))];
    const lacks = (key: string) =>
      hosts.length === 1 ? `host ${hosts[0]} has no variable "${key}"` : `no host has a variable "${key}"`;
    return mapShape(names, (key) => (key === 'name' ? firm('string') : this.#inHosts(hosts, key)), { lacks });
  }

  #inHosts(hosts: readonly string[], name: string): Shape {
    const having = hosts.map((host) => this.#vars(host)).filter((vars) => Object.hasOwn(vars, name));
    return merged(having.map((vars) => shapeOf(vars[name])));
  }

  #hostvars(): Shape {
    const all = [...this.#inventory.fleet.hosts.keys()];
    return mapShape(
      () => all,
      (host) => this.#variables([host]),
      { any: once(() => this.#variables(all)), lacks: (host) => `the inventory has no host "${host}"` },
    );
  }

  #groups(): Shape {
    const { groups } = this.#inventory;
    const names = isJsonObject(groups) ? Object.keys(groups) : [];
    const lacks = (name: string) => `the inventory has no group "${name}"`;
    return mapShape(
      () => names,
      () => namesShape,
      { any: () => namesShape, lacks },
    );
  }

  #vars(host: string): JsonObject {
    return this.#inventory.fleet.hosts.get(host)?.vars ?? {};
  }
}
