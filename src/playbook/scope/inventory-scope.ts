import { problemCodes } from '../../core/codes/problem-codes.ts';
import type { Fleet, FleetHost, SourcePlace, WrittenVariable } from '../../core/fleet.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import { ExpressionFault } from '../expressions/expression-fault.ts';
import type { Language } from '../expressions/expressions.ts';
import { compileValue, type Get, holdsTemplate, type Template } from '../expressions/templates.ts';
import type { ExtraSpot } from '../inputs.ts';
import { ElsewhereFailure } from '../parse.ts';
import type { Problem } from '../problem.ts';
import { isOfRow, making } from './rests-on.ts';

/**
 * The variables of the inventory and those given with -e, whose values may hold templates themselves. Such a template
 * knows the other variables of its host, `inventory_hostname` and `groups`. It is the user's text; what a host
 * answers never comes here.
 */
export class InventoryScope {
  readonly fleet: Fleet;
  readonly extra: JsonObject;
  readonly groups: Json;
  readonly #extraSpot: ExtraSpot;
  readonly #language: Language;
  readonly #templates = new Map<string, CompiledVariable>();
  /** By host, then by name: what -e gives, and what the inventory does. */
  readonly #extraValues = new Map<string, Map<string, Json>>();
  readonly #ownValues = new Map<string, Map<string, Json>>();
  readonly #maps = new Map<string, JsonObject>();
  #hostvars: JsonObject | undefined;
  readonly #pending = new Set<string>();

  constructor(fleet: Fleet, extra: JsonObject, base: Language, extraSpot: ExtraSpot = () => undefined) {
    this.fleet = fleet;
    this.extra = extra;
    this.#extraSpot = extraSpot;
    this.groups = Object.fromEntries(fleet.groups);
    const names = [...fleet.hosts.values()].flatMap(({ vars }) => Object.keys(vars));
    this.#language = base.with(Object.keys(extra), 'extra').with(names, 'host').with(['inventory_hostname', 'groups']);
  }

  /** Has this host the variable, or was it given with -e? */
  has(host: string, name: string): boolean {
    return Object.hasOwn(this.extra, name) || Object.hasOwn(this.#host(host).vars, name);
  }

  /** A variable's value on a host. Throws ExpressionFault. */
  get(host: string, name: string): Json {
    if (name === 'inventory_hostname') return host;
    if (name === 'groups') return this.groups;
    if (!Object.hasOwn(this.extra, name)) return this.own(host, name);
    const known = this.#extraValues.get(host)?.get(name);
    return known ?? keep(this.#extraValues, host, name, this.#value(host, name, this.extra[name] as Json, '-e'));
  }

  /** A variable of the inventory, whatever -e says. Throws ExpressionFault. */
  own(host: string, name: string): Json {
    const known = this.#ownValues.get(host)?.get(name);
    if (known !== undefined) return known;
    const { vars } = this.#host(host);
    if (!Object.hasOwn(vars, name)) {
      throw new ExpressionFault('unknown-name', `host ${host} has no variable "${name}"`, { offset: 0 });
    }
    return keep(this.#ownValues, host, name, this.#value(host, name, vars[name] as Json, ofInventory));
  }

  /** All variables of a host, and its `name`. One whose template fails is left out: most are never asked for. */
  map(host: string): JsonObject {
    const known = this.#maps.get(host);
    if (known !== undefined) return known;
    const entries = Object.keys(this.#host(host).vars).flatMap((name): [string, Json][] => {
      try {
        return [[name, this.own(host, name)]];
      } catch (thrown) {
        if (thrown instanceof ExpressionFault || thrown instanceof ElsewhereFailure) return [];
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
    const { template, faults } = this.#compiled(name, raw);
    const get: Get = (other) => this.get(host, other);
    try {
      return making(this.#pending, `${host} ${origin} ${name}`, name, () => template.render(get));
    } catch (thrown) {
      if (!(thrown instanceof TextFault)) throw thrown;
      throw this.#told(thrown === faults[0] ? faults : [thrown], host, name, origin);
    }
  }

  /** At their places in the inventory, or of -e; where nobody knows these, the first in words, for the place that uses the variable. */
  #told(faults: readonly TextFault[], host: string, name: string, origin: string): Error {
    const written = origin === ofInventory ? this.fleet.written?.(host, name) : undefined;
    const place: Placed = (...at) => (origin === ofInventory ? written?.place(...at) : this.#extraSpot(name, ...at));
    const [first, ...also] = faults.flatMap((one) => one.problemAt(place) ?? []);
    if (first !== undefined) return new ElsewhereFailure(first, also);
    const { code, message, hint } = (faults[0] as TextFault).fault;
    return new ExpressionFault(code, `variable "${name}" of ${origin}: ${message}`, { offset: 0, hint });
  }

  #compiled(name: string, raw: Json): CompiledVariable {
    const key = JSON.stringify([name, raw]);
    const known = this.#templates.get(key);
    if (known !== undefined) return known;
    const faults: TextFault[] = [];
    const locate = (path: YamlPath, fault: ExpressionFault, text: string) =>
      isOfRow(fault) ? fault : new TextFault(path, fault, text);
    const template = compileValue(raw, this.#language, locate, (error) => {
      if (error instanceof TextFault) faults.push(error);
    });
    const made = { template, faults };
    this.#templates.set(key, made);
    return made;
  }
}

interface CompiledVariable {
  readonly template: Template;
  /** What is wrong with it on every host. */
  readonly faults: readonly TextFault[];
}

type Placed = (...at: Parameters<WrittenVariable['place']>) => SourcePlace | undefined;

/** A fault in a text of a variable, which may stand at several places. */
class TextFault extends Error {
  readonly fault: ExpressionFault;
  readonly #path: YamlPath;
  readonly #text: string;

  constructor(path: YamlPath, fault: ExpressionFault, text: string) {
    super(fault.message);
    this.fault = fault;
    this.#path = path;
    this.#text = text;
  }

  /** undefined: nobody knows where that is. */
  problemAt(placed: Placed): Problem | undefined {
    const { code, message, hint, offset, width } = this.fault;
    const place = placed(this.#path, { text: this.#text, offset, width });
    if (place === undefined) return undefined;
    const { source, width: shown, ...at } = place;
    const { severity } = problemCodes[code];
    return { ...{ code, severity, message, at, source, width: shown }, ...(hint === undefined ? {} : { hint }) };
  }
}

const ofInventory = 'the inventory';

function keep(values: Map<string, Map<string, Json>>, host: string, name: string, value: Json): Json {
  const ofHost = values.get(host) ?? new Map<string, Json>();
  values.set(host, ofHost.set(name, value));
  return value;
}
