import type { Json } from '../core/json.ts';
import { Cidr, Ip } from './addresses.ts';

/**
 * JSON as CEL wants it: whole numbers are bigint, or adding 1 to them would fail. Maps are Map, so that no key is
 * special. Each object is turned once: inventories are large and read by every expression.
 */
export function toCel(value: Json): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  const known = turned.get(value);
  if (known !== undefined) return known;
  const made = Array.isArray(value)
    ? value.map(toCel)
    : new Map(Object.entries(value).map(([key, inner]) => [key, toCel(inner as Json)]));
  turned.set(value, made);
  return made;
}

const turned = new WeakMap<object, unknown>();

/** What an expression came to, as JSON. Throws Error for what JSON cannot carry. */
export function fromCel(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return wholeNumber(value);
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw new Error(`the result ${value} is not a number that JSON knows`);
  }
  if (Array.isArray(value)) return value.map(fromCel);
  if (value instanceof Map) return fromEntries(value.entries());
  if (typeof value === 'object' && value !== undefined) {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null || prototype === Object.prototype) return fromEntries(Object.entries(value));
    if (value instanceof Date) return value.toISOString();
    if ('value' in value && typeof value.value === 'bigint') return wholeNumber(value.value);
    if (value instanceof Cidr || value instanceof Ip || value.constructor.name === 'Duration') return String(value);
  }
  throw new Error('the result is not plain data');
}

function wholeNumber(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new Error(`the result ${value} is too large to be kept exactly`);
}

function fromEntries(entries: Iterable<[unknown, unknown]>): Json {
  return Object.fromEntries([...entries].map(([key, inner]) => [String(key), fromCel(inner)]));
}
