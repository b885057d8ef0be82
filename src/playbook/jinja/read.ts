import { Asked } from './asked.ts';
import type { Names, Node, Presence } from './node.ts';
import { Parser } from './parser.ts';

interface Read {
  readonly cel: string;
  /** Whether anything in it is not CEL already. */
  readonly isJinja: boolean;
  /** Names that it asks for, and how each is there. */
  readonly asked: ReadonlyMap<string, Presence>;
}

/** Says an expression in CEL. Names that may be missing on a host are looked up there, once one is asked for. Throws NoForm, as `presenceOf` may. */
export function readJinja(
  text: string,
  names: Names | undefined,
  presenceOf: (name: string) => Presence,
  read: (parser: Parser) => Node,
): Read {
  const presence = new Asked(presenceOf);
  const parser = new Parser(text, names, presence);
  const first = read(parser);
  const { mayBeMissing, names: asked } = presence;
  const { cel } = mayBeMissing.size === 0 ? first : read(new Parser(text, names, new Asked(presenceOf, mayBeMissing)));
  return { cel, isJinja: parser.isJinja, asked };
}
