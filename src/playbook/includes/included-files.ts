import { basename, dirname, resolve } from 'node:path';
import type { ProblemCode } from '../../core/codes/problem-codes.ts';
import { Failure } from '../../core/failure.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import { includedBy, type PlaybookText, ProblemFailure, parsePlaybook } from '../parse.ts';
import type { Sources } from '../sources.ts';

/** Names in a folder of the controller; undefined when there is none. */
export type ListFolder = (folder: string) => readonly string[] | undefined;

const deepest = 20;
/** Files that include each other twice grow with a power of two. */
const mostEntries = 20_000;

/** The files that a playbook is made of besides itself. Each is parsed once, however often it is included. */
export class IncludedFiles {
  readonly #sources: Sources;
  readonly #list: ListFolder;
  readonly #docs = new Map<string, PlaybookText>();
  #entries = 0;

  constructor(sources: Sources, list: ListFolder) {
    this.#sources = sources;
    this.#list = list;
  }

  /** The file that is named at a place of another, by its path from there. Throws ProblemFailure, shown at that place. */
  open(name: string, from: PlaybookText, path: YamlPath): PlaybookText {
    const fail = (code: ProblemCode, message: string, hint: string) =>
      new ProblemFailure(from.problem(code, message, path, { hint }));
    const target = resolve(dirname(from.file), name);
    const { file, line } = from.place(path);
    const above = [{ file, line }, ...from.above];
    if (above.some((place) => resolve(place.file) === target)) {
      throw fail('include-cycle', `${target} includes itself`, 'Break the circle: a file cannot stand inside itself.');
    }
    if (above.length > deepest) {
      throw fail('too-deep', `files include each other more than ${deepest} deep`, 'Include it further up.');
    }
    const { text } = this.#sources.text(name, from.file, (message, hint) =>
      fail('bad-include', message, this.#nearest(target) ?? hint),
    );
    const known = this.#docs.get(target) ?? parsePlaybook(text, target);
    this.#docs.set(target, known);
    return includedBy(known, above);
  }

  /** Counts the tasks and plays that come of includes. Throws ProblemFailure where there are more than anybody wrote. */
  count(entries: number, from: PlaybookText, path: YamlPath): void {
    this.#entries += entries;
    if (this.#entries <= mostEntries) return;
    const hint = 'Files that include each other again and again, or a long loop: let the tasks of the file loop.';
    throw new ProblemFailure(from.problem('too-many', `more than ${mostEntries} tasks are included`, path, { hint }));
  }

  /** A file beside the one that is not there, with nearly its name. */
  #nearest(target: string): string | undefined {
    try {
      const names = this.#list(dirname(target)) ?? [];
      return names.includes(basename(target)) ? undefined : didYouMean(basename(target), names);
    } catch (thrown) {
      if (thrown instanceof Failure) return undefined; // A folder that cannot be read offers nothing.
      throw thrown;
    }
  }
}
