import type { ProblemCode } from '../../core/codes/problem-codes.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import { Compiler, type Condition } from '../expressions/compiler.ts';
import type { Language } from '../expressions/expressions.ts';
import {
  type Get,
  isOneExpression,
  plain,
  type Template,
  type TextExpression,
  type Use,
} from '../expressions/templates.ts';
import { celTypeOf, type Input, typeError, valueErrors } from '../inputs.ts';
import { isOfError, type PlaybookText, ProblemFailure } from '../parse.ts';
import { takenOver } from '../schema/include-keywords.ts';
import { type PlayScope, taskGet } from '../scope/play-scope.ts';
import { type Shape, shapeOfSchema } from '../scope/shapes.ts';
import {
  allSaid,
  failedTypes,
  isRecovery,
  type Said,
  type Speaker,
  said,
  varsSaid,
  type WithinText,
} from '../tasks/blocks.ts';

/** An include, as the tasks of its file see it: what they stand in. */
export interface Frame extends Speaker {
  readonly doc: PlaybookText;
  /** All blocks around it, also those of other files. */
  readonly blocks: readonly WithinText[];
  /** `item` and `loop` of this turn of its loop. */
  readonly own: JsonObject;
  readonly handed: readonly Handed[];
  /** What the include itself stands in. */
  readonly frame?: Frame | undefined;
}

/** A value for an input of the file. */
export interface Handed {
  readonly input: Input;
  readonly value: Json;
  /** Where it is written; undefined: it is the default. */
  readonly at?: YamlPath;
}

const templated = ['delegate_to', 'become_user', 'environment'] as const;
type TemplatedKeyword = (typeof templated)[number];

/** What surrounds the tasks of a list: the play, and the includes that lead there. */
export interface Surroundings {
  readonly language: Language;
  /** CEL types of the names that have one. */
  readonly types: ReadonlyMap<string, string>;
  /** Names that stand before the play's. */
  readonly names: ReadonlySet<string>;
  /** Of these, what the file's inputs let through. */
  readonly inputs: ReadonlyMap<string, Shape>;
  /** No fault has been found in what it says. */
  readonly isSound: boolean;
  get(play: Get): Get;
  /** The text of the first inherited condition that does not hold. */
  unmet(play: Get): string | undefined;
  /** What these uses come to, in names of the play. */
  reach(uses: readonly Use[]): readonly Use[];
  /** What the inherited conditions use, in names of the play. */
  readonly asked: readonly Use[];
  /** What the includes ask. */
  readonly expressions: readonly TextExpression[];
  /** What is inherited of a keyword that may be a template, made where it is written: outermost first. */
  keywords(key: TemplatedKeyword): readonly Template[];
}

export function ofPlay(scope: PlayScope, types: ReadonlyMap<string, string>): Surroundings {
  return {
    language: scope.language,
    types,
    names: new Set(),
    inputs: new Map(),
    isSound: true,
    get: (play) => play,
    unmet: () => undefined,
    reach: (uses) => uses,
    asked: [],
    expressions: [],
    keywords: () => [],
  };
}

interface FrameContext {
  readonly outer: Surroundings;
  /** Functions only. */
  readonly base: Language;
  readonly scope: PlayScope;
  report(error: unknown): void;
}

/** An include with its expressions compiled. */
export class FrameCode implements Surroundings {
  readonly language: Language;
  readonly types: ReadonlyMap<string, string>;
  readonly names: ReadonlySet<string>;
  readonly inputs: ReadonlyMap<string, Shape>;
  readonly isSound: boolean;
  readonly #frame: Frame;
  readonly #outer: Surroundings;
  readonly #compiler: Compiler;
  readonly #vars: ReadonlyMap<string, Template>;
  readonly #handed: ReadonlyMap<string, Template>;
  readonly #when: readonly Condition[];
  readonly #keywords: ReadonlyMap<TemplatedKeyword, readonly (Said & { readonly name: string })[]>;

  constructor(frame: Frame, { outer, base, scope, report }: FrameContext) {
    const { doc, own, handed, blocks } = frame;
    this.#frame = frame;
    this.#outer = outer;
    let isSound = outer.isSound;
    const vars = varsSaid(frame);
    const around = isRecovery(blocks) ? { ...outer, language: outer.language.withTypes(failedTypes) } : outer;
    const before = retyped(base, around, [...Object.keys(own), ...vars.map(({ name }) => name)], new Map());
    const compiler = new Compiler({
      doc,
      language: before.language,
      report: (error) => {
        if (isOfError(error)) isSound = false;
        report(error);
      },
    });
    this.#compiler = compiler;
    this.#keywords = new Map(
      templated.map((key) => [
        key,
        allSaid(frame, key).map(({ value, path }, i) => ({ name: hidden(key, i, doc.above.length), value, path })),
      ]),
    );
    const named = [...vars.filter(({ name }) => !scope.isExtra(name)), ...[...this.#keywords.values()].flat()];
    this.#vars = new Map(named.map(({ name, value, path }) => [name, compiler.value(value, path)]));
    this.#handed = new Map(handed.map((one) => [one.input.name, this.#value(one)]));
    this.#when = allSaid(frame, 'when').flatMap(({ value, path }) => compiler.conditions(value, path));
    this.isSound = isSound;
    const types = new Map(handed.flatMap(({ input }) => celTypeOf(input)));
    const inside = retyped(base, before, [...this.#handed.keys()], types);
    this.language = inside.language;
    this.types = inside.types;
    const hiding = [...Object.keys(own), ...vars.map(({ name }) => name)];
    this.names = new Set([...outer.names, ...hiding, ...this.#handed.keys()]);
    this.inputs = new Map([
      ...[...outer.inputs].filter(([name]) => !hiding.includes(name)),
      ...handed.map(({ input }) => [input.name, shapeOfSchema(input.schema as JsonObject)] as const),
    ]);
  }

  get(play: Get): Get {
    const around = this.#around(play);
    return (name) => {
      const handed = this.#handed.get(name);
      return handed === undefined ? around(name) : handed.render(around);
    };
  }

  unmet(play: Get): string | undefined {
    const above = this.#outer.unmet(play);
    if (above !== undefined) return above;
    const around = this.#around(play);
    return this.#when.find((condition) => !this.#compiler.holds(condition, around))?.text;
  }

  reach(uses: readonly Use[]): readonly Use[] {
    return this.#outer.reach(this.#outward(uses, this.#handed));
  }

  get asked(): readonly Use[] {
    const own = this.#when.flatMap(({ template }) => template.uses);
    return [...this.#outer.asked, ...this.#outer.reach(this.#outward(own, new Map()))];
  }

  get expressions(): readonly TextExpression[] {
    const own = [...this.#vars.values(), ...this.#handed.values(), ...this.#when.map(({ template }) => template)];
    return [...this.#outer.expressions, ...own.flatMap(({ expressions }) => expressions)];
  }

  keywords(key: TemplatedKeyword): readonly Template[] {
    const own = (this.#keywords.get(key) ?? []).map(({ name, path }): Template => {
      const error = (code: ProblemCode, message: string, hint?: string) =>
        this.#compiler.failure(code, message, path, hint);
      return { dynamic: true, uses: [{ name, error }], expressions: [], render: (get) => get(name) };
    });
    return [...this.#outer.keywords(key), ...own];
  }

  /** What the include itself sees. */
  #around(play: Get): Get {
    return taskGet(this.#outer.get(play), this.#vars, this.#frame.own);
  }

  /** Names of the include are followed to what they are made of; the others are left. */
  #outward(uses: readonly Use[], handed: ReadonlyMap<string, Template>): readonly Use[] {
    const seen = new Set<Template>();
    const follow = (use: Use, inputs: ReadonlyMap<string, Template>): readonly Use[] => {
      const template = inputs.get(use.name) ?? this.#vars.get(use.name);
      if (template === undefined) return Object.hasOwn(this.#frame.own, use.name) ? [] : [use];
      if (seen.has(template)) return [];
      seen.add(template);
      return template.uses.flatMap((inner) => follow(inner, new Map()));
    };
    return uses.flatMap((use) => follow(use, handed));
  }

  /** Held to its schema as soon as it is known. */
  #value({ input, value, at }: Handed): Template {
    if (at === undefined) return plain(value);
    const template = this.#compiler.value(value, [...this.#frame.path, ...at]);
    if (!template.dynamic) return template;
    const render = (get: Get): Json => {
      const made = template.render(get);
      const [error] = valueErrors(input, made, value);
      if (error !== undefined) throw new ProblemFailure(misfit(this.#frame, input, error, at));
      return made;
    };
    return { ...template, render, expressions: this.#fitting(template.expressions, { input, value, at }) };
  }

  /** The one that a value is, whose type must be one that the input takes. */
  #fitting(expressions: readonly TextExpression[], { input, value, at }: Required<Handed>): readonly TextExpression[] {
    if (!isOneExpression(value)) return expressions;
    return expressions.map((one) => ({
      ...one,
      typeWith: (types) => {
        const type = one.typeWith(types);
        const error = typeError(input, type);
        if (error !== undefined) throw new ProblemFailure(misfit(this.#frame, input, error, at));
        return type;
      },
    }));
  }
}

/** A value that an input does not take, at its place. */
export function misfit(
  { doc, path }: Pick<Frame, 'doc' | 'path'>,
  { name, schema }: Input,
  error: ReturnType<typeof valueErrors>[number],
  at: YamlPath,
) {
  const inside = error.path.length === 0 ? '' : ` (at ${error.path.join('.')})`;
  const hint = error.hint ?? (typeof schema.description === 'string' ? schema.description : undefined);
  return doc.problem(error.code, `the input "${name}"${inside} ${error.message}`, [...path, ...at, ...error.path], {
    hint,
  });
}

/** A name that no expression can spell. */
function hidden(key: string, place: number, depth: number): string {
  return `${key} ${place}, ${depth} deep`;
}

/** A language in which these names have these types, or any, whatever they are outside. */
function retyped(
  base: Language,
  { language, types }: Pick<Surroundings, 'language' | 'types'>,
  names: readonly string[],
  own: ReadonlyMap<string, string>,
): Pick<Surroundings, 'language' | 'types'> {
  if (!names.some((name) => language.names.has(name)))
    return { language: language.withTypes(own).with(names), types: new Map([...types, ...own]) };
  const kept = new Map([...[...types].filter(([name]) => !names.includes(name)), ...own]);
  return { language: base.withTypes(kept).withNamesOf(language).with(names), types: kept };
}

/** A task's keywords with those that it takes over from the includes around it, the nearest first. */
export function takingOver(task: Speaker): JsonObject {
  const { frame } = task;
  if (frame === undefined) return task.value;
  const taken = takenOver.flatMap((key): [string, Json][] => {
    const inherited = said(task, key) === undefined ? said(frame, key) : undefined;
    return inherited === undefined ? [] : [[key, inherited.value]];
  });
  return takingOver({ ...task, value: { ...task.value, ...Object.fromEntries(taken) }, frame: frame.frame });
}
