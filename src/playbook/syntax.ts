import type { ASTNode } from '@marcbachmann/cel-js';

/** What an expression mentions: all that can be known of it without evaluating. */
export interface Mentions {
  /** Names that it reads, with the offset of the first place; not those that a macro binds. */
  readonly names: ReadonlyMap<string, number>;
  /** Places of `name.field`. */
  readonly fields: readonly { readonly name: string; readonly field: string; readonly offset: number }[];
  readonly calls: readonly { readonly name: string; readonly offset: number }[];
  /** How deeply macros (`map`, `filter`, `all`, ...) stand in each other. */
  readonly depth: number;
}

interface Place {
  readonly node: ASTNode;
  readonly bound: ReadonlySet<string>;
  readonly depth: number;
}

const macros: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

export function mentions(root: ASTNode): Mentions {
  const names = new Map<string, number>();
  const fields: { name: string; field: string; offset: number }[] = [];
  const calls: { name: string; offset: number }[] = [];
  let depth = 0;
  const queue: Place[] = [{ node: root, bound: new Set(), depth: 0 }];
  for (let place = queue.pop(); place !== undefined; place = queue.pop()) {
    const { node, bound } = place;
    depth = Math.max(depth, place.depth);
    if (node.op === 'id' && !bound.has(node.args)) {
      names.set(node.args, Math.min(node.start, names.get(node.args) ?? node.start));
    } else if (node.op === '.' || node.op === '.?') {
      const [receiver, field] = node.args;
      if (receiver.op === 'id' && !bound.has(receiver.args)) {
        fields.push({ name: receiver.args, field, offset: node.end - field.length });
      }
    } else if (node.op === 'call') {
      calls.push({ name: node.args[0], offset: node.start });
    } else if (node.op === 'rcall') {
      calls.push({ name: node.args[0], offset: node.args[1].end + 1 });
    }
    queue.push(...inside(place));
  }
  return { names, fields, calls, depth };
}

function inside({ node, bound, depth }: Place): readonly Place[] {
  const same = (nodes: readonly ASTNode[]) => nodes.map((inner) => ({ node: inner, bound, depth }));
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return same([node.args[0]]);
    case 'call':
      return same(node.args[1]);
    case 'rcall':
      return insideCall(node.args, same, { bound, depth });
    case 'map':
      return same(node.args.flat());
    case '!_':
    case '-_':
      return same([node.args]);
    default:
      return same(node.args as readonly ASTNode[]);
  }
}

/** A macro's first argument is a name that it binds in the others. */
function insideCall(
  [name, receiver, args]: [string, ASTNode, ASTNode[]],
  same: (nodes: readonly ASTNode[]) => readonly Place[],
  { bound, depth }: Omit<Place, 'node'>,
): readonly Place[] {
  const [first, ...rest] = args;
  const isMacro = macros.has(name);
  if (first?.op !== 'id' || !(isMacro || name === 'bind')) return same([receiver, ...args]);
  const inner = { bound: new Set([...bound, first.args]), depth: isMacro ? depth + 1 : depth };
  return [...same([receiver]), ...rest.map((node) => ({ node, ...inner }))];
}
