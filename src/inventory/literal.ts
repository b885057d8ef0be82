import type { Json } from '../core/json.ts';

/**
 * The value of an INI inventory as Ansible types it: a Python literal (number, True, False, None, quoted text, list,
 * dict, tuple) is that; everything else is text as it stands. `yes`, `true` and `0755` are text.
 */
export function pythonValue(text: string): Json {
  const reader = new Reader(text.trim());
  try {
    const value = reader.value(0);
    return reader.isAtEnd() ? value : text;
  } catch (thrown) {
    if (thrown instanceof NoLiteral) return text;
    throw thrown;
  }
}

class NoLiteral extends Error {}

const words: Readonly<Record<string, Json>> = { True: true, False: false, None: null };
const closers: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' };

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    this.#space();
    return this.#at === this.#text.length || this.#text[this.#at] === '#';
  }

  value(depth: number): Json {
    this.#space();
    const char = this.#text[this.#at] ?? '';
    if (depth > 32 || char === '') throw new NoLiteral();
    if (char === '"' || char === "'") return this.#quoted(char);
    if (char === '[' || char === '(') return this.#list(closers[char] as string, depth);
    if (char === '{') return this.#dict(depth);
    return this.#wordOrNumber();
  }

  #wordOrNumber(): Json {
    const [token] = /^[\w.+-]+/.exec(this.#text.slice(this.#at)) ?? [];
    if (token === undefined) throw new NoLiteral();
    this.#at += token.length;
    if (Object.hasOwn(words, token)) return words[token] as Json;
    const digits = token.replace(/(?<=\d)_(?=\d)/g, '');
    const isNumber =
      /^[+-]?(0+|[1-9]\d*)$/.test(digits) ||
      /^[+-]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][+-]?\d+)?$/.test(digits) ||
      /^0(x[\da-fA-F]+|o[0-7]+|b[01]+)$/.test(digits);
    const number = Number(digits);
    if (!isNumber || !Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number))) {
      throw new NoLiteral();
    }
    return number;
  }

  #quoted(quote: string): string {
    let made = '';
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] as string;
      if (char === quote) {
        this.#at++;
        return made;
      }
      if (char !== '\\') made += char;
      else {
        const next = this.#text[++this.#at] ?? '';
        made += escapes[next] ?? `\\${next}`;
      }
    }
    throw new NoLiteral();
  }

  #list(close: string, depth: number): Json {
    const items: Json[] = [];
    let commas = 0;
    for (this.#at++; !this.#eat(close); ) {
      items.push(this.value(depth + 1));
      if (this.#eat(',')) commas++;
      else if (!this.#peek(close)) throw new NoLiteral();
    }
    // (x) is x; (x,) is a tuple.
    return close === ')' && items.length === 1 && commas === 0 ? (items[0] as Json) : items;
  }

  #dict(depth: number): Json {
    const entries: [string, Json][] = [];
    for (this.#at++; !this.#eat('}'); ) {
      const key = this.value(depth + 1);
      if (!this.#eat(':') || typeof key === 'object' || key === '__proto__') throw new NoLiteral();
      entries.push([String(key), this.value(depth + 1)]);
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
