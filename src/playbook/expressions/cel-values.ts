import type { Json } from '../../core/json.ts';
import { Cidr, Ip } from './addresses.ts';
import { deepestValue, mostParts } from './limits.ts';

/**
 * JSON as CEL wants it: whole numbers are bigint, or adding 1 to them would fail. Maps are Map, so that no key is
 * special. Each object is turned once: inventories are large and read by every expression. Throws Error for what
 * nests too deeply to be read.
 */
export function toCel(value: unknown, depth = 0): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  const known = turned.get(value);
  if (known !== undefined) return known;
  if (depth > deepestValue) throw new Error(`the value has more than ${deepestValue} levels of nesting`);
  const made = Array.isArray(value)
    ? value.map((inner) => toCel(inner, depth + 1))
    : new Map(Object.entries(value).map(([key, inner]) => [key, toCel(inner, depth + 1)]));
  turned.set(value, made);
  return made;
}

const turned = new WeakMap<object, unknown>();

/** What an expression came to that is no more than a name: the value itself, not a copy. Throws Error for what is too large. */
export function asItIs(value: Json): Json {
  refuseLarge(partsOf(value, 0));
  return value;
}

/** Counted once for each object: lists of hosts hold the same maps again and again. */
function partsOf(value: Json, depth: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  const known = counted.get(value);
  if (known !== undefined) return known;
  refuseDeep(depth);
  let parts = 1;
  for (const inner of Object.values(value) as Json[]) parts += partsOf(inner, depth + 1);
  counted.set(value, parts);
  return parts;
}

const counted = new WeakMap<object, number>();

function refuseLarge(parts: number): void {
  if (parts > mostParts) throw new Error(`the result has more than ${mostParts} parts`);
}

function refuseDeep(levels: number): void {
  if (levels > deepestValue) throw new Error(`the result has more than ${deepestValue} levels of nesting`);
}

/** What an expression came to, as JSON. Throws Error for what JSON cannot carry, and for what is too large. */
export function fromCel(value: unknown): Json {
  let parts = 0;
  const turn = (inner: unknown, depth: number): Json => {
    refuseLarge(++parts);
    refuseDeep(depth);
    if (Array.isArray(inner)) return inner.map((item) => turn(item, depth + 1));
    const entries = entriesOf(inner);
    if (entries === undefined) return plain(inner);
    return Object.fromEntries(entries.map(([key, item]) => [String(key), turn(item, depth + 1)]));
  };
  return turn(value, 0);
}

function entriesOf(value: unknown): readonly [unknown, unknown][] | undefined {
  if (value instanceof Map) return [...value.entries()];
  if (typeof value !== 'object' || value === null) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype ? Object.entries(value) : undefined;
}

function plain(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return wholeNumber(value);
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw new Error(`the result ${value} is not a number that JSON knows`);
  }
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null) {
    if ('value' in value && typeof value.value === 'bigint') return wholeNumber(value.value);
    if (value instanceof Cidr || value instanceof Ip || value.constructor.name === 'Duration') return String(value);
  }
  throw new Error('the result is not plain data');
}

function wholeNumber(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new Error(`the result ${value} is too large to be kept exactly: write string(...) to have its digits`);
}
