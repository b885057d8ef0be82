import type { ASTNode } from '@marcbachmann/cel-js';

/** A step into a value: a field's name, the number of an item, or `undefined` for any item or entry. */
export interface Step {
  readonly key: string | number | undefined;
  readonly offset: number;
  readonly width: number;
}

/** A name with the fields and items that are looked up in it, as in `peers[0].pod_ip`. */
export interface Path {
  readonly name: string;
  readonly steps: readonly Step[];
}

interface Call {
  readonly name: string;
  readonly offset: number;
  readonly receiver: boolean;
  /** The first argument, where it is a text as it stands. */
  readonly text?: { readonly value: string; readonly start: number; readonly end: number };
}

/** What an expression mentions: all that can be known of it without evaluating. */
export interface Mentions {
  /** Names that it reads, with the offset of the first place; not those that a macro binds. */
  readonly names: ReadonlyMap<string, number>;
  /** The places where fields must be there: not those that are asked for with has(...) or `.?`. */
  readonly paths: readonly Path[];
  /** Fields that it asks for before it reads them, with has(...), `.?` or `in`. */
  readonly asked: ReadonlySet<string>;
  /** What it comes to, where that is a part of a name's value. */
  readonly whole: Path | undefined;
  readonly calls: readonly Call[];
  /** How deeply macros (`map`, `filter`, `all`, ...) stand in each other. */
  readonly depth: number;
  /** The same of `cel.bind`. */
  readonly bound: number;
  /** How many operations rest on each other, as in a long sum. */
  readonly levels: number;
}

/** Names that macros have bound, with the part of another name's value that each stands for. */
type Bound = ReadonlyMap<string, Path | undefined>;

interface Place {
  readonly node: ASTNode;
  readonly bound: Bound;
  readonly depth: number;
  readonly binds: number;
  /** Below has(...), or part of a path that has been noted. */
  readonly isNoted?: boolean;
}

const macros: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
/** Methods that give a list of the same items. */
const keepsItems: ReadonlySet<string> = new Set(['filter', 'slice', 'reverse', 'distinct']);

export function mentions(root: ASTNode): Mentions {
  const names = new Map<string, number>();
  const paths: Path[] = [];
  const asked = new Set<string>();
  const calls: Call[] = [];
  let [depth, bound, levels] = [0, 0, 0];
  const queue: [Place, number][] = [[{ node: root, bound: new Map(), depth: 0, binds: 0 }, 1]];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [place, level] = next;
    const { node } = place;
    depth = Math.max(depth, place.depth);
    bound = Math.max(bound, place.binds);
    levels = Math.max(levels, level);
    if (node.op === 'id' && !place.bound.has(node.args)) {
      names.set(node.args, Math.min(node.start, names.get(node.args) ?? node.start));
    } else if (node.op === 'call') {
      calls.push({ name: node.args[0], offset: node.start, receiver: false });
    } else if (node.op === 'rcall') {
      const [name, receiver, [first]] = node.args;
      calls.push({ name, offset: receiver.end + 1, receiver: true, ...literal(first) });
    }
    const path = place.isNoted ? undefined : pathOf(node, place.bound);
    if (path !== undefined && path.steps.length > 0) paths.push(path);
    for (const name of askedBy(node)) asked.add(name);
    queue.push(...inside(place, path !== undefined).map((inner): [Place, number] => [inner, level + 1]));
  }
  return { names, paths, asked, whole: pathOf(root, new Map()), calls, depth, bound, levels };
}

function literal(node: ASTNode | undefined): Pick<Call, 'text'> {
  if (node?.op !== 'value' || typeof node.args !== 'string') return {};
  return { text: { value: node.args, start: node.start, end: node.end } };
}

/** The path that a node is; undefined for what is none. */
function pathOf(node: ASTNode, bound: Bound): Path | undefined {
  if (node.op === 'id') return bound.has(node.args) ? bound.get(node.args) : { name: node.args, steps: [] };
  if (node.op === '.') return further(node.args[0], bound, fieldStep(node.args[1], node.end));
  if (node.op === '[]') return further(node.args[0], bound, indexStep(node.args[1]));
  if (node.op !== 'rcall') return undefined;
  const [name, receiver, args] = node.args;
  if (keepsItems.has(name)) return pathOf(receiver, bound);
  if ((name === 'first' || name === 'last') && args.length === 0) return further(receiver, bound, anyStep(node));
  return undefined;
}

function further(of: ASTNode, bound: Bound, step: Step): Path | undefined {
  const path = pathOf(of, bound);
  return path === undefined ? undefined : { ...path, steps: [...path.steps, step] };
}

function fieldStep(field: string, end: number): Step {
  return { key: field, offset: end - field.length, width: field.length };
}

function indexStep(index: ASTNode): Step {
  const value: unknown = index.op === 'value' ? index.args : undefined;
  const key = typeof value === 'string' ? value : typeof value === 'bigint' ? Number(value) : undefined;
  return { ...anyStep(index), key };
}

function anyStep({ start, end }: ASTNode): Step {
  return { key: undefined, offset: start, width: end - start };
}

function askedBy(node: ASTNode): readonly string[] {
  if (node.op === '.?') return [node.args[1]];
  const [first] = node.op === 'call' ? node.args[1] : node.op === 'in' || node.op === '[?]' ? node.args : [];
  const last = node.op === '[?]' ? node.args[1] : first;
  if (node.op === 'call' && node.args[0] === 'has' && first !== undefined) return fieldsOf(first);
  return last?.op === 'value' && typeof last.args === 'string' ? [last.args] : [];
}

function fieldsOf(node: ASTNode): readonly string[] {
  return node.op === '.' || node.op === '.?' ? [node.args[1], ...fieldsOf(node.args[0])] : [];
}

function inside({ node, bound, depth, binds, isNoted }: Place, isPath: boolean): readonly Place[] {
  const same = (nodes: readonly ASTNode[]): Place[] => nodes.map((inner) => ({ node: inner, bound, depth, binds }));
  const noted = (inner: ASTNode): Place => ({ node: inner, bound, depth, binds, isNoted: isPath || isNoted === true });
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
      return [noted(node.args[0])];
    case '.?':
      return same([node.args[0]]);
    case '[]':
      return [noted(node.args[0]), ...same([node.args[1]])];
    case 'call':
      return node.args[0] === 'has'
        ? node.args[1].map((inner) => ({ ...noted(inner), isNoted: true }))
        : same(node.args[1]);
    case 'rcall':
      return insideCall(node.args, same, { bound, depth, binds }, isPath || isNoted === true);
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
  { bound, depth, binds }: Omit<Place, 'node' | 'isNoted'>,
  isNoted: boolean,
): readonly Place[] {
  const [first, ...rest] = args;
  const isMacro = macros.has(name);
  const outer = same([receiver]).map((place) => ({ ...place, isNoted }));
  if (first?.op !== 'id' || !(isMacro || name === 'bind')) return [...outer, ...same(args)];
  const [value, ...body] = rest;
  const stands = isMacro ? further(receiver, bound, anyStep(first)) : value && pathOf(value, bound);
  const own = {
    bound: new Map([...bound, [first.args, stands]]),
    ...(isMacro ? { depth: depth + 1, binds } : { depth, binds: binds + 1 }),
  };
  if (isMacro) return [...outer, ...rest.map((node) => ({ node, ...own }))];
  return [...outer, ...same(value === undefined ? [] : [value]), ...body.map((node) => ({ node, ...own }))];
}
