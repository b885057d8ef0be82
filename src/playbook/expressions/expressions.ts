import {
  type ASTNode,
  TypeError as CelTypeError,
  Environment,
  EvaluationError,
  ParseError,
  serialize,
} from '@marcbachmann/cel-js';
import { entryOf } from '../../core/entry-of.ts';
import { reason } from '../../core/failure.ts';
import type { Json } from '../../core/json.ts';
import { didYouMean } from '../../core/nearest.ts';
import { fromJinja } from '../jinja/hints.ts';
import { wordOfTruth } from '../schema/truth-words.ts';
import { asItIs, fromCel, toCel } from './cel-values.ts';
import { ExpressionFault } from './expression-fault.ts';
import { dashed, elsewhere, inWords, typeHint } from './expression-hints.ts';
import { addFunctions, type Env } from './functions.ts';
import { type Looked, lookedAt } from './looked-at.ts';
import { loopAlias, taken, withLoopAlias } from './own-words.ts';
import { type NameKind, presenceIn } from './presence.ts';
import { type Mentions, mentions } from './syntax.ts';
import { refuseComments, refuseTraps } from './traps.ts';
import { type KnownTypes, TypeCheck } from './type-check.ts';
import { argumentHint, operandHint } from './type-hints.ts';

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

interface Span {
  readonly offset: number;
  readonly width: number;
}

interface LanguageParts {
  readonly cel: Environment;
  readonly doubles: ReadonlySet<string>;
  readonly mentioned: Set<string>;
  readonly kinds: ReadonlyMap<string, NameKind>;
  readonly types: TypeCheck;
}

/** CEL (https://github.com/google/cel-spec) with a set of known names. The only file that knows which CEL it is. */
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
  /** By the names that it knows besides: most loops bring the same ones. */
  readonly #larger = new Map<string, Language>();

  private constructor(of: Pick<Language, 'names'> & LanguageParts) {
    this.#cel = of.cel;
    this.names = of.names;
    this.#doubles = of.doubles;
    this.#mentioned = of.mentioned;
    this.#kinds = of.kinds;
    this.#types = of.types;
  }

  get #parts(): Pick<Language, 'names'> & LanguageParts {
    const [cel, doubles, mentioned, kinds, types] = [
      this.#cel,
      this.#doubles,
      this.#mentioned,
      this.#kinds,
      this.#types,
    ];
    return { names: this.names, cel, doubles, mentioned, kinds, types };
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
    const cel = this.#cel.clone();
    const kinds = new Map(this.#kinds);
    for (const name of added) {
      if (!this.names.has(name)) cel.registerVariable(name === 'loop' ? loopAlias : name, 'dyn');
      if (kind === undefined) kinds.delete(name);
      else kinds.set(name, kind);
    }
    const made = new Language({ ...this.#parts, cel, kinds, names: new Set([...this.names, ...added]) });
    this.#larger.set(key, made);
    return made;
  }

  /** The same with the names that another knows, of any type. */
  withNamesOf(other: Language): Language {
    const ofKind = (kind?: NameKind) => [...other.names].filter((name) => other.#kinds.get(name) === kind);
    return this.with(ofKind())
      .with(ofKind('host'), 'host')
      .with(ofKind('result'), 'result')
      .with(ofKind('extra'), 'extra');
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

  /** Has any expression used this name, of this language or of one with more or fewer names? */
  hasMentioned(name: string): boolean {
    return this.#mentioned.has(name);
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
    const parsed = this.#guard(text, () => this.#cel.parse(withLoopAlias(text)));
    const found = mentions(parsed.ast);
    refuseTraps(found);
    const { valid, type, error } = parsed.check();
    if (!valid) throw this.#fault(error, text);
    const names = new Map([...found.names].map(([name, offset]) => [name === loopAlias ? 'loop' : name, offset]));
    for (const own of taken) if (own !== 'loop') names.delete(own);
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
    const typeWith = (types: KnownTypes) => this.#guard(text, () => this.#typeWith(text, types));
    const looked = () =>
      lookedAt(this.#cel.parse(withLoopAlias(text)).ast)
        .map(named)
        .filter(({ name }) => names.has(name));
    return { text, names, paths, asked: found.asked, whole, type: type ?? 'dyn', typeWith, evaluate, looked };
  }

  #typeWith(text: string, types: KnownTypes): string {
    const aliased = [...types].map(([name, type]) => [name === 'loop' ? loopAlias : name, type] as const);
    return this.#types.typeOf(withLoopAlias(text), new Map(aliased));
  }

  #guard<T>(text: string, act: () => T, values?: Map<string, unknown>): T {
    try {
      return act();
    } catch (thrown) {
      throw this.#fault(thrown, text, values);
    }
  }

  #fault(thrown: unknown, text: string, values?: Map<string, unknown>): ExpressionFault {
    if (!(thrown instanceof ParseError || thrown instanceof CelTypeError || thrown instanceof EvaluationError)) {
      if (thrown instanceof RangeError && thrown.message.includes('call stack')) {
        return new ExpressionFault('too-deep', 'it nests too deeply', { offset: 0, hint: 'Split it over variables.' });
      }
      // One of our own functions, which know no position.
      return new ExpressionFault('expression-failed', reason(thrown), { offset: 0, width: text.length });
    }
    const offset = Math.min(thrown.range?.start ?? 0, Math.max(0, text.length - 1));
    const width = (thrown.range?.end ?? offset) - offset;
    const message = thrown.summary.replaceAll(loopAlias, 'loop').replace('token: EOF', 'end of the expression');
    const place = { offset, width };
    const unknown = /^Unknown variable: (.*)$/.exec(message)?.[1];
    if (unknown !== undefined) {
      const hint =
        this.#instead(unknown) ??
        this.#fromJinja(text) ??
        wordOfTruth(unknown) ??
        dashed(text) ??
        didYouMean(unknown, [...this.names, 'true', 'false', 'null']);
      return new ExpressionFault('unknown-name', `"${unknown}" is not known here`, { ...place, hint });
    }
    const node = thrown.node as ASTNode | undefined;
    if (thrown.code === 'no_matching_overload') return this.#noOverload(message, place, text, node);
    if (thrown.code === 'index_out_of_bounds') {
      const index = /index (-?\d+)/.exec(message)?.[1];
      const hint = index?.startsWith('-') ? 'The last item is list.last().' : undefined;
      return new ExpressionFault('no-such-key', `the list has no item ${index}`, { ...place, hint });
    }
    if (thrown.code === 'no_such_key') {
      const key = message.replace(/^No such key: /, '');
      return new ExpressionFault('no-such-key', `there is no "${key}" here`, {
        ...place,
        hint: didYouMean(key, this.#keysAt(node, values)),
      });
    }
    const code =
      thrown instanceof ParseError ? 'expression' : thrown instanceof CelTypeError ? 'wrong-type' : 'expression-failed';
    return new ExpressionFault(code, inWords(message), {
      ...place,
      hint: dashed(text) ?? this.#fromJinja(text) ?? typeHint(message) ?? (node && operandHint(node, text, message)),
    });
  }

  #fromJinja(text: string): string | undefined {
    return fromJinja(text, (name) => presenceIn({ names: this.names, kinds: this.#kinds }, name));
  }

  #instead(unknown: string): string | undefined {
    if (unknown === 'item' && this.names.has('loop')) return 'The item of this loop has the name that "loop_var" says.';
    return entryOf(elsewhere, unknown);
  }

  #noOverload(message: string, place: Span, text: string, node: ASTNode | undefined): ExpressionFault {
    const [, on, name = '', of = ''] = /for '(?:([^'(]*)\.)?(\w+)\(([^']*)\)'/.exec(message) ?? [];
    const functions = new Set(this.#cel.getDefinitions().functions.map((known) => known.name));
    if (!functions.has(name)) {
      const hint = this.#fromJinja(text) ?? didYouMean(name, functions);
      return new ExpressionFault('unknown-function', `there is no function "${name}"`, { ...place, hint });
    }
    const join = name === 'join' ? 'To join what is not text: list.map(one, string(one)).join(",").' : undefined;
    const types = [...(on === undefined ? [] : [on]), ...of.split(/, (?![^<]*>)/)];
    const hint = join ?? (node && argumentHint(node, text, types));
    const dotted = on === undefined ? '' : ' of this value';
    return new ExpressionFault('wrong-type', `"${name}"${dotted} does not take (${of})`, { ...place, hint });
  }

  /** The keys of the map that a failed `.key` looked into. */
  #keysAt(node: ASTNode | undefined, values: Map<string, unknown> | undefined): readonly string[] {
    if (node === undefined || (node.op !== '.' && node.op !== '[]')) return [];
    try {
      const map: unknown = this.#cel.evaluate(serialize(node.args[0]), values);
      return map instanceof Map ? [...map.keys()].map(String) : [];
    } catch {
      return [];
    }
  }
}
