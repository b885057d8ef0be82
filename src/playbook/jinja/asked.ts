import { notOfEmpty } from './filters.ts';
import { call, type Node, type Presence, textNode } from './node.ts';
import { chosen, negated } from './operators.ts';

/** What an expression asks of bare names: whether they are there, and what stands for them if not. */
export class Asked {
  /** Those that were asked for. */
  readonly names = new Map<string, Presence>();
  readonly #presenceOf: (name: string) => Presence;
  readonly #ofHost: ReadonlySet<string>;

  /** It throws NoForm for a name that cannot be asked for. `ofHost`: names that are looked up in the host, as they may be missing there. */
  constructor(presenceOf: (name: string) => Presence, ofHost: ReadonlySet<string> = new Set()) {
    this.#presenceOf = presenceOf;
    this.#ofHost = ofHost;
  }

  isOfHost(name: string): boolean {
    return this.#ofHost.has(name);
  }

  /** Names that may be missing on a host: where one is asked for, it is not read as if it were there. */
  get mayBeMissing(): ReadonlySet<string> {
    return new Set([...this.names].flatMap(([name, one]) => (one === 'host' || one === 'nowhere' ? [name] : [])));
  }

  /** `is defined` and its kin. Undefined for other tests, and for what may be missing. Throws NoForm. */
  tested(node: Node, name: string, isNot: boolean): Node | undefined {
    if (name !== 'defined' && name !== 'undefined') return undefined;
    const isWanted = isNot === (name === 'undefined');
    const presence = this.#presence(node);
    if (presence === 'always') return call(String(isWanted));
    if (presence === 'result') return isWanted ? negated(wasSkipped(node)) : wasSkipped(node);
    return undefined;
  }

  /** `default(other)`. Undefined for other filters, and for what may be missing. Throws NoForm. */
  filtered(node: Node, name: string, args: readonly Node[]): Node | undefined {
    if (name !== 'default' && name !== 'd') return undefined;
    const presence = this.#presence(node);
    const [otherwise = textNode(''), ofEmpty] = args;
    if (ofEmpty !== undefined && ofEmpty.cel !== 'false') {
      if (presence === 'always') throw notOfEmpty(node.cel, node.cel, otherwise);
      return undefined;
    }
    if (presence === 'always') return node;
    if (presence === 'result') return chosen(wasSkipped(node), otherwise, node);
    return undefined;
  }

  #presence({ path }: Node): Presence | undefined {
    const [name, ...steps] = path ?? [];
    if (typeof name !== 'string' || steps.length > 0) return undefined;
    const presence = this.#presenceOf(name);
    this.names.set(name, presence);
    return presence;
  }
}

/** A registered name is always there, also of a task that was skipped: what can be asked is whether it was. */
function wasSkipped(result: Node): Node {
  return call(`${result.cel}.skipped`);
}
