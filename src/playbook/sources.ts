import { dirname, resolve } from 'node:path';
import { problemCodes } from '../core/codes/problem-codes.ts';
import { Failure } from '../core/failure.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import type { YamlPath } from '../core/yaml-place.ts';
import type { ExpressionFault } from './expressions/expression-fault.ts';
import type { Language } from './expressions/expressions.ts';
import { compileValue, isTemplate, plain, type Template } from './expressions/templates.ts';
import { ProblemFailure } from './parse.ts';
import type { TaskText } from './texts.ts';

/** Reads a text file of the controller; undefined when there is none. */
export type ReadText = (path: string) => string | undefined;

/** Makes an error of a message and a hint. */
type Fail = (message: string, hint: string) => Error;

interface SourceText {
  /** Absolute. */
  readonly file: string;
  readonly text: string;
}

/** The files that a playbook names: each is read once, and none any more when the playbook is loaded. */
export class Sources {
  readonly #read: ReadText;
  readonly #texts = new Map<string, string | undefined>();
  #loaded = false;

  constructor(read: ReadText) {
    this.#read = read;
  }

  /** Paths that were asked for. */
  get reads(): readonly string[] {
    return [...this.#texts.keys()];
  }

  /** From now on only what was read is there: a run and its replay have the same files. */
  loaded(): void {
    this.#loaded = true;
  }

  /** The file at a path from the folder of the file that names it. Throws what `fail` makes of a message and a hint. */
  text(src: string, namedIn: string, fail: Fail): SourceText {
    const found = this.find(src, namedIn, fail);
    if (found !== undefined) return found;
    const hint = 'A path is taken from the folder of the file that names it.';
    throw fail(`there is no file ${resolve(dirname(namedIn), src)}`, hint);
  }

  /** The same; undefined when there is no such file. */
  find(src: string, namedIn: string, fail: Fail): SourceText | undefined {
    const file = resolve(dirname(namedIn), src);
    if (!this.#texts.has(file)) {
      if (this.#loaded) {
        const hint = 'Name it by what is known before the run: not by a registered result.';
        throw fail(`${file} was not read when the playbook was loaded`, hint);
      }
      this.#texts.set(file, this.#readOr(file, fail));
    }
    const text = this.#texts.get(file);
    if (text === undefined) return undefined;
    if (/[\0\ufffd]/.test(text)) {
      throw fail(`${file} is not UTF-8 text`, 'Use `file` with `content` and `encoding: base64` for it.');
    }
    return { file, text };
  }

  /** What is wrong with the file (a folder, a device, no permission) is said where the task names it. */
  #readOr(file: string, fail: Fail): string | undefined {
    try {
      return this.#read(file);
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      throw fail(thrown.message, thrown.hint ?? 'Name another file.');
    }
  }
}

/** What a task's text is compiled with. */
export interface SourceContext {
  readonly sources: Sources;
  readonly language: Language;
  report(error: unknown): void;
}

/** The arguments of a task, `content` among them where its module takes that from the file that `src` names. */
export function withSource(
  args: Template,
  { doc, module, args: written, path }: TaskText,
  context: SourceContext,
): Template {
  if (module.source === undefined) return args;
  const { sources, report } = context;
  const at: YamlPath = [...path, module.name, ...(isJsonObject(written) && 'src' in written ? ['src'] : [])];
  const fail = (message: string, hint: string) => new ProblemFailure(doc.problem('bad-source', message, at, { hint }));
  const src = isJsonObject(written) && !isTemplate(written.src) ? written.src : undefined;
  const content = typeof src === 'string' ? contentOf(src) : undefined;
  return {
    dynamic: args.dynamic || content?.dynamic === true,
    uses: [...args.uses, ...(content?.uses ?? [])],
    expressions: [...args.expressions, ...(content?.expressions ?? [])],
    render: (get) => {
      const value = args.render(get);
      if (!isJsonObject(value) || typeof value.src !== 'string') return value;
      if (content !== undefined) return { ...value, content: content.render(get) };
      if (module.source === 'template') {
        throw fail('which names it uses must be known without variables', 'Write the path of the template as it is.');
      }
      return { ...value, content: sources.text(value.src, doc.file, fail).text };
    },
  };

  function contentOf(name: string): Template | undefined {
    try {
      const found = sources.text(name, doc.file, fail);
      return module.source === 'template' ? compileFile(found, context) : plain(found.text);
    } catch (thrown) {
      report(thrown);
      return undefined;
    }
  }
}

/** A whole file as a template. What is wrong in it is shown at its own line. */
function compileFile({ file, text }: { file: string; text: string }, context: SourceContext): Template {
  const lines = text.split('\n');
  const locate = (_: YamlPath, fault: ExpressionFault): Error => {
    const before = text.slice(0, fault.offset).split('\n');
    const [line, column] = [before.length, (before.at(-1) ?? '').length + 1];
    const source = lines[line - 1] ?? '';
    const width = Math.max(1, Math.min(fault.width, source.length - column + 1));
    const { code, message, hint } = fault;
    return new ProblemFailure({
      ...{ code, severity: problemCodes[code].severity, message, at: { file, line, column }, source, width },
      ...(hint === undefined ? {} : { hint }),
    });
  };
  const made = compileValue(text, context.language, locate, (error) => context.report(error));
  return { ...made, render: (get) => asText(made.render(get)) };
}

/** A file that is one expression keeps no type: it is text. */
function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
