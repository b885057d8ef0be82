import { entryOf } from '../../core/entry-of.ts';
import { type Argument, binding, call, type Node, NoForm, receiver, within } from './node.ts';
import { isIn, negated } from './operators.ts';
import { matched } from './regex.ts';

const results: ReadonlySet<string> = new Set(['changed', 'failed', 'skipped']);
const comparisons: Readonly<Record<string, string>> = {
  ...{ eq: '==', equalto: '==', ne: '!=', lt: '<', lessthan: '<', le: '<=', gt: '>', greaterthan: '>', ge: '>=' },
  ...{ '==': '==', '!=': '!=', '<': '<', '>': '>', '<=': '<=', '>=': '>=', in: 'in', sameas: '==' },
};
const types: Readonly<Record<string, string>> = {
  string: 'string',
  mapping: 'map',
  sequence: 'list',
  integer: 'int',
  boolean: 'bool',
  float: 'double',
};

/** `x is NAME` in CEL. Throws NoForm. */
export function tested(node: Node, name: string, args: readonly Argument[]): Node {
  const [first] = args;
  if (name === 'defined') return isThere(node);
  if (name === 'undefined') return { cel: `!${isThere(node).cel}`, binds: binding.unary };
  if (name === 'none') return relation(node, '==', 'null');
  if (results.has(name) || name === 'change' || name === 'skip') {
    return call(`${receiver(node)}.${name === 'change' ? 'changed' : name === 'skip' ? 'skipped' : name}`);
  }
  if (name === 'success' || name === 'succeeded' || name === 'successful') return call(`${receiver(node)}.ok`);
  if (name === 'failure') return call(`${receiver(node)}.failed`);
  if (name === 'match' || name === 'search' || name === 'regex') return matched(node, args, name === 'match');
  if (first !== undefined && name === 'contains') return isIn(first, node);
  if (first !== undefined && name === 'in') return isIn(node, first);
  if (first !== undefined && (name === 'subset' || name === 'issubset')) return allIn(node, first);
  if (first !== undefined && (name === 'superset' || name === 'issuperset')) return allIn(first, node);
  if (first !== undefined && name === 'divisibleby') {
    const rest = { cel: `${within(node, binding.product)} % ${within(first, binding.unary)}`, binds: binding.product };
    return relation(rest, '==', '0');
  }
  if (name === 'all') return call(`${receiver(node)}.all(one, one)`);
  if (name === 'any') return call(`${receiver(node)}.exists(one, one)`);
  if (name === 'number') return relation(call(`type(${node.cel})`), 'in', '[int, double]');
  if (name === 'even')
    return relation({ cel: `${within(node, binding.product)} % 2`, binds: binding.product }, '==', '0');
  if (name === 'odd')
    return relation({ cel: `${within(node, binding.product)} % 2`, binds: binding.product }, '!=', '0');
  const sign = entryOf(comparisons, name);
  if (sign !== undefined && first !== undefined) return relation(node, sign, within(first, binding.sum));
  const type = entryOf(types, name);
  if (type !== undefined) return relation(call(`type(${node.cel})`), '==', type);
  if (name === 'true' || name === 'false') return name === 'true' ? node : negated(node);
  throw new NoForm(`CEL has no "is ${name}".`, true);
}

/** The comparison that a test's name stands for, as selectattr takes it. */
export function comparison(name: string): string | undefined {
  return entryOf(comparisons, name);
}

/** has() takes a field: a bare name is one of the host, an index is looked for in its map. */
function isThere(node: Node): Node {
  const { path } = node;
  if (path === undefined) throw new NoForm('Only a name or a field can be asked for with has(...).', true);
  if (path.length === 1) return call(`has(host.${node.cel})`);
  const last = path.at(-1);
  if (typeof last === 'string' && /^[A-Za-z_]\w*$/.test(last)) return call(`has(${node.cel})`);
  const whole = /^(.*)\[([^[\]]+)\]$/s.exec(node.cel);
  if (typeof last === 'number') return relation(call(`size(${whole?.[1]})`), '>', String(last));
  return relation(call(String(whole?.[2])), 'in', String(whole?.[1]));
}

function relation(node: Node, sign: string, right: string): Node {
  return { cel: `${within(node, binding.sum)} ${sign} ${right}`, binds: binding.relation };
}

function allIn(items: Node, list: Node): Node {
  return call(`${receiver(items)}.all(one, one in ${within(list, binding.sum)})`);
}
