import { type ProblemCode, problemCodes } from '../core/codes/problem-codes.ts';
import { Failure } from '../core/failure.ts';
import type { Json } from '../core/json.ts';
import type { Position } from '../core/play.ts';
import { rangeOfPart, type TextPart } from '../core/text-part.ts';
import { readYaml, type YamlText } from '../core/yaml.ts';
import type { Range, YamlPath } from '../core/yaml-place.ts';
import type { Respelled } from '../core/yaml-respelled.ts';
import type { Problem } from './problem.ts';

/** Where in a playbook, and what to say besides. */
interface Details {
  readonly hint?: string | undefined;
  /** The key itself is meant, not what stands under it. */
  readonly key?: boolean;
  /** A part of the text that stands there. */
  readonly within?: TextPart;
}

/** A place that includes a file. */
export interface IncludedAt {
  readonly file: string;
  readonly line: number;
}

/** A playbook's text as plain data, which can say where each part of it stands. */
export interface PlaybookText {
  readonly file: string;
  /** Where it was included, the innermost first. Empty for the playbook itself. */
  readonly above: readonly IncludedAt[];
  /** As it is meant where the YAML itself is wrong; null when nobody can know. */
  readonly value: Json;
  /** The YAML itself is wrong, and nobody can know what it is to say. */
  readonly isLost: boolean;
  /** What is wrong with the YAML itself. */
  readonly problems: readonly Problem[];
  readonly respelled: readonly Respelled[];
  /** Where the value at this path stands. */
  place(path: YamlPath): Position;
  problem(code: ProblemCode, message: string, path: YamlPath, details?: Details): Problem;
}

/** Reads the text of a playbook. Never throws. */
export function parsePlaybook(text: string, file: string): PlaybookText {
  const known = parsed.get(file);
  if (known?.text === text) return known.doc;
  if (parsed.size === mostKept) parsed.clear();
  const doc = textOf(readYaml(text), file);
  parsed.set(file, { text, doc });
  return doc;
}

/** A run reads a playbook for its inputs before it reads it whole: a large one takes its time. */
const parsed = new Map<string, { readonly text: string; readonly doc: PlaybookText }>();
const mostKept = 20;

/** Reads the text of a file of variables, in the YAML of Ansible's own: `yes` is true. Never throws. */
export function parseVars(text: string, file: string): PlaybookText {
  return textOf(readYaml(text, { dialect: 'ansible' }), file);
}

function textOf(yaml: YamlText, file: string): PlaybookText {
  const make = (code: ProblemCode, message: string, [start, end]: Range, details: Details = {}): Problem => {
    const { line, column } = yaml.place(start);
    return {
      code,
      severity: problemCodes[code].severity,
      message,
      at: { file, line, column },
      source: yaml.line(line),
      width: Math.max(1, Math.min(end, start + yaml.line(line).length - column + 1) - start),
      ...(details.hint === undefined ? {} : { hint: details.hint }),
    };
  };
  return {
    file,
    above: [],
    value: yaml.value ?? yaml.mended,
    isLost: yaml.faults.length > 0 && yaml.mended === null,
    respelled: yaml.respelled,
    problems: yaml.faults.map(({ code, message, start, end, hint }) => make(code, message, [start, end], { hint })),
    place: (path) => ({ file, ...yaml.place(yaml.valueRange(path)[0]) }),
    problem: (code, message, path, details = {}) => {
      const range = details.key ? yaml.keyRange(path) : yaml.valueRange(path);
      return make(
        code,
        message,
        details.within ? rangeOfPart(yaml.text(range), range[0], details.within) : range,
        details,
      );
    },
  };
}

/** The same text as it is reached by includes: what is wrong with it also says by which. */
export function includedBy(doc: PlaybookText, above: readonly IncludedAt[]): PlaybookText {
  const stack = `Included from ${above.map(({ file, line }) => `${file}:${line}`).join(', from ')}.`;
  const told = (problem: Problem): Problem => ({
    ...problem,
    hint: problem.hint === undefined ? stack : withFurther(problem.hint, stack),
  });
  return {
    ...doc,
    above,
    problems: doc.problems.map(told),
    problem: (...about) => told(doc.problem(...about)),
  };
}

/** A hint that ends in an expression must still end with it. */
function withFurther(hint: string, sentence: string): string {
  return /[.?]$/.test(hint) ? `${hint} ${sentence}` : `${sentence} ${hint}`;
}

/** A problem that shows itself only when a task is resolved; its message begins with the position. */
export class ProblemFailure extends Failure {
  readonly problem: Problem;
  /** What else is wrong with the same text. */
  readonly #also: readonly Problem[];

  constructor(problem: Problem, also: readonly Problem[] = []) {
    const { file, line, column } = problem.at;
    super(
      'invalid',
      `${file}:${line}:${column}: ${problem.message}`,
      problem.hint === undefined ? {} : { hint: problem.hint },
    );
    this.problem = problem;
    this.#also = also;
  }

  get all(): readonly Problem[] {
    return [this.problem, ...this.#also];
  }
}

/** Not of a warning. */
export function isOfError(thrown: unknown): boolean {
  return !(thrown instanceof ProblemFailure) || thrown.problem.severity === 'error';
}

/** A problem in a text that is not the playbook's own, before it is known what in the playbook uses that text. */
export class ElsewhereFailure extends Error {
  readonly #problem: Problem;
  readonly #also: readonly Problem[];

  /** `also`: what else is wrong with the same text. */
  constructor(problem: Problem, also: readonly Problem[] = []) {
    super(problem.message);
    this.#problem = problem;
    this.#also = also;
  }

  /** `use`: what is told of the place that uses the text; the same where that is not in the playbook either. */
  usedAt(use: Error): Error {
    if (!(use instanceof ProblemFailure)) return this;
    const { file, line } = use.problem.at;
    const told = (problem: Problem): Problem => {
      const used = `It is used in ${file}:${line}.`;
      return { ...problem, hint: problem.hint === undefined ? used : withFurther(problem.hint, used) };
    };
    return new ProblemFailure(told(this.#problem), this.#also.map(told));
  }
}
