import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut } from '../../src/core/cut.ts';
import { maskLine, maskSecrets, maskText } from '../../src/core/mask.ts';
import { hardSecret, spelledByOthers } from '../support/planted.ts';

const mask = (text: string, ...secrets: string[]) => maskSecrets(text, secrets);

test('a secret is masked in strings, lists and maps; what is not a secret stays', () => {
  const value = { a: ['is hunter2!', 1, null, true], b: { c: 'hunter2hunter2' } };
  expect(maskSecrets(value, ['hunter2'])).toEqual({
    a: [`is ${maskText}!`, 1, null, true],
    b: { c: maskText + maskText },
  });
  expect(maskSecrets(value, [''])).toBe(value);
  expect(maskSecrets(value, ['other'])).toEqual(value);
});

test.each([
  ['in plain', 'correct-horse', (text: string) => text],
  ['in JSON', 'correct"horse"battery', (text: string) => JSON.stringify(text)],
  ['of several lines', 'correct\nhorse-battery', (text: string) => text.split('\n')[1] ?? ''],
])('of a secret that was cut in two on its way into a message nothing is left: %s', (_, secret, spelled) => {
  const text = spelled(secret);
  for (let length = 4; length < text.length - 1; length += 1) {
    const told = mask(`it is "${cut(text, length)}", which is no MTU…`, secret);
    expect(told).toMatch(/^it is ".?\*{8}…", which is no MTU…$/);
  }
  expect(mask(`${secret.slice(0, 6)}, as it is`, secret)).toBe(`${secret.slice(0, 6)}, as it is`);
});

test('a number that is a secret is masked, but not those of an event itself', () => {
  expect(maskSecrets({ ms: 86420, args: { pin: 86420, port: 864200 } }, ['86420'], new Set())).toEqual({
    ms: 86420,
    args: { pin: maskText, port: 864200 },
  });
});

test('a key that is more than a word is masked; the name of a field, and what is to be kept, is not', () => {
  const value = { content: 'content', '/etc/content': 1 };
  expect(maskSecrets(value, ['content'])).toEqual({ content: maskText, [`/etc/${maskText}`]: 1 });
  expect(maskSecrets(value, ['content'], new Set(['content']))).toEqual({
    content: 'content',
    [`/etc/${maskText}`]: 1,
  });
});

describe.each([
  ['a hard one', hardSecret],
  ['an ordinary one', 'Correct-Horse9'],
  ['a short one', 'aB3$'],
  ['one with umlauts', 'größe🙂x'],
])('%s', (_, secret) => {
  test.each(Object.entries(spelledByOthers(secret)))('%s', (name, text) => {
    const masked = mask(`before ${text} after`, secret);
    expect(masked).toMatch(/^before .* after$/s);
    const looks = [masked, ...(name.startsWith('base64') ? decodings(masked.slice(7, -6)) : [])];
    expect(
      looks.some((look) => look.includes(maskText)),
      masked,
    ).toBe(true);
    for (const look of looks) {
      for (let at = 0; at + 4 <= secret.length; at += 1) expect(look).not.toContain(secret.slice(at, at + 4));
    }
    if (name.startsWith('base64')) return;
    // Nothing is left of it but what the spelling itself adds: quotes, names.
    const left = masked.slice(7, -6).replaceAll(maskText, '');
    expect(left.length, left).toBeLessThanOrEqual(16);
  });
});

/** A text read as base64, from each place where it may begin. */
function decodings(text: string): string[] {
  return [0, 1, 2, 3].map((phase) => Buffer.from(text.replace(/\n/g, '').slice(phase), 'base64').toString());
}

test('base64 is masked inside, and nothing else of it is touched', () => {
  const secret = 'Correct-Horse9';
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 9 }), fc.uint8Array({ maxLength: 9 }), (before, after) => {
      const encoded = (text: string) => Buffer.concat([before, Buffer.from(text), after]).toString('base64');
      expect(mask(encoded(secret), secret)).toBe(encoded(maskText));
    }),
  );
});

test('base64 that is too short to be looked into leaves no character that holds a part of the secret', () => {
  const texts = ['pa$1', 'xpa$1', 'u:pa$1z'].map((text) => mask(btoa(text), 'pa$1'));
  expect(texts).toEqual([maskText, `e${maskText}`, `dT${maskText}eg==`]);
});

test('a secret of several lines is masked as a whole, and line by line where it is indented', () => {
  const key = '-----BEGIN KEY-----\nAAAAB3NzaC1yc2E\nq8Zt+w0Fv2\n-----END KEY-----\n';
  expect(mask(`key: ${key}`, key)).toBe(`key: ${maskText}`);
  const indented = key.replaceAll('\n', '\r\n    ');
  expect(mask(indented, key)).not.toMatch(/AAAA|q8Zt/);
});

test('secrets that overlap leave nothing of each other', () => {
  expect(mask('abcdefgh', 'abcdef', 'defgh')).toBe(maskText);
  expect(mask('abcdefgh', 'abcd', 'abcdefgh')).toBe(maskText);
});

test('a secret under four characters is known only as it is', () => {
  expect(mask('x=abc YWJj 616263', 'abc')).toBe(`x=${maskText} YWJj 616263`);
});

test('any secret is found anywhere, and all else stays', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', "'", '\\', '%', '+', '\n'), maxLength: 30 });
  const secret = fc.string({ unit: fc.constantFrom('x', 'Y', '"', "'", '/', 'ü'), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(text, secret, text, (before, hidden, after) => {
      const masked = mask(before + hidden + after, hidden);
      expect(masked).not.toContain(hidden.length < 2 ? 'nothing' : hidden);
      expect(masked).toContain(maskText);
    }),
  );
  fc.assert(
    fc.property(text, (plain) => {
      expect(mask(plain, 'xyzzy!')).toBe(plain);
    }),
  );
});

test('many secrets cost no more than a few: a large text is gone through once', () => {
  const secrets = Array.from({ length: 300 }, (_, i) => `${i}-secret-${'\\"\''.repeat(10)}`);
  const text = `${secrets[0]?.slice(0, -1)} `.repeat(20_000);
  expect(mask(text, ...secrets)).toBe(text);
  expect(mask(`${text}${secrets[299]}`, ...secrets)).toBe(`${text}${maskText}`);
});

test('a big secret is found whole and in base64, folded or cut; what only begins like it stays', () => {
  const pem = (seed: number) => {
    const lines = Array.from({ length: 600 }, (_, i) => createHash('sha384').update(`${seed} ${i}`).digest('base64'));
    return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
  };
  const secret = pem(1);
  const encoded = Buffer.from(secret).toString('base64');
  const secrets = [secret];
  expect(maskSecrets(secret, secrets)).toBe(maskText);
  for (const text of [encoded, encoded.replace(/.{76}/g, '$&\n'), cut(encoded, 1000), cut(encoded.slice(0, 50), 20)]) {
    const told = maskSecrets(`it is "${text}"`, secrets);
    for (let at = 0; at + 16 < encoded.length; at += 4) expect(told).not.toContain(encoded.slice(at, at + 16));
  }
  const other = Buffer.from(pem(2).replaceAll('PRIVATE KEY', 'CERTIFICATE')).toString('base64');
  expect(maskSecrets(other, secrets)).toBe(other);
});

test('a big file in base64 lines is masked inside at once', () => {
  const line = 'nothing is in this line '.repeat(2);
  const file = Buffer.from(`${line.repeat(4)}word "wonderland"${line.repeat(60_000)}`).toString('base64');
  const masked = mask(file.replace(/.{76}/g, '$&\n'), 'wonderland');
  expect(Buffer.from(masked, 'base64').toString()).toBe(`${line.repeat(4)}word "${maskText}"${line.repeat(60_000)}`);
});

test('a file in base64 is masked inside, in any spelling, and stays base64: folded or not, also twice', () => {
  for (const [kind, spelled] of Object.entries(spelledByOthers(hardSecret)).filter(
    ([name]) => !/lines|json/.test(name),
  )) {
    const file = `a line before\n${spelled}\na line after\n`;
    const once = Buffer.from(file).toString('base64');
    const masked = mask(once, hardSecret);
    const read = Buffer.from(masked, 'base64').toString();
    expect(read, kind).toMatch(/^a line before\n[\s\S]*\na line after\n$/);
    expect(read, kind).not.toContain(spelled.trim().slice(0, 12));
    expect(read, kind).toBe(mask(file, hardSecret));
    const folded = mask(once.replace(/.{60}/g, '$&\n'), hardSecret);
    expect(Buffer.from(folded, 'base64').toString()).toBe(read);
    expect(mask(`/some/path/${once}`, hardSecret)).toContain(masked.replace(/=+$/, '').slice(-20));
    if (kind.startsWith('base64')) continue;
    const twice = mask(Buffer.from(once).toString('base64'), hardSecret);
    expect(Buffer.from(Buffer.from(twice, 'base64').toString(), 'base64').toString()).toBe(read);
  }
  const clean = Buffer.from('a line before\nnothing here\n'.repeat(9)).toString('base64');
  expect(mask(clean, hardSecret)).toBe(clean);
});

describe('a part of a line is found again when the line is masked', () => {
  test.each<[string, string, string]>([
    ['behind a secret', 'a: hunter2, b: <here>', 'a: ********, b: <here>'],
    [
      'behind two, one of them longer than its mask',
      'hunter2 correct-horse-battery <here>',
      '******** ******** <here>',
    ],
    ['before one', '<here> hunter2', '<here> ********'],
    ['a secret itself', 'a: <hunter2>, b', 'a: <********>, b'],
    ['in a secret', 'a: hun<ter>2, b', 'a: <********>, b'],
    ['with a secret in it', '<a hunter2 b> c', '<a ******** b> c'],
    ['from one secret into another', 'hunt<er2 and hunter>2', '<******** and ********>'],
    ['behind base64', `${Buffer.from('a word: correct-horse-battery').toString('base64')} <x>`, ''],
  ])('%s', (_, marked, expected) => {
    const [start, end] = [marked.indexOf('<'), marked.indexOf('>') - 1];
    const text = marked.replace(/[<>]/g, '');
    const line = maskLine({ text, start, end }, ['hunter2', 'correct-horse-battery']);
    const told = `${line.text.slice(0, line.start)}<${line.text.slice(line.start, line.end)}>${line.text.slice(line.end)}`;
    if (expected === '') expect(line.text.slice(line.start, line.end)).toBe('x');
    else expect(told).toBe(expected);
    expect(line.text).toBe(maskSecrets(text, ['hunter2', 'correct-horse-battery']));
  });
});
