import type { ProblemCode } from '../../core/codes/problem-codes.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import { holdsStatement } from '../jinja/statements.ts';
import { ElsewhereFailure } from '../parse.ts';
import { ExpressionFault } from './expression-fault.ts';
import type { Expression, Language } from './expressions.ts';
import { valueAt } from './looked-at.ts';
import type { Step } from './syntax.ts';
import { readTemplate } from './template-parts.ts';
import type { KnownTypes } from './type-check.ts';

/** A name that some text uses, and how to complain about it there. */
export interface Use {
  readonly name: string;
  /** Set where it is used for a part of its value: `name.field[0]`. */
  readonly steps?: readonly Step[];
  /** Without `steps`: the part of its value that the text comes to, if it is no more than that. */
  readonly whole?: readonly Step[];
  /** Without `steps`: fields that the text asks for before it reads them, with has(...), `.?` or `in`. */
  readonly asked?: ReadonlySet<string>;
  /** `at`: the step that is meant. */
  error(code: ProblemCode, message: string, hint?: string, at?: Step): Error;
}

/** An expression in a text, which can be held against what is known of its names. */
export interface TextExpression extends Pick<Expression, 'text' | 'names' | 'paths'> {
  /** The type that it comes to then. Throws what is wrong with it, with its place. */
  typeWith(types: KnownTypes): string;
}

/** Turns what is wrong with a part of a text into an error that says where that is. */
export type Locate = (path: YamlPath, fault: ExpressionFault, text: string) => Error;

export type Get = (name: string) => Json;

/** A value with templates in it, ready to be rendered. */
export interface Template {
  /** False: it is plain data, `render` returns it as it is. */
  readonly dynamic: boolean;
  /** Set where a part of it has faults, which have been reported: only the rest can be rendered. */
  readonly isBroken?: boolean;
  readonly uses: readonly Use[];
  readonly expressions: readonly TextExpression[];
  /** Pure. Throws what `locate` makes of a fault, and what `get` throws. */
  render(get: Get): Json;
}

/** Also a text with statements of Jinja, which compiling refuses. */
export function isTemplate(value: Json | undefined): value is string {
  return typeof value === 'string' && (value.includes('{{') || holdsStatement(value));
}

/** Is it one `{{ }}` and nothing else, so that it comes to a value of any type? */
export function isOneExpression(value: Json): boolean {
  if (!isTemplate(value)) return false;
  const { parts, faults } = readTemplate(value);
  return faults.length === 0 && parts.length === 1 && typeof parts[0] !== 'string';
}

/** Does this value hold a template, at any depth? */
export function holdsTemplate(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.some(holdsTemplate);
  return isJsonObject(value) ? Object.values(value).some(holdsTemplate) : isTemplate(value);
}

/** A value without templates in it. */
export function plain(value: Json): Template {
  return { dynamic: false, uses: [], expressions: [], render: () => value };
}

/** Compiles every `{{ }}` in a value. Faults go to `report`, all of them; rendering such a part throws. */
export function compileValue(
  value: Json,
  language: Language,
  locate: Locate,
  report: (error: Error) => void,
): Template {
  const compile = (inner: Json, path: YamlPath): Template => {
    if (Array.isArray(inner)) {
      const parts = inner.map((item, i) => compile(item as Json, [...path, i]));
      return joined(parts, (get) => parts.map((part) => part.render(get)));
    }
    if (isJsonObject(inner)) {
      const parts = Object.entries(inner).map(([key, item]) => [key, compile(item as Json, [...path, key])] as const);
      return joined(
        parts.map(([, part]) => part),
        mapOf(inner, parts),
      );
    }
    if (!isTemplate(inner)) return plain(inner);
    return compileText(inner, language, (fault) => locate(path, fault, inner), report);
  };
  const made = compile(value, []);
  return made.dynamic ? made : { ...made, render: () => value };
}

/** A bare expression. */
export interface Bare extends Template {
  readonly type: string;
  /** The values that it looks at, as they are written: undefined for what is not there. Of an expression that could be rendered. */
  values(get: Get): readonly (readonly [written: string, value: Json | undefined])[];
}

/** Compiles a bare expression, as in `when`. Faults go to `report`, all of them; then there is none. */
export function compileBare(
  text: string,
  language: Language,
  locate: (fault: ExpressionFault) => Error,
  report: (error: Error) => void,
): Bare | undefined {
  try {
    const part = { expression: language.compile(text), offset: 0 };
    return {
      dynamic: true,
      uses: usesOf(part, locate),
      expressions: [checked(part, locate)],
      type: part.expression.type,
      render: (get) => evaluate(part, get, locate),
      values: (get) =>
        part.expression.looked().map((one) => [text.slice(one.start, one.end), valueAt(get(one.name), one)]),
    };
  } catch (thrown) {
    if (!(thrown instanceof ExpressionFault)) throw thrown;
    for (const fault of thrown.all) report(locate(fault));
    return undefined;
  }
}

interface Part {
  readonly expression: Expression;
  /** Of the expression in the text. */
  readonly offset: number;
}

/** Faults go to `report`, one by one; then rendering throws the first of them. */
function compileText(
  text: string,
  language: Language,
  locate: (fault: ExpressionFault) => Error,
  report: (error: Error) => void,
): Template {
  const { parts: written, faults, bound } = readTemplate(text);
  const known = bound.size === 0 ? language : language.excusing((name) => bound.has(name));
  const found = [...faults];
  const parts = written.flatMap((part): (string | Part)[] => {
    if (typeof part === 'string') return [part];
    try {
      return [{ expression: known.compile(part.text), offset: part.offset }];
    } catch (thrown) {
      if (!(thrown instanceof ExpressionFault)) throw thrown;
      found.push(...thrown.moved(part.offset).all);
      return [];
    }
  });
  const made = parts.filter((part) => typeof part !== 'string');
  const uses = made.flatMap((part) => usesOf(part, locate));
  const expressions = made.map((part) => checked(part, locate));
  const isFromStatement = ({ code, message }: ExpressionFault) =>
    code === 'unknown-function' && [...bound].some((name) => message.includes(`"${name}"`));
  const errors = found
    .filter((fault) => !isFromStatement(fault))
    .toSorted((a, b) => a.offset - b.offset)
    .map(locate);
  for (const error of errors) report(error);
  const [error] = errors;
  if (error !== undefined) return { dynamic: true, isBroken: true, uses, expressions, render: () => fail(error) };
  const [first] = parts;
  if (parts.length === 1 && first !== undefined && typeof first !== 'string') {
    return { dynamic: true, uses, expressions, render: (get) => evaluate(first, get, locate) };
  }
  const render = (get: Get): Json => {
    let all = '';
    for (const part of parts)
      all += typeof part === 'string' ? part : asText(evaluate(part, get, locate), part, locate);
    return all;
  };
  return { dynamic: true, uses, expressions, render };
}

function usesOf({ expression, offset }: Part, locate: (fault: ExpressionFault) => Error): readonly Use[] {
  const { names, paths, asked, whole } = expression;
  const use = (name: string, place: { offset: number; width: number }, more: Partial<Use>): Use => ({
    ...{ name, ...more },
    error: (code, message, hint, at) => {
      const { offset: from, width } = at ?? place;
      return locate(new ExpressionFault(code, message, { offset: offset + from, width, hint }));
    },
  });
  return [
    ...[...names].map(([name, at]) =>
      use(name, { offset: at, width: name.length }, { asked, ...(whole?.name === name ? { whole: whole.steps } : {}) }),
    ),
    ...paths.map(({ name, steps }) => use(name, steps[0] ?? { offset: 0, width: 1 }, { steps })),
  ];
}

function checked({ expression, offset }: Part, locate: (fault: ExpressionFault) => Error): TextExpression {
  const { text, names, paths } = expression;
  const typeWith = (types: KnownTypes) => {
    try {
      return expression.typeWith(types);
    } catch (thrown) {
      throw thrown instanceof ExpressionFault ? locate(thrown.moved(offset)) : thrown;
    }
  };
  return { text, names, paths, typeWith };
}

function evaluate({ expression, offset }: Part, get: Get, locate: (fault: ExpressionFault) => Error): Json {
  try {
    return expression.evaluate((name) => {
      try {
        return get(name);
      } catch (thrown) {
        const use = { offset: expression.names.get(name) ?? 0, width: name.length };
        if (thrown instanceof ElsewhereFailure)
          throw thrown.usedAt(locate(new ExpressionFault('unknown-name', '', { ...use, offset: use.offset + offset })));
        // A variable whose own text cannot say where it stands: the fault is shown where it is used.
        if (!(thrown instanceof ExpressionFault)) throw thrown;
        throw new Nested(new ExpressionFault(thrown.code, thrown.message, { ...use, hint: thrown.hint }));
      }
    });
  } catch (thrown) {
    const fault = thrown instanceof Nested ? thrown.fault : thrown;
    throw fault instanceof ExpressionFault ? locate(fault.moved(offset)) : fault;
  }
}

class Nested extends Error {
  readonly fault: ExpressionFault;
  constructor(fault: ExpressionFault) {
    super(fault.message);
    this.fault = fault;
  }
}

function asText(value: Json, { expression, offset }: Part, locate: (fault: ExpressionFault) => Error): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const what = value === null ? 'null' : Array.isArray(value) ? 'a list' : 'a map';
  const hint = 'Write to_json(...) to have it as JSON text.';
  throw locate(
    new ExpressionFault('wrong-type', `${what} cannot stand inside text`, {
      offset,
      width: expression.text.length,
      hint,
    }),
  );
}

function joined(parts: readonly Template[], render: Template['render']): Template {
  return {
    dynamic: parts.some((part) => part.dynamic),
    ...(parts.some((part) => part.isBroken) ? { isBroken: true } : {}),
    uses: parts.flatMap((part) => part.uses),
    expressions: parts.flatMap((part) => part.expressions),
    render,
  };
}

/** Makes copies of a map in which only what is a template is made anew: arguments are rendered for each host, and mostly plain. */
function mapOf(written: JsonObject, parts: readonly (readonly [string, Template])[]): Template['render'] {
  const dynamic = parts.filter(([, part]) => part.dynamic);
  return (get) => {
    const made: Record<string, Json> = { ...written };
    for (const [key, part] of dynamic) made[key] = part.render(get);
    return made;
  };
}

function fail(error: Error): never {
  throw error;
}
