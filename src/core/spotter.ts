import { cutSign } from './cut.ts';
import { type Spelling, shortestEncoded, spellingsOf } from './spellings.ts';

/** Where a secret stands in a text: from `start` up to `end`. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** Characters of a spelling that are looked up at each place of a text. */
const keyLength = 3;
const folds = ['\n', '\r\n', '\\n'];

/**
 * Finds many secrets in all their spellings in one pass: three characters at a time are looked up in a table, and only where
 * these begin a spelling it is compared. So the time does not grow with the number of secrets, as long as few begin alike.
 */
export class Spotter {
  readonly #table = new Uint8Array(0x40000);
  readonly #entries = new Map<string, Spelling[]>();
  /** Secrets that are too short for the table. */
  readonly #short: readonly string[];
  readonly #whole: ReadonlySet<string>;

  constructor(secrets: readonly string[]) {
    this.#whole = new Set(secrets);
    this.#short = secrets.filter((secret) => secret !== '' && secret.length < shortestEncoded);
    const long = secrets.filter((secret) => secret.length >= shortestEncoded);
    for (const spelling of long.flatMap(spellingsOf)) this.#add(spelling);
  }

  /** Is this number, as it is written, a secret? */
  isSecret(number: number): boolean {
    return this.#whole.has(String(number));
  }

  /** No secret is long enough to be encoded. */
  get knowsNoLong(): boolean {
    return this.#entries.size === 0;
  }

  get knowsNothing(): boolean {
    return this.#entries.size === 0 && this.#short.length === 0;
  }

  #add(spelling: Spelling): void {
    const { text, base64 } = spelling;
    for (const key of base64 === undefined ? [text.slice(0, keyLength)] : foldedKeys(text)) {
      this.#table[slotOf(key.charCodeAt(0), key.charCodeAt(1), key.charCodeAt(2))] = 1;
      const alike = this.#entries.get(key);
      if (alike === undefined) this.#entries.set(key, [spelling]);
      else alike.push(spelling);
    }
  }

  /** In order; none overlaps another. `decoded`: of bytes that were decoded on suspicion, where a short secret would be chance. */
  spots(text: string, decoded = false): Span[] {
    return joined([...(decoded ? [] : this.#shortSpots(text)), ...this.#longSpots(text)]);
  }

  #longSpots(text: string): Span[] {
    const found: Span[] = [];
    if (this.#entries.size === 0) return found;
    for (let i = 0; i + keyLength <= text.length; i += 1) {
      if (this.#table[slotOf(text.charCodeAt(i), text.charCodeAt(i + 1), text.charCodeAt(i + 2))] !== 1) continue;
      for (const spelling of this.#entries.get(text.slice(i, i + keyLength)) ?? []) {
        const end = endOf(spelling, text, i);
        if (end !== undefined) found.push({ start: startOf(spelling, text, i), end });
      }
    }
    return found;
  }

  #shortSpots(text: string): Span[] {
    return this.#short.flatMap((secret) => {
      const spots: Span[] = [];
      for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + secret.length))
        spots.push({ start: at, end: at + secret.length });
      return spots;
    });
  }
}

function slotOf(first: number, second: number, third: number): number {
  return (first ^ (second << 6) ^ (third << 12)) & 0x3ffff;
}

/** Where the spelling that begins here ends, or was cut in two on its way into a message. undefined: it is not there. */
function endOf({ text: secret, base64 }: Spelling, text: string, at: number): number | undefined {
  let end = at;
  for (let i = 0; i < secret.length; i += 1) {
    if (base64 !== undefined && i > 0) end = afterFold(text, end);
    if (text.charCodeAt(end) !== secret.charCodeAt(i)) return i >= keyLength && text[end] === cutSign ? end : undefined;
    end += 1;
  }
  return base64 === undefined ? end : endOfBase64(text, end, base64.sharesEnd);
}

/** With the character that is half of what follows, and the padding. */
function endOfBase64(text: string, at: number, sharesEnd: boolean): number {
  if (!sharesEnd) return at;
  const shared = afterFold(text, at);
  let end = /[\w+/-]/.test(text.charAt(shared)) ? shared + 1 : at;
  for (let i = 0; i < 2 && text[end] === '='; i += 1) end += 1;
  return end;
}

function afterFold(text: string, at: number): number {
  const fold = folds.find((one) => text.startsWith(one, at));
  return fold === undefined ? at : at + fold.length;
}

function startOf({ base64 }: Spelling, text: string, at: number): number {
  if (base64?.sharesStart !== true) return at;
  return /[\w+/-](?:\r?\n|\\n)?$/.exec(text.slice(Math.max(0, at - 3), at)) === null ? at : at - 1;
}

/** The first characters of a text, with a line end among them at any place. */
function foldedKeys(text: string): string[] {
  const inside = [1, 2].flatMap((at) => folds.map((fold) => `${text.slice(0, at)}${fold}${text.slice(at)}`));
  return [...new Set([text, ...inside].map((spelling) => spelling.slice(0, keyLength)))];
}

function joined(spots: readonly Span[]): Span[] {
  const sorted = [...spots].sort((a, b) => a.start - b.start);
  const whole: { start: number; end: number }[] = [];
  for (const { start, end } of sorted) {
    const last = whole.at(-1);
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end);
    else whole.push({ start, end });
  }
  return whole;
}
