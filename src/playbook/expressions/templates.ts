import type { ProblemCode } from '../../core/codes/problem-codes.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { YamlPath } from '../../core/yaml.ts';
import { statementIn } from '../jinja/hints.ts';
import { ExpressionFault } from './expression-fault.ts';
import type { Expression, Language } from './expressions.ts';
import { valueAt } from './looked-at.ts';
import { split } from './split.ts';
import type { Step } from './syntax.ts';
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
  readonly uses: readonly Use[];
  readonly expressions: readonly TextExpression[];
  /** Pure. Throws what `locate` makes of a fault, and what `get` throws. */
  render(get: Get): Json;
}

/** Also a text with statements of Jinja, which compiling refuses. */
export function isTemplate(value: Json | undefined): value is string {
  return typeof value === 'string' && (value.includes('{{') || statementIn(value) !== undefined);
}

/** Is it one `{{ }}` and nothing else, so that it comes to a value of any type? Throws ExpressionFault for what is not closed. */
export function isOneExpression(value: Json): boolean {
  if (!isTemplate(value)) return false;
  const parts = split(value);
  return parts.length === 1 && typeof parts[0] !== 'string';
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
    const at = (fault: ExpressionFault) => locate(path, fault, inner);
    try {
      return compileText(inner, language, at);
    } catch (thrown) {
      const error = thrown instanceof ExpressionFault ? at(thrown) : (thrown as Error);
      report(error);
      return { ...plain(inner), dynamic: true, render: () => fail(error) };
    }
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

/** Compiles a bare expression, as in `when`. */
export function compileBare(text: string, language: Language, locate: (fault: ExpressionFault) => Error): Bare {
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
    throw thrown instanceof ExpressionFault ? locate(thrown) : thrown;
  }
}

interface Part {
  readonly expression: Expression;
  /** Of the expression in the text. */
  readonly offset: number;
}

function compileText(text: string, language: Language, locate: (fault: ExpressionFault) => Error): Template {
  const written = split(text);
  refuseStatements(text, written);
  const parts = written.map((part): string | Part => {
    if (typeof part === 'string') return part;
    try {
      return { expression: language.compile(part.text), offset: part.offset };
    } catch (thrown) {
      throw thrown instanceof ExpressionFault ? moved(thrown, part.offset) : thrown;
    }
  });
  const [first] = parts;
  const made = parts.filter((part) => typeof part !== 'string');
  const uses = made.flatMap((part) => usesOf(part, locate));
  const expressions = made.map((part) => checked(part, locate));
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

/** Statements and comments of Jinja would stand in the text as they are. */
function refuseStatements(text: string, parts: ReturnType<typeof split>): void {
  const found = statementIn(text);
  if (found === undefined) return;
  const { offset, width, hint } = found;
  const isQuoted = parts.some(
    (part) => typeof part !== 'string' && offset >= part.offset && offset < part.offset + part.text.length,
  );
  if (!isQuoted)
    throw new ExpressionFault('jinja', 'this is Jinja, and only {{ }} is looked for', { offset, width, hint });
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
      throw thrown instanceof ExpressionFault ? locate(moved(thrown, offset)) : thrown;
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
        // A variable whose own text cannot say where it stands: the fault is shown where it is used.
        if (!(thrown instanceof ExpressionFault)) throw thrown;
        throw new Nested(
          new ExpressionFault(thrown.code, thrown.message, {
            offset: expression.names.get(name) ?? 0,
            width: name.length,
            hint: thrown.hint,
          }),
        );
      }
    });
  } catch (thrown) {
    const fault = thrown instanceof Nested ? thrown.fault : thrown;
    throw fault instanceof ExpressionFault ? locate(moved(fault, offset)) : fault;
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

function moved(fault: ExpressionFault, by: number): ExpressionFault {
  return new ExpressionFault(fault.code, fault.message, {
    offset: fault.offset + by,
    width: fault.width,
    hint: fault.hint,
  });
}

function joined(parts: readonly Template[], render: Template['render']): Template {
  return {
    dynamic: parts.some((part) => part.dynamic),
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
