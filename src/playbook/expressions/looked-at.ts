import type { ASTNode } from '@marcbachmann/cel-js';
import { isJsonObject, type Json } from '../../core/json.ts';

/** A part of a name's value that an expression looks at, as far into it as its text alone says. */
export interface Looked {
  readonly name: string;
  readonly steps: readonly (string | number)[];
  /** In the text. */
  readonly start: number;
  readonly end: number;
}

const macros: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter', 'bind']);

/** Everything that it looks at, each once, in order: also what may be missing, as `host.?zone`. Not what macros bind. */
export function lookedAt(root: ASTNode): readonly Looked[] {
  const found = new Map<string, Looked>();
  const queue: Place[] = [[root, new Set()]];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [node, bound] = next;
    const looked = partOf(node, bound);
    if (looked !== undefined) found.set(JSON.stringify([looked.name, looked.steps]), looked);
    else queue.push(...inside(node, bound));
  }
  return [...found.values()].sort((a, b) => a.start - b.start);
}

/** That part of the value; undefined: it is not there. */
export function valueAt(value: Json, { steps }: Looked): Json | undefined {
  let at: Json | undefined = value;
  for (const step of steps) {
    if (Array.isArray(at)) at = (at as readonly Json[])[Number(step)];
    else at = isJsonObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }
  return at;
}

function partOf(node: ASTNode, bound: ReadonlySet<string>): Looked | undefined {
  const { start, end } = node;
  if (node.op === 'id') return bound.has(node.args) ? undefined : { name: node.args, steps: [], start, end };
  const step = stepOf(node);
  if (step === undefined) return undefined;
  const of = partOf((node.args as [ASTNode, unknown])[0], bound);
  return of === undefined ? undefined : { ...of, steps: [...of.steps, step], end };
}

function stepOf(node: ASTNode): string | number | undefined {
  if (node.op === '.' || node.op === '.?') return node.args[1];
  if (node.op !== '[]' && node.op !== '[?]') return undefined;
  const index: unknown = node.args[1].op === 'value' ? node.args[1].args : undefined;
  return typeof index === 'bigint' ? Number(index) : typeof index === 'string' ? index : undefined;
}

/** With the names that macros have bound there. */
type Place = readonly [node: ASTNode, bound: ReadonlySet<string>];

function inside(node: ASTNode, bound: ReadonlySet<string>): readonly Place[] {
  const same = (nodes: readonly unknown[]) => nodes.filter(isNode).map((one): Place => [one, bound]);
  if (node.op !== 'rcall') return same([node.args].flat(2));
  const [name, receiver, args] = node.args;
  const [first, ...rest] = args;
  if (!macros.has(name) || first?.op !== 'id') return same([receiver, ...args]);
  const inner = new Set([...bound, first.args]);
  return [...same([receiver]), ...rest.map((one): Place => [one, inner])];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value;
}
