import { binding, call, type Node, pathNode, receiver, within } from './node.ts';

export function step(node: Node, at: string | number | Node): Node {
  return pathNode([...(node.path ?? [receiver(node)]), at]);
}

export function joined(left: Node, sign: string, right: Node, binds: number): Node {
  return { cel: `${within(left, binds)} ${sign} ${within(right, binds + 1)}`, binds };
}

/** A side that is known to change nothing is left out. */
export function chained(left: Node, sign: '&&' | '||', right: Node, binds: number): Node {
  const idle = sign === '&&' ? 'true' : 'false';
  if (left.cel === idle) return right;
  return right.cel === idle ? left : joined(left, sign, right, binds);
}

export function negated(node: Node): Node {
  return { cel: `!${within(node, binding.unary)}`, binds: binding.unary };
}

export function chosen(condition: Node, then: Node, otherwise: Node): Node {
  const [test, one] = [within(condition, binding.or), within(then, binding.or)];
  return { cel: `${test} ? ${one} : ${otherwise.cel}`, binds: binding.ternary };
}

export function isIn(left: Node, right: Node): Node {
  // "web" in group_names: which groups a host is in is asked of the groups.
  if (right.cel === 'group_names')
    return joined(pathNode(['inventory_hostname']), 'in', groupOf(left), binding.relation);
  const isText = right.is === 'text' || /\.(stdout|stderr)$/.test(right.cel);
  const whole = receiver(right).replace(/(\.(?:stdout|stderr))\.trim\(\)$/, '$1');
  return isText ? call(`${whole}.contains(${left.cel})`) : joined(left, 'in', right, binding.relation);
}

/** Jinja's division has a fraction, CEL's of whole numbers has none. */
export function fraction(node: Node): Node {
  return call(`double(${node.cel})`, 'number');
}

function groupOf(name: Node): Node {
  return pathNode(['groups', name.text ?? name]);
}

export function asText(node: Node): Node {
  return node.text !== undefined || /^string\(/.test(node.cel) ? node : call(`string(${node.cel})`);
}

export function listOf(parts: readonly Node[]): Node {
  return call(`[${parts.map(({ cel }) => cel).join(', ')}]`, 'list');
}
