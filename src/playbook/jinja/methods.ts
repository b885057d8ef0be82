import { entryOf } from '../../core/entry-of.ts';
import { formatted } from './format.ts';
import { itemBeside } from './lists.ts';
import { type Argument, binding, call, type Node, NoForm, optional, receiver, textNode, within } from './node.ts';
import { mapOf } from './operators.ts';

/** Methods of Python's texts and maps -> how CEL calls them. */
const renamed: Readonly<Record<string, string>> = {
  startswith: 'startsWith',
  endswith: 'endsWith',
  strip: 'trim',
  upper: 'upperAscii',
  lower: 'lowerAscii',
  splitlines: 'lines',
  find: 'indexOf',
  rfind: 'lastIndexOf',
  index: 'index_of',
};

/** What `value.name(...)` is in CEL; a method that CEL may know stays as it is. */
export function methodCall(node: Node, name: string, args: readonly Node[]): { node: Node; isJinja: boolean } {
  const list = args.map(({ cel }) => cel).join(', ');
  const [first, second] = args;
  if (name === 'get' && first !== undefined) {
    const at = optional({ cel: '', binds: binding.whole, path: [receiver(node), first.text ?? first] });
    return { node: call(`${at}.orValue(${second?.cel ?? 'null'})`), isJinja: true };
  }
  if (name === 'join' && first !== undefined && node.text !== undefined) {
    return { node: call(`${receiver(first)}.join(${node.cel})`), isJinja: true };
  }
  if (name === 'format' && node.text !== undefined) return { node: formatted(node.text, args), isJinja: true };
  if (name === 'count' && first !== undefined) {
    const item = itemBeside(args);
    const same = `${item.cel} == ${within(first, binding.sum)}`;
    return { node: call(`size(${receiver(node)}.filter(${item.cel}, ${same}))`, 'number'), isJinja: true };
  }
  if (name === 'split' && args.length === 0) return { node: call(`${receiver(node)}.split(" ")`), isJinja: true };
  const own = entryOf(renamed, name);
  return { node: call(`${receiver(node)}.${own ?? name}(${list})`), isJinja: own !== undefined };
}

/** What a lookup is in CEL; undefined for another function. Throws NoForm. */
export function lookedUp(name: string, [kind, variable, ...more]: readonly Node[]): Node | undefined {
  if (name !== 'lookup' && name !== 'query' && name !== 'q') return undefined;
  if (name !== 'q' && kind?.text?.replace(/^.*\./, '') === 'env' && variable !== undefined && more.length === 0)
    return { ...call(`env(${variable.cel})`), path: ['env', variable] };
  throw new NoForm('Of lookups there is env("NAME"), for a variable of the controller\'s environment.', true);
}

/** A function of Jinja's own; undefined for another one. Throws NoForm. */
export function called(name: string, args: readonly Argument[]): Node | undefined {
  if (name === 'now')
    throw new NoForm('A plan and a replay would come out otherwise each time: give it with -e.', true);
  if (name !== 'dict' || args.length === 0) return undefined;
  return mapOf(
    args.map((value): readonly [Node, Node] => {
      if (value.named === undefined) throw new NoForm('dict() takes names with values');
      return [textNode(value.named), value];
    }),
  );
}
