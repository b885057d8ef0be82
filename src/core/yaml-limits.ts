/** Levels of nesting that a person writes; far fewer than what would exhaust the parser's stack. */
export const deepest = 64;

/**
 * Where blocks nest deeper than `deepest`, by indentation, as if every line were structure: text in a block scalar that is indented 64 times
 * over is refused with it. undefined: nowhere.
 */
export function offsetOfDeepBlocks(text: string): number | undefined {
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
