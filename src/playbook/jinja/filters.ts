import { entryOf } from '../../core/entry-of.ts';
import { ofAddress } from './addresses.ts';
import { filledIn } from './format.ts';
import {
  attributesOf,
  combined,
  common,
  entriesOf,
  extracted,
  mapped,
  pairsOf,
  thatAre,
  withAttribute,
} from './lists.ts';
import {
  type Argument,
  binding,
  call,
  given,
  type Node,
  NoForm,
  need,
  optional,
  receiver,
  textNode,
  textOf,
  truth,
  within,
} from './node.ts';
import { foundAll, replacedBy, searched } from './regex.ts';

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
/** There is none, and this is to be done instead. */
const none =
  (hint: string): Filter =>
  () => {
    throw new NoForm(hint, true);
  };

const notRandom = 'Nothing is left to chance: a plan and a replay would come out otherwise. Name the item.';
const yaml = 'JSON is YAML too: write to_json(value).';

const filters: Readonly<Record<string, Filter>> = {
  default: orDefault,
  d: orDefault,
  int: wholeNumber,
  float: wraps('double', 'number'),
  string: wraps('string', 'text'),
  bool: truthWord,
  length: wraps('size', 'number'),
  count: wraps('size', 'number'),
  abs: (node) => ({
    cel: `${within(node, binding.sum)} < 0 ? -${within(node, binding.unary)} : ${node.cel}`,
    binds: binding.ternary,
  }),
  to_json: wraps('to_json'),
  tojson: wraps('to_json'),
  to_nice_json: (node) => call(`to_json(${node.cel}, 4)`),
  from_json: wraps('json'),
  upper: calls('upperAscii', 0, 'text'),
  lower: calls('lowerAscii', 0, 'text'),
  trim: calls('trim', 0, 'text'),
  replace: calls('replace', 2, 'text'),
  format: (node, args) => filledIn(textOf(node), args),
  split: (node, args) => call(`${receiver(node)}.split(${args[0]?.cel ?? '" "'})`, 'list'),
  join: (node, args) => {
    const by = args.find(({ named }) => named === undefined);
    return call(`${receiver(attributesOf(node, args))}.join(${by?.cel ?? ''})`, 'text');
  },
  list: same,
  first: (node) => node.items?.[0] ?? call(`${receiver(node)}.first()`),
  last: (node) => node.items?.at(-1) ?? call(`${receiver(node)}.last()`),
  sort: (node, args) => {
    const isBackward = args.some(({ named, cel }) => named === 'reverse' && cel === 'true');
    if (args.some(({ named }) => named !== 'reverse'))
      throw new NoForm('sort() puts numbers or text in order, and takes nothing.', true);
    return call(`${receiver(node)}.sort()${isBackward ? '.reverse()' : ''}`, 'list');
  },
  unique: calls('distinct', 0, 'list'),
  flatten: (node) => call(`${receiver(node)}.flatten()`, 'list'),
  reverse: calls('reverse'),
  sum: (node, args) => call(`${receiver(attributesOf(node, args))}.sum()`, 'number'),
  min: calls('min'),
  max: calls('max'),
  zip: calls('zip', 1, 'list'),
  product: pairsOf,
  union: (node, args) =>
    call(`(${within(node, binding.sum)} + ${within(need(args, 0), binding.sum)}).distinct()`, 'list'),
  intersect: (node, args) => common(node, args, true),
  difference: (node, args) => common(node, args, false),
  map: (node, args) => mapped(node, args, filtered),
  extract: extracted,
  selectattr: (node, args) => withAttribute(node, args, true),
  rejectattr: (node, args) => withAttribute(node, args, false),
  select: (node, args) => thatAre(node, args, true),
  reject: (node, args) => thatAre(node, args, false),
  dict2items: entriesOf,
  items: (node) => call(`${receiver(node)}.items().map(one, [one.key, one.value])`, 'list'),
  combine: combined,
  ternary: (node, args) => {
    const sides = [given(args, 'true_val', 0), given(args, 'false_val', 1)].filter((one) => one !== undefined);
    const [yes, no] = [need(sides, 0), need(sides, 1)];
    const cel = `${within(truth(node), binding.or)} ? ${within(yes, binding.or)} : ${no.cel}`;
    return { cel, binds: binding.ternary };
  },
  basename: (node) => call(`${receiver(node)}.split("/").last()`),
  dirname: (node) => call(`${receiver(node)}.re_replace("/[^/]*$", "")`, 'text'),
  regex_search: searched,
  regex_findall: foundAll,
  regex_replace: replacedBy,
  b64encode: (node) => call(`bytes(${node.cel}).base64()`, 'text'),
  b64decode: wraps('base64_decode', 'text'),
  hash: (node, args) => {
    if (args[0]?.text !== 'sha256') throw new NoForm('Of hashes there is sha256(text).', true);
    return call(`sha256(${node.cel})`, 'text');
  },
  ipaddr: ofAddress,
  ipv4: (node) => call(`is_ip(${node.cel}, 4)`),
  ipv6: (node) => call(`is_ip(${node.cel}, 6)`),
  ipsubnet: (node, args) => {
    const [prefix, n] = args.map(({ text, cel }) => text ?? cel);
    return call(
      n === undefined ? `cidr(${node.cel}).subnets(${prefix})` : `string(cidr(${node.cel}).subnet(${prefix}, ${n}))`,
    );
  },
  quote: none('No shell reads "argv", so nothing has to be quoted: leave the filter out.'),
  items2dict: none('No function makes a map of a list: write the map under "vars".'),
  groupby: none('Ask for those of one group: list.filter(one, one.key == "value").'),
  json_query: none('Write the path, as in list.map(one, one.name).'),
  ...{ random: none(notRandom), shuffle: none(notRandom), to_yaml: none(yaml), to_nice_yaml: none(yaml) },
  from_yaml: none('Read JSON with json(text); a file of YAML is named under "vars_files".'),
};

/** Arguments that may be given by their names. */
const named: Readonly<Record<string, readonly string[]>> = {
  ...{ map: ['attribute', 'default'], sum: ['attribute'], join: ['attribute'], sort: ['reverse', 'attribute'] },
  ...{ regex_replace: ['ignorecase', 'multiline'], regex_search: ['ignorecase', 'multiline'] },
  ...{ regex_findall: ['ignorecase', 'multiline'], ternary: ['true_val', 'false_val'], combine: ['recursive'] },
  ...{ dict2items: ['key_name', 'value_name'], default: ['boolean'], d: ['boolean'], int: ['default'] },
  ...{ to_nice_json: ['indent'], b64encode: ['encoding'], b64decode: ['encoding'] },
};

/** `x | name(...)` in CEL. Throws NoForm. */
export function filtered(node: Node, name: string, args: readonly Argument[]): Node {
  const filter = entryOf(filters, name);
  if (filter === undefined) throw new NoForm(`There are no filters, and no function does what "${name}" does.`, true);
  const other = args.find((one) => one.named !== undefined && !entryOf(named, name)?.includes(one.named));
  if (other === undefined) return filter(node, args);
  if (name === 'flatten' && other.named === 'levels' && other.cel === '1') return filter(node, args);
  throw new NoForm(`Nothing here does what "${other.named}" of ${name}() does.`, true);
}

function orDefault(node: Node, args: readonly Argument[]): Node {
  const otherwise = args[0] ?? textNode('');
  const value = node.path?.[0] === 'env' ? undefined : optional(node);
  if (args.length > 1 && args[1]?.cel !== 'false') {
    const own = node.path?.length === 1 ? `host.${node.cel}` : node.cel;
    throw notOfEmpty(value === undefined ? node.cel : `${value}.orValue("")`, own, otherwise);
  }
  if (node.path?.[0] === 'env') return call(`env(${(node.path[1] as Node).cel}, ${otherwise.cel})`);
  if (value === undefined)
    throw new NoForm('Only a name or a field can have a default: host.?name.orValue("other").', true);
  return call(`${value}.orValue(${otherwise.cel})`);
}

/** A default for what is empty: `asked` is compared, `own` is taken. */
export function notOfEmpty(asked: string, own: string, otherwise: Node): NoForm {
  const instead = `${asked} != "" ? ${own} : ${otherwise.cel}`;
  return new NoForm(`A default stands for what is not there, not for what is empty. Of a text: ${instead}`, true);
}

/** Without a default CEL says what is no number. */
function wholeNumber(node: Node, [otherwise]: readonly Argument[]): Node {
  const number = call(`int(${node.cel})`, 'number');
  if (otherwise === undefined) return number;
  const isNumber = `string(${node.cel}).re_match("^ *[-+]?[0-9]+ *$")`;
  return { cel: `${isNumber} ? ${number.cel} : ${otherwise.cel}`, binds: binding.ternary, is: 'number' };
}

/** Words and numbers that Ansible takes for true; anything else is false. */
function truthWord(node: Node): Node {
  if (node.text !== undefined) return call(String(/^(?:yes|on|1|true)$/i.test(node.text)));
  if (node.cel === 'true' || node.cel === 'false') return node;
  return { cel: `string(${node.cel}).lowerAscii() in ["true", "yes", "on", "1"]`, binds: binding.relation };
}
