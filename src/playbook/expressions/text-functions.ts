import { createHash } from 'node:crypto';
import { Optional } from '@marcbachmann/cel-js';
import { type RE2JS, RE2JSGroupException } from 're2js';
import { compiledRe2 } from '../../core/re2-fault.ts';
import { fromCel, toCel } from './cel-values.ts';
import { parseJson } from './exact-json.ts';
import { atMost, notTooLong } from './limits.ts';

/**
 * What expressions can do with text. CEL's own matches() is a backtracking RegExp: one hostile line of a host's output
 * could stop the controller. RE2 takes a time that is linear in the text.
 */
export const textFunctions = {
  'json(string): dyn': (text: string) => toCel(parseJson(text)),
  'to_json(dyn): string': (value: unknown) => short(JSON.stringify(fromCel(value))),
  'to_json(dyn, int): string': (value: unknown, indent: bigint) =>
    short(JSON.stringify(fromCel(value), null, Number(indent))),
  'string.re_match(string): bool': (text: string, pattern: string) => compile(pattern).matcher(text).find(),
  'string.re_find(string): optional<string>': (text: string, pattern: string) => {
    const matcher = compile(pattern).matcher(text);
    return matcher.find() ? Optional.of(found(matcher)) : Optional.none();
  },
  'string.re_find_all(string): list<string>': (text: string, pattern: string) => {
    const matcher = compile(pattern).matcher(text);
    const all: string[] = [];
    while (matcher.find()) {
      all.push(found(matcher));
      atMost(all.length, 'the list of what was found');
    }
    return all;
  },
  'string.re_replace(string, string): string': (text: string, pattern: string, by: string) =>
    short(replacedAll(compile(pattern).matcher(text), by)),
  'string.replace(string, string): string': (text: string, what: string, by: string) => replaced(text, what, by),
  'string.lines(): list<string>': (text: string) => {
    const lines = text.split(/\r?\n/);
    return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  },
  'string.pad_left(int, string): string': (text: string, length: bigint, by: string) =>
    text.padStart(padTo(length, by), by),
  'string.pad_right(int, string): string': (text: string, length: bigint, by: string) =>
    text.padEnd(padTo(length, by), by),
  'base64_decode(string): string': base64Decoded,
  'sha256(string): string': (text: string) => createHash('sha256').update(text).digest('hex'),
};

type Matcher = ReturnType<RE2JS['matcher']>;

function compile(pattern: string): RE2JS {
  return compiledRe2(pattern, ({ message }) => new Error(`"${pattern}" is not an RE2 pattern: ${message}`));
}

function replacedAll(matcher: Matcher, by: string): string {
  try {
    return matcher.replaceAll(by, true);
  } catch (thrown) {
    if (!(thrown instanceof RE2JSGroupException)) throw thrown;
    const most = matcher.groupCount();
    const known = most === 0 ? 'the pattern has no groups' : `the groups of the pattern are $1 to $${most}`;
    throw new Error(`"${by}" names a group that there is not: ${known}, and a dollar itself is \\$`);
  }
}

/** The pattern's first group; without groups all that it matched. */
function found(matcher: Matcher): string {
  return matcher.group(matcher.groupCount() > 0 ? 1 : 0) ?? '';
}

function replaced(text: string, what: string, by: string): string {
  if (what === '') throw new Error('replace() was given nothing to look for');
  const parts = text.split(what);
  notTooLong({ length: text.length + (parts.length - 1) * (by.length - what.length) });
  return parts.join(by);
}

function short(text: string): string {
  notTooLong(text);
  return text;
}

function padTo(length: bigint, by: string): number {
  if (by === '') throw new Error('the text to pad with is empty');
  return Number(atMost(length < 0n ? 0n : length, 'the padded text'));
}

/** Throws Error for what is not base64 of UTF-8 text. */
function base64Decoded(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  const isWhole = bytes.toString('base64').replace(/=+$/, '') === text.replace(/\s/g, '').replace(/=+$/, '');
  if (!isWhole) throw new Error('base64_decode() was given text that is not base64');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (thrown) {
    throw new Error('base64_decode() was given bytes that are not text', { cause: thrown });
  }
}
