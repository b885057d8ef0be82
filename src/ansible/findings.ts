import type { Source, Spot } from './source.ts';

/** What an import has to tell of a place in the source. */
export interface ImportFinding {
  /** `left-out`: it is not in the result. `note`: it is, and means something else in a way that matters. */
  readonly kind: 'left-out' | 'note';
  readonly spot: Spot;
  readonly message: string;
  readonly hint?: string;
}

/** Thrown by whoever cannot import a thing: the nearest item, key or play is left out. */
export class LeaveOut extends Error {
  /** The node that is meant; undefined: the whole thing. */
  readonly node: unknown;
  readonly hint: string | undefined;

  constructor(message: string, node?: unknown, hint?: string) {
    super(message);
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

  note(node: unknown, message: string, hint?: string): void {
    this.#add('note', node, message, hint);
  }

  leftOut(node: unknown, message: string, hint?: string): void {
    this.#add('left-out', node, message, hint);
  }

  /** What is left out needs no notes. */
  forgetNotes(item: unknown): void {
    const { start, end } = this.#source.extent(item);
    this.#all = this.#all.filter(({ kind, spot: { at } }) => kind === 'left-out' || at.line < start || at.line > end);
  }

  #add(kind: ImportFinding['kind'], node: unknown, message: string, hint: string | undefined): void {
    const spot = this.#source.spot(node);
    const isTold = this.#all.some(
      (one) => one.message === message && one.spot.at.line === spot.at.line && one.spot.at.column === spot.at.column,
    );
    if (!isTold) this.#all.push({ kind, spot, message, ...(hint === undefined ? {} : { hint }) });
  }
}
