import { Lexer } from 'yaml';

/** Levels of nesting that a person writes; far fewer than what would exhaust the parser's stack. */
export const deepest = 64;

/**
 * Where a text nests deeper than `deepest`, found without recursion: the parser recurses, and a hundred thousand brackets, or a few
 * thousand lines each indented by one more space, would end the whole process. undefined: it does not.
 */
export function offsetOfDeepNesting(text: string): number | undefined {
  return offsetOfDeepBlocks(text) ?? offsetOfDeepFlow(text);
}

/** By indentation, as if every line were structure: text in a block scalar that is indented 64 times over is refused with it. */
function offsetOfDeepBlocks(text: string): number | undefined {
  const levels: { readonly indent: number; readonly weight: number }[] = [];
  let depth = 0;
  const line = /^([ \t]*)((?:[-?][ \t]+)*)(?=[^\s#])/gm;
  for (let match = line.exec(text); match !== null; match = line.exec(text)) {
    const [whole, space = '', marks = ''] = match;
    for (let top = levels.at(-1); top !== undefined && top.indent >= space.length; top = levels.at(-1)) {
      depth -= top.weight;
      levels.pop();
    }
    const weight = 1 + marks.replace(/[ \t]+/g, '').length;
    levels.push({ indent: space.length, weight });
    depth += weight;
    if (depth > deepest) return match.index;
    if (whole === '') line.lastIndex += 1;
  }
  return undefined;
}

function offsetOfDeepFlow(text: string): number | undefined {
  if ((text.match(/[[{]/g)?.length ?? 0) <= deepest) return undefined;
  let offset = 0;
  let depth = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    if (depth > deepest) return offset;
    if (!/^[\x02\x18\x1f]$/.test(token)) offset += token.length;
  }
  return undefined;
}
