import { entryOf } from '../../core/entry-of.ts';
import { binding, call, type Node, NoForm, optional, receiver } from './node.ts';

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
