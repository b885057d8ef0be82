import { Environment } from '@marcbachmann/cel-js';
import type { Json } from '../../core/json.ts';
import { CelFaults } from './cel-faults.ts';
import { asItIs, fromCel, toCel } from './cel-values.ts';
import type { ExpressionFault } from './expression-fault.ts';
import { whereFrom } from './expression-hints.ts';
import { addFunctions, type Env } from './functions.ts';
import { type Looked, lookedAt } from './looked-at.ts';
import { loopAlias, taken, withLoopAlias } from './own-words.ts';
import { patternFaults } from './pattern-rules.ts';
import type { NameKind } from './presence.ts';
import { type Mentions, mentions } from './syntax.ts';
import { refuseComments, refuseTraps } from './traps.ts';
import { type KnownTypes, TypeCheck } from './type-check.ts';

export interface Expression extends Pick<Mentions, 'names' | 'paths' | 'asked' | 'whole'> {
  readonly text: string;
  /** As CEL infers it: `bool`, `string`, `dyn`, ... */
  readonly type: string;
  /** The same where more is known of its names than that they are there. Throws ExpressionFault where it cannot be right then. */
  typeWith(types: KnownTypes): string;
  /** `get` gives the value of each of `names`. Pure. Throws ExpressionFault, and what `get` throws. */
  evaluate(get: (name: string) => Json): Json;
  /** What it looks at of its names. */
  looked(): readonly Looked[];
}

/** Is a name that nobody knows no fault in an expression? */
type Excuse = (name: string, expression: string) => boolean;

interface LanguageParts {
  readonly cel: Environment;
  readonly doubles: ReadonlySet<string>;
  readonly mentioned: Set<string>;
  readonly kinds: ReadonlyMap<string, NameKind>;
  readonly types: TypeCheck;
  readonly isExcused: Excuse;
}

/** CEL (https://github.com/google/cel-spec) with a set of known names. Which CEL it is, only its own folder knows. */
export class Language {
  readonly names: ReadonlySet<string>;
  readonly #cel: Environment;
  /** Names whose values are fractions, also where one of them is whole. */
  readonly #doubles: ReadonlySet<string>;
  readonly #compiled = new Map<string, Expression>();
  /** Shared by all that come from one. */
  readonly #mentioned: Set<string>;
  /** Of names that are not simply there. */
  readonly #kinds: ReadonlyMap<string, NameKind>;
  readonly #types: TypeCheck;
  readonly #isExcused: Excuse;
  /** By the names that it knows besides: most loops bring the same ones. */
  readonly #larger = new Map<string, Language>();

  private constructor(of: Pick<Language, 'names'> & LanguageParts) {
    this.#cel = of.cel;
    this.names = of.names;
    this.#doubles = of.doubles;
    this.#mentioned = of.mentioned;
    this.#kinds = of.kinds;
    this.#types = of.types;
    this.#isExcused = of.isExcused;
  }

  get #parts(): Pick<Language, 'names'> & LanguageParts {
    return {
      ...{ names: this.names, cel: this.#cel, doubles: this.#doubles, mentioned: this.#mentioned },
      ...{ kinds: this.#kinds, types: this.#types, isExcused: this.#isExcused },
    };
  }

  /** Knows no names yet, only functions. */
  static create(env: Env): Language {
    const plain = new Environment({
      unlistedVariablesAreDyn: false,
      homogeneousAggregateLiterals: false,
      enableOptionalTypes: true,
      limits: { maxAstNodes: 10_000, maxDepth: 100 },
    });
    const none = new Set<string>();
    const cel = addFunctions(plain, env);
    return new Language({
      ...{ cel, names: none, doubles: none, mentioned: new Set(), kinds: new Map(), types: new TypeCheck(cel) },
      isExcused: noName,
    });
  }

  /** Can a variable have this name? Not those that CEL itself needs. */
  static allows(name: string): boolean {
    return /^[a-z_][a-zA-Z0-9_]*$/.test(name) && !taken.has(name);
  }

  /** The same with more names, or with known ones of another kind; those that cannot be names are left out. No kind: they are there. */
  with(names: Iterable<string>, kind?: NameKind): Language {
    const added = [...new Set(names)].filter(
      (name) => (!this.names.has(name) || this.#kinds.get(name) !== kind) && (name === 'loop' || Language.allows(name)),
    );
    if (added.length === 0) return this;
    const key = `${kind} ${added.toSorted().join(' ')}`;
    const known = this.#larger.get(key);
    if (known !== undefined) return known;
    const cel = this.#knowing(added.filter((name) => !this.names.has(name)));
    const kinds = new Map(this.#kinds);
    for (const name of added) {
      if (kind === undefined) kinds.delete(name);
      else kinds.set(name, kind);
    }
    const made = new Language({ ...this.#parts, cel, kinds, names: new Set([...this.names, ...added]) });
    this.#larger.set(key, made);
    return made;
  }

  /** The same, where these names may come from what could not be read: that nobody knows them is then no fault of their own. */
  excusing(isExcused: Excuse): Language {
    const isNone: Excuse = (name, text) => isExcused(name, text) || this.#isExcused(name, text);
    return new Language({ ...this.#parts, isExcused: isNone });
  }

  /** The same with the names that another knows, of any type. */
  withNamesOf(other: Language): Language {
    const ofKind = (kind?: NameKind) => [...other.names].filter((name) => other.#kinds.get(name) === kind);
    const made = this.with(ofKind())
      .with(ofKind('host'), 'host')
      .with(ofKind('result'), 'result')
      .with(ofKind('extra'), 'extra');
    return other.#isExcused === this.#isExcused ? made : made.excusing(other.#isExcused);
  }

  /** The same with more names of a type that is known: `string`, `bool`, `int`, `double`. Those that cannot be names are left out. */
  withTypes(types: ReadonlyMap<string, string>): Language {
    const added = [...types].filter(([name]) => !this.names.has(name) && Language.allows(name));
    if (added.length === 0) return this;
    const cel = this.#cel.clone();
    for (const [name, type] of added) cel.registerVariable(name, type);
    const doubles = added.filter(([, type]) => type === 'double').map(([name]) => name);
    const names = new Set([...this.names, ...added.map(([name]) => name)]);
    return new Language({ ...this.#parts, cel, names, doubles: new Set([...this.#doubles, ...doubles]) });
  }

  /** Every name that an expression has used, of this language or of one with more or fewer names. */
  get mentioned(): ReadonlySet<string> {
    return this.#mentioned;
  }

  /** Parses and checks. Throws ExpressionFault. */
  compile(text: string): Expression {
    const known = this.#compiled.get(text);
    if (known !== undefined) return known;
    const made = this.#compile(text);
    this.#compiled.set(text, made);
    return made;
  }

  #compile(text: string): Expression {
    refuseComments(text);
    const written = withLoopAlias(text);
    const read = this.#guard(text, () => this.#cel.parse(written));
    const found = mentions(read.ast);
    refuseTraps(found);
    const names = new Map([...found.names].map(([name, offset]) => [name === loopAlias ? 'loop' : name, offset]));
    for (const own of taken) if (own !== 'loop') names.delete(own);
    const unknown = [...names].filter(([name]) => !this.names.has(name));
    const parsed = unknown.length === 0 ? read : this.#knowing(unknown.map(([name]) => name)).parse(written);
    const { valid, type, error } = parsed.check();
    this.#refuse(text, unknown, [...patternFaults(text, found), ...(valid ? [] : [this.#faults.of(error, text)])]);
    for (const name of names.keys()) this.#mentioned.add(name);
    const named = <P extends { name: string }>(path: P): P =>
      path.name === loopAlias ? { ...path, name: 'loop' } : path;
    const paths = found.paths.map(named);
    const whole = found.whole && named(found.whole);
    const [alone] = parsed.ast.op === 'id' ? names.keys() : [];
    const evaluate = (get: (name: string) => Json): Json => {
      if (alone !== undefined) {
        const value = get(alone);
        return this.#guard(text, () => asItIs(value));
      }
      const values = new Map<string, unknown>();
      for (const name of names.keys()) {
        const value = get(name);
        const kept = typeof value === 'number' && this.#doubles.has(name);
        values.set(name === 'loop' ? loopAlias : name, kept ? value : toCel(value));
      }
      return this.#guard(text, () => fromCel(parsed(values)), values);
    };
    const typeWith = (types: KnownTypes) => this.#guard(text, () => this.#typeWith(written, types));
    const looked = () =>
      lookedAt(this.#cel.parse(written).ast)
        .map(named)
        .filter(({ name }) => names.has(name));
    return { text, names, paths, asked: found.asked, whole, type: type ?? 'dyn', typeWith, evaluate, looked };
  }

  /** `written`: with the alias of `loop`. */
  #typeWith(written: string, types: KnownTypes): string {
    const aliased = [...types].map(([name, type]) => [name === 'loop' ? loopAlias : name, type] as const);
    return this.#types.typeOf(written, new Map(aliased));
  }

  /** Throws ExpressionFault for all that is wrong: for each name that nobody knows, and for what types have against the rest. */
  #refuse(text: string, unknown: readonly (readonly [string, number])[], others: readonly ExpressionFault[]): void {
    const faults = unknown
      .filter(([name]) => !this.#isExcused(name, text))
      .toSorted(([, a], [, b]) => a - b)
      .map(([name, offset]) => this.#faults.ofUnknown(name, text, { offset, width: name.length }));
    // One hint that says the whole expression in other words is enough.
    const own = [undefined, whereFrom(this.names)];
    const told = faults.filter(({ hint }, i) => i === 0 || own.includes(hint) || hint !== faults[0]?.hint);
    const all = [...told, ...others.filter((other) => !told.some((fault) => fault.isInside(other)))];
    const [first, ...also] = all.toSorted((a, b) => a.offset - b.offset);
    if (first !== undefined) throw first.with(also);
  }

  /** With these names too, of any type. */
  #knowing(names: readonly string[]): Environment {
    const cel = this.#cel.clone();
    for (const name of names) cel.registerVariable(name === 'loop' ? loopAlias : name, 'dyn');
    return cel;
  }

  #guard<T>(text: string, act: () => T, values?: Map<string, unknown>): T {
    try {
      return act();
    } catch (thrown) {
      throw this.#faults.of(thrown, text, values);
    }
  }

  get #faults(): CelFaults {
    return new CelFaults({ cel: this.#cel, names: this.names, kinds: this.#kinds });
  }
}

const noName = () => false;
