import type { ASTNode } from '@marcbachmann/cel-js';
import { entryOf } from '../../core/entry-of.ts';

const words: Readonly<Record<string, string>> = {
  ...{ string: 'text', int: 'a whole number', double: 'a fraction', bool: 'true or false', null: 'null' },
};

/** An operand with its type. */
interface Operand {
  readonly node: ASTNode;
  readonly type: string;
}

/** What to write for an operation whose operands do not fit: `node` of `text`, with CEL's message about it. */
export function operandHint(node: ASTNode, text: string, message: string): string | undefined {
  const types = message.replace(/dyn<(\w+)>/g, '$1').replace(/^no such overload: /, '');
  if (node.op === '!_') return negationHint({ node: node.args, type: types.slice(1) }, text);
  const nodes = comparedIn(node);
  if (nodes === undefined) return undefined;
  const [left = '', right = ''] = types.split(` ${node.op} `);
  const operands = [
    { node: nodes[0], type: left },
    { node: nodes[1], type: right },
  ];
  const literal = operands.find((one) => one.node.op === 'value');
  const other = operands.find((one) => one !== literal);
  if (literal === undefined || other === undefined) return bothHint(operands, text);
  const is = isPlain(other.node) ? isOf(other, text) : undefined;
  const instead = withOther(literal, other, { node, text });
  return is && (instead === undefined ? `${is}.` : `${is}: write ${instead}`);
}

function comparedIn(node: ASTNode): readonly [ASTNode, ASTNode] | undefined {
  switch (node.op) {
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return node.args;
    default:
      return undefined;
  }
}

/** What values are that a function does not take, where that cannot be seen. */
export function argumentHint(node: ASTNode, text: string, types: readonly string[]): string | undefined {
  const nodes = node.op === 'rcall' ? [node.args[1], ...node.args[2]] : node.op === 'call' ? node.args[1] : [];
  const known = nodes.map((one, i) => ({ node: one, type: types[i] ?? '' })).filter((one) => isPlain(one.node));
  const [first, ...others] = known.flatMap((one) => isOf(one, text) ?? []);
  return first === undefined ? undefined : `${[first, ...others].join(', ')}.`;
}

function negationHint(operand: Operand, text: string): string | undefined {
  const { node, type } = operand;
  const is = isPlain(node) ? isOf(operand, text) : undefined;
  if (is === undefined) return undefined;
  if (type === 'string') return `${is}: write ${source(node, text)} == ""`;
  return type === 'int' ? `${is}: write ${source(node, text)} == 0` : `${is}.`;
}

/** The comparison with a literal of the other's type, where it is clear what is meant. */
function withOther(
  { node: literal, type }: Operand,
  { node: other, type: wanted }: Operand,
  whole: { readonly node: ASTNode; readonly text: string },
): string | undefined {
  const { node, text } = whole;
  const value = literal.op === 'value' ? literal.args : undefined;
  const put = (at: ASTNode, by: string) =>
    oneLine(text.slice(node.start, at.start) + by + text.slice(at.end, node.end));
  const isEquality = node.op === '==' || node.op === '!=';
  if (wanted === 'int') return typeof value === 'string' && /^-?\d+$/.test(value) ? put(literal, value) : undefined;
  if (wanted === 'bool') {
    const meant = isEquality ? entryOf(truths, String(value).toLowerCase()) : undefined;
    if (meant === undefined) return undefined;
    return `${meant === (node.op === '==') ? '' : '!'}${source(other, text)}`;
  }
  if (wanted !== 'string') return undefined;
  if (type === 'null') return put(literal, '""');
  if (isEquality) return put(literal, JSON.stringify(source(literal, text)));
  return type === 'int' || type === 'double' ? put(other, `${type}(${source(other, text)})`) : undefined;
}

const truths: Readonly<Record<string, boolean>> = {
  ...{ yes: true, true: true, on: true, '1': true, no: false, false: false, off: false, '0': false },
};

function bothHint(operands: readonly Operand[], text: string): string | undefined {
  const known = operands.filter(({ node }) => isPlain(node)).flatMap((one) => isOf(one, text) ?? []);
  return known.length < operands.length ? undefined : `${known.join(', ')}.`;
}

function isOf({ node, type }: Operand, text: string): string | undefined {
  const word = type.startsWith('list') ? 'a list' : type.startsWith('map') ? 'a map' : entryOf(words, type);
  return word === undefined ? undefined : `${source(node, text)} is ${word}`;
}

function source({ start, end }: ASTNode, text: string): string {
  return oneLine(text.slice(start, end));
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}

/** Can it be written before an operator, as it stands? */
function isPlain({ op }: ASTNode): boolean {
  return op === 'id' || op === '.' || op === '[]' || op === 'call' || op === 'rcall';
}
