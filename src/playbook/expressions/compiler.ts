import type { ProblemCode } from '../../core/codes/problem-codes.ts';
import type { Json } from '../../core/json.ts';
import { shown } from '../../core/shown.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import { type PlaybookText, ProblemFailure } from '../parse.ts';
import type { Problem } from '../problem.ts';
import { type Braces, bracesIn } from './braces.ts';
import { ExpressionFault } from './expression-fault.ts';
import { conditionHint } from './expression-hints.ts';
import type { Language } from './expressions.ts';
import { type Bare, compileBare, compileValue, type Get, type Locate, plain, type Template } from './templates.ts';
import type { KnownTypes } from './type-check.ts';

/** A bare expression, as in `when`, or a plain true or false. */
export interface Condition {
  readonly text: string;
  readonly template: Pick<Bare, keyof Template | 'values'>;
  readonly path: YamlPath;
  /** Faults of it have been reported: whether it holds is not known. */
  readonly isBroken?: boolean;
}

/** Compiles the parts of a task, or of a play. What is wrong with one is reported at its place; using that part then throws. */
export class Compiler {
  readonly #doc: PlaybookText;
  readonly #language: Language;
  readonly #report: (error: unknown) => void;

  constructor(of: { doc: PlaybookText; language: Language; report: (error: unknown) => void }) {
    this.#doc = of.doc;
    this.#language = of.language;
    this.#report = of.report;
  }

  /** The same for what has been compiled before: what is wrong with it is not reported again. */
  quiet(): Compiler {
    return new Compiler({ doc: this.#doc, language: this.#language, report: () => undefined });
  }

  /** A value with templates in it. */
  value(value: Json, at: YamlPath): Template {
    const locate = (inner: YamlPath, fault: ExpressionFault, text: string) =>
      located(this.#doc, [...at, ...inner], fault, text);
    return compileValue(value, this.#language, locate, this.#report);
  }

  /** One condition, or a list of which all must hold; none where nothing is written. */
  conditions(value: Json | undefined, at: YamlPath): readonly Condition[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) return [this.#condition(value, at)];
    return value.map((one: Json, i) => this.#condition(one, [...at, i]));
  }

  holds({ template, path }: Condition, get: Get): boolean {
    const value = template.render(get);
    if (typeof value === 'boolean') return value;
    throw this.failure(
      'wrong-type',
      `this must be true or false, and is ${shown(value)}`,
      path,
      conditionHint(kindOf(value)),
    );
  }

  /** Text that is not empty. Throws ProblemFailure for anything else. */
  text(template: Template, get: Get, at: YamlPath): string {
    const value = template.render(get);
    if (typeof value === 'string' && value !== '') return value;
    const hint = typeof value === 'number' || typeof value === 'boolean' ? 'Write {{ string(...) }}.' : undefined;
    throw this.failure('wrong-type', `"${at.at(-1)}" must come to text, not ${shown(value)}`, at, hint);
  }

  failure(code: ProblemCode, message: string, at: YamlPath, hint?: string): ProblemFailure {
    return new ProblemFailure(this.#doc.problem(code, message, at, { hint }));
  }

  #condition(value: Json, at: YamlPath): Condition {
    const constant = (result: Json): Condition => ({
      text: String(value),
      path: at,
      template: { ...plain(result), values: () => [] },
    });
    if (typeof value !== 'string') return constant(value);
    const locate = (fault: ExpressionFault) => located(this.#doc, at, fault, value);
    const broken: Condition = { ...constant(true), isBroken: true };
    const braced = bracesIn(value, String(at.findLast((one) => typeof one === 'string')));
    if (braced !== undefined) {
      const inner = this.#faultsIn(braced.inner, locate);
      const hint = inner.length === 0 ? braced.hint : 'Write it without braces.';
      this.#report(locate(new ExpressionFault(braced.code, braced.message, { ...braced, hint })));
      for (const error of inner) this.#report(error);
      if (braced.code === 'braces') return broken;
    }
    const template = compileBare(value, this.#language, locate, this.#report);
    if (template === undefined) return broken;
    const refused = this.#unlessBool(template.type, at);
    if (refused !== undefined) {
      this.#report(refused);
      return broken;
    }
    const expressions = template.expressions.map((one) => ({
      ...one,
      typeWith: (types: KnownTypes) => {
        const type = one.typeWith(types);
        const found = this.#unlessBool(type, at);
        if (found !== undefined) throw found;
        return type;
      },
    }));
    return { text: value, template: { ...template, expressions }, path: at };
  }

  #faultsIn(inner: Braces['inner'], locate: (fault: ExpressionFault) => Error): readonly Error[] {
    const found: Error[] = [];
    if (inner !== undefined)
      compileBare(
        inner.text,
        this.#language,
        (fault) => locate(fault.moved(inner.offset)),
        (error) => found.push(error),
      );
    return found;
  }

  /** What is wrong with a condition of such a type. */
  #unlessBool(type: string, at: YamlPath): Error | undefined {
    if (type === 'bool' || type === 'dyn') return undefined;
    return this.failure('wrong-type', `this must be true or false, and is of type ${type}`, at, conditionHint(type));
  }
}

/** A value of which nothing can be used where a part is wrong. Throws ProblemFailure for all that is. */
export function compiledWhole(
  value: Json,
  language: Language,
  locate: (...about: Parameters<Locate>) => ProblemFailure,
): Template {
  const found: Problem[] = [];
  const template = compileValue(value, language, locate, (error) => {
    if (!(error instanceof ProblemFailure)) throw error;
    found.push(error.problem);
  });
  const [first, ...also] = found;
  if (first !== undefined) throw new ProblemFailure(first, also);
  return template;
}

/** A fault in a text of the playbook, with its place. */
export function located(doc: PlaybookText, path: YamlPath, fault: ExpressionFault, text: string): ProblemFailure {
  const within = { text, offset: fault.offset, width: fault.width };
  return new ProblemFailure(doc.problem(fault.code, fault.message, path, { hint: fault.hint, within }));
}

/** As CEL calls it. */
function kindOf(value: Json): string {
  return Array.isArray(value) ? 'list' : typeof value === 'number' ? 'double' : typeof value;
}
