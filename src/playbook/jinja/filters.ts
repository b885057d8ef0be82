import { entryOf } from '../../core/entry-of.ts';
import { binding, call, type Node, NoForm, optional, receiver, textNode, within } from './node.ts';
import { comparison, tested } from './tests.ts';

type Argument = Node & { readonly named?: string };
type Filter = (node: Node, args: readonly Argument[]) => Node;

type Kind = Node['is'];

const wraps =
  (name: string, is?: Kind): Filter =>
  (node) =>
    call(`${name}(${node.cel})`, is);
const calls =
  (name: string, least = 0, is?: Kind): Filter =>
  (node, args) => {
    if (args.length < least) throw new NoForm(`${name}() needs ${least} arguments`);
    return call(`${receiver(node)}.${name}(${args.map(({ cel }) => cel).join(', ')})`, is);
  };
const same: Filter = (node) => node;

const filters: Readonly<Record<string, Filter>> = {
  default: orDefault,
  d: orDefault,
  int: wraps('int', 'number'),
  float: wraps('double', 'number'),
  string: wraps('string', 'text'),
  bool: wraps('bool'),
  length: wraps('size', 'number'),
  count: wraps('size', 'number'),
  to_json: wraps('to_json'),
  tojson: wraps('to_json'),
  to_nice_json: (node) => call(`to_json(${node.cel}, 4)`),
  from_json: wraps('json'),
  upper: calls('upperAscii', 0, 'text'),
  lower: calls('lowerAscii', 0, 'text'),
  trim: calls('trim', 0, 'text'),
  replace: calls('replace', 2, 'text'),
  split: (node, args) => call(`${receiver(node)}.split(${args[0]?.cel ?? '" "'})`),
  join: (node, args) => call(`${receiver(node)}.join(${args[0]?.cel ?? ''})`),
  list: same,
  first: calls('first'),
  last: calls('last'),
  sort: (node, args) => {
    if (args.length > 0) throw new NoForm('sort() puts numbers or text in order, and takes nothing.', true);
    return call(`${receiver(node)}.sort()`);
  },
  unique: calls('distinct', 0, 'list'),
  flatten: calls('flatten', 0, 'list'),
  reverse: calls('reverse'),
  sum: calls('sum'),
  min: calls('min'),
  max: calls('max'),
  zip: calls('zip', 1),
  union: (node, args) => call(`(${within(node, binding.sum)} + ${within(need(args, 0), binding.sum)}).distinct()`),
  intersect: (node, args) => call(`${receiver(node)}.filter(one, one in ${within(need(args, 0), binding.sum)})`),
  difference: (node, args) => call(`${receiver(node)}.filter(one, !(one in ${within(need(args, 0), binding.sum)}))`),
  map: mapped,
  selectattr: (node, args) => call(`${receiver(node)}.filter(one, ${attribute(node, args).cel})`, 'list'),
  rejectattr: (node, args) =>
    call(`${receiver(node)}.filter(one, !${within(attribute(node, args), binding.unary)})`, 'list'),
  select: (node, args) =>
    call(`${receiver(node)}.filter(one, ${tested(one, textOf(need(args, 0)), args.slice(1)).cel})`),
  reject: (node, args) =>
    call(`${receiver(node)}.filter(one, !${within(tested(one, textOf(need(args, 0)), args.slice(1)), binding.unary)})`),
  dict2items: calls('items'),
  combine: calls('merge', 1),
  ternary: (node, args) => ({
    cel: `${within(node, binding.or)} ? ${within(need(args, 0), binding.or)} : ${need(args, 1).cel}`,
    binds: binding.ternary,
  }),
  basename: (node) => call(`${receiver(node)}.split("/").last()`),
  regex_search: (node, args) => call(`${receiver(node)}.re_find(${need(args, 0).cel}).orValue("")`, 'text'),
  regex_findall: calls('re_find_all', 1, 'list'),
  regex_replace: (node, args) => {
    const by =
      args[1]?.text === undefined ? (args[1] ?? textNode('')) : textNode(args[1].text.replace(/\\(\d)/g, '$$$1'));
    return call(`${receiver(node)}.re_replace(${need(args, 0).cel}, ${by.cel})`);
  },
  b64encode: (node) => call(`bytes(${node.cel}).base64()`),
  b64decode: wraps('base64_decode'),
  hash: (node, args) => {
    if (args[0]?.text !== 'sha256') throw new NoForm('Of hashes there is sha256(text).', true);
    return call(`sha256(${node.cel})`);
  },
  ipaddr: ofAddress,
  ipv4: (node) => call(`is_ip(${node.cel}, 4)`),
  ipv6: (node) => call(`is_ip(${node.cel}, 6)`),
  ipsubnet: (node, args) => {
    const [prefix, n] = args.map(numberOf);
    return call(
      n === undefined ? `cidr(${node.cel}).subnets(${prefix})` : `string(cidr(${node.cel}).subnet(${prefix}, ${n}))`,
    );
  },
};

/** An item: it is there, so that it has no path that could be asked for. */
const one: Node = { cel: 'one', binds: binding.whole };

/** `x | name(...)` in CEL. Throws NoForm. */
export function filtered(node: Node, name: string, args: readonly Argument[]): Node {
  const filter = entryOf(filters, name);
  if (filter === undefined) throw new NoForm(`There are no filters, and no function does what "${name}" does.`, true);
  return filter(node, args);
}

function orDefault(node: Node, args: readonly Argument[]): Node {
  const otherwise = args[0] ?? textNode('');
  if (args.length > 1 && args[1]?.cel !== 'false')
    throw new NoForm('Here a default stands for what is not there, not for what is empty: write a ? b : c.', true);
  if (node.path?.[0] === 'env') return call(`env(${(node.path[1] as Node).cel}, ${otherwise.cel})`);
  const value = optional(node);
  if (value === undefined)
    throw new NoForm('Only a name or a field can have a default: host.?name.orValue("other").', true);
  return call(`${value}.orValue(${otherwise.cel})`);
}

function mapped(node: Node, args: readonly Argument[]): Node {
  const [first, ...rest] = args;
  if (first === undefined) throw new NoForm('map() needs what to make of each');
  if (first.named === undefined) return call(`${receiver(node)}.map(one, ${filtered(one, textOf(first), rest).cel})`);
  if (first.named !== 'attribute') throw new NoForm(`map() takes no "${first.named}"`);
  const fallback = rest.find(({ named }) => named === 'default');
  const value = attributeOf(node, textOf(first));
  return call(`${receiver(node)}.map(one, ${fallback === undefined ? value.cel : orDefault(value, [fallback]).cel})`);
}

function attribute(of: Node, [name, test, ...args]: readonly Argument[]): Node {
  if (name === undefined) throw new NoForm('it needs the name of an attribute');
  const value = attributeOf(of, textOf(name));
  if (test === undefined) return value;
  const sign = comparison(textOf(test));
  if (sign === undefined || args[0] === undefined) return tested(value, textOf(test), args);
  return { cel: `${value.cel} ${sign} ${within(args[0], binding.sum)}`, binds: binding.relation };
}

/** Of results, as many as a loop has, each is called as it is of one. */
function attributeOf({ cel }: Node, dotted: string): Node {
  const isOfResults = /\.results\b/.test(cel);
  if (isOfResults && dotted === 'stdout_lines') return call('one.stdout.lines()', 'list');
  const path = ['one', ...(isOfResults && dotted === 'rc' ? ['exit'] : dotted.split('.'))];
  return { cel: path.join('.'), binds: binding.whole, path };
}

const questions: Readonly<Record<string, (cel: string) => string>> = {
  network: (cel) => `cidr(${cel}).network()`,
  netmask: (cel) => `cidr(${cel}).netmask()`,
  broadcast: (cel) => `cidr(${cel}).broadcast()`,
  prefix: (cel) => `cidr(${cel}).prefix()`,
  address: (cel) => `string(ip(${cel}))`,
  net: (cel) => `string(cidr(${cel}))`,
  subnet: (cel) => `string(cidr(${cel}))`,
  'network/prefix': (cel) => `string(cidr(${cel}))`,
  version: (cel) => `ip(${cel}).version()`,
};

function ofAddress({ cel }: Node, [asked]: readonly Argument[]): Node {
  if (asked === undefined) return call(`is_ip(${cel})`);
  const number = asked.text ?? asked.cel;
  if (/^-?\d+$/.test(number)) return call(`cidr(${cel}).host(${number})`);
  if (asked.text === undefined || /[./:]/.test(asked.text)) return call(`cidr(${asked.cel}).contains(${cel})`);
  const question = Object.hasOwn(questions, asked.text) ? questions[asked.text] : undefined;
  if (question === undefined) throw new NoForm(`No function says the "${asked.text}" of an address.`, true);
  return call(question(cel));
}

function need(args: readonly Argument[], at: number): Argument {
  const found = args[at];
  if (found === undefined) throw new NoForm('an argument is missing');
  return found;
}

function textOf({ text }: Node): string {
  if (text === undefined) throw new NoForm('a text is expected there');
  return text;
}

function numberOf({ text, cel }: Node): string {
  return text ?? cel;
}
