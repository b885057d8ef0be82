import { binding, type Node, NoForm } from './node.ts';
import { asText, joined } from './operators.ts';

const noForm = 'Join the parts with +: "eth" + string(number).';

/** `'%s-%d' % (a, b)`, and what else fills values into a text: a sum of texts. Throws NoForm. */
export function filledIn(text: string, values: readonly Node[], place: RegExp = /%(?:(0\d+)?d|s|%)|%/g): Node {
  const parts: Node[] = [];
  let [from, n] = [0, 0];
  const literal = (part: string) => {
    if (part !== '') parts.push({ cel: JSON.stringify(part), binds: binding.whole, text: part });
  };
  for (const found of text.matchAll(place)) {
    literal(text.slice(from, found.index));
    from = found.index + found[0].length;
    if (found[0] === '%%') literal('%');
    else parts.push(filled(values[n++], found));
  }
  literal(text.slice(from));
  const [first, ...others] = parts;
  if (first === undefined || n !== values.length) throw new NoForm(noForm, true);
  return others.reduce((sum, part) => joined(sum, '+', part, binding.sum), first);
}

/** `'{}-{}'.format(a, b)`. Throws NoForm. */
export function formatted(text: string, values: readonly Node[]): Node {
  if (/\{[^}]/.test(text)) throw new NoForm(noForm, true);
  return filledIn(text, values, /\{\}/g);
}

function filled(value: Node | undefined, [found, width]: RegExpExecArray): Node {
  if (value === undefined || found === '%') throw new NoForm(noForm, true);
  const text = asText(value);
  return width === undefined ? text : { ...text, cel: `${text.cel}.pad_left(${Number(width)}, "0")` };
}
