import type { Fleet, FleetHost } from '../core/fleet.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { ExpressionFault, type Language } from './expressions.ts';
import { compileValue, type Get, holdsTemplate, type Template } from './templates.ts';

/**
 * The variables of the inventory and those given with -e, whose values may hold templates themselves. Such a template
 * knows the other variables of its host, `inventory_hostname` and `groups`. It is the user's text; what a host
 * answers never comes here.
 */
export class InventoryScope {
  readonly fleet: Fleet;
  readonly extra: JsonObject;
  readonly groups: Json;
  readonly #language: Language;
  readonly #templates = new Map<string, Template>();
  readonly #values = new Map<string, Map<string, Json>>();
  readonly #maps = new Map<string, JsonObject>();
  #hostvars: JsonObject | undefined;
  readonly #pending = new Set<string>();

  constructor(fleet: Fleet, extra: JsonObject, base: Language) {
    this.fleet = fleet;
    this.extra = extra;
    this.groups = Object.fromEntries(fleet.groups);
    const names = [...fleet.hosts.values()].flatMap(({ vars }) => Object.keys(vars));
    this.#language = base.with(['inventory_hostname', 'groups', ...Object.keys(extra), ...new Set(names)]);
  }

  /** Has this host the variable, or was it given with -e? */
  has(host: string, name: string): boolean {
    return Object.hasOwn(this.extra, name) || Object.hasOwn(this.#host(host).vars, name);
  }

  /** A variable's value on a host. Throws ExpressionFault. */
  get(host: string, name: string): Json {
    if (name === 'inventory_hostname') return host;
    if (name === 'groups') return this.groups;
    return Object.hasOwn(this.extra, name)
      ? this.#value(host, name, this.extra[name] as Json, '-e')
      : this.own(host, name);
  }

  /** A variable of the inventory, whatever -e says. Throws ExpressionFault. */
  own(host: string, name: string): Json {
    const { vars } = this.#host(host);
    if (!Object.hasOwn(vars, name)) {
      throw new ExpressionFault('unknown-name', `host ${host} has no variable "${name}"`, { offset: 0 });
    }
    return this.#value(host, name, vars[name] as Json, 'the inventory');
  }

  /** All variables of a host, and its `name`. One whose template fails is left out: most are never asked for. */
  map(host: string): JsonObject {
    const known = this.#maps.get(host);
    if (known !== undefined) return known;
    const entries = Object.keys(this.#host(host).vars).flatMap((name): [string, Json][] => {
      try {
        return [[name, this.own(host, name)]];
      } catch (thrown) {
        if (thrown instanceof ExpressionFault) return [];
        throw thrown;
      }
    });
    const made = Object.fromEntries([...entries, ['name', host]]);
    this.#maps.set(host, made);
    return made;
  }

  /** `map` of every host. */
  hostvars(): JsonObject {
    this.#hostvars ??= Object.fromEntries([...this.fleet.hosts.keys()].map((host) => [host, this.map(host)]));
    return this.#hostvars;
  }

  #host(host: string): FleetHost {
    const found = this.fleet.hosts.get(host);
    if (found === undefined) throw new ExpressionFault('unknown-host', `there is no host "${host}"`, { offset: 0 });
    return found;
  }

  #value(host: string, name: string, raw: Json, origin: string): Json {
    if (!holdsTemplate(raw)) return raw;
    const mine = this.#values.get(host) ?? new Map<string, Json>();
    this.#values.set(host, mine);
    const key = `${origin} ${name}`;
    const known = mine.get(key);
    if (known !== undefined) return known;
    const value = this.#once(`${host} ${key}`, name, () =>
      this.#compiled(name, raw, origin).render(((other) => this.get(host, other)) satisfies Get),
    );
    mine.set(key, value);
    return value;
  }

  #once(key: string, name: string, act: () => Json): Json {
    if (this.#pending.has(key)) {
      throw new ExpressionFault('cycle', `the variable "${name}" is made of itself`, { offset: 0 });
    }
    this.#pending.add(key);
    try {
      return act();
    } finally {
      this.#pending.delete(key);
    }
  }

  #compiled(name: string, raw: Json, origin: string): Template {
    const key = JSON.stringify([name, raw]);
    const known = this.#templates.get(key);
    if (known !== undefined) return known;
    const locate = (_: unknown, { code, message, hint }: ExpressionFault) =>
      new ExpressionFault(code, `variable "${name}" of ${origin}: ${message}`, { offset: 0, hint });
    const made = compileValue(raw, this.#language, locate, () => undefined);
    this.#templates.set(key, made);
    return made;
  }
}
