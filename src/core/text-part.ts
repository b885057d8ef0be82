import type { Range } from './yaml-place.ts';

/** A part of a text that is a value of a file. */
export interface TextPart {
  readonly text: string;
  readonly offset: number;
  readonly width: number;
}

/** Where a part of a text is in its source, which begins at `start`: quotes, escapes and folded lines may stand between. All of it where it is not found. */
export function rangeOfPart(source: string, start: number, { text, offset, width }: TextPart): Range {
  const quote = /^["']/.test(source) ? 1 : 0;
  const at = offset + quote;
  const wanted = text.slice(offset, offset + width);
  if (source.slice(at, at + width) === wanted && source.slice(quote, at) === text.slice(0, offset))
    return [start + at, start + at + width];
  const found = nth(source, wanted, count(text.slice(0, offset), wanted));
  return found === -1 ? [start, start + source.length] : [start + found, start + found + width];
}

function count(text: string, part: string): number {
  return part === '' ? 0 : text.split(part).length - 1;
}

function nth(text: string, part: string, n: number): number {
  let at = text.indexOf(part);
  for (let i = 0; i < n && at !== -1; i++) at = text.indexOf(part, at + 1);
  return part === '' ? -1 : at;
}
