/** One way in which programs write a secret. */
export interface Spelling {
  readonly text: string;
  /** In base64 the text may be folded into lines, and a character at an end of it may belong half to what stands beside it. */
  readonly base64?: { readonly sharesStart: boolean; readonly sharesEnd: boolean };
}

/** Encoded spellings of a shorter secret would be found in what is none: such a secret is only known as it is. */
export const shortestEncoded = 4;
/** A line of a secret with several lines counts as a secret of its own from this length. */
const shortestLine = 8;

/**
 * The spellings of a secret: plain; in JSON, also twice; in a URL or a form; in shell quotes; in YAML, CSV and HTML; in hex; in base64 at any
 * offset. A secret of several lines also line by line.
 */
export function spellingsOf(secret: string): Spelling[] {
  if (secret.length < shortestEncoded) return secret === '' ? [] : [{ text: secret }];
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const own = lines.length === 1 ? [] : lines.filter((line) => line.length >= shortestLine);
  return [secret, ...own].flatMap((text) => [...inWords(text).map((word) => ({ text: word })), ...inBase64(text)]);
}

function inWords(secret: string): string[] {
  const quoted = [...new Set([secret, ...inShell(secret), ...inUrl(secret), ...inText(secret)])];
  const words = [...new Set([...quoted, ...quoted.flatMap(inJson), ...inHex(secret)])];
  return [...new Set([...words, ...words.map(byteByByte)])];
}

/** As it stands in bytes that nobody has decoded yet. */
function byteByByte(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function inJson(text: string): string[] {
  const once = JSON.stringify(text).slice(1, -1);
  const safe = once.replace(/[<>&]/g, escapeUnit);
  return [once, once.replaceAll('/', '\\/'), ascii(once), safe, ascii(safe), JSON.stringify(once).slice(1, -1)];
}

/** As writers do that keep to ASCII. */
function ascii(text: string): string {
  return text.replace(/[\u007f-\uffff]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function inShell(text: string): string[] {
  return [
    text.replaceAll("'", "'\\''"),
    text.replaceAll("'", `'"'"'`),
    text.replace(/[\\'\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`)), // $'...'
    text.replace(/["\\$`]/g, '\\$&'),
    text.replace(/[^\w@%+=:,./\u0080-\uffff-]/g, '\\$&'),
  ];
}

function inUrl(text: string): string[] {
  const every = [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const strict = percent(text, /[^A-Za-z0-9_.~-]/gu);
  const spellings = [
    strict,
    percent(text, /[^A-Za-z0-9_.!~*'()-]/gu),
    percent(text, /[^A-Za-z0-9_.~/-]/gu),
    percent(text, /[^A-Za-z0-9_.!~*'();,/?:@&=+$#-]/gu),
    strict.replaceAll('%20', '+'),
    percent(text, /[^A-Za-z0-9_.*-]/gu).replaceAll('%20', '+'),
    every.toUpperCase(),
  ];
  return [...spellings, ...spellings.map(lowerHex), every];
}

function percent(text: string, characters: RegExp): string {
  return text.replace(characters, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(''),
  );
}

function lowerHex(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}

/** Quotes that are doubled, as in YAML and CSV; HTML and XML. */
function inText(text: string): string[] {
  const html = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return [
    text.replaceAll("'", "''"),
    text.replaceAll('"', '""'),
    html,
    html.replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    html.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
    html.replaceAll('"', '&quot;').replaceAll("'", '&apos;'),
    html.replaceAll('"', '&quot;').replaceAll("'", '&#x27;'),
  ];
}

function inHex(text: string): string[] {
  const bytes = [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, '0'));
  return ['', ' ', ':'].flatMap((between) => [bytes.join(between), bytes.join(between).toUpperCase()]);
}

/**
 * Base64 takes three bytes at a time: after none, one or two bytes of something else the same secret reads otherwise. The text is what is the
 * secret's alone.
 */
function inBase64(text: string): Spelling[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const bits = (before + bytes.length) * 8;
    const own = encoded.slice(Math.ceil((before * 8) / 6), Math.floor(bits / 6));
    const base64 = { sharesStart: before > 0, sharesEnd: bits % 6 !== 0 };
    const urlSafe = own.replaceAll('+', '-').replaceAll('/', '_');
    return [...new Set([own, urlSafe])].map((spelling) => ({ text: spelling, base64 }));
  });
}
