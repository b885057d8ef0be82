/** How tightly CEL binds what stands outermost in a text; the higher, the tighter. */
export const binding = { ternary: 0, or: 1, and: 2, relation: 3, sum: 4, product: 5, unary: 6, whole: 7 } as const;

/** A part of a Jinja expression, as CEL says it. */
export interface Node {
  readonly cel: string;
  readonly binds: number;
  /** Set for a name with its fields and indices, as in `a.b[0]`. */
  readonly path?: readonly (string | number | Node)[];
  /** Set for a text that stands as it is. */
  readonly text?: string;
  /** Set for a list that is written out. */
  readonly items?: readonly Node[];
  /** Set for a map that is written out. */
  readonly entries?: readonly (readonly [key: Node, value: Node])[];
  /** What it is, where that is known and is no truth value: Jinja takes it for one. */
  readonly is?: Kind;
}

type Kind = 'text' | 'list' | 'number';

/** What a filter or a function is given; `name=value` has a name. */
export type Argument = Node & { readonly named?: string };

/** What is known of the names in an expression, besides what Ansible itself gives. */
export interface Names {
  /** What a name stands for; undefined: no more than itself. Throws NoForm. */
  root(name: string): Node | undefined;
  /** What a field is called; undefined: the same, or as Ansible's results have it. Throws NoForm. */
  field(node: Node, name: string): Node | undefined;
  /** Is it there whatever the host, so that it needs no default? Throws NoForm where nobody can tell. */
  isThere(name: string): boolean;
}

/**
 * How a bare name is there: `always`; `result`: also always, and it says whether its task was skipped; `host`: where the
 * inventory gives it; `nowhere`: no host of the play has it.
 */
export type Presence = 'always' | 'result' | 'host' | 'nowhere';

/** What of Jinja has no form in CEL. */
export class NoForm extends Error {
  /** Do the words say what to do instead? */
  readonly isHint: boolean;

  constructor(message: string, isHint = false) {
    super(message);
    this.isHint = isHint;
  }
}

export function call(cel: string, is?: Kind): Node {
  return { cel, binds: binding.whole, ...(is === undefined ? {} : { is }) };
}

/** A value as Jinja takes it for a condition: text, lists and numbers are true unless they are empty or 0. */
export function truth(node: Node): Node {
  if (node.is === undefined) return node;
  const sides = { text: [node.cel, '!= ""'], list: [`size(${node.cel})`, '> 0'], number: [node.cel, '!= 0'] } as const;
  return { cel: sides[node.is].join(' '), binds: binding.relation };
}

export function textNode(text: string): Node {
  return { cel: JSON.stringify(text), binds: binding.whole, text, is: 'text' };
}

/** A node's CEL where something that binds so tightly stands around it. */
export function within(node: Node, binds: number): string {
  return node.binds < binds ? `(${node.cel})` : node.cel;
}

/** Its CEL before a dot or a bracket. */
export function receiver(node: Node): string {
  return within(node, binding.whole);
}

export function pathNode(path: readonly (string | number | Node)[]): Node {
  const [root, ...steps] = path;
  return {
    cel: steps.reduce((cel: string, step) => cel + stepText(step, ''), String(root)),
    binds: binding.whole,
    path,
  };
}

/** `a.b` as `a.?b`: an optional value. Undefined for what is no field of anything. A bare name is taken for a variable of the host. */
export function optional(node: Node): string | undefined {
  const path = node.path?.length === 1 ? ['host', ...node.path] : node.path;
  if (path === undefined) return undefined;
  const [root, ...steps] = path;
  return steps.reduce((cel: string, step) => cel + stepText(step, '?'), String(root));
}

function stepText(step: string | number | Node, mark: '' | '?'): string {
  if (typeof step === 'string' && /^[A-Za-z_]\w*$/.test(step)) return `.${mark}${step}`;
  const index = typeof step === 'string' ? JSON.stringify(step) : typeof step === 'number' ? String(step) : step.cel;
  return `[${mark}${index}]`;
}

/** What is given under a name, or in its place among what has none. */
export function given(args: readonly Argument[], name: string, place: number): Argument | undefined {
  return args.find(({ named }) => named === name) ?? args.filter(({ named }) => named === undefined)[place];
}

/** Throws NoForm. */
export function need(args: readonly Argument[], at: number): Argument {
  const found = args[at];
  if (found === undefined) throw new NoForm('an argument is missing');
  return found;
}

/** Throws NoForm. */
export function textOf({ text }: Node): string {
  if (text === undefined) throw new NoForm('a text is expected there');
  return text;
}
