import type { ImportCode } from '../core/codes/imports.ts';
import type { ProblemCode } from '../core/codes/problem-codes.ts';
import type { Source, Spot } from './source.ts';

/** What an import has to tell of a place in the source. */
export interface ImportFinding {
  /** `left-out`: it is not in the result. `note`: it is, and means something else in a way that matters. */
  readonly kind: 'left-out' | 'note';
  /** One of an import's, or what is wrong with the text itself. */
  readonly code: ProblemCode;
  readonly spot: Spot;
  readonly message: string;
  readonly hint?: string;
}

/** Thrown by whoever cannot import a thing: the nearest item, key or play is left out. */
export class LeaveOut extends Error {
  /** The node that is meant; undefined: the whole thing. */
  readonly node: unknown;
  readonly hint: string | undefined;
  readonly code: ImportCode;

  constructor(message: string, node?: unknown, hint?: string, code: ImportCode = 'no-equal') {
    super(message);
    this.code = code;
    this.node = node;
    this.hint = hint;
  }
}

/** Collects what an import has to tell. */
export class Findings {
  readonly #source: Source;
  #all: ImportFinding[] = [];

  constructor(source: Source) {
    this.#source = source;
  }

  /** In reading order. */
  get all(): readonly ImportFinding[] {
    return this.#all.toSorted(({ spot: { at: a } }, { spot: { at: b } }) => a.line - b.line || a.column - b.column);
  }

  note(node: unknown, message: string, hint?: string, code: ImportCode = 'other-meaning'): void {
    this.#add({ kind: 'note', code, message, ...(hint === undefined ? {} : { hint }) }, node);
  }

  leftOut(node: unknown, message: string, hint?: string, code: ProblemCode = 'no-equal'): void {
    this.#add({ kind: 'left-out', code, message, ...(hint === undefined ? {} : { hint }) }, node);
  }

  /** What is left out needs no notes. */
  forgetNotes(item: unknown): void {
    const { start, end } = this.#source.extent(item);
    this.#all = this.#all.filter(({ kind, spot: { at } }) => kind === 'left-out' || at.line < start || at.line > end);
  }

  #add(found: Omit<ImportFinding, 'spot'>, node: unknown): void {
    const spot = this.#source.spot(node);
    const isTold = this.#all.some(
      (one) =>
        one.message === found.message && one.spot.at.line === spot.at.line && one.spot.at.column === spot.at.column,
    );
    if (!isTold) this.#all.push({ ...found, spot });
  }
}
