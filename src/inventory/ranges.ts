import { Failure } from '../core/failure.ts';

const most = 100_000;

/**
 * The names that `web[01:10]`, `db-[a:c]`, `r[1:3]s[1:9:2]` stand for; a name without a range is itself.
 * Throws Failure `invalid` for a range that is none, or that stands for more than 100 000 names.
 */
export function expandRanges(pattern: string): readonly string[] {
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

function valuesOf(range: string, pattern: string): readonly string[] {
  const match = /^(?:(\d*):(\d+)|([a-z]):([a-z])|([A-Z]):([A-Z]))(?::(\d+))?$/.exec(range);
  if (match === null) {
    throw new Failure('invalid', `"${pattern}": [${range}] is not a range`, {
      hint: 'Write [1:9], [01:10], [a:f] or [1:9:2].',
    });
  }
  const [, low = '', high = '', a, z, A, Z, step = '1'] = match;
  const from = a ?? A;
  const to = z ?? Z;
  const every = Number(step);
  const isText = from !== undefined && to !== undefined;
  const first = isText ? from.charCodeAt(0) : Number(low === '' ? '0' : low);
  const last = isText ? to.charCodeAt(0) : Number(high);
  if (last < first || every === 0) throw new Failure('invalid', `"${pattern}": the range [${range}] is empty`);
  if ((last - first) / every > most) throw tooMany(pattern);
  // As in Ansible: a first value with a leading zero pads them all.
  const width = low.length > 1 && low.startsWith('0') ? low.length : 0;
  const values: string[] = [];
  for (let n = first; n <= last; n += every) {
    values.push(isText ? String.fromCharCode(n) : String(n).padStart(width, '0'));
  }
  return values;
}

function tooMany(pattern: string): Failure {
  return new Failure('invalid', `"${pattern}" stands for more than ${most} hosts`);
}

/** `web1:2222` and `[fd00::1]:22` as name and port. */
export function splitPort(text: string): { readonly name: string; readonly port?: number } {
  const bracketed = /^\[([0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)\](?::(\d+))?$/.exec(text);
  if (bracketed !== null) return named(bracketed[1] ?? '', bracketed[2]);
  const [, name, port] = /^((?:[^:[\]]|\[[^\]]*\])+):(\d+)$/.exec(text) ?? [];
  return name === undefined ? { name: text } : named(name, port);
}

function named(name: string, port: string | undefined): { readonly name: string; readonly port?: number } {
  return port === undefined ? { name } : { name, port: Number(port) };
}
