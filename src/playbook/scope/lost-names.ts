import { isJsonObject, type Json } from '../../core/json.ts';
import { resultTypes } from './result-shape.ts';

/**
 * Names that may come from what could not be understood: a key that is written wrongly, a file that is not there. That nobody knows them is
 * then no fault of those who use them.
 */
export class LostNames {
  readonly #around: LostNames | undefined;
  readonly #names = new Set<string>();
  #isAny = false;
  #areResults = false;

  /** `around`: those of what this is a part of, which are lost here too. */
  constructor(around?: LostNames) {
    this.#around = around;
  }

  get isEmpty(): boolean {
    return !this.#isAny && !this.#areResults && this.#names.size === 0 && this.#around?.isEmpty !== false;
  }

  /** May all results of some tasks be among them? */
  get areResults(): boolean {
    return this.#areResults || this.#around?.areResults === true;
  }

  /** May any name be among them? */
  get isAny(): boolean {
    return this.#isAny || this.#around?.isAny === true;
  }

  has(name: string): boolean {
    return this.isAny || this.areResults || this.#names.has(name) || this.#around?.has(name) === true;
  }

  /** Is it one, as it is used in this expression? */
  hasAs(name: string, expression: string): boolean {
    if (this.isAny || this.#names.has(name) || this.#around?.hasAs(name, expression) === true) return true;
    return (
      this.#areResults &&
      new RegExp(`\\b${name}\\s*\\.\\??\\s*(?:${Object.keys(resultTypes).join('|')})\\b`).test(expression)
    );
  }

  /** Tasks cannot be read: what they register is lost. */
  addResults(): void {
    this.#areResults = true;
  }

  /** What was to be read there may have had any. */
  addAny(): void {
    this.#isAny = true;
  }

  addIn(value: Json | undefined): void {
    for (const name of namesIn(value)) this.#names.add(name);
  }
}

/** Every text and every key in a value: each may be the name of something. */
export function namesIn(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item: Json) => namesIn(item));
  return isJsonObject(value) ? Object.entries(value).flatMap(([key, item]) => [key, ...namesIn(item)]) : [];
}
