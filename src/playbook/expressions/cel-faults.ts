import {
  type ASTNode,
  TypeError as CelTypeError,
  type Environment,
  EvaluationError,
  ParseError,
  serialize,
} from '@marcbachmann/cel-js';
import { entryOf } from '../../core/entry-of.ts';
import { reason } from '../../core/failure.ts';
import { didYouMean } from '../../core/nearest.ts';
import { orList } from '../../core/word-list.ts';
import { fromJinja } from '../jinja/hints.ts';
import { wordOfTruth } from '../schema/truth-words.ts';
import { ExpressionFault } from './expression-fault.ts';
import { dashed, elsewhere, inWords, typeHint, unread, whereFrom } from './expression-hints.ts';
import { loopAlias } from './own-words.ts';
import { type NameKind, presenceIn } from './presence.ts';
import { argumentHint, operandHint } from './type-hints.ts';

/** Of methods that a value of another type does not have: what that one has. */
const notOfThis: Readonly<Record<string, string>> = {
  join: 'To join what is not text: list.map(one, string(one)).join(",").',
  slice: 'Of a text: text.substring(from, to).',
  last: 'Of a text: text.substring(size(text) - 1).',
  first: 'Of a text: text.substring(0, 1).',
  merge: 'It takes one map: a.merge(b).merge(c).',
};

/** An index is looked up in a list; a text has none. */
function ofText(key: string): string | undefined {
  if (!/^-?\d+$/.test(key)) return undefined;
  if (key.startsWith('-')) return `Of a text: text.substring(size(text) - ${key.slice(1)}).`;
  return `Of a text: text.substring(${key}, ${Number(key) + 1}).`;
}

interface Place {
  readonly offset: number;
  readonly width: number;
}

/** Says what CEL has against an expression, in words, with what to write instead. */
export class CelFaults {
  readonly #cel: Environment;
  readonly #names: ReadonlySet<string>;
  readonly #kinds: ReadonlyMap<string, NameKind>;

  constructor(of: {
    readonly cel: Environment;
    readonly names: ReadonlySet<string>;
    readonly kinds: ReadonlyMap<string, NameKind>;
  }) {
    this.#cel = of.cel;
    this.#names = of.names;
    this.#kinds = of.kinds;
  }

  /** Of what was thrown. `values`: those that the expression was evaluated with. */
  of(thrown: unknown, text: string, values?: Map<string, unknown>): ExpressionFault {
    if (!(thrown instanceof ParseError || thrown instanceof CelTypeError || thrown instanceof EvaluationError)) {
      if (thrown instanceof RangeError && thrown.message.includes('call stack')) {
        return new ExpressionFault('too-deep', 'it nests too deeply', { offset: 0, hint: 'Split it over variables.' });
      }
      // One of our own functions, which know no position.
      return new ExpressionFault('expression-failed', reason(thrown), { offset: 0, width: text.length });
    }
    const offset = Math.min(thrown.range?.start ?? 0, Math.max(0, text.length - 1));
    const width = (thrown.range?.end ?? offset) - offset;
    const message = thrown.summary.replaceAll(loopAlias, 'loop').replace('token: EOF', 'end of the expression');
    const place = { offset, width };
    const unknown = /^Unknown variable: (.*)$/.exec(message)?.[1];
    if (unknown !== undefined) return this.ofUnknown(unknown, text, place);
    const node = thrown.node as ASTNode | undefined;
    if (thrown.code === 'no_matching_overload') return this.#noOverload(message, place, text, node);
    if (thrown.code === 'index_out_of_bounds') {
      const index = /index (-?\d+)/.exec(message)?.[1];
      const hint = index?.startsWith('-') ? 'The last item is list.last().' : `Ask first: size(list) > ${index}.`;
      return new ExpressionFault('no-such-key', `the list has no item ${index}`, { ...place, hint });
    }
    if (thrown.code === 'no_such_key') {
      const key = message.replace(/^No such key: /, '');
      return new ExpressionFault('no-such-key', `there is no "${key}" here`, {
        ...place,
        hint: didYouMean(key, this.#keysAt(node, values)) ?? ofText(key),
      });
    }
    const code =
      thrown instanceof ParseError ? 'expression' : thrown instanceof CelTypeError ? 'wrong-type' : 'expression-failed';
    const said = code === 'expression' ? unread(message, text, text.slice(offset, offset + width)) : inWords(message);
    return new ExpressionFault(code, said, {
      ...place,
      hint:
        dashed(text) ?? this.#fromJinja(text) ?? typeHint(message, text) ?? (node && operandHint(node, text, message)),
    });
  }

  /** Of a name that is not known. */
  ofUnknown(name: string, text: string, place: Place): ExpressionFault {
    const hint =
      this.#instead(name) ??
      this.#fromJinja(text) ??
      wordOfTruth(name) ??
      dashed(text) ??
      didYouMean(name, [...this.#names, 'true', 'false', 'null']) ??
      whereFrom(this.#names);
    return new ExpressionFault('unknown-name', `"${name}" is not known here`, { ...place, hint });
  }

  #fromJinja(text: string): string | undefined {
    return fromJinja(text, (name) => presenceIn({ names: this.#names, kinds: this.#kinds }, name));
  }

  #instead(unknown: string): string | undefined {
    if (unknown === 'item' && this.#names.has('loop'))
      return 'The item of this loop has the name that "loop_var" says.';
    return entryOf(elsewhere, unknown);
  }

  #noOverload(message: string, place: Place, text: string, node: ASTNode | undefined): ExpressionFault {
    const [, on, name = '', of = ''] = /for '(?:([^'(]*)\.)?(\w+)\(([^']*)\)'/.exec(message) ?? [];
    const functions = new Set(this.#cel.getDefinitions().functions.map((known) => known.name));
    if (!functions.has(name)) {
      const hint = this.#fromJinja(text) ?? didYouMean(name, functions);
      return new ExpressionFault('unknown-function', `there is no function "${name}"`, { ...place, hint });
    }
    const types = [...(on === undefined ? [] : [on]), ...of.split(/, (?![^<]*>)/)];
    const hint =
      this.#fromJinja(text) ??
      entryOf(notOfThis, name) ??
      (node && argumentHint(node, text, types)) ??
      this.#taken(name);
    const dotted = on === undefined ? '' : ' of this value';
    return new ExpressionFault('wrong-type', `"${name}"${dotted} does not take (${of})`, { ...place, hint });
  }

  /** How a function is called. */
  #taken(name: string): string | undefined {
    const forms = this.#cel
      .getDefinitions()
      .functions.filter((one) => one.name === name && one.params.every(({ type }) => type !== 'ast'));
    const signatures = [...new Set(forms.map(({ signature }) => signature.replace(/: .*$/, '')))];
    return signatures.length === 0 || signatures.length > 5 ? undefined : `It is ${orList(signatures)}.`;
  }

  /** The keys of the map that a failed `.key` looked into. */
  #keysAt(node: ASTNode | undefined, values: Map<string, unknown> | undefined): readonly string[] {
    if (node === undefined || (node.op !== '.' && node.op !== '[]')) return [];
    try {
      const map: unknown = this.#cel.evaluate(serialize(node.args[0]), values);
      return map instanceof Map ? [...map.keys()].map(String) : [];
    } catch {
      return [];
    }
  }
}
