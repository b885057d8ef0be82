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
  if (node.binds === binding.unary && node.cel.startsWith('!')) return call(node.cel.slice(1));
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

/** The item of a list by its number; one below 0 counts from the end. */
export function itemAt(node: Node, at: Node): Node {
  if (at.cel === '-1') return call(`${receiver(node)}.last()`);
  if (/^-\d+$/.test(at.cel)) return step(node, { ...at, cel: `size(${node.cel}) - ${at.cel.slice(1)}` });
  return step(node, /^\d+$/.test(at.cel) ? Number(at.cel) : at);
}

export function mapOf(entries: readonly (readonly [Node, Node])[]): Node {
  return { ...call(`{${entries.map(([key, value]) => `${key.cel}: ${value.cel}`).join(', ')}}`), entries };
}

export function listOf(parts: readonly Node[]): Node {
  return { ...call(`[${parts.map(({ cel }) => cel).join(', ')}]`, 'list'), items: parts };
}
