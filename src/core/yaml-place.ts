import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node } from 'yaml';

export type YamlPath = readonly (string | number)[];
export type Range = readonly [start: number, end: number];

/** What stands at this path, or its nearest parent that does; an alias leads to its anchor. */
export function follow(document: Document | undefined, path: YamlPath): { key?: unknown; value: unknown } {
  let key: unknown;
  let value: unknown = document?.contents;
  for (const step of path) {
    const node = isAlias(value) && document !== undefined ? value.resolve(document) : value;
    const inside = childOf(node, step);
    if (inside === undefined) return { value };
    key = inside.key;
    value = inside.value ?? inside.key;
  }
  return { key, value };
}

function childOf(node: unknown, step: string | number): { key?: unknown; value: unknown } | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(step)];
    return value === undefined ? undefined : { value };
  }
  if (!isMap(node)) return undefined;
  return node.items.find((pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === String(step));
}

/** Of one character where it stands nowhere. */
export function rangeOf(node: unknown): Range {
  const range = (node as Node | null | undefined)?.range;
  return range ? [range[0], Math.max(range[1], range[0] + 1)] : [0, 1];
}
