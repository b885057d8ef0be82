import type { Json } from '../../core/json.ts';

/** Numbers for values: two have the same where they are the same as data. */
export class Numbering {
  readonly #ofText = new Map<string, number>();
  readonly #ofObject = new WeakMap<object, number>();

  /** So many there are. */
  get size(): number {
    return this.#ofText.size;
  }

  of(value: Json): number {
    if (typeof value !== 'object' || value === null) return this.#of(JSON.stringify(value));
    const number = this.#ofObject.get(value) ?? this.#of(JSON.stringify(value));
    this.#ofObject.set(value, number);
    return number;
  }

  #of(text: string): number {
    const number = this.#ofText.get(text) ?? this.#ofText.size;
    this.#ofText.set(text, number);
    return number;
  }
}

/** What of the turns of a loop something rests on. `place`: where a turn stands among the others. */
export interface TurnUses {
  readonly item: boolean;
  readonly place: boolean;
}

/** Numbers for the turns of loops: two have the same where they differ in nothing that something rests on. */
export class TurnNumbers {
  readonly #uses: TurnUses;
  readonly #items = new Numbering();
  readonly #places = new Numbering();
  /** By the list that is gone through: many tasks go through the same. */
  readonly #known = new WeakMap<readonly Json[], readonly number[]>();

  constructor(uses: TurnUses) {
    this.#uses = uses;
  }

  /** Of each turn; where nothing rests on which it is, of the first. */
  of(items: readonly Json[]): readonly number[] {
    const known = this.#known.get(items) ?? this.#made(items);
    this.#known.set(items, known);
    return known;
  }

  /** So many have been asked for: all of them are below it. */
  get size(): number {
    const { item, place } = this.#uses;
    return place ? this.#places.size : item ? this.#items.size : 1;
  }

  #made(items: readonly Json[]): readonly number[] {
    const { item, place } = this.#uses;
    if (!item && !place) return items.slice(0, 1).map(() => 0);
    const numbers = item ? items.map((one) => this.#items.of(one)) : [];
    return place ? items.map((_, i) => this.#places.of(`${numbers[i]} ${i} ${items.length}`)) : numbers;
  }
}
