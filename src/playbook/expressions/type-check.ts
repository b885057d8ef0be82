import { type ASTNode, TypeError as CelTypeError, type Environment } from '@marcbachmann/cel-js';

/** What is known of a value: CEL's name for its type, `dyn` where it may be any; of a map, those of its fields that matter. */
export type KnownType =
  | string
  | { readonly list: KnownType }
  | { readonly map: KnownType }
  | { readonly fields: Readonly<Record<string, KnownType>> };

/** By the names of an expression; a name that is not among them may be anything. */
export type KnownTypes = ReadonlyMap<string, KnownType>;

/** Holds expressions against what is known of their names, beyond what they are evaluated with: there, such names may be anything. */
export class TypeCheck {
  readonly #functions: Environment;
  #base: Environment | undefined;
  /** CEL's names for maps with these fields, and what they are of. */
  readonly #fields = new Map<string, { readonly name: string; readonly types: Readonly<Record<string, string>> }>();
  /** By the maps with fields that it knows, then by the names. */
  readonly #known = new Map<string, Environment>();

  constructor(functions: Environment) {
    this.#functions = functions;
  }

  /** CEL's name for what an expression comes to, `dyn` where that cannot be told. Throws CelTypeError where it cannot be right, whatever the values are. */
  typeOf(text: string, types: KnownTypes): string {
    const used = new Set<string>();
    const named = new Map([...types].map(([name, type]) => [name, this.#nameOf(type, used)]));
    const { valid, type = 'dyn', error } = this.#environment(named, used).check(text);
    if (valid) return type;
    if (error instanceof CelTypeError && isCertain(error)) throw error;
    return 'dyn';
  }

  /** `used` takes the maps with fields that it is made of. */
  #nameOf(type: KnownType, used: Set<string>): string {
    if (typeof type === 'string') return type;
    if ('list' in type) return `list<${this.#nameOf(type.list, used)}>`;
    if ('map' in type) return `map<string, ${this.#nameOf(type.map, used)}>`;
    const types = Object.fromEntries(Object.entries(type.fields).map(([key, one]) => [key, this.#nameOf(one, used)]));
    const key = JSON.stringify(Object.entries(types).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const known = this.#fields.get(key) ?? { name: `${fieldsName}${this.#fields.size}`, types };
    this.#fields.set(key, known);
    used.add(key);
    return known.name;
  }

  #environment(names: ReadonlyMap<string, string>, used: ReadonlySet<string>): Environment {
    const ofFields = [...used].toSorted();
    const [outer, inner] = [JSON.stringify(ofFields), JSON.stringify([...names])];
    const known = this.#known.get(outer + inner);
    if (known !== undefined) return known;
    const around = this.#known.get(outer) ?? this.#withFields(ofFields);
    this.#known.set(outer, around);
    const made = around.clone();
    for (const [name, type] of names) made.registerVariable(name, type);
    this.#known.set(outer + inner, made);
    return made;
  }

  #withFields(keys: readonly string[]): Environment {
    this.#base ??= asEvaluated(this.#functions.clone({ unlistedVariablesAreDyn: true }));
    const made = this.#base.clone();
    const all = [...this.#fields].filter(([key]) => keys.includes(key)).map(([, one]) => one);
    for (const { name, types } of all) made.registerType(name, { fields: types });
    return made;
  }
}

const fieldsName = 'Fields.';

/** What CEL refuses by its types, and compares where it does not know them. A result's exit code may be null. */
function asEvaluated(cel: Environment): Environment {
  const compared = ['int == double', 'int == uint', 'double == uint', 'int == null'];
  const found = ['int in list<double>', 'int in list<null>', 'double in list<int>', 'null in list<int>'];
  for (const operator of [...compared, ...found]) cel.registerOperator(operator, neverAsked);
  return cel;
}

function neverAsked(): never {
  throw new Error('types are checked here, and nothing is evaluated');
}

/** Errors of CEL's check that evaluating would come to as well, or to a comparison that never holds. */
const certain: ReadonlySet<string> = new Set([
  ...['no_such_overload', 'no_matching_overload', 'invalid_logical_operand', 'invalid_condition_type'],
  ...['cannot_index_type', 'invalid_index_type', 'invalid_comprehension_range'],
]);

/** Else evaluating may do it: a map with fields is one to CEL's check alone, lists of any items are joined, or alike when empty, and `.?` asks anything. */
function isCertain({ code, summary, node }: CelTypeError): boolean {
  const { op } = (node ?? {}) as Partial<ASTNode>;
  const isOfItems = /^no such overload: (list|map)<.*> (?:\+|==|!=) \1</.test(summary);
  return certain.has(code) && !summary.includes(fieldsName) && !isOfItems && op !== '.?' && op !== '[?]';
}
