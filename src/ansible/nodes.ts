import {
  Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Scalar,
  visit,
  YAMLMap,
  YAMLSeq,
} from 'yaml';
import type { Json } from '../core/json.ts';
import { isVault } from './vault.ts';

const builder = new Document(null);
/** Nobody reads a longer map in one line. */
const widest = 72;

/** A new node; short maps and lists of plain words in one line. */
export function nodeOf(value: Json): Node {
  const node = builder.createNode(value, { aliasDuplicateObjects: false }) as Node;
  visit(node, {
    Collection: (_, inner) => {
      const json = JSON.stringify(inner.toJSON());
      if (json.length <= widest && !json.includes('\\n')) inner.flow = true;
    },
  });
  return node;
}

/** A pair with the comments that stand at the one it is made of. */
export function pairOf(key: string, value: Node | Json, from?: Pair): Pair {
  const keyNode = new Scalar(key);
  const node = isNode(value) ? value : nodeOf(value);
  if (isNode(from?.key)) takeComments(keyNode, from.key);
  if (isNode(from?.value) && !isMap(from.value) && !isSeq(from.value)) takeComments(node, from.value);
  return builder.createPair(keyNode, node);
}

export function takeComments(to: Node, from: Node): void {
  if (from.commentBefore) to.commentBefore = from.commentBefore;
  if (from.comment) to.comment = from.comment;
  if (from.spaceBefore) to.spaceBefore = true;
}

/** A value with its comments, each text made anew by `text`. */
export function remade(node: unknown, text: (value: string, node: Node) => Json): Node {
  const made = remadeBare(node, text);
  if (isNode(node)) takeComments(made, node);
  return made;
}

function remadeBare(node: unknown, text: (value: string, node: Node) => Json): Node {
  if (isMap(node)) {
    const map = new YAMLMap();
    map.flow = node.flow === true;
    map.items = node.items.map((pair) => {
      const key = new Scalar(isScalar(pair.key) ? String(pair.key.value) : String(pair.key));
      if (isNode(pair.key)) takeComments(key, pair.key);
      return builder.createPair(key, remade(pair.value, text));
    });
    return map;
  }
  if (isSeq(node)) {
    const seq = new YAMLSeq();
    seq.flow = node.flow === true;
    seq.items = node.items.map((item) => remade(item, text));
    return seq;
  }
  if (!isScalar(node)) return new Scalar(null);
  if (typeof node.value !== 'string') return new Scalar(node.value);
  const made = new Scalar(text(node.value, node));
  if (isVault(node.tag)) made.tag = '!vault';
  if (node.type !== undefined && node.type !== 'PLAIN' && typeof made.value === 'string') made.type = node.type;
  return made;
}

/** The comments of the source that are not in the result stand before it: none is lost. */
export function keepComments(made: Node, source: Node): void {
  const kept = commentsIn(made).join('\n');
  const lost = commentsIn(source).filter((comment) => !comment.split('\n').every((line) => kept.includes(line)));
  if (lost.length > 0) commentBefore(made, lost.join('\n'));
}

/** One more comment before a node, after those that are there. */
export function commentBefore(node: Node, text: string): void {
  node.commentBefore = [node.commentBefore, text].filter((one) => one !== undefined && one !== null).join('\n');
}

function commentsIn(root: Node): string[] {
  const found: string[] = [];
  visit(root, {
    Node: (_, { commentBefore: before, comment }) => {
      found.push(...[before, comment].filter((one) => typeof one === 'string'));
    },
  });
  return found;
}

/** Tells an item of the source from all others. */
export function idOf(item: unknown): string {
  return String((item as Node | null)?.range?.[0]);
}

/** The pair of a key. */
export function pairIn(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === key);
}

export function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : String(key);
}
