import { cutSign } from './cut.ts';
import { type Spelling, shortestEncoded, spellingsOf } from './spellings.ts';

/** Where a secret stands in a text: from `start` up to `end`. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** A spelling that is looked for in one text. */
interface Pursuit {
  readonly spelling: Spelling;
  /** Where it may begin next: what lies before has been compared. */
  start: number;
  /** As many of its characters as are known to stand there, up to `end`. */
  known: number;
  end: number;
}

/** Characters of a spelling that are looked up at each place of a text. */
const keyLength = 3;
const folds = ['\n', '\r\n', '\\n'];

/**
 * Finds many secrets in all their spellings in one pass: three characters at a time are looked up in a table, and only where
 * these begin a spelling it is compared. So the time does not grow with the number of secrets, as long as few begin alike. Nor does it with
 * their length: what was compared once is not compared again where a spelling could begin anew inside (Knuth, Morris and Pratt).
 */
export class Spotter {
  readonly #table = new Uint8Array(0x40000);
  readonly #entries = new Map<string, Spelling[]>();
  readonly #borders = new Map<string, Uint32Array>();
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
    const found: { start: number; end: number }[] = [];
    if (this.#entries.size === 0) return found;
    const pursuits = new Map<Spelling, Pursuit>();
    for (let i = 0; i + keyLength <= text.length; i += 1) {
      if (this.#table[slotOf(text.charCodeAt(i), text.charCodeAt(i + 1), text.charCodeAt(i + 2))] !== 1) continue;
      for (const spelling of this.#entries.get(text.slice(i, i + keyLength)) ?? []) {
        const pursuit = pursuits.get(spelling) ?? { spelling, start: i, known: 0, end: i };
        pursuits.set(spelling, pursuit);
        const span = pursuit.start > i ? undefined : this.#compared(pursuit, text, i);
        if (span === undefined) continue;
        const last = found.at(-1);
        if (last !== undefined && span.start >= last.start && span.start < last.end)
          last.end = Math.max(last.end, span.end);
        else found.push(span);
      }
    }
    return found;
  }

  /** Where the spelling stands that begins here, whole or cut in two on its way into a message; the pursuit is led on to where it may begin next. */
  #compared(pursuit: Pursuit, text: string, at: number): Span | undefined {
    const { spelling } = pursuit;
    if (pursuit.start < at) startAt(pursuit, at);
    const isWhole = compare(pursuit, text);
    const { end, known } = pursuit;
    const start = startOf(spelling, text, at);
    leadOn(pursuit, text, this.#bordersOf(spelling.text));
    if (isWhole) return { start, end: endOfWhole(spelling, text, end) };
    const next = spelling.base64 !== undefined && known > 0 ? afterFold(text, end) : end;
    return known >= keyLength && text[next] === cutSign ? { start, end: next } : undefined;
  }

  #bordersOf(text: string): Uint32Array {
    const known = this.#borders.get(text);
    if (known !== undefined) return known;
    const borders = bordersOf(text);
    this.#borders.set(text, borders);
    return borders;
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

/** Reads on for as long as the text is what the spelling says. true: the whole of it stands there. */
function compare(pursuit: Pursuit, text: string): boolean {
  const { text: secret, base64 } = pursuit.spelling;
  let { known, end } = pursuit;
  for (; known < secret.length; known += 1) {
    const at = base64 !== undefined && known > 0 ? afterFold(text, end) : end;
    if (text.charCodeAt(at) !== secret.charCodeAt(known)) break;
    end = at + 1;
  }
  Object.assign(pursuit, { known, end });
  return known === secret.length;
}

/** To the next place where what has been compared may be a beginning of the spelling. */
function leadOn(pursuit: Pursuit, text: string, borders: Uint32Array): void {
  const { known, end } = pursuit;
  const border = borders[known] ?? 0;
  if (border === 0) startAt(pursuit, end);
  else {
    for (let i = border; i < known; i += 1) pursuit.start = afterCharacter(pursuit, text);
    pursuit.known = border;
  }
}

function startAt(pursuit: Pursuit, start: number): void {
  Object.assign(pursuit, { start, known: 0, end: start });
}

function afterCharacter({ spelling, start }: Pursuit, text: string): number {
  return spelling.base64 === undefined ? start + 1 : afterFold(text, start + 1);
}

/** For each length of a beginning of the text, how much of it stands at its end again. */
function bordersOf(text: string): Uint32Array {
  const borders = new Uint32Array(text.length + 1);
  let border = 0;
  for (let i = 1; i < text.length; i += 1) {
    while (border > 0 && text.charCodeAt(i) !== text.charCodeAt(border)) border = borders[border] ?? 0;
    if (text.charCodeAt(i) === text.charCodeAt(border)) border += 1;
    borders[i + 1] = border;
  }
  return borders;
}

function endOfWhole({ base64 }: Spelling, text: string, end: number): number {
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
