import { entryOf } from '../../core/entry-of.ts';
import type { Asked } from './asked.ts';
import { filtered } from './filters.ts';
import { filledIn } from './format.ts';
import { called, lookedUp, methodCall } from './methods.ts';
import { constants, field, rootName } from './names.ts';
import {
  type Argument,
  binding,
  call,
  type Names,
  type Node,
  NoForm,
  pathNode,
  receiver,
  textNode,
  truth,
  within,
} from './node.ts';
import { asText, chained, chosen, fraction, isIn, itemAt, joined, listOf, mapOf, negated, step } from './operators.ts';
import { tested } from './tests.ts';
import { Words } from './words.ts';

const deepest = 60;
const noChoice = new NoForm('"and" and "or" come to true or false here: write a ? b : c.', true);
/** Words that go on behind a test. */
const goesOn: ReadonlySet<string> = new Set(['and', 'or', 'if', 'else', 'is', 'in', 'not']);

/** Reads a Jinja expression and says it in CEL. */
export class Parser {
  readonly #words: Words;
  readonly #names: Names | undefined;
  readonly #presence: Asked;
  /** Is what is being read no more than true or false to whoever asks? */
  #isAsked = false;
  #depth = 0;

  /** `names`: what is known of them, where nothing may be guessed. Throws NoForm for text that no expression of Jinja can be made of. */
  constructor(text: string, names: Names | undefined, presence: Asked) {
    this.#words = new Words(text);
    this.#names = names;
    this.#presence = presence;
  }

  /** Has it something that only Jinja has? */
  get isJinja(): boolean {
    return this.#words.isJinja;
  }

  /** Throws NoForm. */
  whole(): Node {
    const node = this.#ternary();
    if (this.#words.next.kind !== 'end') throw new NoForm(`"${this.#words.next.text}" is not expected here`);
    return node;
  }

  /** As `when` takes it: what it comes to is true or false. Throws NoForm. */
  condition(): Node {
    this.#isAsked = true;
    return truth(this.whole());
  }

  #ternary(): Node {
    if (++this.#depth > deepest) throw new NoForm('it nests too deeply');
    const then = this.#or();
    let node = then;
    if (this.#words.word('if')) {
      const condition = this.#asked(() => this.#or());
      const otherwise = this.#words.word('else') ? this.#ternary() : textNode('');
      node = chosen(condition, then, otherwise);
    }
    this.#depth--;
    return node;
  }

  #or(): Node {
    return this.#chain(() => this.#and(), 'or', '||', binding.or);
  }

  #and(): Node {
    return this.#chain(() => this.#not(), 'and', '&&', binding.and);
  }

  #chain(part: () => Node, word: string, sign: '&&' | '||', binds: number): Node {
    let node = part();
    while (this.#words.word(word)) node = chained(this.#side(node), sign, this.#side(part()), binds);
    return node;
  }

  /** Of `and` and `or`, which in Jinja give one of the two values. */
  #side(node: Node): Node {
    if (this.#isAsked || node.is === undefined) return truth(node);
    // Of a text that stands as it is nobody asks whether it is empty.
    if (this.#names === undefined && node.text === undefined) return truth(node);
    throw noChoice;
  }

  #asked(part: () => Node): Node {
    return truth(this.#as(true, part));
  }

  /** What stands inside of something else is a value again. */
  #as<T>(isAsked: boolean, part: () => T): T {
    const before = this.#isAsked;
    this.#isAsked = isAsked;
    const made = part();
    this.#isAsked = before;
    return made;
  }

  #not(): Node {
    if (!this.#words.word('not')) return this.#relation();
    return negated(this.#asked(() => this.#not()));
  }

  #relation(): Node {
    let node = this.#sum();
    for (;;) {
      const sign = ['==', '!=', '<=', '>=', '<', '>', 'in'].find((one) => this.#words.is(one));
      if (sign !== undefined) {
        this.#words.skip();
        node = sign === 'in' ? this.#in(node, this.#sum()) : joined(node, sign, this.#sum(), binding.relation);
      } else if (this.#words.is('not') && this.#words.is('in', 1)) {
        this.#words.skip();
        this.#words.skip();
        this.#words.isJinja = true;
        node = { cel: `!(${this.#in(node, this.#sum()).cel})`, binds: binding.unary };
      } else return node;
    }
  }

  #in(left: Node, right: Node): Node {
    const made = isIn(left, right);
    this.#words.isJinja ||= made.cel !== `${left.cel} in ${right.cel}`;
    return made;
  }

  #sum(): Node {
    let node = this.#product();
    for (;;) {
      if (this.#words.take('+')) node = joined(node, '+', this.#product(), binding.sum);
      else if (this.#words.take('-')) node = joined(node, '-', this.#product(), binding.sum);
      else if (this.#words.word('~')) node = joined(asText(node), '+', asText(this.#product()), binding.sum);
      else return node;
    }
  }

  #product(): Node {
    let node = this.#unary();
    for (;;) {
      if (this.#words.is('**')) throw new NoForm('There is no power: write a * a.', true);
      if (this.#words.take('*')) node = joined(node, '*', this.#unary(), binding.product);
      else if (this.#words.word('//')) node = joined(node, '/', this.#unary(), binding.product);
      else if (this.#words.take('/')) node = joined(fraction(node), '/', fraction(this.#unary()), binding.product);
      else if (this.#words.take('%')) node = this.#rest(node, this.#unary());
      else return node;
    }
  }

  /** Of a text, the values that fill it. */
  #rest(node: Node, right: Node): Node {
    if (node.text === undefined) return joined(node, '%', right, binding.product);
    this.#words.isJinja = true;
    return filledIn(node.text, right.items ?? [right]);
  }

  /** A filter is of the number with its sign. */
  #unary(): Node {
    return this.#filters(this.#signed());
  }

  #signed(): Node {
    if (this.#words.take('+')) return this.#signed();
    if (!this.#words.take('-')) return this.#postfix(this.#primary());
    return { cel: `-${within(this.#signed(), binding.unary)}`, binds: binding.unary };
  }

  #filters(start: Node): Node {
    let node = start;
    for (;;) {
      if (this.#words.word('|')) node = this.#filter(node);
      else if (this.#words.word('is')) node = this.#test(node);
      else return node;
    }
  }

  #filter(node: Node): Node {
    const name = this.#dotted();
    const args = this.#words.is('(') ? this.#arguments() : [];
    return this.#presence.filtered(node, name, args) ?? filtered(node, name, args);
  }

  #test(node: Node): Node {
    const isNot = this.#words.take('not');
    const name = this.#dotted();
    const { kind, text } = this.#words.next;
    const takesOne = ['string', 'number'].includes(kind) || text === '[' || (kind === 'name' && !goesOn.has(text));
    const args = this.#words.is('(') ? this.#arguments() : takesOne ? [this.#postfix(this.#primary())] : [];
    const asked = this.#presence.tested(node, name, isNot);
    if (asked !== undefined) return asked;
    const made = tested(node, name, args);
    return isNot ? negated(made) : made;
  }

  #dotted(): string {
    let name = this.#words.name();
    while (this.#words.take('.')) name = this.#words.name();
    return name;
  }

  /** By position; one that is given by name stands as `name=value` in front of its value. */
  #arguments(): readonly Argument[] {
    this.#words.expect('(');
    return this.#list(')', () => {
      if (this.#words.next.kind !== 'name' || !this.#words.is('=', 1)) return this.#ternary();
      const named = this.#words.name();
      this.#words.expect('=');
      return { ...this.#ternary(), named };
    });
  }

  #list<T>(close: string, part: () => T): readonly T[] {
    const all: T[] = [];
    while (!this.#words.take(close)) {
      all.push(this.#as(false, part));
      if (!this.#words.is(close)) this.#words.expect(',');
    }
    return all;
  }

  #postfix(start: Node): Node {
    let node = start;
    for (;;) {
      if (this.#words.take('.')) node = this.#member(node);
      else if (this.#words.is('[')) node = this.#index(node);
      else return node;
    }
  }

  #member(node: Node): Node {
    if (this.#words.next.kind === 'number') {
      const index = Number(this.#words.next.text);
      this.#words.skip();
      this.#words.isJinja = true;
      return step(node, index);
    }
    const name = this.#words.name();
    if (!this.#words.is('(')) return this.#field(node, name);
    const made = methodCall(node, name, this.#arguments());
    this.#words.isJinja ||= made.isJinja;
    return made.node;
  }

  #field(node: Node, name: string): Node {
    const known = this.#names?.field(node, name) ?? field(node, name);
    if (known === undefined) return step(node, name);
    this.#words.isJinja = true;
    return known;
  }

  #index(node: Node): Node {
    this.#words.expect('[');
    const from = this.#words.is(':') ? undefined : this.#ternary();
    if (this.#words.take(':')) {
      const to = this.#words.is(']') ? undefined : this.#ternary();
      this.#words.expect(']');
      this.#words.isJinja = true;
      return call(`${receiver(node)}.slice(${from?.cel ?? '0'}, ${to?.cel ?? `size(${node.cel})`})`, 'list');
    }
    this.#words.expect(']');
    if (from === undefined) throw new NoForm('an index is expected');
    if (from.text !== undefined) return this.#field(node, from.text);
    this.#words.isJinja ||= /^-\d+$/.test(from.cel);
    return itemAt(node, from);
  }

  #primary(): Node {
    const { kind, text } = this.#words.next;
    this.#words.skip();
    if (kind === 'string') return textNode(text);
    if (kind === 'number') return call(text, 'number');
    if (kind === 'sign' && text === '(') {
      const parts = this.#list(')', () => this.#ternary());
      return parts.length === 1 && parts[0] !== undefined ? parts[0] : listOf(parts);
    }
    if (kind === 'sign' && text === '[') return listOf(this.#list(']', () => this.#ternary()));
    if (kind === 'sign' && text === '{') return this.#map();
    if (kind !== 'name') throw new NoForm(text === '' ? 'the expression is not complete' : `"${text}" is not expected`);
    const constant = entryOf(constants, text);
    if (constant !== undefined) {
      this.#words.isJinja ||= constant !== text;
      return call(constant);
    }
    if (this.#words.is('(')) return this.#call(text);
    const node = this.#presence.isOfHost(text) ? pathNode(['host', text]) : (this.#names?.root(text) ?? rootName(text));
    this.#words.isJinja ||= node.cel !== text;
    return node;
  }

  #call(name: string): Node {
    const args = this.#arguments();
    const found = lookedUp(name, args) ?? called(name, args);
    if (found === undefined) return call(`${name}(${args.map(({ cel }) => cel).join(', ')})`);
    this.#words.isJinja = true;
    return found;
  }

  #map(): Node {
    return mapOf(
      this.#list('}', (): readonly [Node, Node] => {
        const key = this.#ternary();
        this.#words.expect(':');
        return [key, this.#ternary()];
      }),
    );
  }
}
