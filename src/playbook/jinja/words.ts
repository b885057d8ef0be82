import { NoForm } from './node.ts';
import { type Token, tokensOf } from './tokens.ts';

/** Nobody writes more in one expression. */
const longest = 2_000;

/** The words of a Jinja expression, taken one after another. */
export class Words {
  /** Has something been taken that only Jinja has? */
  isJinja = false;
  readonly #tokens: readonly Token[];
  #at = 0;

  /** Throws NoForm for text that no expression of Jinja can be made of. */
  constructor(text: string) {
    const tokens = text.length > longest ? undefined : tokensOf(text);
    if (tokens === undefined) throw new NoForm('this is not an expression of Jinja');
    this.#tokens = tokens;
  }

  get next(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  skip(): Token {
    const { next } = this;
    this.#at++;
    return next;
  }

  is(text: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead];
    return token?.text === text && (token.kind === 'sign' || token.kind === 'name');
  }

  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.#at++;
    return true;
  }

  /** Takes one that only Jinja has. */
  word(text: string): boolean {
    if (!this.take(text)) return false;
    this.isJinja = true;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw new NoForm(`"${text}" is expected`);
  }

  name(): string {
    if (this.next.kind !== 'name') throw new NoForm('a name is expected');
    return this.skip().text;
  }
}
