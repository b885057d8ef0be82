import { refuseFact } from './names.ts';
import {
  type Argument,
  binding,
  call,
  given,
  type Node,
  NoForm,
  need,
  optional,
  pathNode,
  receiver,
  textNode,
  textOf,
  truth,
  within,
} from './node.ts';
import { step } from './operators.ts';
import { comparison, tested } from './tests.ts';

type Apply = (node: Node, name: string, args: readonly Argument[]) => Node;

/** An item, under a name that nothing in these has: it is there, so that it has no path that could be asked for. */
export function itemBeside(args: readonly Node[]): Node {
  const names = ['one', 'each', 'entry', 'part'];
  const name = names.find((one) => !args.some(({ cel }) => new RegExp(`\\b${one}\\b`).test(cel))) ?? 'one';
  return { cel: name, binds: binding.whole };
}

/** `map(...)`: of each the attribute, or what a filter makes of it. Throws NoForm. */
export function mapped(node: Node, args: readonly Argument[], apply: Apply): Node {
  const [first, ...rest] = args;
  if (first === undefined) throw new NoForm('map() needs what to make of each');
  const item = itemBeside(args);
  const made = first.named === undefined ? apply(item, textOf(first), rest) : attributeIn(node, item, args);
  return call(`${receiver(node)}.map(${item.cel}, ${made.cel})`, 'list');
}

function attributeIn(list: Node, item: Node, args: readonly Argument[]): Node {
  const attribute = args.find(({ named }) => named === 'attribute');
  if (attribute === undefined) throw new NoForm('map() needs what to make of each');
  const fallback = args.find(({ named }) => named === 'default');
  const value = attributeOf(list, item, attribute);
  return fallback === undefined ? value : orValue(value, fallback);
}

function orValue(value: Node, otherwise: Node): Node {
  const found = optional(value);
  if (found === undefined) throw new NoForm('Only a field can have a default: one.?name.orValue("other").', true);
  return call(`${found}.orValue(${otherwise.cel})`);
}

/** `map(attribute=...)` before something else, as in sum(attribute=...). */
export function attributesOf(node: Node, args: readonly Argument[]): Node {
  const attribute = args.find(({ named }) => named === 'attribute');
  if (attribute === undefined) return node;
  return call(`${receiver(node)}.map(one, ${attributeOf(node, itemBeside([]), attribute).cel})`, 'list');
}

/** `selectattr` and `rejectattr`. Throws NoForm. */
export function withAttribute(node: Node, args: readonly Argument[], isKept: boolean): Node {
  const item = itemBeside(args);
  const [name, test, ...others] = args;
  if (name === undefined) throw new NoForm('it needs the name of an attribute');
  const value = attributeOf(node, item, name);
  return kept(node, item, test === undefined ? truth(value) : compared(value, textOf(test), others), isKept);
}

/** `select` and `reject`. Throws NoForm. */
export function thatAre(node: Node, args: readonly Argument[], isKept: boolean): Node {
  const [test, ...others] = args;
  if (test === undefined) throw new NoForm('Say what is kept, as in list.filter(one, one != "").', true);
  const item = itemBeside(args);
  return kept(node, item, compared(item, textOf(test), others), isKept);
}

function compared(value: Node, test: string, args: readonly Node[]): Node {
  const sign = comparison(test);
  if (sign === undefined || args[0] === undefined) return truth(tested(value, test, args));
  return { cel: `${value.cel} ${sign} ${within(args[0], binding.sum)}`, binds: binding.relation };
}

function kept(node: Node, item: Node, condition: Node, isKept: boolean): Node {
  const cel = isKept ? condition.cel : `!${within(condition, binding.unary)}`;
  return call(`${receiver(node)}.filter(${item.cel}, ${cel})`, 'list');
}

/** A field by its name with dots, or an item by its number. Of results, as many as a loop has, each is called as it is of one. */
function attributeOf(list: Node, item: Node, attribute: Node): Node {
  const dotted = attribute.text ?? attribute.cel;
  const isOfResults = /\.results\b/.test(list.cel);
  if (isOfResults && dotted === 'stdout_lines') return call(`${item.cel}.stdout.lines()`, 'list');
  if (isOfResults && dotted === 'rc') return { ...pathNode([item.cel, 'exit']), is: 'number' };
  const steps = dotted.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  return pathNode([item.cel, ...steps]);
}

/** `extract`: what a map or a list has under the value, and further in. Throws NoForm. */
export function extracted(node: Node, [container, ...more]: readonly Argument[]): Node {
  if (container === undefined) throw new NoForm('extract() needs where to look');
  const steps = more.flatMap((one) => one.items ?? [one]).map((one) => one.text ?? one);
  if (container.cel === 'hostvars' && typeof steps[0] === 'string') refuseFact(steps[0]);
  return [node.text ?? node, ...steps].reduce<Node>((value, at) => step(value, at), container);
}

/** Those of one list that are, or are not, in the other, each once. */
export function common(node: Node, args: readonly Argument[], isIn: boolean): Node {
  const item = itemBeside(args);
  const inside = `${item.cel} in ${within(need(args, 0), binding.sum)}`;
  const cel = isIn ? inside : `!(${inside})`;
  return call(`${receiver(node)}.filter(${item.cel}, ${cel}).distinct()`, 'list');
}

/** Each of one list with each of the other. */
export function pairsOf(node: Node, args: readonly Argument[]): Node {
  const other = need(args, 0);
  const inner = `${receiver(other)}.map(right, [left, right])`;
  return call(`${receiver(node)}.map(left, ${inner}).flatten()`, 'list');
}

/** A map as a list of its entries, under the names that are asked for. */
export function entriesOf(node: Node, args: readonly Argument[]): Node {
  const key = given(args, 'key_name', 0) ?? textNode('key');
  const value = given(args, 'value_name', 1) ?? textNode('value');
  const items = call(`${receiver(node)}.items()`, 'list');
  if (key.text === 'key' && value.text === 'value') return items;
  return call(`${items.cel}.map(one, {${key.cel}: one.key, ${value.cel}: one.value})`, 'list');
}

/** `combine`: the later one's keys win; with `recursive` also inside, where that is written out. Throws NoForm. */
export function combined(node: Node, args: readonly Argument[]): Node {
  const isDeep = args.some(({ named, cel }) => named === 'recursive' && cel === 'true');
  const maps = args.filter(({ named }) => named === undefined).flatMap((one) => one.items ?? [one]);
  if (maps.length === 0) throw new NoForm('combine() needs a map');
  return maps.reduce<Node>(
    (all, map) => call(`${receiver(all)}.merge(${(isDeep ? inside(all, map) : map).cel})`),
    node,
  );
}

const onlyOnTop = 'merge() takes the keys of the other map whole: a.merge({"b": a.b.merge(c.b)}) goes one further in.';

/** The map with what the other has under the same keys put into its own maps. */
function inside(node: Node, map: Node): Node {
  if (map.entries === undefined || node.path === undefined) throw new NoForm(onlyOnTop, true);
  const parts = map.entries.map(([key, value]) => {
    if (value.entries === undefined) return `${key.cel}: ${value.cel}`;
    const own = step(node, key.text ?? key);
    return `${key.cel}: ${optional(own)}.orValue({}).merge(${inside(own, value).cel})`;
  });
  return { ...call(`{${parts.join(', ')}}`), entries: map.entries };
}
