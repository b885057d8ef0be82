import { atMost } from './limits.ts';

/** A list or a map of an expression's own is a plain array or object, one that came from outside may be a Map. */
type Keyed = ReadonlyMap<unknown, unknown> | Readonly<Record<string, unknown>>;

/** What expressions can do with lists and maps. */
export const listFunctions = {
  'range(int): list<int>': (end: bigint) => range(0n, end),
  'range(int, int): list<int>': (start: bigint, end: bigint) => range(start, end),
  'list.first(): dyn': (list: unknown[]) => one(list, 0, 'first'),
  'list.last(): dyn': (list: unknown[]) => one(list, list.length - 1, 'last'),
  'list.slice(int, int): list': (list: unknown[], start: bigint, end: bigint) => slice(list, start, end),
  'list.index_of(dyn): int': (list: unknown[], value: unknown) =>
    BigInt(list.findIndex((other) => sameKey(other) === sameKey(value))),
  'list.reverse(): list': (list: unknown[]) => list.toReversed(),
  'list.sort(): list': (list: unknown[]) => sorted(list),
  'list.distinct(): list': (list: unknown[]) => [...new Map(list.map((item) => [sameKey(item), item])).values()],
  'list.flatten(): list': (list: unknown[]) => flat(list),
  'list.zip(list): list': (list: unknown[], other: unknown[]) => zip(list, other),
  'list.sum(): dyn': (list: unknown[]) => sum(list),
  'list.min(): dyn': (list: unknown[]) => one(sorted(list), 0, 'min'),
  'list.max(): dyn': (list: unknown[]) => one(sorted(list), list.length - 1, 'max'),
  'map.keys(): list': (map: Keyed) => entries(map).map(([key]) => key),
  'map.values(): list': (map: Keyed) => entries(map).map(([, value]) => value),
  'map.items(): list': (map: Keyed) =>
    entries(map).map(
      ([key, value]) =>
        new Map([
          ['key', key],
          ['value', value],
        ]),
    ),
  'map.merge(map): map': (map: Keyed, other: Keyed) => new Map([...entries(map), ...entries(other)]),
  'map.select(list): map': (map: Keyed, keys: unknown[]) => selected(map, keys),
  'map.without(list): map': (map: Keyed, keys: unknown[]) =>
    new Map(entries(map).filter(([key]) => !keys.includes(key))),
};

function entries(map: Keyed): [unknown, unknown][] {
  return map instanceof Map ? [...(map as ReadonlyMap<unknown, unknown>)] : Object.entries(map);
}

function selected(map: Keyed, keys: readonly unknown[]): Map<unknown, unknown> {
  const all = new Map(entries(map));
  return new Map(
    keys.map((key) => {
      if (!all.has(key)) throw new Error(`select() was asked for "${String(key)}", which is not there`);
      return [key, all.get(key)];
    }),
  );
}

function range(start: bigint, end: bigint): bigint[] {
  const length = Number(atMost(end > start ? end - start : 0n, 'the range'));
  return Array.from({ length }, (_, i) => start + BigInt(i));
}

function one(list: readonly unknown[], at: number, name: string): unknown {
  if (list.length === 0) throw new Error(`${name}() was asked of an empty list`);
  return list[at];
}

function slice(list: readonly unknown[], start: bigint, end: bigint): unknown[] {
  if (start >= 0n && start <= end && end <= list.length) return list.slice(Number(start), Number(end));
  throw new Error(`there is no slice(${start}, ${end}) of a list of ${list.length}`);
}

function flat(list: readonly unknown[]): unknown[] {
  const length = list.reduce((sum: number, item) => sum + (Array.isArray(item) ? item.length : 1), 0);
  atMost(length, 'the flat list');
  return list.flat();
}

function zip(list: readonly unknown[], other: readonly unknown[]): unknown[] {
  if (list.length !== other.length) {
    throw new Error(`zip() was given lists of ${list.length} and of ${other.length} items`);
  }
  return list.map((item, i) => [item, other[i]]);
}

type Sortable = bigint | number | string | boolean;

/** Throws Error where the items are not all numbers, or all text. */
function sorted(list: readonly unknown[]): Sortable[] {
  const kinds = new Set(list.map((item) => (typeof item === 'bigint' ? 'number' : typeof item)));
  const [kind = 'number', ...others] = kinds;
  if (others.length > 0 || !['number', 'string', 'boolean'].includes(kind)) {
    throw new Error('only numbers can be put in order with numbers, and text with text');
  }
  return (list as readonly Sortable[]).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function sum(list: readonly unknown[]): bigint | number {
  if (list.every((item) => typeof item === 'bigint')) return list.reduce((total, item) => total + item, 0n);
  if (list.every((item) => typeof item === 'number')) return list.reduce((total, item) => total + item, 0);
  throw new Error('sum() takes whole numbers or fractions, not both, and nothing else');
}

/** The same text for values that CEL holds to be equal. */
function sameKey(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'number') return `n${value}`;
  if (Array.isArray(value)) return `[${value.map(sameKey).join()}]`;
  if (typeof value === 'object' && value !== null && isKeyed(value)) {
    return `{${entries(value)
      .map(([key, inner]) => `${sameKey(key)}:${sameKey(inner)}`)
      .sort()
      .join()}}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function isKeyed(value: object): value is Keyed {
  const prototype: unknown = Object.getPrototypeOf(value);
  return value instanceof Map || prototype === null || prototype === Object.prototype;
}
