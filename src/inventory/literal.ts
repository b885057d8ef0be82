import type { Json } from '../core/json.ts';
import { NoLiteral, quotedText } from './literal-text.ts';

/**
 * The value of an INI inventory as Ansible types it: a Python literal (number, True, False, None, quoted text, list,
 * dict, tuple, also `80, 443`) is that; everything else is text as it stands. `yes`, `true` and `0755` are text, and so
 * is what JSON cannot carry: bytes, sets, infinity, numbers too large to be exact.
 */
export function pythonValue(text: string): Json {
  const reader = new Reader(text.trim());
  try {
    return reader.whole();
  } catch (thrown) {
    if (thrown instanceof NoLiteral) return text;
    throw thrown;
  }
}

const words: Readonly<Record<string, Json>> = { True: true, False: false, None: null };
const closers: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };
const number =
  /(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*\.(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?|\d(?:_?\d)*[eE][+-]?\d(?:_?\d)*|0(?:_?0)*|[1-9](?:_?\d)*)(?![\w.])/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The whole text is one value; a comma at its end, or between values, makes a tuple of it. */
  whole(): Json {
    const items = [this.#value(0)];
    let isTuple = false;
    while (this.#eat(',')) {
      isTuple = true;
      if (!this.#isAtEnd()) items.push(this.#value(0));
    }
    if (!this.#isAtEnd()) throw new NoLiteral();
    return isTuple ? items : (items[0] as Json);
  }

  #isAtEnd(): boolean {
    this.#space();
    return this.#at === this.#text.length || this.#text[this.#at] === '#';
  }

  #value(depth: number): Json {
    this.#space();
    const char = this.#text[this.#at] ?? '';
    if (depth > 32 || char === '') throw new NoLiteral();
    if (char === '[' || char === '(') return this.#list(closers[char] as string, depth);
    if (char === '{') return this.#dict(depth);
    if (char === '-' || char === '+') return this.#signed();
    const quoted = quotedText(this.#text, this.#at);
    if (quoted !== undefined) {
      this.#at = quoted.end;
      return quoted.text + this.#moreText();
    }
    return /[\d.]/.test(char) ? this.#number() : this.#word();
  }

  /** Texts that stand side by side are one. */
  #moreText(): string {
    let text = '';
    for (;;) {
      this.#space();
      const more = quotedText(this.#text, this.#at);
      if (more === undefined) return text;
      this.#at = more.end;
      text += more.text;
    }
  }

  #word(): Json {
    const [token = ''] = /^\w+/.exec(this.#text.slice(this.#at, this.#at + 8)) ?? [];
    if (!Object.hasOwn(words, token)) throw new NoLiteral();
    this.#at += token.length;
    return words[token] as Json;
  }

  #signed(): Json {
    const sign = this.#text[this.#at++];
    this.#space();
    const value = this.#number();
    return sign === '-' && value !== 0 ? -value : value;
  }

  #number(): number {
    number.lastIndex = this.#at;
    const [token] = number.exec(this.#text) ?? [];
    if (token === undefined) throw new NoLiteral();
    this.#at += token.length;
    const value = Number(token.replaceAll('_', ''));
    const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    if (!isExact) throw new NoLiteral();
    return value;
  }

  #list(close: string, depth: number): Json {
    const items: Json[] = [];
    let commas = 0;
    for (this.#at++; !this.#eat(close); ) {
      items.push(this.#value(depth + 1));
      if (this.#eat(',')) commas++;
      else if (!this.#peek(close)) throw new NoLiteral();
    }
    // (x) is x; (x,) is a tuple.
    return close === ')' && items.length === 1 && commas === 0 ? (items[0] as Json) : items;
  }

  #dict(depth: number): Json {
    const entries: [string, Json][] = [];
    for (this.#at++; !this.#eat('}'); ) {
      const key = this.#value(depth + 1);
      if (!this.#eat(':') || (typeof key === 'object' && key !== null) || key === '__proto__') throw new NoLiteral();
      entries.push([String(key), this.#value(depth + 1)]);
      if (!this.#eat(',') && !this.#peek('}')) throw new NoLiteral();
    }
    return Object.fromEntries(entries);
  }

  #eat(char: string): boolean {
    if (!this.#peek(char)) return false;
    this.#at++;
    return true;
  }

  #peek(char: string): boolean {
    this.#space();
    return this.#text[this.#at] === char;
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }
}
