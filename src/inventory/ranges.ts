import { Failure } from '../core/failure.ts';

const most = 100_000;
/** Characters, zeros in front and a sign included: all such numbers are exact. */
const longestNumber = 15;
/** No name that a resolver takes is longer. */
const longest = 1_000;

/**
 * The names that `web[01:10]`, `db-[a:c]`, `r[1:3]s[1:9:2]` stand for; a name without a range is itself.
 * Throws Failure `invalid` for a range that is none or empty, or that stands for more than 100 000 names.
 */
export function expandRanges(pattern: string): readonly string[] {
  if (pattern.length > longest) throw new Failure('invalid', `a name of ${pattern.length} characters is too long`);
  const open = pattern.indexOf('[');
  if (open === -1) return [pattern];
  const close = pattern.indexOf(']', open);
  if (close === -1) throw new Failure('invalid', `"${pattern}": the "[" is not closed`);
  const head = pattern.slice(0, open);
  const tails = expandRanges(pattern.slice(close + 1));
  const values = valuesOf(pattern.slice(open + 1, close), pattern);
  if (values.length * tails.length > most) throw tooMany(pattern);
  return values.flatMap((value) => tails.map((tail) => head + value + tail));
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const hint = 'Write [1:9], [01:10], [a:f] or [1:9:2].';

function valuesOf(range: string, pattern: string): readonly string[] {
  const [, low = '', high = '', step = '1'] = /^([^:]*):([^:]*)(?::([^:]*))?$/.exec(range) ?? [];
  const fault = (says: string) => new Failure('invalid', `"${pattern}": ${says}`, { hint });
  const isText = /^[a-zA-Z]$/.test(low) && /^[a-zA-Z]$/.test(high);
  const isNumber = /^(?:-?\d{1,15})?$/.test(low) && /^-?\d{1,15}$/.test(high);
  if ([low, high, step].some((bound) => /^-?\d+$/.test(bound) && bound.length > longestNumber))
    throw fault(`the range [${range}] goes too far`);
  if (!/^\d{1,15}$/.test(step) || (!isText && !isNumber)) throw fault(`[${range}] is not a range`);
  const [first, last, every] = isText
    ? [letters.indexOf(low), letters.indexOf(high), Number(step)]
    : [Number(low), Number(high), Number(step)];
  if (last < first || every === 0) throw fault(`the range [${range}] is empty`);
  if ((last - first) / every > most) throw tooMany(pattern);
  // As in Ansible: a first value with a leading zero pads them all.
  const width = low.length > 1 && low.startsWith('0') ? low.length : 0;
  if (width > 0 && width !== high.length) throw fault(`both ends of [${range}] must have the same number of digits`);
  const values: string[] = [];
  for (let n = first; n <= last; n += every) {
    values.push(isText ? (letters[n] as string) : String(n).padStart(width, '0'));
  }
  return values;
}

function tooMany(pattern: string): Failure {
  return new Failure('invalid', `"${pattern}" stands for more than ${most} hosts`);
}

/** `web1:2222` and `[fd00::1]:22` as name and port. */
export function splitPort(text: string): { readonly name: string; readonly port?: number } {
  if (text.length > longest) return { name: text };
  const bracketed = /^\[([0-9a-fA-F:.]{2,64})\](?::(\d+))?$/.exec(text);
  if (bracketed?.[1]?.includes(':') === true && bracketed[1].indexOf(':') !== bracketed[1].lastIndexOf(':'))
    return named(bracketed[1] ?? '', bracketed[2]);
  const [, name, port] = /^((?:[^:[\]]|\[[^\]]*\])+):(\d+)$/.exec(text) ?? [];
  return name === undefined ? { name: text } : named(name, port);
}

function named(name: string, port: string | undefined): { readonly name: string; readonly port?: number } {
  return port === undefined || Number(port) === 0 ? { name } : { name, port: Number(port) };
}
