import { type Document, isCollection, isScalar, visit } from 'yaml';

/** A quote or a bracket without its end. */
interface Unclosed {
  readonly sign: string;
  /** Where it stands. */
  readonly start: number;
}

/** What was opened and never closed, of a complaint at `end`: the parser tells only where it has stopped to look for the end. */
export function unclosedAt(document: Document, text: string, end: number): Unclosed | undefined {
  let found: Unclosed | undefined;
  visit(document, {
    Node: (_, node) => {
      const [start, valueEnd] = node.range ?? [];
      if (start === undefined || valueEnd !== end) return;
      const sign = text.charAt(start);
      const isFlow = isCollection(node) && node.flow === true;
      const isQuoted = isScalar(node) && /^QUOTE_/.test(node.type ?? '');
      const isClosed = text
        .slice(start + 1, end)
        .trimEnd()
        .endsWith(closing[sign] ?? '');
      if ((isFlow || isQuoted) && !isClosed) found = { sign, start };
    },
  });
  return found;
}

const closing: Readonly<Record<string, string>> = { '{': '}', '[': ']', '"': '"', "'": "'" };
