import { cutSign } from './cut.ts';
import { type Spelling, shortestEncoded, spellingsOf } from './spellings.ts';

/** Where a secret stands in a text: from `start` up to `end`. */
interface Spot {
  readonly start: number;
  readonly end: number;
}

interface Entry {
  readonly spelling: Spelling;
  /** Only for base64: sticky. */
  readonly folded?: RegExp;
}

/** Characters of a spelling that are looked up at each place of a text. */
const keyLength = 3;
const folds = ['\n', '\r\n', '\\n'];

/**
 * Finds many secrets in all their spellings in one pass: three characters at a time are looked up in a table, and only where
 * these begin a spelling it is compared. So the time does not grow with the number of secrets, as long as few begin alike.
 */
export class Spotter {
  readonly #table = new Uint8Array(0x10000);
  readonly #entries = new Map<string, Entry[]>();
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
    const entry = base64 === undefined ? { spelling } : { spelling, folded: foldedPattern(text, base64.sharesEnd) };
    for (const key of base64 === undefined ? [text.slice(0, keyLength)] : foldedKeys(text)) {
      this.#table[slotOf(key.charCodeAt(0), key.charCodeAt(1), key.charCodeAt(2))] = 1;
      this.#entries.set(key, [...(this.#entries.get(key) ?? []), entry]);
    }
  }

  /** In order; none overlaps another. `decoded`: of bytes that were decoded on suspicion, where a short secret would be chance. */
  spots(text: string, decoded = false): Spot[] {
    return joined([...(decoded ? [] : this.#shortSpots(text)), ...this.#longSpots(text)]);
  }

  #longSpots(text: string): Spot[] {
    const found: Spot[] = [];
    if (this.#entries.size === 0) return found;
    for (let i = 0; i + keyLength <= text.length; i += 1) {
      if (this.#table[slotOf(text.charCodeAt(i), text.charCodeAt(i + 1), text.charCodeAt(i + 2))] !== 1) continue;
      for (const entry of this.#entries.get(text.slice(i, i + keyLength)) ?? []) {
        const end = endOf(entry, text, i);
        if (end !== undefined) found.push({ start: startOf(entry, text, i), end });
      }
    }
    return found;
  }

  #shortSpots(text: string): Spot[] {
    return this.#short.flatMap((secret) => {
      const spots: Spot[] = [];
      for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + secret.length))
        spots.push({ start: at, end: at + secret.length });
      return spots;
    });
  }
}

function slotOf(first: number, second: number, third: number): number {
  return (first ^ (second << 5) ^ (third << 10)) & 0xffff;
}

function endOf({ spelling, folded }: Entry, text: string, at: number): number | undefined {
  if (folded === undefined) {
    return text.startsWith(spelling.text, at) ? at + spelling.text.length : endOfCut(spelling.text, text, at);
  }
  folded.lastIndex = at;
  return folded.test(text) ? folded.lastIndex : undefined;
}

/** Of a secret that was cut in two on its way into a message. */
function endOfCut(secret: string, text: string, at: number): number | undefined {
  const length = text.slice(at, at + secret.length).indexOf(cutSign);
  return length !== -1 && secret.startsWith(text.slice(at, at + length)) ? at + length : undefined;
}

function startOf({ spelling }: Entry, text: string, at: number): number {
  if (spelling.base64?.sharesStart !== true) return at;
  return /[\w+/-](?:\r?\n|\\n)?$/.exec(text.slice(Math.max(0, at - 3), at)) === null ? at : at - 1;
}

function foldedPattern(text: string, sharesEnd: boolean): RegExp {
  const fold = '(?:\\r?\\n|\\\\n)?';
  const end = sharesEnd ? `(?:${fold}[\\w+/-])?={0,2}` : '';
  return new RegExp([...text].map((character) => character.replace(/[+/]/, '\\$&')).join(fold) + end, 'y');
}

/** The first characters of a text, with a line end among them at any place. */
function foldedKeys(text: string): string[] {
  const inside = [1, 2].flatMap((at) => folds.map((fold) => `${text.slice(0, at)}${fold}${text.slice(at)}`));
  return [...new Set([text, ...inside].map((spelling) => spelling.slice(0, keyLength)))];
}

function joined(spots: readonly Spot[]): Spot[] {
  const sorted = [...spots].sort((a, b) => a.start - b.start);
  const whole: { start: number; end: number }[] = [];
  for (const { start, end } of sorted) {
    const last = whole.at(-1);
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end);
    else whole.push({ start, end });
  }
  return whole;
}
