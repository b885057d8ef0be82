import type { Json } from '../core/json.ts';
import { LeaveOut } from './findings.ts';
import { keyValues } from './key-values.ts';

/** Nobody writes out a longer loop. */
const longest = 1_000;
/** `5`, `2-8`, `4-16/2`, `1-3:web%02d`. */
const short = /^(?:(?<start>\d+)-)?(?<end>\d+)(?:\/(?<stride>\d+))?(?::(?<format>.+))?$/;
/** Of the ways of `printf` the ones for a whole number. */
const format = /^([^%]*)%(0?)(\d{0,2})d([^%]*)$/;
const names: readonly string[] = ['start', 'end', 'count', 'stride', 'format'];

/** The items of a `with_sequence`: numbers as text, as Ansible gives them. Throws LeaveOut where they rest on what a run knows. */
export function sequence(line: string, node: unknown): Json {
  const hint = 'Write: loop: "{{ range(1, 5) }}".';
  const refuse = () => new LeaveOut('this "with_sequence" has no equal here', node, hint);
  const said = partsOf(line);
  if (said === undefined) throw refuse();
  const start = numberOf(said.start) ?? 1;
  const stride = numberOf(said.stride) ?? 1;
  const count = numberOf(said.count);
  const end = count === undefined ? numberOf(said.end) : start + (count - 1) * stride;
  const times = end === undefined ? Number.NaN : Math.floor((end - start) / stride) + 1;
  const form = format.exec(said.format ?? '%d');
  if (!Number.isInteger(times) || times < 1 || times > longest || form === null) throw refuse();
  const [, before = '', zeros = '', width = '', after = ''] = form;
  const text = (number: number) => String(number).padStart(Number(width), zeros === '' ? ' ' : '0');
  return Array.from({ length: times }, (_, i) => `${before}${text(start + i * stride)}${after}`);
}

/** What is said by name, or in the short form; undefined: neither. */
function partsOf(line: string): Readonly<Record<string, string | undefined>> | undefined {
  const brief = short.exec(line.trim());
  if (brief?.groups !== undefined) return brief.groups;
  const { values, rest } = keyValues(line);
  const isKnown = rest === '' && [...values.keys()].every((name) => names.includes(name));
  return isKnown ? Object.fromEntries(values) : undefined;
}

/** As Python reads it, also in hexadecimal. NaN for what is no whole number. */
function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^-?(?:\d+|0x[\da-f]+)$/i.test(text.trim()) ? Number(text) : Number.NaN;
}
